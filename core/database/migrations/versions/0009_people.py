"""members, how they come in, and the record of what they did"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KINDS = [
    "blogger",
    "location",
    "run",
    "video",
    "group",
    "budget",
    "price",
    "ledger",
    "member",
    "invitation",
    "data",
    "sandbox",
]


def among(column: str, values: list[str]) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        f"{column} IN ({', '.join(repr(value) for value in values)})", name=f"{column}_known"
    )


def upgrade() -> None:
    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("called", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=True),
        sa.Column("not_before", sa.DateTime(), nullable=True),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        among("role", ["viewer", "operator", "administrator"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "signin",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        among("way", ["provider", "invitation", "proxy", "start_link"]),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"]),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(op.f("ix_signin_member_id"), "signin", ["member_id"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(op.f("ix_invitation_member_id"), "invitation", ["member_id"])
    op.create_table(
        "auditline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        among("kind", KINDS),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("audit_object", "auditline", ["kind", "object_id"])
    for column in ("created_at", "actor", "action", "location_id", "run_id"):
        op.create_index(op.f(f"ix_auditline_{column}"), "auditline", [column])
    for moment in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_no_{moment.lower()} BEFORE {moment} ON auditline "
            "BEGIN SELECT RAISE(ABORT, 'a line of the record is never changed'); END"
        )
    # A row put in the place of another is deleted without a word to the trigger above.
    op.execute(
        "CREATE TRIGGER audit_no_replace BEFORE INSERT ON auditline "
        "WHEN EXISTS (SELECT 1 FROM auditline WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'a line of the record is never changed'); END"
    )
