"""Commands about who may come in: an invitation, and the link that opens the Studio."""

import argparse
import re
from contextlib import closing

from core import config
from core.database.engine import open_database
from core.errors import BadInput, Refusal
from core.people import members
from core.people.roles import LOCAL_ADMIN
from core.people.ways import ways_in
from core.web.sign_in import start_link

#: Streamlit's own.
PORT = 8501


def invite(args: argparse.Namespace) -> int:
    """Let somebody in; prints the link. Raises BadInput."""
    settings = config.load()
    if not settings.public_url:
        raise BadInput(
            "PUBLIC_URL is not set, so a link would lead nowhere. Nothing was changed. Set it to the address "
            "under which your team reaches the Studio, for example https://studio.team.example."
        )
    with closing(open_database(settings)) as db:
        token = members.invite(db, args.email, role=args.role, actor=LOCAL_ADMIN)
    print(ways_in(settings, sandbox=settings.embedded).join_link(token))
    print(f"For {args.email}, as {args.role}. Good once and for 72 hours; send it to nobody else.")
    return 0


def link(args: argparse.Namespace) -> int:
    """Print the address that opens the dashboard. Raises Refusal while none was made."""
    settings = config.load()
    address = start_link(settings.data_dir)
    if not address and not settings.embedded:
        raise Refusal(
            "The Studio was not started on the data in {path} yet. Start it (streamlit run app.py), then ask "
            "for the link again.",
            path=str(settings.data_dir),
        )
    address = address or f"http://localhost:{PORT}"
    if args.port is not None:
        address = re.sub(r"(?<=^http://localhost:)[0-9]+", str(args.port), address)
    print(address)
    return 0
