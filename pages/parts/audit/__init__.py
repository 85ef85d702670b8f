"""Who did what: the record of every change and every spend.

May import: kit and core; no other page's folder.
"""
