"""another motion, another photo, freed slots; checks; event lines that can be translated"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pastavatar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("image_url", sa.String(), nullable=False),
        sa.Column("heygen_avatar_id", sa.String(), nullable=False),
        sa.Column("heygen_group_id", sa.String(), nullable=True),
        sa.Column("heygen_look_id", sa.String(), nullable=True),
        sa.Column("avatar_status", sa.String(), nullable=False),
        sa.Column("motion_type", sa.String(), nullable=True),
        sa.Column("motion_status", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("retired_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "avatar_status IN ('none', 'pending', 'completed', 'failed')", name="avatar_status_known"
        ),
        sa.CheckConstraint(
            "motion_status IN ('none', 'processing', 'completed', 'failed')", name="motion_status_known"
        ),
        sa.CheckConstraint("reason IN ('photo', 'slot', 'swapped')", name="reason_known"),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_pastavatar_heygen_group_id"), "pastavatar", ["heygen_group_id"])
    op.create_index(op.f("ix_pastavatar_location_id"), "pastavatar", ["location_id"])
    op.create_table(
        "statuscheck",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("error_template", sa.String(), nullable=False),
        sa.Column("error_values", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_statuscheck_done_at"), "statuscheck", ["done_at"])
    op.create_index(op.f("ix_statuscheck_location_id"), "statuscheck", ["location_id"])
    op.add_column("location", sa.Column("checked_at", sa.DateTime(), nullable=True))
    op.execute("ALTER TABLE event ADD COLUMN template VARCHAR NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE event ADD COLUMN details JSON NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE run ADD COLUMN again BOOLEAN NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE run ADD COLUMN group_id VARCHAR")
    op.execute("ALTER TABLE operation ADD COLUMN error_template VARCHAR NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE operation ADD COLUMN error_values JSON NOT NULL DEFAULT '{}'")
    _rebuild(
        "run",
        ("kind IN ('avatar', 'video')", "kind IN ('avatar', 'free_slot', 'video')"),
        ("'motion', 'saved')", "'motion', 'saved', 'delete')"),
        ("WHERE kind = 'avatar' AND", "WHERE kind IN ('avatar', 'free_slot') AND"),
        (" DEFAULT 0", ""),
    )
    _rebuild("event", (" DEFAULT ''", ""), (" DEFAULT '{}'", ""))
    _rebuild(
        "operation",
        ("'add_motion', 'generate_video')", "'add_motion', 'delete_group', 'generate_video')"),
        (" DEFAULT ''", ""),
        (" DEFAULT '{}'", ""),
    )


def _rebuild(table: str, *changes: tuple[str, str]) -> None:
    """SQLite cannot change a CHECK: a table like the old one takes its rows and its name.

    Foreign keys are off meanwhile (core.database.engine.migrate), so that references to the name stay what they are.
    """
    connection = op.get_bind()
    old = connection.execute(
        sa.text(
            "SELECT type, sql FROM sqlite_master WHERE tbl_name = :t AND sql IS NOT NULL ORDER BY type DESC"
        ),
        {"t": table},
    ).all()
    statements = []
    for kind, sql in old:
        for before, after in changes:
            sql = sql.replace(before, after)
        statements.append((kind, sql))
    assert [kind for kind, _ in statements].count("table") == 1
    columns = ", ".join(f'"{row[1]}"' for row in connection.exec_driver_sql(f"PRAGMA table_info({table})"))
    for kind, sql in statements:
        if kind == "table":
            connection.exec_driver_sql("CREATE TABLE " + f"_new_{table} " + sql[sql.index("(") :])
    connection.exec_driver_sql(f"INSERT INTO _new_{table} ({columns}) SELECT {columns} FROM {table}")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE _new_{table} RENAME TO {table}")
    for kind, sql in statements:
        if kind == "index":
            connection.exec_driver_sql(sql)
