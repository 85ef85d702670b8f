"""Words: every text that a person reads passes through `t` or `many`, into the reader's language."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_DOWN, Decimal
from functools import cache
from itertools import accumulate, pairwise

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import (
    NumberPattern,
    format_currency,
    format_decimal,
    format_percent,
    parse_pattern,
)

from core import clock, locale
from core.amounts import CENT, MICRO, in_dollars
from core.errors import AMOUNTS, StudioError
from core.locale.dollars import in_unit
from core.locale.system import SYSTEM
from core.names import visible
from core.people.roles import ADMINISTRATOR, BOOKKEEPER, LOCAL_ADMIN, OPERATOR, VIEWER
from pages.parts.kit.language import language, region

#: What stays in English in every language: the brief's log lines.
LOG_LINE = ">>>"
#: The values of sentences in which the system speaks.
_SAID_BY_SYSTEM = ("reason", "problem")
_DECIMALS = parse_pattern("#,##0.######")
#: The least step of a figure; what a quote or an entry says is exact.
_CENT = Decimal("0.01")

#: Of a credit, in micro-credits. A second of video costs a few thousandths: more digits say nothing.
THOUSANDTH = 1_000

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
#: What Streamlit still turns into something else where a backslash stands before it: shortcodes of icons and
#: emoji, arrows, web and mail addresses. An invisible word joiner in the middle keeps them as they are.
_SHORTCODE = re.compile(r":(?=[\w+\-/]+:)|:(?=//)")
_ARROW = re.compile(r"(?<=[<>=~-])(?=[<>=~-])")
_ADDRESS = re.compile(r"(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)
_JOINER = "\u2060"


def t(text: str, /, *, context: str = "", **values: object) -> str:
    """`text` in the reader's language with its values filled in.

    A `context` tells two meanings of one English word apart: Save on a button, Save as the name of a step.
    """
    if not text:
        # gettext keeps facts about the catalogue under the empty text.
        return ""
    words = locale.translation(language())
    text = in_unit(text)
    said = words.pgettext(context, text) if context else words.gettext(text)
    return said.format(**values)


def many(one: str, other: str, count: int, /, **values: object) -> str:
    """`one` or `other`, or what the reader's language has in their place for `count`, which fills {n}."""
    said = locale.translation(language()).ngettext(one, other, abs(count))
    return said.format(n=number(count), **values)


def number(value: int | float | Decimal) -> str:
    """A figure in the reader's format: "1,234.5" or "1 234,5"."""
    return format_decimal(value, _DECIMALS, locale=region())


def percent(share: float) -> str:
    """A share of one in whole percent."""
    return format_percent(share, locale=region())


def credits_of(micro: int) -> str:
    """Micro-credits as a number whose noun stands elsewhere; dollars bring their sign: "1.5", "$1.50"."""
    return _figure(Decimal(micro) / MICRO)


def _figure(value: Decimal) -> str:
    if not in_dollars():
        return number(value)
    return format_currency(value, "USD", _currency(region()), locale=region(), currency_digits=False)


@cache
def _currency(region: str) -> NumberPattern:
    """The region's way with money, with as many decimals as a millionth needs."""
    pattern = Locale.parse(region).currency_formats["standard"].pattern
    return parse_pattern(pattern.replace("0.00", "0.00####"))


def moved(kind: str, micro: int) -> str:
    """How much a line of the ledger moves between figures; what came in or was corrected has a sign."""
    if kind != "adjust":
        return credits_of(abs(micro))
    return f"+{credits_of(micro)}" if micro > 0 else credits_of(micro).replace("-", "−")


def amount(micro: int) -> str:
    """Micro-credits as a number with its noun, or its sign."""
    if in_dollars():
        return credits_of(micro)
    whole, rest = divmod(abs(micro), MICRO)
    # A fraction takes the form that goes with two: "0.2 credits", and in Russian the genitive singular.
    form = locale.translation(language()).ngettext("{n} credit", "{n} credits", 2 if rest else whole)
    return form.format(n=credits_of(micro))


def unbroken(text: str) -> str:
    """`text` in a form that never breaks across lines: in a narrow table "1 credit" stays together."""
    return text.replace(" ", "\u00a0")


def whole(micro: int) -> str:
    """As `amount`, unbroken."""
    return unbroken(amount(micro))


