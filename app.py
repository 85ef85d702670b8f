"""The process: opens the Studio, guards the door, starts the worker, shows pages/.

`streamlit run app.py` imports this file once. The UI script lies inside pages/ on purpose: beside an entry
script, Streamlit would serve a folder named pages/ by itself, and a deep link would pass the gate by.
"""

import gc

# What is imported here stays for good: it is not searched for garbage while it comes.
gc.disable()

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config as streamlit_config
from streamlit.runtime import get_instance

from core import shutdown
from core.console import Lines, one_line
from core.errors import StudioError
from core.names import visible
from core.runs import queue as jobs
from core.studio import current
from core.web import media, patience, webhooks
from core.web.door import Door, check_binding
from core.web.headers import Headers
from core.web.uploads import UploadLimit


def _about(record: logging.LogRecord) -> bool:
    """Runs go on side by side: their lines name the run."""
    run = getattr(record, "run_id", None)
    record.about = "" if run is None else f" [run {run}]"
    return True


logging.basicConfig(level=logging.INFO)
for handler in logging.getLogger().handlers:
    handler.addFilter(_about)
    handler.setFormatter(Lines("%(asctime)s %(levelname)s %(name)s%(about)s: %(message)s"))
logging.getLogger("huey").setLevel(logging.WARNING)
logging.getLogger("alembic").setLevel(logging.WARNING)


def _start():
    """The Studio, before the server starts. A refusal is one sentence and exit code 2."""
    try:
        check_binding(streamlit_config.get_option("server.address") or "", has_auth=False)
        studio = current()
        jobs.of(studio)
        return studio
    except StudioError as error:
        print(visible(one_line(error.user_message)), file=sys.stderr)
        raise SystemExit(2) from error


def _uploaded(session_id: str) -> int:
    """The bytes of the files that this session has uploaded."""
    files = getattr(get_instance().uploaded_file_mgr, "file_storage", {})
    return sum(len(file.data) for file in list(files.get(session_id, {}).values()))


studio = _start()
patience.install()
hook = webhooks.routes(studio.settings)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    queue = jobs.of(studio)
    shutdown.on_signal(queue.stop)
    queue.start(studio.settings.workers)
    # Nor when Streamlit collects garbage, which it does after each run of a page.
    gc.freeze()
    gc.enable()
    yield {}
    queue.stop()
    studio.wait_for_answers()
    studio.close()


app = st.App(
    "pages/main.py",
    lifespan=lifespan,
    middleware=[
        Middleware(Headers),
        Middleware(Door, open_paths=frozenset(route.path for route in hook)),
        Middleware(
            UploadLimit, held=_uploaded, largest=streamlit_config.get_option("server.maxUploadSize") << 20
        ),
    ],
    routes=[*media.ROUTES, *hook],
)
