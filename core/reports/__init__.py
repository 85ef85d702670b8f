"""What pages and commands show, counted, filtered and paged in SQL; nothing here writes.

May import: everything of core but runs, commands and web.
"""
