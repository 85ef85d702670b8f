"""The Studio without its pages: bloggers, photo avatars, runs, money. Never imports streamlit."""
