"""What the page of credits is put together from.

May import: kit, runs and core; no other page's folder.
"""
