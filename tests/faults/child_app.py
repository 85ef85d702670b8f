"""The dashboard in a process of its own, forked from a server that has imported what it is made of."""

import gc
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from streamlit.logger import set_log_level
from streamlit.web import cli

from core.runs import queue  # noqa: F401
from core.sandbox import server  # noqa: F401
from core.web import door, media, webhooks  # noqa: F401

PARTS = Path(__file__).parents[2] / "pages" / "parts"
# Streamlit remarks that its caches are declared where it does not run; the dashboard sets its level itself.
set_log_level("ERROR")
for module in walk_packages([str(PARTS)], "pages.parts."):
    import_module(module.name)
# The server imports this last. What all its children have is never searched, and so never copied.
gc.freeze()


def main(*arguments: str) -> None:
    """`python -m streamlit` with these arguments."""
    sys.argv = ["streamlit", *arguments]
    cli.main(prog_name="streamlit")
