"""Columns that several tables have: moments in UTC, known words, JSON."""

from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import JSON, CheckConstraint
from sqlalchemy.types import DateTime, TypeDecorator
from sqlmodel import Field


class UTCDateTime(TypeDecorator[datetime]):
    """Aware UTC datetimes, kept naive in SQLite, which has no zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def among(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A CHECK that lets only these values in. Enum names in a partial index would be inert."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def time(**kwargs: Any) -> Any:
    """A field for a moment in UTC."""
    return Field(sa_type=UTCDateTime, **kwargs)


def json(**column: Any) -> Any:
    """A field for a JSON object, empty at first."""
    return Field(default_factory=dict, sa_type=JSON, sa_column_kwargs=column)


class Stored(Protocol):
    id: int | None


def id_of(row: Stored) -> int:
    """The id of a row that is in the database already."""
    assert row.id is not None, "a row has its id once it was flushed"
    return row.id
