"""Locations: the list and what is chosen in it, one location and its avatar, what HeyGen holds besides.

May import: kit, runs and core; no other page's folder.
"""
