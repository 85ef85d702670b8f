"""Cookies that do not count: altered, old, of others, of other places; Streamlit's own."""

import json
from collections.abc import Iterator
from datetime import timedelta

from itsdangerous import URLSafeTimedSerializer

from core.people import members, sign_ins
from core.people.cookie_secret import cookie_secret
from core.people.members import hash_of
from core.people.roles import LOCAL_ADMIN
from core.people.ways import COOKIE
from tests.attacks.rows import Row
from tests.attacks.sites import ADMIN, VIEWER, Site, Sites, shut
from tests.doorstep import Headers

GONE = "rita@team.example"


def rows(sites: Sites) -> Iterator[Row]:
    for site in sites.guarded:
        mine = "" if site is sites.keyed else VIEWER
        good = site.sign_in(mine)
        values = {
            "none": None,
            "an empty one": "",
            "one that is guessed": "A" * 43,
            "one letter changed": good[:-1] + ("a" if good[-1] != "a" else "b"),
            "one in capitals": good.upper(),
            "one cut short": good[:-1],
            "one with a letter more": good + "a",
            "one with a space inside": f"{good[:20]} {good[20:]}",
            "the key that the database holds": hash_of(good),
            "in quotes": f'"{good}"',
            "percent-encoded": "%" + f"{ord(good[0]):02x}" + good[1:],
            "8,000 letters": "A" * 8_000,
            "SQL": "' OR 1=1 --",
            "of another Studio": (sites.provider if site is sites.team else sites.team).cookies[ADMIN],
            "not used for twelve hours": site.sign_in(mine, idle=timedelta(hours=12, seconds=1)),
            "30 days old": site.sign_in(mine, age=timedelta(days=30, seconds=1)),
            "signed out": _ended(site, mine),
        }
        if site is sites.keyed:
            values["a member's where this machine is alone"] = site.cookies[ADMIN]
        else:
            values["the start link's where a team signs in"] = site.cookies[""]
            values["a removed member's"] = _removed(site)
            values["from before signing out everywhere"] = _everywhere(site)
        if site is sites.proxied:
            values["a good one, and the proxy names nobody"] = site.cookies[ADMIN]
        for what, value in values.items():
            yield Row(
                f"{site.name}: a cookie: {what}",
                lambda site=site, value=value: shut(site.caller(value).ask()),
            )
            yield Row(
                f"{site.name}: a WebSocket, a cookie: {what}",
                lambda site=site, value=value: shut(site.caller(value).shake()),
            )
        headers: dict[str, Headers] = {
            "two that differ, the good one first": [("Cookie", f"{COOKIE}={good}; {COOKIE}=x")],
            "two that differ, the good one last": [("Cookie", f"{COOKIE}=x; {COOKIE}={good}")],
            "two headers that differ": [("Cookie", f"{COOKIE}=x"), ("Cookie", f"{COOKIE}={good}")],
            "under another letter case": [("Cookie", f"{COOKIE.upper()}={good}")],
            "under a prefix": [("Cookie", f"__Host-{COOKIE}={good}")],
            "as a bearer": [("Authorization", f"Bearer {good}")],
            "under Cookie2": [("Cookie2", f"{COOKIE}={good}")],
        }
        for what, sent in headers.items():
            yield Row(
                f"{site.name}: cookies: {what}",
                lambda site=site, sent=sent: shut(site.caller(headers=sent).ask()),
            )
        yield Row(
            f"{site.name}: the cookie in the address",
            lambda site=site, good=good: shut(site.caller().ask(f"/?{COOKIE}={good}")),
        )
        for what, sent in _streamlits(site).items():
            yield Row(
                f"{site.name}: Streamlit's own cookie, {what}",
                lambda site=site, sent=sent: shut(site.caller(headers=sent).ask()),
            )
            yield Row(
                f"{site.name}: a WebSocket, Streamlit's own cookie, {what}",
                lambda site=site, sent=sent: shut(site.caller(headers=sent).shake()),
            )


def _ended(site: Site, email: str) -> str:
    token = site.sign_in(email)
    sign_ins.end(site.db, hash_of(token))
    return token


def _removed(site: Site) -> str:
    with site.db.write() as session:
        members.use_up(session, site.invite(GONE))
    token = site.sign_in(GONE)
    members.remove(site.db, site.member_id(GONE), actor=LOCAL_ADMIN)
    return token


def _everywhere(site: Site) -> str:
    email = "olaf@team.example"
    with site.db.write() as session:
        members.use_up(session, site.invite(email))
    token = site.sign_in(email)
    members.sign_out_everywhere(site.db, site.member_id(email), actor=LOCAL_ADMIN)
    return token


def _streamlits(site: Site) -> dict[str, Headers]:
    """Streamlit's cookie as it would sign it for an administrator: nothing but our own counts."""
    claims = {"email": ADMIN, "email_verified": True, "is_logged_in": True, "origin": site.origin}
    text = json.dumps(claims | {"provider": "default"})
    ours = cookie_secret(site.app.data)

    def signed(secret: str, name: str, value: str) -> str:
        return f"{name}={URLSafeTimedSerializer(secret, salt=name).dumps(value)}"

    user = "_streamlit_user"
    half = len(text) // 2
    chunks = [
        signed(ours, user, "chunks-2"),
        signed(ours, f"{user}_1", text[:half]),
        signed(ours, f"{user}_2", text[half:]),
    ]
    swapped = [chunks[0], signed(ours, f"{user}_1", text[half:]), signed(ours, f"{user}_2", text[:half])]
    return {
        "with a foreign secret": [("Cookie", signed("x" * 64, user, text))],
        "with the right secret": [("Cookie", signed(ours, user, text))],
        "with the right secret, in two": [("Cookie", "; ".join(chunks))],
        "its chunks swapped": [("Cookie", "; ".join(swapped))],
        "under our name": [("Cookie", signed(ours, COOKIE, text))],
    }
