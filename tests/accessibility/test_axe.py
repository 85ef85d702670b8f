"""axe-core over every page, in light and dark: no serious or critical violation of ours."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.accessibility.allowed import ALLOWED
from tests.accessibility.conftest import FAILED, LIVE, READY
from tests.journeys.conftest import App
from tests.journeys.support import GO

pytestmark = pytest.mark.browser

Act = Callable[[Page], object]
STANDARD = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
#: What the theme changes of a page that stands there already.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
DARK = "rgb(18, 21, 30)"
#: Counts how often the page's script has ended.
WATCH = """() => {
  window.ended = 0
  const app = document.querySelector('[data-testid=stApp]'), state = 'data-test-script-state'
  const seen = () => app.getAttribute(state) === 'notRunning' && (window.ended += 1)
  new MutationObserver(seen).observe(app, {attributeFilter: [state]})
}"""
#: Each element that breaks a rule, with those of these selectors that it matches: later it may be gone.
LOOK = """([options, selectors]) => axe.run({...options, elementRef: true}).then(found =>
  found.violations.map(rule => ({...rule, nodes: rule.nodes.map(({element, html, target, failureSummary}) => (
    {html, target, failureSummary, matches: selectors.filter(one => element.matches(one))}))})))"""


def press(name: str, *more: str) -> Act:
    """Press buttons one after the other."""

    def act(page: Page) -> None:
        for one in (name, *more):
            page.get_by_role("button", name=one).first.click()

    return act


def dialog(*names: str) -> Act:
    """Press buttons, then wait for the dialog."""

    def act(page: Page) -> None:
        press(*names)(page)
        expect(page.get_by_role("dialog")).to_be_visible()

    return act


#: What is looked at: an address, what must be seen, and what is done there first.
PLACES: dict[str, tuple[str, str, Act | None]] = {
    "overview": ("/", "Needs attention", None),
    "locations": ("/locations", "Locations", None),
    "locations gallery": ("/locations?locations_view=gallery", "Locations", None),
    "locations filtered to nothing": ("/locations?locations_text=zzz", "No location matches", None),
    "a location with an avatar": (f"/locations?location={READY}", "Mila Hart", None),
    "a location without": ("/locations?location=9", "Location", None),
    "a failed location": (f"/locations?location={FAILED}", "Location", None),
    "no such location": ("/locations?location=999", "There is no", None),
    "add a location": ("/locations", "Add location", dialog("Add location")),
    "import": ("/locations", "Import", dialog("Import")),
    "found in HeyGen": ("/locations?part=found", "Used by no location", None),
    "choose": ("/provisioning", "Make avatars", None),
    "quote": ("/provisioning?chosen=7,8", "Spend 2 credits", None),
    "confirm": ("/provisioning?chosen=7,8", "Spend 2 credits", dialog("Spend 2 credits")),
    "live runs": (f"/provisioning?runs={LIVE}", "refreshes", None),
    "activity": ("/activity", "Activity", None),
    "a run that is done": ("/activity?run=1", "Run 1", None),
    "a run that failed": ("/activity?run=2", "Run 2", None),
    "a run whose outcome is unknown": ("/activity?run=3", "Run 3", None),
    "a live run": ("/activity?run=4", "Run 4", None),
    "videos": ("/videos", "1 video, newest first", None),
    "write a video": ("/videos?chosen=1,2", "Write the script", None),
    "a finished video": ("/videos?video=1", "Make another like this", None),
    "a video's run": ("/activity?run=5", "Run 5", None),
    "credits": ("/credits", "On whom and on what", None),
    "what is held": ("/credits?part=held", "It is spent when HeyGen does the work", None),
    "budgets": ("/credits?part=budgets", "Add budget", None),
    "HeyGen's balance": ("/credits?part=heygen", "Read HeyGen's balance now", None),
    "calculator": ("/credits?part=calculator", "What it would cost", None),
    "ledger": ("/credits?part=ledger", "newest first", None),
    "plan limits": ("/credits?part=plan", "Motions this month", None),
    "connection": ("/settings", "HeyGen answers at", None),
    "plan": ("/settings?part=plan", "Prices", None),
    "who did what": ("/audit", "newest first", None),
    "members": ("/settings?part=members", "open to this machine alone", None),
    "invite": ("/settings?part=members", "There are no members yet", dialog("Invite")),
    "the person": ("/credits?part=plan", "Motions this month", press("local administrator")),
    "backup": ("/settings?part=backup", "Make a backup", press("Make a backup")),
    "sandbox": ("/settings?part=sandbox", "Rehearse a failure", None),
    "reset": ("/settings?part=sandbox", "Rehearse a failure", dialog("Reset the sandbox")),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_page_has_no_serious_violation(full: App, page: Page, place: str) -> None:
    """Every page, an open location, every state of a run, open dialogs."""
    path, words, act = PLACES[place]
    visit(page, full, path)
    expect(page.get_by_test_id("stMain").get_by_text(words).first).to_be_visible()
    settle(page)
    if act is not None:
        act(page)
        settle(page)
    check_in_both_themes(page)


def test_the_first_visit_has_no_serious_violation(empty: App, page: Page) -> None:
    """The empty overview, where everybody begins."""
    page.goto(empty.url)
    expect(page.get_by_role("button", name="Load sample bloggers")).to_be_visible()
    settle(page)
    check_in_both_themes(page)


def visit(page: Page, app: App, path: str) -> None:
    """Open an address. The document is loaded once: that takes longer than all that is looked at in it.

    At its root: loaded elsewhere, Streamlit looks below that address for its server first, and the console
    tells of each miss.
    """
    if not page.url.startswith(app.url):
        page.goto(f"{app.url}/")
        settle(page)
        page.evaluate(WATCH)
        if path == "/":
            return
    if page.get_by_role("dialog").count():
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        settle(page)
    before = page.evaluate("window.ended")
    page.evaluate(GO, path)
    page.wait_for_function("before => window.ended > before", arg=before)


def check_in_both_themes(page: Page) -> None:
    """Everything in light, then the colours once the page has followed its reader into the dark."""
    assert violations(page, STANDARD) == []
    page.emulate_media(color_scheme="dark")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", DARK)
    settle(page)
    assert violations(page, COLOURS) == []


def settle(page: Page) -> None:
    """Wait until the script has run and nothing moves any more."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.evaluate("() => Promise.all(document.getAnimations().map(one => one.finished.catch(() => 0)))")


def violations(page: Page, rules: dict[str, Any]) -> list[str]:
    """Serious and critical ones that are not on the list of Streamlit's own."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = page.evaluate(LOOK, [options, [one.selector for one in ALLOWED]])
    return [
        f"{rule['id']}: {node['html'][:300]} at {node['target']}: {node['failureSummary'][:300]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
        if not is_allowed(page, rule["id"], node)
    ]


def is_allowed(page: Page, rule: str, node: dict[str, Any]) -> bool:
    """True for what the list explains: its rule, its element, its theme."""
    dark = page.evaluate("() => matchMedia('(prefers-color-scheme: dark)').matches")
    here = [one for one in ALLOWED if one.rule == rule and one.scheme in ("", "dark" if dark else "light")]
    return any(one.selector in node["matches"] for one in here)
