"""A viewer presses everything that an administrator can press, by its widget's id over a raw WebSocket.

The ids are found as administrator in one Studio and pressed as viewer in another one with the same data.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

from streamlit.proto.Checkbox_pb2 import Checkbox
from streamlit.util import calc_hash

from tests.attacks.rows import Row
from tests.attacks.sites import ADMIN, VIEWER, GotIn, Site, Sites
from tests.attacks.wire import Run, Talk

#: The pages, and what an address opens on them.
SECTIONS = {
    "": ("",),
    "locations": ("", "view=table", "location=1", "location=2", "part=found", "locations_archive=1"),
    "provisioning": ("", "chosen=1", "chosen=3%2C4", "runs=1"),
    "videos": ("", "chosen=3"),
    "activity": ("", "run=1", "run=2"),
    "credits": tuple(
        f"part={part}" for part in ["spending", "held", "budgets", "heygen", "calculator", "ledger", "plan"]
    ),
    "settings": tuple(
        f"part={part}" for part in ["connection", "plan", "backup", "sandbox", "members", "record"]
    ),
}
#: What is enough to see that nothing was forgotten.
QUICK = (
    ("locations", ""),
    ("provisioning", "chosen=1"),
    ("activity", "run=1"),
    ("credits", "part=budgets"),
    ("credits", "part=heygen"),
    ("settings", "part=plan"),
    ("settings", "part=backup"),
    ("settings", "part=sandbox"),
)
PRESSED = ("button", "download_button", "menu_button", "checkbox")
#: What passes by itself or only says that somebody was here.
NO_CHANGE = ("signin", "member", "lease", "process", "alembic_version")


@dataclass(frozen=True)
class Button:
    """A widget of a page, and what had to be pressed before it was there."""

    page: str
    query: str
    identity: str
    label: str
    #: True is a press; a box is ticked the other way round.
    value: bool | None
    opener: str = ""


def rows(sites: Sites) -> Iterator[Row]:
    """Each by itself, also those in dialogs."""
    site = sites.team
    found = _buttons(sites.provider, deep=True)
    if len(found) < 60:
        raise AssertionError(f"only {len(found)} buttons were found")
    for button in found:
        opened = " in a dialog" if button.opener else ""
        yield Row(
            f"a viewer presses “{button.label}”{opened} of /{button.page}?{button.query}",
            lambda button=button: _pressed(site, [button]),
        )
    yield Row("a viewer in an administrator's session", lambda: _in_session(sites, found))
    _counts(site, *([button] for button in found))


def quick_rows(sites: Sites) -> Iterator[Row]:
    """All of a page at once."""
    found = _buttons(sites.provider, deep=False)
    groups = [[button for button in found if (button.page, button.query) == one] for one in QUICK]
    for here, (page, query) in zip(groups, QUICK, strict=True):
        what = f"a viewer presses {len(here)} buttons of /{page}?{query}"
        yield Row(what, lambda here=here: _pressed(sites.team, here))
    _counts(sites.team, *groups[::-1])


def _counts(site: Site, *groups: list[Button]) -> None:
    """The same presses do change something when an administrator makes them."""
    for group in groups:
        try:
            _pressed(site, group, ADMIN)
        except GotIn:
            return
    raise AssertionError("no press changes anything, whoever makes it")


def _of(run: Run, page: str, query: str, opener: str = "") -> Iterator[Button]:
    for identity, widget in run.widgets(*PRESSED).items():
        value = not widget.default if isinstance(widget, Checkbox) else None
        if getattr(widget, "disabled", False) or identity.endswith("-sign_out"):
            # Whoever signs out presses nothing more.
            continue
        yield Button(page, query, identity, getattr(widget, "label", "") or identity[-20:], value, opener)


def _buttons(site: Site, *, deep: bool) -> list[Button]:
    """Every button that an administrator sees, and with `deep` those behind the first press."""
    found: dict[str, Button] = {}
    everywhere = [(page, query) for page, queries in SECTIONS.items() for query in queries]
    with site.caller(site.cookies[ADMIN]).talk(site.origin) as talk:
        pages = talk.run().pages
        for page, query in everywhere if deep else QUICK:
            run = talk.run(page_script_hash=pages[page], query_string=query)
            for button in _of(run, page, query):
                found.setdefault(button.identity, button)
    if deep:
        for opener in list(found.values()):
            with site.caller(site.cookies[ADMIN]).talk(site.origin) as talk:
                _open(talk, pages, opener)
                run = _press(talk, pages, opener)
                for button in _of(run, opener.page, opener.query, opener.identity):
                    found.setdefault(button.identity, button)
    return list(found.values())


def _open(talk: Talk, pages: dict[str, str], button: Button) -> Run:
    return talk.run(page_script_hash=pages[button.page], query_string=button.query)


def _press(talk: Talk, pages: dict[str, str], *buttons: Button) -> Run:
    first = buttons[0]
    return talk.run(
        page_script_hash=pages[first.page],
        query_string=first.query,
        values={button.identity: button.value for button in buttons},
    )


def _dump(site: Site) -> list[str]:
    """Every row that matters, as SQL lines."""
    with closing(sqlite3.connect(site.app.data / "studio.db")) as connection:
        skipped = tuple(f'INSERT INTO "{table}"' for table in NO_CHANGE)
        return [line for line in connection.iterdump() if not line.startswith(skipped)]


def _unchanged(site: Site, act: Callable[[], str]) -> str:
    before = _dump(site)
    said = act()
    after = _dump(site)
    if before != after:
        new = [line[:200] for line in after if line not in set(before)]
        raise GotIn(f"changed: {new[:2]}")
    return said


def _pressed(site: Site, buttons: list[Button], email: str = VIEWER) -> str:
    def act() -> str:
        with site.caller(site.cookies[email]).talk(site.origin) as talk:
            first = buttons[0]
            pages = {first.page: calc_hash(first.page)}
            _open(talk, pages, first)
            if first.opener:
                opener = Button(first.page, first.query, first.opener, "", None)
                _press(talk, pages, opener)
            run = _press(talk, pages, *buttons)
            said = b"Only " in run.told
            return "told who may" if said else "nothing happened"

    if not buttons:
        raise GotIn("no buttons were found")
    return _unchanged(site, act)


def _in_session(sites: Sites, found: list[Button]) -> str:
    """Taking over the session of an administrator who has just left it, with its dialogs open."""
    site = sites.team
    with site.caller(site.cookies[ADMIN]).talk(site.origin) as talk:
        home = talk.run()
        talk.run(page_script_hash=home.pages["credits"])
        session = home.session

    def act() -> str:
        with site.caller(site.cookies[VIEWER]).talk(site.origin, ("streamlit", "x", session)) as mine:
            mine.run()
            for page in ("credits", "settings"):
                here = [button for button in found if button.page == page and not button.opener]
                if here:
                    _press(mine, home.pages, *here)
            return "a viewer's rights"

    return _unchanged(site, act)
