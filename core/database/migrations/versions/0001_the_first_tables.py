"""the first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blogger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("settings_extra", sa.JSON(), nullable=False),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name_key"),
    )
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("micro_credits", sa.Integer(), nullable=False),
        sa.Column("groups", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "stamp",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("api_host", sa.String(), nullable=False),
        sa.Column("dialect_family", sa.String(), nullable=False),
        sa.Column("key_fingerprint", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "location",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("blogger_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("image_url", sa.String(), nullable=False),
        sa.Column("heygen_avatar_id", sa.String(), nullable=False),
        sa.Column("heygen_group_id", sa.String(), nullable=True),
        sa.Column("heygen_look_id", sa.String(), nullable=True),
        sa.Column("avatar_status", sa.String(), nullable=False),
        sa.Column("motion_type", sa.String(), nullable=True),
        sa.Column("motion_status", sa.String(), nullable=False),
        sa.Column("status_at", sa.DateTime(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "avatar_status IN ('none', 'pending', 'completed', 'failed')", name="avatar_status_known"
        ),
        sa.CheckConstraint(
            "motion_status IN ('none', 'processing', 'completed', 'failed')", name="motion_status_known"
        ),
        sa.ForeignKeyConstraint(
            ["blogger_id"],
            ["blogger.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("blogger_id", "name_key", name="location_name_once_a_blogger"),
    )
    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_location_blogger_id"), ["blogger_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_location_heygen_group_id"), ["heygen_group_id"], unique=False)
        batch_op.create_index("location_statuses", ["avatar_status", "motion_status"], unique=False)

    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("quote_id", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("first_step", sa.String(), nullable=False),
        sa.Column("motion_type", sa.String(), nullable=False),
        sa.Column("group_name", sa.String(), nullable=False),
        sa.Column("photo_url", sa.String(), nullable=False),
        sa.Column("image_key", sa.String(), nullable=True),
        sa.Column("error_name", sa.String(), nullable=False),
        sa.Column("error_template", sa.String(), nullable=False),
        sa.Column("error_values", sa.JSON(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("cancel_requested_by", sa.String(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("step_at", sa.DateTime(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('avatar', 'video')", name="kind_known"),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'waiting', 'unknown', 'paused', 'done', 'failed', 'cancelled')",
            name="state_known",
        ),
        sa.CheckConstraint("step IN ('photo', 'asset', 'group', 'motion', 'saved')", name="step_known"),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("quote_id", "location_id", "kind", name="run_once_a_quote"),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_lease_owner"), ["lease_owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_location_id"), ["location_id"], unique=False)
        batch_op.create_index(
            "one_live_avatar_run_a_location",
            ["location_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'avatar' AND state NOT IN ('done', 'failed', 'cancelled')"),
        )
        batch_op.create_index("run_due", ["state", "due_at"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["run.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_run_id"), ["run_id"], unique=False)

    op.create_table(
        "operation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=False),
        sa.Column("error_text", sa.String(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=True),
        sa.Column("look_id", sa.String(), nullable=True),
        sa.Column("orphan", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('upload_asset', 'create_group', 'add_motion', 'generate_video')", name="kind_known"
        ),
        sa.CheckConstraint(
            "state IN ('sent', 'confirmed', 'refused', 'unknown', 'absent')", name="state_known"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.id"],
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["run.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run_id", "kind", "attempt", name="operation_attempt_once"),
    )
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operation_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_operation_location_id"), ["location_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_operation_look_id"), ["look_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_operation_run_id"), ["run_id"], unique=False)
        batch_op.create_index(
            "one_unresolved_call_a_run",
            ["run_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('sent', 'unknown')"),
        )
        batch_op.create_index(
            "one_unresolved_create_a_name",
            ["subject"],
            unique=True,
            sqlite_where=sa.text("kind = 'create_group' AND state IN ('sent', 'unknown')"),
        )

    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("micro_credits", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("operation_id", sa.Integer(), nullable=True),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('hold', 'capture', 'release', 'overrun', 'adjust')", name="kind_known"),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.id"],
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["operation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["run.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index(
            "charged_once_an_operation",
            ["operation_id", "kind"],
            unique=True,
            sqlite_where=sa.text("kind IN ('capture', 'overrun')"),
        )
        batch_op.create_index(batch_op.f("ix_entry_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_run_id"), ["run_id"], unique=False)
