"""A run on a page: its card, its table, its details, and what a person can answer it.

May import: kit and core.
"""
