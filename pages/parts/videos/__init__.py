"""What the page of videos is put together from.

May import: kit, runs and core; no other page's folder.
"""
