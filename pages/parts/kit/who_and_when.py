"""The filters that lists of runs and of entries share: the person, the blogger and the days."""

import pandas as pd

from pages.parts.kit.filters import Choice, Day, Field
from pages.parts.kit.tables import rows
from pages.parts.kit.words import number, person, t


def fields(people: list[str], bloggers: pd.DataFrame, *, most: int | None = None) -> list[Field]:
    """Of the people and bloggers that the list knows, `most` of these; days are days of UTC."""
    all_of_them = most is None or len(bloggers) < most
    utc = t("Days begin at midnight UTC, for everybody who opens the link.")
    return [
        Choice("person", t("Person"), {name: person(name) for name in people}),
        Choice(
            "blogger",
            t("Blogger") if all_of_them else t("Blogger, the first {n}", n=number(most or 0)),
            {str(row.id): row.name for row in rows(bloggers)},
        ),
        Day("since", t("From"), utc),
        Day("until", t("To"), utc),
    ]
