"""Pages of our own, without scripts: what is said to people who are not in yet, in their language."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Scope

from core import locale

#: The cookie of the language switch (pages.parts.kit.language).
LANGUAGE_COOKIE = "studio_language"
_STYLE = (
    ":root{color-scheme:light dark;--ink:#1a1c24;--soft:#5c6270;--paper:#fff;--line:#d9dce3;--main:#5146e5}"
    "@media(prefers-color-scheme:dark){:root{--ink:#f3f4f7;--soft:#a6acba;--paper:#14161c;--line:#343945;"
    "--main:#8b83ff}}"
    "*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;"
    "background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}"
    "main{width:100%;max-width:420px}h1{font-size:24px;line-height:1.25;margin:0 0 12px}"
    "p{margin:0 0 12px;overflow-wrap:anywhere}small,.soft{color:var(--soft)}"
    "a.act,button{display:block;width:100%;margin:12px 0;padding:12px 16px;border:0;border-radius:8px;"
    "background:var(--main);color:var(--paper);font:inherit;font-weight:600;text-align:center;"
    "text-decoration:none;cursor:pointer}a.act:focus-visible,button:focus-visible{outline:3px solid "
    "var(--ink);outline-offset:2px}code{font-size:14px}"
)


@dataclass(frozen=True)
class Way:
    """A button: a link, or with `fields` a form that is sent by POST."""

    label: str
    target: str
    fields: tuple[tuple[str, str], ...] = ()


class Words:
    """The sentences of one request, in the language of who asks."""

    def __init__(self, scope: Scope) -> None:
        self.language = _language(scope)
        self._words = locale.translation(self.language)

    def t(self, template: str, /, **values: Any) -> str:
        """The sentence in the reader's language, as plain text."""
        return self._words.gettext(template).format(**values)


def _language(scope: Scope) -> str:
    """The switch's cookie, else the first language of the browser's that the Studio speaks, else English."""
    chosen = locale.best(cookie(scope, LANGUAGE_COOKIE))
    if chosen:
        return chosen
    for tag in header(scope, "accept-language").split(","):
        if known := locale.best(tag.partition(";")[0].strip()):
            return known
    return locale.ENGLISH


def page(
    words: Words,
    title: str,
    lines: Iterable[str],
    ways: Sequence[Way] = (),
    *,
    status: int = 200,
    soft: Iterable[str] = (),
) -> Response:
    """A page with a title, some lines and some buttons. Everything given is plain text."""
    body = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    for way in ways:
        target, label = html.escape(way.target), html.escape(way.label)
        if not way.fields:
            body += f'<a class="act" href="{target}">{label}</a>'
            continue
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in way.fields
        )
        body += f'<form method="post" action="{target}">{hidden}<button>{label}</button></form>'
    body += "".join(f'<p class="soft">{html.escape(line)}</p>' for line in soft)
    return HTMLResponse(
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{html.escape(title)} · Photo Avatar Studio</title>'
        f"<style>{_STYLE}</style></head>"
        '<body><main><p class="soft">Photo Avatar Studio</p>'
        f"<h1>{html.escape(title)}</h1>{body}</main></body></html>",
        status,
        {"Cache-Control": "no-store"},
    )


def refusal(scope: Scope, template: str, status: int, /, **values: Any) -> Response:
    """One sentence, as text, in the reader's language. The body of the request stays unread."""
    return PlainTextResponse(
        Words(scope).t(template, **values), status, {"Cache-Control": "no-store", "Connection": "close"}
    )


def wants_page(scope: Scope) -> bool:
    """True for a request that a browser shows as a page."""
    reads = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
    aim = header(scope, "sec-fetch-dest")
    return reads and (aim == "document" if aim else "text/html" in header(scope, "accept"))


def header(scope: Scope, name: str) -> str:
    """The request's header of this name; "" where there is none, or more than one."""
    found = [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name.encode()]
    return found[0] if len(found) == 1 else ""


def cookie(scope: Scope, name: str) -> str:
    """The request's cookie of this name; "" where there is none, or two that differ."""
    found = set()
    for key, value in scope["headers"]:
        if key.lower() == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                left, _, right = pair.strip().partition("=")
                if left == name:
                    found.add(right)
    return found.pop() if len(found) == 1 else ""
