"""Looking at a database, and writing to it, from outside: with plain SQLite and the tables' declarations."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import CheckConstraint, Column, Connection, event, inspect
from sqlmodel import SQLModel, create_engine

from core.database.engine import Database

Schema = dict[str, dict[str, Any]]


def plain(path: Path, *, timeout: float = 5) -> sqlite3.Connection:
    """A connection that keeps foreign keys and begins nothing by itself."""
    connection = sqlite3.connect(path, timeout=timeout, isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    return connection


def dump(path: Path) -> list[str]:
    """Everything a database file holds, its schema and its rows, as SQL lines."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def is_change(statement: str) -> bool:
    """True for a statement that changes tables or rows."""
    return statement.split()[0].upper() in ("CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE")


@contextmanager
def statements(db: Database) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database inside the block, with its parameters."""
    asked: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def plans(db: Database, asked: list[tuple[str, Any]]) -> list[str]:
    """How SQLite carries these statements out, a line a step."""
    with db.engine.connect() as connection:
        return [
            row[3]
            for statement, parameters in asked
            if statement.startswith(("SELECT", "WITH"))
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


def insert(
    connection: sqlite3.Connection, table: str, *, only: list[str] | None = None, **values: object
) -> None:
    """One row by raw SQL: `values`, and something fitting in every other column that must not be empty.

    `only` names the columns that the table has in an older version.
    """
    columns = [c for c in SQLModel.metadata.tables[table].columns if only is None or c.name in only]
    for column in columns:
        if column.name not in values and not column.nullable and not column.primary_key:
            values[column.name] = _something(column)
    marks = ", ".join("?" for _ in values)
    connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


def _something(column: Column[Any]) -> object:
    for check in column.table.constraints:
        if isinstance(check, CheckConstraint) and str(check.sqltext).startswith(f"{column.name} IN"):
            return re.findall("'([^']*)'", str(check.sqltext))[0]
    simple = {"VARCHAR": "x", "INTEGER": 1, "BOOLEAN": 0, "DATETIME": "2026-01-01 00:00:00", "JSON": "{}"}
    return simple[str(column.type)]


def schema(connection: Connection) -> Schema:
    """What the tables are: columns, keys, indexes with their conditions, checks; not the columns' order."""
    found = inspect(connection)
    return {
        table: {
            "columns": {c["name"]: (str(c["type"]), c["nullable"]) for c in found.get_columns(table)},
            "primary key": found.get_pk_constraint(table)["constrained_columns"],
            "references": sorted(
                (key["constrained_columns"], key["referred_table"], key["referred_columns"])
                for key in found.get_foreign_keys(table)
            ),
            "unique": sorted(
                (unique["name"] or "", unique["column_names"])
                for unique in found.get_unique_constraints(table)
            ),
            "checks": sorted(
                (check["name"] or "", check["sqltext"]) for check in found.get_check_constraints(table)
            ),
            "indexes": sorted(
                (
                    index["name"] or "",
                    index["column_names"],
                    index["unique"],
                    str(index.get("dialect_options", {}).get("sqlite_where")),
                )
                for index in found.get_indexes(table)
            ),
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def schema_of_models() -> Schema:
    """The same for the tables that core.database.tables declares, made without any migration."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        SQLModel.metadata.create_all(connection)
        return schema(connection)
