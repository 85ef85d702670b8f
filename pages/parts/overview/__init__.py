"""What the page of the overview is put together from.

May import: kit, runs and core; no other page's folder.
"""
