"""What the page of locations is put together from.

May import: kit, runs and core; no other page's folder.
"""
