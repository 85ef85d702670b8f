"""What the page "Make avatars" shows, read back."""

from typing import Any

import pandas as pd
import pyarrow as pa
from streamlit.testing.v1 import AppTest

from core.money import ledger
from core.studio import Studio


def held(studio: Studio) -> int:
    with studio.db.read() as session:
        return ledger.balances(session).held


def figures(at: AppTest) -> dict[str, str]:
    """The sidebar's: label -> amount."""
    names = [one.value for one in at.sidebar.caption][1:4]
    shown = [one.value.strip("*") for one in at.sidebar.markdown][:3]
    return dict(zip(names, shown, strict=True))


def keys(at: AppTest) -> list[str]:
    return [button.key for button in at.button]


def data_of(chart: Any) -> pd.DataFrame:
    """What is drawn."""
    return pa.ipc.open_stream(chart.proto.data.data).read_pandas()


def tables(at: AppTest) -> list[dict[str, str]]:
    """The quote's small tables: name -> figure."""
    found = [table.value for table in at.table]
    return [
        {str(name): str(cells[0]) for name, cells in zip(table.index, table.to_numpy(), strict=True)}
        for table in found
        if "Cost" not in table.columns
    ]


def lines(at: AppTest) -> dict[str, str]:
    """The quote's lines: what is said of a location -> its cost."""
    table = next(table.value for table in at.main.table if "Cost" in table.value.columns)
    return dict(zip(table["Location"], table["Cost"], strict=True))


def links(at: AppTest) -> dict[str, str]:
    return {link.label: link.proto.page + "?" + link.proto.query_string for link in at.page_link}


def visit(at: AppTest, page: str, **query: str) -> AppTest:
    """Go to another page, by the sidebar or by a link that has these names in its address."""
    at.switch_page(page)
    at.query_params.clear()
    for name, value in query.items():
        at.query_params[name] = value
    return at.run()
