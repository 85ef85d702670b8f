"""What axe-core finds in Streamlit's own markup, which a page of ours cannot change."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Allowed:
    """A rule, a selector that the element must match, and why it is not ours. `scheme` empty: both themes."""

    rule: str
    selector: str
    reason: str
    scheme: str = ""


CHOSEN = (
    "Streamlit writes white on the primary colour (buttons), and the primary colour on the background (what "
    "is chosen). On a dark page no colour reaches 4.5 to 1 at both. The buttons have it; this has 3.7 to 1, "
    "and the choice shows by its frame or line as well."
)

ALLOWED: tuple[Allowed, ...] = (
    Allowed(
        "aria-dialog-name",
        "[data-testid='stToast']",
        "A toast is a dialog that names itself by a heading which Streamlit leaves out when it has no title.",
    ),
    Allowed("color-contrast", "[role='tab'][aria-selected='true'] *", CHOSEN, "dark"),
    Allowed("color-contrast", "[data-testid='stButtonGroup'] [aria-checked='true'] *", CHOSEN, "dark"),
)
