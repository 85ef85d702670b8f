"""Bloggers and locations as files that an import takes back. What is archived stays out."""

import csv
import io
import json
from collections.abc import Callable, Collection, Iterable, Iterator

from sqlmodel import col, select

from core.bloggers.exchange.columns import CSV_COLUMNS
from core.bloggers.exchange.csv_files import (
    REFUSED_COLUMNS,
    cell_text,
    escape_cell,
    field_columns,
)
from core.bloggers.exchange.planning import PlanRow
from core.bloggers.exchange.rows import FileRow
from core.database.batches import in_batches
from core.database.engine import Database
from core.database.tables.bloggers import Blogger, Location


def export_json(db: Database, *, ids: Collection[int] | None = None) -> str:
    """Everything in the brief's shape; other fields follow the known ones in the order they came in.

    With `ids` only these locations and their bloggers, archived ones too.
    """
    entries = [
        {
            "name": blogger.name,
            "settings": {
                "locations": [
                    {
                        "name": location.name,
                        "image_url": location.image_url,
                        "heygen_avatar_id": location.heygen_avatar_id,
                        **location.extra,
                    }
                    for location in locations
                ],
                **blogger.settings_extra,
            },
            **blogger.extra,
        }
        for blogger, locations in _bloggers(db, ids)
    ]
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


def export_csv(db: Database) -> str:
    """One line a location, or a blogger without any; other fields of locations get columns of their own.

    Cells are escaped against formulas. Left out, so that JSON is the complete form: other fields of bloggers,
    fields whose name is empty or reads like one of the four columns, and the rarest of more fields than an
    import has columns for. Encode it as utf-8-sig for Excel.
    """
    bloggers = list(_bloggers(db))
    others = field_columns(key for _, places in bloggers for place in places for key in place.extra)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*CSV_COLUMNS, *map(escape_cell, others)])
    for blogger, locations in bloggers:
        if not locations:
            writer.writerow([escape_cell(blogger.name), *[""] * (len(CSV_COLUMNS) - 1 + len(others))])
        for location in locations:
            cells = [blogger.name, location.name, location.image_url, location.heygen_avatar_id]
            cells += [cell_text(location.extra.get(key)) for key in others]
            writer.writerow([escape_cell(cell) for cell in cells])
    return text.getvalue()


def _bloggers(db: Database, ids: Collection[int] | None = None) -> Iterator[tuple[Blogger, list[Location]]]:
    """Bloggers with their locations, in the order they were added."""
    if ids is not None:
        yield from _chosen(db, set(ids))
        return
    with db.read() as session:
        bloggers = session.exec(
            select(Blogger).where(col(Blogger.archived_at).is_(None)).order_by(col(Blogger.id))
        ).all()
        places: dict[int | None, list[Location]] = {blogger.id: [] for blogger in bloggers}
        for location in session.exec(
            select(Location).where(col(Location.archived_at).is_(None)).order_by(col(Location.id))
        ):
            places.get(location.blogger_id, []).append(location)
    for blogger in bloggers:
        yield blogger, places[blogger.id]


def _chosen(db: Database, ids: set[int]) -> Iterator[tuple[Blogger, list[Location]]]:
    """These locations under their bloggers."""
    with db.read() as session:
        found = [
            row
            for part in in_batches(sorted(ids))
            for row in session.exec(
                select(Blogger, Location)
                .join(Location, col(Location.blogger_id) == col(Blogger.id))
                .where(col(Location.id).in_(part))
            )
        ]
    places: dict[int | None, tuple[Blogger, list[Location]]] = {}
    for blogger, location in sorted(found, key=lambda row: (row[0].id or 0, row[1].id or 0)):
        places.setdefault(blogger.id, (blogger, []))[1].append(location)
    yield from places.values()


def refused_csv(
    rows: Iterable[PlanRow],
    file_rows: Iterable[FileRow],
    reason: Callable[[PlanRow], str] = lambda row: row.remark,
) -> str:
    """The refused ones of `rows` with every value as it stood in the file: the columns of an import, then
    `row` and `reason`, which an import passes over. Cells are escaped against formulas.

    `reason` says a row's remark in the reader's language. Encode the text as utf-8-sig for Excel.
    """
    values = {row.number: row.cells for row in file_rows}
    refused = [row for row in rows if row.verdict == "refused"]
    others = field_columns(key for row in refused for key in values.get(row.number, {}))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*CSV_COLUMNS, *map(escape_cell, others), *REFUSED_COLUMNS])
    for row in refused:
        cells = values.get(row.number, {})
        found = [escape_cell(cell_text(cells.get(name))) for name in (*CSV_COLUMNS, *others)]
        writer.writerow([*found, row.number, escape_cell(reason(row))])
    return text.getvalue()
