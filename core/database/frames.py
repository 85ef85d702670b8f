"""From a query to a DataFrame: the one place where the read side leaves SQL."""

import pandas as pd
from sqlalchemy import Executable

from core.database.engine import Database


def frame(db: Database, query: Executable) -> pd.DataFrame:
    """The query's rows. Values stay what they are: no guessing of times, or of integers with gaps."""
    with db.read() as session:
        result = session.connection().execute(query)
        return pd.DataFrame(result.all(), columns=list(result.keys()), dtype=object)
