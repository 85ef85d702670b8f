"""questions by kind, what HeyGen announces, the account's looks, webhooks that were taken"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Alembic rebuilds a table for a CHECK; SQLite itself adds a column with one.
    op.execute(
        "ALTER TABLE statuscheck ADD COLUMN kind VARCHAR NOT NULL DEFAULT 'location' CONSTRAINT kind_known "
        "CHECK (kind IN ('location', 'connection', 'inventory', 'delete_group'))"
    )
    op.execute("ALTER TABLE statuscheck ADD COLUMN subject VARCHAR NOT NULL DEFAULT ''")
    op.execute("UPDATE statuscheck SET kind = 'connection' WHERE location_id IS NULL")
    op.add_column("reading", sa.Column("notice", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "heygenlook",
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("look_id", sa.String(), nullable=False),
        sa.Column("group_name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("motion", sa.String(), nullable=False),
        sa.Column("is_motion", sa.Boolean(), nullable=False),
        sa.Column("photo", sa.Boolean(), nullable=False),
        sa.Column("preview", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("group_id", "look_id"),
    )
    op.create_table(
        "hookevent",
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("event_type", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("signature"),
    )
    op.create_index(op.f("ix_hookevent_received_at"), "hookevent", ["received_at"])
