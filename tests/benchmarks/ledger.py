"""What a million lines cost a page: `python -m tests.benchmarks.ledger`.

Two worlds, one with 1,000 lines of the ledger and 1,000 locations, one with 1,000,000 and 100,000. The same
pages run over both in turn, through Streamlit's own AppTest, and the ratio of the medians is what counts:
a slow machine is slow for both. The aim is at most 1.5.
"""

import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from core.config import load
from core.studio import Studio, open_studio, use

ROUNDS, WARM_UP = 15, 3
AIM = 1.5
CREDIT = 1_000_000
SIZES = {"small": (1_000, 1_000), "large": (1_000_000, 100_000)}
PAGES = Path(__file__).parents[2] / "pages" / "main.py"
#: Page and what its address asks for.
VIEWS = [
    ("credits.py", {"part": part})
    for part in ("spending", "held", "budgets", "heygen", "calculator", "ledger", "plan")
]
#: Shown without an aim: it counts the locations, of which there are a hundred times as many.
BESIDE = ("overview.py",)
LINES_A_RUN = 4
DAYS = 730
ENGINES = ("veo2", "kling", "seedance", "runway_gen4")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        worlds = {name: _world(Path(folder) / name, *sizes) for name, sizes in SIZES.items()}
        worst = max(_compare(worlds, page, query) for page, query in VIEWS)
        for page in BESIDE:
            _compare(worlds, page, {})
        for studio in worlds.values():
            studio.close()
    print(f"worst ratio {worst:.2f}, aim {AIM}")
    return int(worst > AIM)


def _world(folder: Path, lines: int, locations: int) -> Studio:
    """A world with so many lines, over two years up to today, and so many locations."""
    studio = open_studio(load({"DATA_DIR": str(folder), "WORKERS": "0", "PLAN": "scale"}, None))
    started = time.monotonic()
    with closing(sqlite3.connect(studio.db.path, isolation_level=None)) as rows:
        rows.execute("PRAGMA synchronous=OFF")
        rows.execute("BEGIN")
        _fill(rows, lines, locations)
        rows.execute("COMMIT")
    print(f"{lines:,} lines, {locations:,} locations: written in {time.monotonic() - started:.0f} s")
    return studio


def _fill(rows: sqlite3.Connection, lines: int, locations: int) -> None:
    draw = random.Random(7)
    now = datetime.now(UTC).replace(tzinfo=None)
    bloggers = max(1, locations // 10)
    _insert(
        rows,
        "blogger",
        ({"id": n, "name": f"Blogger {n}", "name_key": f"blogger {n}"} for n in range(1, bloggers + 1)),
    )
    _insert(
        rows,
        "location",
        (
            {"id": n, "blogger_id": 1 + n % bloggers, "name": f"Place {n}", "name_key": f"place {n}"}
            for n in range(1, locations + 1)
        ),
    )
    _insert(rows, "reading", [{"micro_credits": 500 * CREDIT, "groups": 3, "read_at": str(now)}])
    _insert(rows, "entry", [{"kind": "adjust", "micro_credits": lines * CREDIT, "actor": "HeyGen's balance"}])
    plan = [
        {
            "id": n,
            "location_id": draw.randint(1, locations),
            "actor": f"person {draw.randint(1, 12)}",
            "motion_type": draw.choice(ENGINES),
            "kind": "video" if n % 3 == 0 else "avatar",
            "at": str(now - timedelta(days=DAYS * (1 - n * LINES_A_RUN / lines), seconds=1)),
        }
        for n in range(1, lines // LINES_A_RUN + 1)
    ]
    _insert(rows, "run", map(_run, plan))
    _insert(rows, "operation", map(_operation, plan))
    _insert(rows, "entry", (line for one in plan for line in _lines(one)))


def _run(one: dict[str, Any]) -> dict[str, Any]:
    known = {name: one[name] for name in ("id", "location_id", "actor", "motion_type", "kind")}
    ended = {"state": "done", "step": "saved", "created_at": one["at"], "ended_at": one["at"]}
    return known | ended | {"quote_id": f"q{one['id']}"}


def _operation(one: dict[str, Any]) -> dict[str, Any]:
    kind = "generate_video" if one["kind"] == "video" else "add_motion"
    return {
        "id": one["id"],
        "run_id": one["id"],
        "location_id": one["location_id"],
        "kind": kind,
        "state": "confirmed",
        "attempt": 1,
        "sent_at": one["at"],
    }


def _lines(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    moves = (("hold", -CREDIT), ("capture", -800_000), ("overrun", -1), ("release", 200_000))
    for kind, micro in moves:
        yield {
            "kind": kind,
            "micro_credits": micro,
            "run_id": one["id"],
            "operation_id": one["id"] if kind in ("capture", "overrun") else None,
            "location_id": one["location_id"],
            "actor": one["actor"],
            "created_at": one["at"],
        }


def _insert(rows: sqlite3.Connection, table: str, values: Any) -> None:
    """The rows, with something in every other column that must not be empty."""
    columns = rows.execute(f"PRAGMA table_info({table})").fetchall()
    needed = {
        name: _SIMPLE[kind]
        for _, name, kind, required, default, key in columns
        if required and not key and default is None
    }
    statement = ""
    batch = []
    for one in values:
        row = needed | _KNOWN.get(table, {}) | one
        statement = (
            statement or f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
        )
        batch.append(tuple(row.values()))
    rows.executemany(statement, batch)


#: Where a CHECK wants a word that is known.
_KNOWN = {"location": {"avatar_status": "completed", "motion_status": "completed", "heygen_avatar_id": "a"}}
_SIMPLE = {"VARCHAR": "", "INTEGER": 0, "BOOLEAN": 0, "DATETIME": "2025-01-01 00:00:00.000000", "JSON": "{}"}


def _compare(worlds: dict[str, Studio], page: str, query: dict[str, str]) -> float:
    """The ratio of the medians of both worlds' script runs, taken in turn."""
    tests = {name: _opened(studio, page, query) for name, studio in worlds.items()}
    took: dict[str, list[float]] = {name: [] for name in worlds}
    for n in range(ROUNDS + WARM_UP):
        for name, studio in worlds.items():
            use(studio)
            started = time.perf_counter()
            tests[name].run()
            if n >= WARM_UP:
                took[name].append(time.perf_counter() - started)
            assert not tests[name].exception, tests[name].exception
    small, large = (statistics.median(took[name]) * 1000 for name in ("small", "large"))
    said = " ".join(f"{name}={value}" for name, value in query.items())
    print(f"{page} {said}: {small:.0f} ms small, {large:.0f} ms large, ratio {large / small:.2f}")
    return large / small


def _opened(studio: Studio, page: str, query: dict[str, str]) -> AppTest:
    use(studio)
    test = AppTest.from_file(str(PAGES), default_timeout=120).run()
    if page != "overview.py":
        test.switch_page(page)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


if __name__ == "__main__":
    os.chdir(tempfile.gettempdir())
    sys.exit(main())
