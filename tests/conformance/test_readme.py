"""The README's table is what the suite runs."""

from tests.conformance import DIALECTS, JOURNEYS
from tests.conformance.readme import README, with_table


def test_the_readme_holds_the_table_of_this_suite() -> None:
    """python -m tests.conformance would change nothing."""
    text = README.read_text(encoding="utf-8")
    assert with_table(text) == text


def test_what_differs_is_told_of_dialects_that_exist() -> None:
    """No cell is lost because its dialect was misspelt."""
    assert {dialect for one in JOURNEYS.values() for dialect in one.differs} <= set(DIALECTS)
