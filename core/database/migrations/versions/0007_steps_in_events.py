"""which step begins with a line of a run's history, and how a run had rested that goes on with one"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: How the lines of before began, and what is kept of them from now on.
FACTS = (
    (">>> Asset uploaded", "begins", "group"),
    (">>> Avatar created", "begins", "motion"),
    (">>> Saved avatar_id", "begins", "saved"),
    (">>> Video submitted", "begins", "rendering"),
    (">>> Video rendered", "begins", "archive"),
    ("Retry from", "rested", "failed"),
    ("Retry: go on waiting", "rested", "failed"),
    ("Paid work goes on", "rested", "paused"),
)


def upgrade() -> None:
    keep = sa.text(
        "UPDATE event SET details = json_set(details, '$.' || :key, :value) "
        "WHERE substr(message, 1, length(:line)) = :line"
    )
    for line, key, value in FACTS:
        op.get_bind().execute(keep, {"line": line, "key": key, "value": value})
