"""Overview: the figures, what needs attention, and the first visit.

May import: kit, runs and core; no other page's folder.
"""
