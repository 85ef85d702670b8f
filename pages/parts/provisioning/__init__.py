"""What the page of making avatars is put together from.

May import: kit, runs and core; no other page's folder.
"""
