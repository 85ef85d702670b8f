"""A verdict for every row of an import file: what an import would do, and why.

new       the location (or the blogger without locations) does not exist yet
changed   a photo, an avatar id or another field changes
same      the file says what is saved
kept      the file says less than is saved ("00000", no photo): what is saved stays
refused   the row cannot be taken; its remark says why
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.bloggers.editing import owned_id
from core.bloggers.exchange.judging import Judged, judge
from core.bloggers.exchange.rows import FileRow, ImportFile
from core.database.engine import Database
from core.database.tables.bloggers import NO_AVATAR
from core.errors import Problem

VERDICTS = ("new", "changed", "same", "kept", "refused")


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """What an import does with one row. `location` is None for a blogger without locations.

    `template` and `values` are the remark for a catalogue of translations, `remark` is its English text.
    `needs_confirmation`: the file's avatar id would replace the saved one, so a person must confirm the row.
    `saved_avatar_id` is the id that would be lost to sight: the avatar's, or that of a look still without
    motion.
    """

    number: int
    blogger: str
    location: str | None
    verdict: str
    template: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    needs_confirmation: bool = False
    saved_avatar_id: str = NO_AVATAR
    file_avatar_id: str = NO_AVATAR

    @property
    def remark(self) -> str:
        return self.template.format(**self.values)


@dataclass(frozen=True, kw_only=True)
class ImportPlan:
    """The verdicts at the time of planning, and what `apply_import` needs to make them again."""

    rows: tuple[PlanRow, ...]
    file_rows: tuple[FileRow, ...]
    remarks: tuple[Problem, ...] = ()
    reset_avatars: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """How many rows got each verdict, in the order of VERDICTS."""
        return count_verdicts(self.rows)


def plan_import(db: Database, file: ImportFile, *, reset_avatars: bool = False) -> ImportPlan:
    """What importing this file would do now; nothing is written.

    With `reset_avatars` the ids in the file are ignored: new locations start at "00000", saved ids stay.
    """
    with db.read() as session:
        judgement = judge(session, file.rows, reset_avatars=reset_avatars)
    return ImportPlan(
        rows=plan_rows(judgement.rows),
        file_rows=file.rows,
        remarks=file.remarks,
        reset_avatars=reset_avatars,
    )


def count_verdicts(rows: tuple[PlanRow, ...]) -> dict[str, int]:
    return {verdict: sum(row.verdict == verdict for row in rows) for verdict in VERDICTS}


def plan_rows(judged: list[Judged]) -> tuple[PlanRow, ...]:
    return tuple(
        PlanRow(
            number=one.row.number,
            blogger=one.row.blogger,
            location=one.row.location,
            verdict=one.verdict,
            template=one.remark.template if one.remark else "",
            values=one.remark.values if one.remark else {},
            needs_confirmation=one.needs_confirmation,
            saved_avatar_id=owned_id(one.location) if one.location else NO_AVATAR,
            file_avatar_id=one.row.avatar_id or NO_AVATAR,
        )
        for one in judged
    )
