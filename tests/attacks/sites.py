"""Studios to attack: one real process for every way in, with members, cookies and invitations of each kind."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from oidc_provider_mock import User, run_server_in_thread
from sqlmodel import select

from core import clock
from core.bloggers.editing import add_blogger
from core.config import load
from core.database.engine import Database, open_database
from core.database.tables.people import Invitation, Member, SignIn
from core.database.tables.runs import Run
from core.people import members, sign_ins
from core.people.members import hash_of
from core.people.roles import LOCAL_ADMIN
from core.people.ways import COOKIE
from core.sandbox.server import Sandbox
from core.web.sign_in import start_link
from tests.attacks.wire import HERE, Answer, Caller
from tests.doorstep import Headers
from tests.fresh import add_run
from tests.journeys.conftest import App, free_port, prepare, running_app

#: A blogger's name in every Studio: whoever reads it is in.
MARK = "Zelda Marker"
HOOK_SECRET = "a-webhook-secret"
USER_HEADER = "X-Auth-Request-Email"
VIEWER, OPERATOR, ADMIN = "vera@team.example", "olga@team.example", "anna@team.example"
STRANGER = "eve@elsewhere.example"
PEOPLE = {VIEWER: "viewer", OPERATOR: "operator", ADMIN: "administrator"}


class GotIn(Exception):
    """An attack that was not refused, and what it saw."""


@dataclass(eq=False)
class Site:
    """One running Studio. `host` and `origin` are what its people's browsers say."""

    name: str
    app: App
    host: str
    origin: str
    db: Database
    #: Cookies that count, by the member; "" is this machine's own person.
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return int(self.app.url.rpartition(":")[2])

    def caller(self, cookie: str | None = None, headers: Headers | None = None, source: str = HERE) -> Caller:
        """Somebody with this value of our cookie, or with none."""
        own = [] if cookie is None else [("Cookie", f"{COOKIE}={cookie}")]
        return Caller(self.port, self.host, [*own, *(headers or [])], source)

    def sign_in(self, email: str = "", *, idle: timedelta | None = None, age: timedelta | None = None) -> str:
        """A cookie of this member, which was not used for so long, or is of so long ago."""
        with self.db.write() as session:
            member = members.standing(session, email) if email else None
            token = sign_ins.begin(session, member, "invitation" if member else "start_link")
            row = session.get_one(SignIn, hash_of(token))
            row.last_seen_at -= idle or timedelta()
            row.signed_at -= age or timedelta()
            session.add(row)
        return token

    def invite(self, email: str, role: str = "viewer", *, age: timedelta | None = None) -> str:
        """An invitation's token, made so long ago."""
        token = members.invite(self.db, email, role=role, actor=LOCAL_ADMIN)
        if age is not None:
            with self.db.write() as session:
                row = session.exec(select(Invitation).where(Invitation.token_hash == hash_of(token))).one()
                row.expires_at -= age
                session.add(row)
        return token

    def open_links(self) -> int:
        """How many invitations are still good."""
        return len(members.links(self.db))

    def signed_in(self) -> int:
        """How many cookies there are."""
        with self.db.read() as session:
            return len(session.exec(select(SignIn.key)).all())

    def member_id(self, email: str) -> int:
        with self.db.read() as session:
            found = session.exec(select(Member.id).where(Member.email == email)).one()
        assert found is not None
        return found


def shut(answer: Answer, *statuses: int) -> str:
    """What was answered, when that is a refusal (one of `statuses`, where there are any). Raises GotIn."""
    said = f"{answer.status}"
    allowed = statuses or (0, *range(400, 500))
    if answer.status not in allowed or answer.sets(COOKIE) or MARK.encode() in answer.body:
        raise GotIn(f"{said} {answer.header('location')} {answer.body[:60]!r}")
    return said if answer.status else "no answer"


@dataclass
class Sites:
    """All of them. `alone` asks nothing, `keyed` a link, the others that people sign in."""

    alone: Site
    keyed: Site
    team: Site
    proxied: Site
    provider: Site
    #: Where the mock of a provider listens.
    oidc: str

    @property
    def all(self) -> list[Site]:
        return [self.alone, *self.guarded]

    @property
    def guarded(self) -> list[Site]:
        """Those in which a stranger is nobody."""
        return [self.keyed, self.team, self.proxied, self.provider]


@contextmanager
def _site(
    folder: Path, name: str, origin: str, *options: str, port: int | None = None, **environ: str
) -> Iterator[Site]:
    """`origin` "" is the address of the process itself. The members count where somebody signs in."""
    prepare(folder, samples=True)
    with closing(open_database(load({"DATA_DIR": str(folder / "data")}, None))) as db:
        add_blogger(db, name=MARK, actor=LOCAL_ADMIN)
        # Something to decide, to retry and to change.
        failed = add_run(db, 1, "failed")
        with db.write() as session:
            session.get_one(Run, failed).ended_at = clock.now()
        add_run(db, 2, "unknown")
        # Streamlit writes down why a provider's code was refused with all of its calls.
        with running_app(folder, "app.py", *options, port=port, calm=name != "provider", **environ) as app:
            origin = origin or app.url
            site = Site(name, app, origin.partition("://")[2], origin, db)
            for email, role in PEOPLE.items():
                with db.write() as session:
                    members.use_up(session, site.invite(email, role))
                site.cookies[email] = site.sign_in(email)
            site.cookies[""] = site.sign_in()
            yield site


def start_token(site: Site) -> str:
    """The token of the link that the start printed."""
    return start_link(site.app.data).partition("?token=")[2]


@contextmanager
def sites(folder: Path) -> Iterator[Sites]:
    """All Studios, each over data of its own in `folder`."""
    with ExitStack() as stack:
        heygen = stack.enter_context(Sandbox(folder / "heygen"))
        claims = {"email_verified": True, "name": "Vera"}
        users = [User(sub=one, claims={"email": one, **claims}) for one in (*PEOPLE, STRANGER)]
        oidc = f"http://localhost:{stack.enter_context(run_server_in_thread(user_claims=users)).server_port}"
        port = free_port()
        secrets = folder / "secrets.toml"
        secrets.write_text(
            f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\n'
            'cookie_secret = "unused: the Studio keeps its own"\nclient_id = "studio"\n'
            f'client_secret = "s3cret"\nserver_metadata_url = "{oidc}/.well-known/openid-configuration"\n'
        )

        def site(name: str, origin: str = "", *options: str, port: int | None = None, **environ: str) -> Site:
            home = folder / name
            home.mkdir()
            return stack.enter_context(_site(home, name, origin, *options, port=port, **environ))

        yield Sites(
            # First: its port is free only until the next one takes it.
            provider=site("provider", "", "--secrets.files", str(secrets), port=port),
            alone=site("alone"),
            keyed=site(
                "keyed",
                HEYGEN_API_KEY="k" * 20,
                HEYGEN_DIALECT="workflow",
                HEYGEN_API_BASE=heygen.base_url,
            ),
            team=site(
                "team",
                "https://studio.example",
                PUBLIC_URL="https://studio.example",
                HEYGEN_WEBHOOK_SECRET=HOOK_SECRET,
            ),
            proxied=site("proxied", TRUSTED_PROXIES=HERE, TRUSTED_USER_HEADER=USER_HEADER),
            oidc=oidc,
        )
