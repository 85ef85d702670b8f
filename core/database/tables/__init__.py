"""The tables, by subject; importing this package declares every one of them.

May import: the single modules of core.
"""
