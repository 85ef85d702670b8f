"""What the code says, read once."""

from functools import cache

from core.locale.extraction import Unread, Use, uses


@cache
def places() -> tuple[Use | Unread, ...]:
    """Every place in the code where a sentence is handed over."""
    return tuple(uses())


@cache
def sentences() -> frozenset[tuple[str, str, str]]:
    """Every sentence with its plural and its context, or ""."""
    return frozenset(
        (use.one, use.other, use.context) for use in places() if isinstance(use, Use) and use.one
    )
