"""The names under which things are recorded, as the reader knows them."""

from pages.parts.words import person

__all__ = ["person"]
