"""From a query to a DataFrame: the one place where the read side leaves SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Executable

from core.database.engine import Database

if TYPE_CHECKING:
    import pandas as pd


def frame(db: Database, query: Executable) -> pd.DataFrame:
    """The query's rows. Values stay what they are: no guessing of times, or of integers with gaps."""
    # Importing it takes longer than all else that a command needs.
    import pandas as pd

    with db.read() as session:
        result = session.connection().execute(query)
        return pd.DataFrame(result.all(), columns=list(result.keys()), dtype=object)
