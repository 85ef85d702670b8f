"""sums of the ledger by day, budgets, prices set by hand, the breaker"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: Of a line `e`: its day, what it spent, and what it belongs to.
DAY = "substr(e.created_at, 1, 10)"
SPENT = "CASE WHEN e.kind IN ('capture', 'overrun') THEN -e.micro_credits ELSE 0 END"
GONE = "e.kind IN ('capture', 'overrun')"
OPERATION = """coalesce(
    (SELECT kind FROM operation WHERE id = e.operation_id),
    (SELECT CASE kind WHEN 'video' THEN 'generate_video' WHEN 'avatar' THEN 'add_motion' END
        FROM run WHERE id = e.run_id),
    '')"""
ENGINE = f"""CASE WHEN {OPERATION} = 'add_motion'
    THEN coalesce((SELECT motion_type FROM run WHERE id = e.run_id), '') ELSE '' END"""
BLOGGER = "CAST((SELECT blogger_id FROM location WHERE id = e.location_id) AS TEXT)"
#: dimension, key, micro-credits, which lines.
SUMS = (
    ("kind", "e.kind", "e.micro_credits", "1"),
    ("person", "e.actor", SPENT, "1"),
    ("blogger", BLOGGER, SPENT, "e.location_id IS NOT NULL"),
    ("location", "CAST(e.location_id AS TEXT)", SPENT, f"{GONE} AND e.location_id IS NOT NULL"),
    ("operation", OPERATION, SPENT, GONE),
    ("engine", ENGINE, SPENT, GONE),
)


def upgrade() -> None:
    op.add_column("run", sa.Column("prices", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("entry", sa.Column("unit_price", sa.Integer(), nullable=True))
    # Alembic rebuilds a table for a reference; SQLite itself adds a column with one.
    op.execute("ALTER TABLE entry ADD COLUMN reverses_id INTEGER REFERENCES entry (id)")
    for column in ("kind", "actor", "location_id", "operation_id"):
        op.create_index(op.f(f"ix_entry_{column}"), "entry", [column])
    op.create_index(
        "taken_back_once",
        "entry",
        ["reverses_id"],
        unique=True,
        sqlite_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.create_index("operation_settled", "operation", ["kind", "settled_at"])
    op.create_index("operation_orphans", "operation", ["id"], sqlite_where=sa.text("orphan IS 1"))
    op.create_index("location_newest", "location", ["motion_status", "status_at"])
    op.create_index(op.f("ix_run_actor"), "run", ["actor"])
    op.create_index(op.f("ix_video_rendered_at"), "video", ["rendered_at"])
    op.create_index("run_ended", "run", ["state", "ended_at"])
    op.add_column("reading", sa.Column("compared", sa.Boolean(), nullable=False, server_default="0"))
    _tables()
    _sums()
    for moment in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER entry_no_{moment.lower()} BEFORE {moment} ON entry "
            "BEGIN SELECT RAISE(ABORT, 'a line of the ledger is never changed'); END"
        )


def _tables() -> None:
    op.create_table(
        "tally",
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("micro_credits", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "dimension IN ('kind', 'operation', 'blogger', 'location', 'person', 'engine')",
            name="dimension_known",
        ),
        sa.PrimaryKeyConstraint("dimension", "key", "day"),
        sqlite_with_rowid=False,
    )
    op.create_index("tally_by_day", "tally", ["dimension", "day", "key", "micro_credits"])
    op.create_table(
        "budget",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("micro_credits", sa.Integer(), nullable=False),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended_reason", sa.String(), nullable=False),
        *_who_and_when(),
        sa.CheckConstraint("scope IN ('team', 'blogger', 'person')", name="scope_known"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "one_budget_a_scope",
        "budget",
        ["scope", "target"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "priceoverride",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("micro_credits", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        *_who_and_when(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "one_override_an_operation",
        "priceoverride",
        ["operation"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "halt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("believed", sa.Integer(), nullable=False),
        sa.Column("tripped_at", sa.DateTime(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("run_id", "lifted_at"):
        op.create_index(op.f(f"ix_halt_{column}"), "halt", [column])


def _who_and_when() -> tuple[sa.Column, ...]:
    return (
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
    )


def _sums() -> None:
    """Sum up what is there, and from now on every new line in its own transaction."""
    added = (
        "ON CONFLICT DO UPDATE SET micro_credits = micro_credits + excluded.micro_credits, lines = lines + 1"
    )
    for dimension, key, micro, which in SUMS:
        op.execute(
            "INSERT INTO tally (dimension, key, day, micro_credits, lines) "
            f"SELECT '{dimension}', {key}, {DAY}, sum({micro}), count(*) FROM entry e "
            f"WHERE {which} GROUP BY 2, 3"
        )
        key, micro, which, day = (part.replace("e.", "NEW.") for part in (key, micro, which, DAY))
        op.execute(
            f"CREATE TRIGGER entry_{dimension}_sum AFTER INSERT ON entry WHEN {which} BEGIN "
            "INSERT INTO tally (dimension, key, day, micro_credits, lines) "
            f"VALUES ('{dimension}', {key}, {day}, {micro}, 1) {added}; END"
        )
