"""No page hands Streamlit a word of its own: every text that is shown passes through the catalogue."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "pages").rglob("*.py"))

#: Streamlit's calls whose first argument is read by people.
TITLES = frozenset(
    (
        *("title", "header", "subheader", "markdown", "caption", "text", "write", "badge", "metric", "help"),
        *("info", "success", "warning", "error", "toast", "exception", "progress", "spinner", "status"),
        *("button", "download_button", "link_button", "form_submit_button", "menu_button", "popover"),
        *("expander", "checkbox", "toggle", "radio", "selectbox", "multiselect", "pills", "feedback"),
        *("segmented_control", "select_slider", "slider", "text_input", "text_area", "number_input"),
        *("date_input", "time_input", "datetime_input", "file_uploader", "chat_input", "data_editor"),
        *("dialog", "table", "tabs", "Column", "TextColumn", "NumberColumn", "DatetimeColumn", "DateColumn"),
        *("ImageColumn", "ButtonColumn", "CheckboxColumn", "MultiselectColumn", "SelectboxColumn"),
        *("LinkColumn", "ProgressColumn", "TimeColumn", "ListColumn"),
    )
)
#: Arguments that are read by people, whatever the call.
NAMED = frozenset(
    (
        *("label", "help", "placeholder", "title", "alt", "body", "caption", "text", "delta", "page_title"),
        *("options", "display_text", "description", "summary", "tooltip"),
    )
)
#: What is the same in every language.
ALLOWED = ("Photo Avatar Studio", "heygen_avatar_id", "heygen_group_id", "https://", "CSV", "JSON", "HeyGen")
#: Options that are slugs and get their words from format_func.
WITH_WORDS = "format_func"


def test_the_list_of_calls_sees_a_word() -> None:
    """A word in a label, an f-string, a choice or a table's head is found; a translated one is not."""
    found = ast.parse(
        "st.button('Press')\n"
        "box.caption(f'{n} left', help=t('Fine'))\n"
        "st.image(x, alt='A photo' if y else t('None'))\n"
        "st.table({'Head': t('x')}, alt=t('y'))\n"
        "st.badge(t('Fine'), icon=':material/check:')\n"
        "st.markdown(f':green-badge[:material/check: {t(word)}]')\n"
        "st.selectbox(t('Sort'), ['newest'], format_func=words.get)\n"
    )
    assert [text for _, text in literal_words(found)] == ["Press", " left", "A photo", "Head"]


def test_a_page_shows_no_word_that_was_not_translated() -> None:
    """Labels, helps, titles and the rest are data, or come from t, many or amount."""
    assert len(PAGES) > 50
    found = [(where(path, line), text) for path in PAGES for line, text in literal_words(read(path))]
    assert found == []


def test_nothing_is_left_to_streamlits_own_english() -> None:
    """An empty choice says so in the reader's language; dates in tables are written in figures."""
    for path in PAGES:
        for node in ast.walk(read(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            named = {word.arg: word.value for word in node.keywords}
            empty = isinstance(index := named.get("index"), ast.Constant) and index.value is None
            at = where(path, node.lineno)
            if node.func.attr == "multiselect" or (node.func.attr == "selectbox" and empty):
                assert "placeholder" in named, f"{at}: a placeholder of our own"
            if node.func.attr in ("DatetimeColumn", "DateColumn"):
                style = named.get("format")
                assert not isinstance(style, ast.Constant), f"{at}: pages.parts.times.column"


def read(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def literal_words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of every literal with letters that one of Streamlit's calls shows."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        called = ast.unparse(node.func)
        if called.startswith("log.") or not (called.startswith("st.") or node.func.attr in TITLES):
            continue
        named = {word.arg: word.value for word in node.keywords}
        shown = [node.args[0]] if node.args and node.func.attr in TITLES else []
        shown += [
            value
            for name, value in named.items()
            if name in NAMED and not (name == "options" and WITH_WORDS in named)
        ]
        for value in shown:
            yield from ((node.lineno, text) for text in _texts(value) if _has_words(text))


def _texts(node: ast.expr) -> Iterator[str]:
    """The literals of an expression that end up on the page; what a call returns is its own affair."""
    match node:
        case ast.Constant(str(text)):
            yield text
        case ast.JoinedStr(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            for part in parts:
                yield from _texts(part)
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, right=other):
            yield from _texts(one)
            yield from _texts(other)
        case ast.BoolOp(values=parts):
            for part in parts:
                yield from _texts(part)
        case ast.Dict(keys=keys):
            for key in keys:
                yield from _texts(key) if key is not None else ()


def _has_words(text: str) -> bool:
    text = re.sub(r":material/\w+:|:[a-z]+(-[a-z]+)?\[|:material/|-badge\[|:$", " ", text)
    for word in ALLOWED:
        text = text.replace(word, " ")
    return re.search(r"[^\W\d_]", text) is not None
