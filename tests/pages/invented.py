"""An invented language: translated text comes out between ⟦ and ⟧, so what is outside was not translated."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from typing import Any

from babel.messages.pofile import read_po
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from core import locale
from core.database.tables.bloggers import Blogger, Location, PastAvatar
from core.database.tables.runs import Operation, Run
from core.database.tables.videos import Video, Voice
from core.heygen.errors import ADD_MOTION_FAILED, ASSET_UPLOAD_FAILED, GROUP_CREATION_FAILED
from core.heygen.motions import MOTION_TYPES
from core.locale import ENGLISH, LANGUAGES, catalogue
from core.studio import Studio

#: Fields of Streamlit's messages that hold texts for the browser only, and what holds data: ids, requests.
_TECHNICAL = frozenset(
    (
        *(
            "id",
            "element_id",
            "form_id",
            "group_id",
            "user_key",
            "key",
            "icon",
            "url",
            "page",
            "page_script_hash",
        ),
        *(
            "type",
            "tag",
            "language",
            "color",
            "query_string",
            "mime_type",
            "background_color",
            "border_color",
        ),
        *("format", "width", "height", "active_script_hash", "fragment_id", "file_type", "accept", "theme"),
        *("code_text", "bind", "query_param_key", "shortcut", "text_alignment", "gap", "autocomplete"),
    )
)
#: Holds a program for the browser, and no words.
_SILENT = ("bidi_component",)
_DATA_KINDS = ("Code", "Json", "Html", "PlotlyChart", "Skeleton")
#: What is the same in every language.
_EVERYWHERE = (
    *LANGUAGES.values(),
    *MOTION_TYPES.values(),
    *MOTION_TYPES,
    *(ASSET_UPLOAD_FAILED, GROUP_CREATION_FAILED, ADD_MOTION_FAILED),
    *("Photo Avatar Studio", "HeyGen", "heygen_avatar_id", "heygen_group_id", "DATA_DIR", "HEYGEN_API_KEY"),
    *("HEYGEN_DIALECT", "HEYGEN_API_BASE", "WORKERS", "PLAN", "workflow", "sandbox", "CSV", "JSON", "UTC"),
    *("PNG", "JPEG", "POST", "GET", "DELETE", "tester"),
)


class Invented(NullTranslations):
    """Knows exactly what the Russian catalogue knows."""

    def __init__(self) -> None:
        super().__init__()
        with catalogue("ru").open("rb") as file:
            entries = [entry for entry in read_po(file, locale="ru") if entry.id]
        self._known = {
            (entry.context or "", text)
            for entry in entries
            for text in (entry.id if entry.pluralizable else [entry.id])
        }

    def gettext(self, message: str) -> str:
        return self.pgettext("", message)

    def pgettext(self, context: str, message: str) -> str:
        return f"⟦{message}⟧" if (context, message) in self._known else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@contextmanager
def spoken() -> Iterator[None]:
    """In place of English, also outside a session: AppTest asks for the words of options there."""
    locale.learn(ENGLISH, Invented())
    try:
        yield
    finally:
        locale.learn(ENGLISH, NullTranslations())


def strays(at: AppTest, studio: Studio) -> list[str]:
    """Texts of the page with letters that were neither translated nor are data."""
    names = data(studio)
    found = [f"{kind}.{field}: {text}" for kind, field, text in shown(at) if _left(text, names)]
    return list(dict.fromkeys(found))


def data(studio: Studio) -> list[str]:
    """Names, ids and addresses, the longest first, so that none is cut by a shorter one."""
    with studio.db.read() as session:
        bloggers, locations = session.exec(select(Blogger)).all(), session.exec(select(Location)).all()
        runs, calls = session.exec(select(Run)).all(), session.exec(select(Operation)).all()
        past = session.exec(select(PastAvatar)).all()
        videos, voices = session.exec(select(Video)).all(), session.exec(select(Voice)).all()
    found: set[str | None] = {blogger.name for blogger in bloggers} | {run.group_name for run in runs}
    for place in (*locations, *past):
        found |= {place.image_url, place.heygen_avatar_id, place.heygen_group_id, place.heygen_look_id}
    for video in videos:
        found |= {video.title, video.heygen_title, video.script, *video.script.splitlines()}
    for voice in voices:
        found |= {voice.name, voice.language, voice.gender, voice.voice_id}
    found |= {place.name for place in locations} | {call.subject for call in calls}
    found |= {person for run in runs for person in (run.actor, run.cancel_requested_by)}
    found |= {
        *_EVERYWHERE,
        str(studio.settings.data_dir),
        studio.settings.data_dir.name,
        studio.settings.api_base,
    }
    return sorted((name for name in found if name), key=len, reverse=True)


def shown(at: AppTest) -> Iterator[tuple[str, str, str]]:
    """Every text that the browser is given: kind of the element, field, text."""
    for node in _walk(at._tree):
        kind = type(node).__name__
        proto = getattr(node, "proto", None)
        if proto is None or kind in _DATA_KINDS:
            continue
        if kind == "UnknownElement":
            kind = node.type
        if kind in _SILENT:
            continue
        if kind in ("Dataframe", "vega_lite_chart"):
            set_to = proto.columns if kind == "Dataframe" else proto.spec
            yield from ((kind, "title", text) for text in _configured(set_to))
            yield kind, "alt", proto.alt
        else:
            typed = kind in ("TextInput", "TextArea")
            texts = _strings(proto)
            yield from ((kind, field, text) for field, text in texts if not (typed and field == "value"))
        if kind == "Table":
            cells = node.value
            # A table of names and values has no head that is shown.
            head = [] if list(cells.columns) == ["value"] else cells.columns
            texts = [*head, *cells.index, *cells.to_numpy().ravel()]
            yield from ((kind, "cell", str(text)) for text in texts)


def _walk(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _walk(child)


def _strings(message: Message) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        if field.name in _TECHNICAL or (field.message_type and field.message_type.GetOptions().map_entry):
            continue
        values: Iterable[Any] = value if field.is_repeated else [value]
        for one in values:
            if field.type == FieldDescriptor.TYPE_MESSAGE:
                yield from _strings(one)
            elif field.type == FieldDescriptor.TYPE_STRING:
                yield field.name, one


def _configured(settings: str) -> Iterator[str]:
    """Titles, helps and words of states in the settings of a table's columns or of a chart."""

    def inside(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for name, inner in value.items():
                if name in ("label", "help", "display_text", "text", "title"):
                    yield from ([inner] if isinstance(inner, str) else [])
                yield from inside(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from inside(inner)

    yield from inside(json.loads(settings or "{}"))


def _left(text: str, names: list[str]) -> bool:
    """Whether letters remain when translations, data and Streamlit's own marks are taken away."""
    text = text.replace("\\", "").replace("\u2060", "")
    text = re.sub(r">>>.*", " ", text)
    text = re.sub(r":material/\w+:|:[a-z]+(-[a-z]+)?\[|https?://\S*|\b[0-9a-f]{12,}\b|\b\d+p\b", " ", text)
    while (shorter := re.sub("⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = shorter
    for name in names:
        text = text.replace(name, " ")
    return re.search(r"[^\W\d_]", text) is not None
