"""The process: opens the Studio, guards the door, starts the worker, shows pages/.

`streamlit run app.py` imports this file once. The UI script lies inside pages/ on purpose: beside an entry
script, Streamlit would serve a folder named pages/ by itself, and a deep link would pass the gate by.
"""

import gc

# What is imported here stays for good: it is not searched for garbage while it comes.
gc.disable()

import logging
import sys
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config as streamlit_config
from streamlit.auth_util import (
    encode_provider_token,
    get_redirect_uri,
    get_secrets_auth_section,
    validate_auth_credentials,
)
from streamlit.errors import StreamlitAuthError, StreamlitSecretNotFoundError
from streamlit.file_util import get_static_dir
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime import get_instance
from streamlit.web.server.server_util import get_cookie_secret

from core import config, shutdown
from core.config import is_loopback
from core.console import Lines, one_line
from core.errors import StartRefused, StudioError
from core.names import visible
from core.people import access
from core.people.cookie_secret import cookie_secret
from core.people.ways import ways_in
from core.runs import queue as jobs
from core.studio import Studio, current
from core.web import media, patience, peers, webhooks
from core.web.door import Door, check_binding
from core.web.gate import HEALTH, Gate
from core.web.headers import Headers, inline_scripts, policy
from core.web.provider import LOGIN, PROVIDER_PATHS, ProviderSignIn
from core.web.sign_in import Entrance, write_start_link
from core.web.uploads import OwnUploads, UploadLimit
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


def _names_auth() -> bool:
    """True when a file of secrets has the section [auth], even an empty one: Streamlit passes over those.

    Raises StartRefused for a file that cannot be read, which Streamlit passes over, too.
    """
    for path in map(Path, streamlit_config.get_option("secrets.files")):
        try:
            if path.is_file() and "auth" in tomllib.loads(path.read_text(encoding="utf-8")):
                return True
        except (OSError, ValueError) as error:
            raise StartRefused(
                "The file {path} cannot be read or written ({reason}). Nothing was started.",
                path=str(path),
                reason=one_line(str(error)),
            ) from None
    return False


def _provider() -> tuple[tuple[str, ...], str]:
    """The providers in Streamlit's secrets, and where they send people back to.

    Raises StartRefused for a section that is not complete: half a way in would be none.
    """
    try:
        section = get_secrets_auth_section()
        if not section and not _names_auth():
            return (), ""
        names = [name for name, value in section.items() if isinstance(value, Mapping)]
        names = names if "client_id" not in section else ["default", *names]
        names = [name for name in names if name != "client_kwargs"]
        if not names:
            raise StreamlitAuthError("it names no provider.")
        for name in names:
            validate_auth_credentials(name)
    except (StreamlitAuthError, StreamlitSecretNotFoundError) as error:
        raise StartRefused(
            "The section [auth] in .streamlit/secrets.toml cannot be used: {reason} Nothing was started.",
            reason=str(error).partition("\n")[0],
        ) from None
    return tuple(names), get_redirect_uri(section) or ""


def _start() -> Studio:
    """The Studio, before the server starts. A refusal is one sentence and exit code 2."""
    try:
        settings = config.load()
        providers, callback = _provider()
        found = ways_in(settings, sandbox=settings.embedded, providers=providers, callback=callback)
        check_binding(streamlit_config.get_option("server.address") or "", alone=found.alone)
        studio = current()
        jobs.of(studio)
        streamlit_config.set_option("server.cookieSecret", cookie_secret(studio.settings.data_dir))
        studio.ways = found
        return studio
    except StudioError as error:
        print(visible(one_line(error.user_message)), file=sys.stderr)
        raise SystemExit(2) from error


def _uploaded(session_id: str) -> int:
    """The bytes of the files that this session has uploaded."""
    files = getattr(get_instance().uploaded_file_mgr, "file_storage", {})
    return sum(len(file.data) for file in list(files.get(session_id, {}).values()))


def _opener(session_id: str) -> str:
    """Who opened this session, in the gate's words; "" when it is not open."""
    client = get_instance().get_client(session_id)
    seen = client.client_context if client is not None else None
    return dict(seen.headers).get(access.HEADER, "") if seen is not None else ""


def _provider_link(name: str) -> str:
    return f"{LOGIN}?provider={encode_provider_token(name)}"


studio = _start()
ways = studio.ways
patience.install()
peers.install()
hook = webhooks.routes(studio.settings)
entrance = Entrance(studio, _provider_link)
open_paths = frozenset(route.path for route in (*hook, *entrance.routes))


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
    link = write_start_link(studio.settings.data_dir, ways, streamlit_config.get_option("server.port"))
    if link and not ways.asks_nothing:
        print(f"Open the Studio: {link}", flush=True)
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
        Middleware(Headers, policy=_policy()),
        Middleware(
            Door,
            open_paths=frozenset({HEALTH, *(route.path for route in hook)}),
            alone=ways.alone,
            origin=ways.origin,
        ),
        Middleware(
            Gate,
            studio=studio,
            stranger=entrance.stranger,
            plain_run=BackMsg(rerun_script=ClientState()).SerializeToString(),
            open_paths=open_paths | (PROVIDER_PATHS if ways.providers else frozenset()),
        ),
        Middleware(ProviderSignIn, entrance=entrance, secret=get_cookie_secret),
        Middleware(OwnUploads, owner=_opener),
        Middleware(
            UploadLimit, held=_uploaded, largest=streamlit_config.get_option("server.maxUploadSize") << 20
        ),
    ],
    routes=[*media.ROUTES, *entrance.routes, *hook],
)