def at_most(micro: int) -> str:
    """An upper bound in hundredths of a credit, rounded up; the ledger keeps it exactly."""
    return amount(-(-micro // CENT) * CENT)


def at_least(micro: int) -> str:
    """A balance in hundredths of a credit, rounded down, unbroken."""
    return whole(*adding_up(micro))


def spent(micro: int) -> str:
    """What was spent, in thousandths of a credit, rounded up; the ledger keeps it exactly."""
    return amount(-(-micro // THOUSANDTH) * THOUSANDTH)


def adding_up(*micros: int) -> list[int]:
    """Figures that stand beside each other, in hundredths of a credit, so that they come to their sum.

    The first is rounded down, and every further one is what it adds to the sum rounded down.
    """
    sums = [total // CENT * CENT for total in accumulate(micros)]
    return [after - before for before, after in pairwise([0, *sums])]


def short_credits(micro: int) -> str:
    """As `credits_of` with at most two decimals, for a figure; `exactly` belongs into its help."""
    if 0 < abs(micro) < MICRO * _CENT:
        return f"{'<' if micro > 0 else '-<'}{_figure(_CENT)}"
    return _figure(_rounded(micro))


def short_amount(micro: int) -> str:
    """As `amount` with at most two decimals."""
    if in_dollars():
        return short_credits(micro)
    rounded = _rounded(micro)
    whole = rounded == rounded.to_integral_value() and (rounded or not micro)
    form = locale.translation(language()).ngettext(
        "{n} credit", "{n} credits", int(abs(rounded)) if whole else 2
    )
    return form.format(n=short_credits(micro))


def exactly(help: str, micro: int | None) -> str:
    """The help of a figure, with the exact one where the figure shows less."""
    if micro is None or _rounded(micro) * MICRO == micro:
        return help
    return f"{help} {t('Exactly {amount}.', amount=amount(micro))}".lstrip()


def _rounded(micro: int) -> Decimal:
    # Down, so that a figure never says that something is covered which is not.
    return (Decimal(micro) / MICRO).quantize(_CENT, ROUND_DOWN)


def money_page() -> str:
    """What the page of the money is called."""
    return t("Spending") if in_dollars() else t("Credits")


def day_name(day: date) -> str:
    """A day for a sentence, as the reader says it: "12 December", with its year where that is another."""
    if day.year != clock.now().year:
        return format_date(day, "long", locale=region())
    return str(format_skeleton("MMMMd", day, locale=region()))


def escape(text: str) -> str:
    """`text` so that Streamlit's markdown shows it letter by letter and nothing in it turns round what stands
    beside it: for every name that a person typed, and every word of HeyGen's.
    """
    text = _SHORTCODE.sub(":" + _JOINER, visible(text))
    text = _ARROW.sub(_JOINER, text)
    text = _ADDRESS.sub(_JOINER, text)
    return _PUNCTUATION.sub(r"\\\1", text)


def person(actor: str) -> str:
    """The name under which something is recorded, as the reader knows it; not escaped.

    The Studio's own names, for the member without sign-in and for HeyGen, are words.
    """
    return {LOCAL_ADMIN.name: t("local administrator"), BOOKKEEPER: t("HeyGen's balance")}.get(actor, actor)


def role(name: str) -> str:
    """A role as people say it."""
    return {
        VIEWER: t("Viewer"),
        OPERATOR: t("Operator"),
        ADMINISTRATOR: t("Administrator"),
    }.get(name, name)


def name_of(blogger: str, location: str) -> str:
    """A location by both names, for markdown."""
    return f"{escape(blogger)} – {escape(location)}"


def sentence(template: str, values: Mapping[str, object], name: str = "") -> str:
    """A message of core for markdown, behind the failure's name where it has one."""
    if template.startswith(LOG_LINE):
        filled = template.format(**_shown(values))
    else:
        filled = t(template, **_shown(values))
    return f"{t(name)}: {filled}" if name else filled


def _shown(values: Mapping[str, object]) -> dict[str, object]:
    """Values as they stand in markdown; AMOUNTS are micro-credits, as `core.errors.fill` knows them."""
    shown = {
        key: escape(t(value) if key in _SAID_BY_SYSTEM and value in SYSTEM else value)
        if isinstance(value, str)
        else value
        for key, value in values.items()
    }
    if isinstance(actor := values.get("person"), str):
        shown["person"] = escape(person(actor))
    if isinstance(known := values.get("role"), str):
        shown["role"] = escape(role(known))
    for name in AMOUNTS:
        if isinstance(micro := values.get(name), int):
            shown[name] = amount(micro)
    return shown


def say(error: StudioError) -> str:
    """What went wrong, for markdown."""
    return sentence(error.template, error.values, getattr(error, "name", ""))
