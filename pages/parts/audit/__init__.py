"""Who did what: the record of every change and every spend.

May import: kit, runs and core; no other page's folder.
"""
