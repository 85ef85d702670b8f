"""videos and voices"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("blogger", "location"):
        for column in ("voice_id", "language", "video_format"):
            op.add_column(table, sa.Column(column, sa.String(), nullable=True))
    op.create_table(
        "voice",
        sa.Column("voice_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("gender", sa.String(), nullable=False),
        sa.Column("preview_url", sa.String(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("voice_id"),
    )
    op.create_table(
        "video",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("heygen_title", sa.String(), nullable=False),
        sa.Column("script", sa.String(), nullable=False),
        sa.Column("voice_id", sa.String(), nullable=False),
        sa.Column("voice_name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("expected_ms", sa.Integer(), nullable=False),
        sa.Column("upper_ms", sa.Integer(), nullable=False),
        sa.Column("still", sa.Boolean(), nullable=False),
        sa.Column("avatar_run_id", sa.Integer(), nullable=True),
        sa.Column("look_id", sa.String(), nullable=True),
        sa.Column("heygen_video_id", sa.String(), nullable=True),
        sa.Column("watermark", sa.Boolean(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("rendered_at", sa.DateTime(), nullable=True),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("poster", sa.String(), nullable=False),
        sa.Column("captions", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("format IN ('16:9', '9:16', '1:1')", name="format_known"),
        sa.ForeignKeyConstraint(["avatar_run_id"], ["run.id"]),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"]),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run_id"),
    )
    for column in ("heygen_title", "heygen_video_id", "location_id", "voice_id"):
        op.create_index(op.f(f"ix_video_{column}"), "video", [column])
    op.create_index("video_listed", "video", ["created_at", "location_id"])
    op.add_column("operation", sa.Column("video_id", sa.String(), nullable=True))
    op.create_index(op.f("ix_operation_video_id"), "operation", ["video_id"])
    _steps_of_videos()


def _steps_of_videos() -> None:
    """SQLite cannot change a CHECK: a table like the old one takes its rows and its name.

    Foreign keys are off meanwhile (core.database.engine.migrate), so that references to the name stay what they are.
    """
    connection = op.get_bind()
    old = connection.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = 'run' AND sql IS NOT NULL")
    ).all()
    table = next(sql for kind, sql in old if kind == "table")
    steps = "'saved', 'delete', 'avatar', 'turn', 'render', 'rendering', 'archive')"
    changed = table.replace("'saved', 'delete')", steps)
    assert changed != table
    columns = ", ".join(f'"{row[1]}"' for row in connection.exec_driver_sql("PRAGMA table_info(run)"))
    connection.exec_driver_sql("CREATE TABLE _new_run " + changed[changed.index("(") :])
    connection.exec_driver_sql(f"INSERT INTO _new_run ({columns}) SELECT {columns} FROM run")
    connection.exec_driver_sql("DROP TABLE run")
    connection.exec_driver_sql("ALTER TABLE _new_run RENAME TO run")
    for kind, sql in old:
        if kind == "index":
            connection.exec_driver_sql(sql)
