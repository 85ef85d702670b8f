"""no line of the ledger is put in the place of another"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite deletes a row that INSERT OR REPLACE displaces without a word to the trigger on DELETE.
    op.execute(
        "CREATE TRIGGER entry_no_replace BEFORE INSERT ON entry "
        "WHEN EXISTS (SELECT 1 FROM entry WHERE id = NEW.id) "
        "OR (NEW.kind IN ('capture', 'overrun') AND EXISTS "
        "(SELECT 1 FROM entry WHERE operation_id = NEW.operation_id AND kind = NEW.kind)) "
        "OR EXISTS (SELECT 1 FROM entry WHERE reverses_id = NEW.reverses_id) "
        "BEGIN SELECT RAISE(ABORT, 'a line of the ledger is never changed'); END"
    )
