"""The README with the table of the journeys between its marks."""

from pathlib import Path

from tests.conformance import table, test_avatars, test_errors, test_videos  # noqa: F401  (they register the journeys)

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- conformance -->", "<!-- /conformance -->"


def with_table(text: str) -> str:
    """`text` with the table between the marks. Raises ValueError where they are missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the README lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"
