"""The pages, run in process with a real database and the real embedded sandbox."""
