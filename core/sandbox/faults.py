"""Faults on demand: rows that say what shall go wrong at the next calls of a route. Never by chance.

Two kinds stand beside each other. A disturbance spoils the call itself (before or after its work) and is
used up by the call; an outcome changes what the work makes and is used up only by work that is done, so
that "the answer is lost" and "the new group is not listed yet" can be asked of the same call.
"""

import json
import sqlite3
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from core.sandbox.answers import INVALID_PARAMETER, flat

ROUTES = (
    "upload",
    "create",
    "motion",
    "avatar",
    "groups",
    "looks",
    "delete",
    "quota",
    "video",
    "video_status",
    "videos",
    "voices",
    "key",
    "webhooks",
)
#: No work is done.
BEFORE = ("drop_before", "error_before", "html", "rate_limit", "refuse")
#: The work is done, the answer is not what it should be.
AFTER = ("drop_after", "error_after", "malformed", "empty", "no_ids")
#: The work is done and answered, late.
SLOW = ("stall", "stall_before")
DISTURBANCES = BEFORE + AFTER + SLOW
OUTCOMES = {
    "hide": "create",
    "look_fails": "create",
    "motion_fails": "motion",
    # Fails when it should be finished; nothing is charged.
    "render_fails": "video",
    # Accepted, and told only afterwards that the credits do not suffice.
    "credit_gone": "video",
    # Completed, but without its address in the first answer that says so.
    "url_late": "video",
    # Completed with a watermark and with a credit error beside it.
    "watermark_notice": "video",
    # Addresses handed out are dead already, until somebody has tried one.
    "link_expired": "video_status",
}
MAX_TIMES, MAX_SECONDS = 1_000_000, 86_400


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault with its options. `seconds` are real, not divided by the speed; `label` is the caller's own."""

    route: str
    fault: str
    seconds: float = 1.0
    status: int = 400
    code: int | str = INVALID_PARAMETER
    message: str = "Refused on demand"
    label: str = ""


def add(rows: sqlite3.Connection, body: dict[str, Any]) -> dict[str, Any]:
    """Write down a fault for the next `times` calls. Raises Rejected with HTTP 400 for nonsense."""
    options = dict(body)
    times = options.pop("times", 1)
    _check(options, times)
    fault = Fault(**options)
    number = rows.execute(
        "INSERT INTO faults (route, fault, times, options) VALUES (?, ?, ?, ?)",
        (fault.route, fault.fault, times, json.dumps(asdict(fault))),
    ).lastrowid
    return {"number": number, "times": times, **asdict(fault)}


def pending(rows: sqlite3.Connection) -> list[dict[str, Any]]:
    """The faults that still wait for their calls."""
    found = rows.execute("SELECT * FROM faults ORDER BY number").fetchall()
    return [{"number": row["number"], "times": row["times"], **json.loads(row["options"])} for row in found]


def clear(rows: sqlite3.Connection, body: dict[str, Any]) -> None:
    """Take back the faults with these `numbers`, or all of them. Raises Rejected with HTTP 400."""
    if "numbers" not in body:
        rows.execute("DELETE FROM faults")
        return
    numbers = body["numbers"]
    if not isinstance(numbers, list) or not all(_whole(number, 1) for number in numbers):
        raise flat(400, INVALID_PARAMETER, "numbers must be a list of numbers")
    rows.executemany("DELETE FROM faults WHERE number = ?", [(number,) for number in numbers])


def take_disturbance(rows: sqlite3.Connection, route: str) -> Fault | None:
    """Use up one time of the route's oldest disturbance."""
    return _take(rows, route, DISTURBANCES)


def take_outcome(rows: sqlite3.Connection, route: str, fault: str) -> Fault | None:
    """Use up one time of an outcome, inside the transaction of the work it changes."""
    return _take(rows, route, (fault,))


def waits(rows: sqlite3.Connection, route: str, fault: str) -> bool:
    """True while such a fault is armed; it is not used up by looking."""
    found = rows.execute("SELECT 1 FROM faults WHERE route = ? AND fault = ?", (route, fault)).fetchone()
    return found is not None


def _take(rows: sqlite3.Connection, route: str, faults: tuple[str, ...]) -> Fault | None:
    marks = ", ".join("?" * len(faults))
    row = rows.execute(
        f"SELECT * FROM faults WHERE route = ? AND fault IN ({marks}) ORDER BY number LIMIT 1",
        (route, *faults),
    ).fetchone()
    if row is None:
        return None
    if row["times"] > 1:
        rows.execute("UPDATE faults SET times = times - 1 WHERE number = ?", (row["number"],))
    else:
        rows.execute("DELETE FROM faults WHERE number = ?", (row["number"],))
    return Fault(**json.loads(row["options"]))


def _check(options: dict[str, Any], times: object) -> None:
    fault, route = options.get("fault"), options.get("route")
    rules = {
        f"route must be one of: {', '.join(ROUTES)}": route in ROUTES,
        f"fault must be one of: {', '.join((*DISTURBANCES, *OUTCOMES))}": fault in (*DISTURBANCES, *OUTCOMES),
        f"{fault} belongs to the route {OUTCOMES.get(str(fault))}": OUTCOMES.get(str(fault), route) == route,
        "times must be a whole number from 1": _whole(times, 1, MAX_TIMES),
        "seconds must be a number from 0": _number(options.get("seconds", 0), 0, MAX_SECONDS),
        "status must be from 400 to 599": _whole(options.get("status", 400), 400, 599),
        "code must be a number or a word": _word(options.get("code", "")) or _whole(options.get("code"), 0),
        "message and label must be texts": _word(options.get("message", ""))
        and _word(options.get("label", "")),
        "only route, fault, times, seconds, status, code, message and label are known": options.keys()
        <= Fault.__dataclass_fields__.keys(),
    }
    for complaint, kept in rules.items():
        if not kept:
            raise flat(400, INVALID_PARAMETER, complaint)


def _word(value: object) -> bool:
    return isinstance(value, str)


def _whole(value: object, low: int, high: int = 10**12) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _number(value: object, low: float, high: float) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isfinite(value) and low <= value <= high
