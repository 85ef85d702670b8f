"""the avatar that a run was confirmed for"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("run", sa.Column("avatar_id", sa.String(), nullable=True))
    op.add_column("run", sa.Column("past_id", sa.Integer(), nullable=True))
