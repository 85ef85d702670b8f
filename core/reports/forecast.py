"""How long the credits last: Available against the pace of the last seven days."""

from dataclasses import dataclass
from datetime import date, timedelta

from core import clock
from core.database.engine import Database
from core.money import ledger

#: The days of the pace; the last of them is today.
DAYS = 7
#: A week says little about what comes later than this.
FAR = 365


@dataclass(frozen=True)
class Forecast:
    """Money in micro-credits; days are those of UTC."""

    available: int
    #: What the last DAYS days took.
    spent: int
    #: For how many more whole days Available covers the pace; None where there is no pace.
    days: int | None
    #: The last of these days; None where there is no pace, nothing is left, or it is further off than FAR.
    lasts_until: date | None

    @property
    def per_day(self) -> int:
        """The pace, rounded to a micro-credit."""
        return round(self.spent / DAYS)


def forecast(db: Database) -> Forecast:
    """From now on, in two sums."""
    today = clock.now().date()
    with db.read() as session:
        available = ledger.balances(session).available
        spent = ledger.spent_since(session, today - timedelta(days=DAYS - 1))
    if spent <= 0:
        return Forecast(available, spent, None, None)
    days = max(0, available * DAYS // spent)
    known = available > 0 and days <= FAR
    return Forecast(available, spent, days, today + timedelta(days=days) if known else None)
