"""What the page of settings is put together from.

May import: kit, runs and core; no other page's folder.
"""
