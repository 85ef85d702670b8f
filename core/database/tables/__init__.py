"""The tables, by subject; importing this package declares every one of them.

May import: the single modules of core.
"""

from core.database.tables import bloggers, heygen, money, people, runs, videos

__all__ = ("bloggers", "heygen", "money", "people", "runs", "videos")
