"""The process: opens the Studio, guards the door, starts the worker, shows pages/.

`streamlit run app.py` imports this file once. The UI script lies inside pages/ on purpose: beside an entry
script, Streamlit would serve a folder named pages/ by itself, and a deep link would pass the gate by.
"""

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from streamlit import config as streamlit_config
from streamlit.file_util import get_static_dir
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime import get_instance

from core import shutdown
from core.config import is_loopback
from core.console import Lines, one_line
from core.errors import StudioError
from core.names import visible
from core.runs import queue as jobs
from core.studio import current
from core.web import media, patience, webhooks
from core.web.door import Door, check_binding
from core.web.gate import Gate
from core.web.headers import Headers, inline_scripts, policy
from core.web.uploads import UploadLimit
from core.web.ways import ways_in
from pages.parts.kit import language


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
ways = ways_in(studio.settings, sandbox=studio.sandbox is not None)
patience.install()
hook = webhooks.routes(studio.settings)


def _policy() -> str:
    """What the pages load and run: Streamlit's own document, the language's script, HeyGen's pictures."""
    page = Path(get_static_dir(), "index.html").read_text(encoding="utf-8")
    base = urlsplit(studio.settings.api_base)
    heygen = f"{base.scheme}://{base.netloc}" if is_loopback(studio.settings.api_base) else ""
    return policy([*inline_scripts(page), *language.scripts()], heygen=heygen)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    queue = jobs.of(studio)
    shutdown.on_signal(queue.stop)
    queue.start(studio.settings.workers)
    yield {}
    queue.stop()
    studio.wait_for_answers()
    studio.close()


app = st.App(
    "pages/main.py",
    lifespan=lifespan,
    middleware=[
        Middleware(Headers, policy=_policy()),
        Middleware(Door, open_paths=frozenset(route.path for route in hook)),
        Middleware(
            Gate,
            studio=studio,
            ways=ways,
            stranger=PlainTextResponse("Sign in first.", 401),
            plain_run=BackMsg(rerun_script=ClientState()).SerializeToString(),
            open_paths=frozenset(route.path for route in hook),
        ),
        Middleware(
            UploadLimit, held=_uploaded, largest=streamlit_config.get_option("server.maxUploadSize") << 20
        ),
    ],
    routes=[*media.ROUTES, *hook],
)
