"""What a script costs when it is spoken: its words, numbers, abbreviations, addresses and pauses, in units.

Everything that is not a word is first put into the words a speaker would say; then words are weighed by
their sounds. Ten units are about the time of one ordinary syllable, in any language, so that one rate fits a
voice in all its languages.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, normalize

from core.videos.estimator.numerals import listed, spoken_number

#: A vowel lasts about twice as long as a consonant; Latin spellings count groups of letters, Cyrillic ones
#: nearly every letter, for a sound.
VOWEL, CONSONANT, CYRILLIC_VOWEL = 6, 3, 5
#: Pauses, in units; where several signs meet, the longest counts once.
COMMA, CLAUSE, SENTENCE, ELLIPSIS, LINE, PARAGRAPH = 10, 13, 20, 22, 20, 28
_BRACKET = 4
_PAUSES = (
    dict.fromkeys(",،、，", COMMA)
    | dict.fromkeys(";:—–；：", CLAUSE)
    | dict.fromkeys(".!?。！？؟।", SENTENCE)
    | dict.fromkeys("…", ELLIPSIS)
    | dict.fromkeys('()[]«»“”„"', _BRACKET)
)
#: A break longer than this is taken for a slip of the keyboard.
LONGEST_BREAK_MS = 60_000
BREAK = re.compile(r"</?break\b[^<>]{0,80}>", re.IGNORECASE)
_BREAK_TIME = re.compile(r"time\s*=\s*[\"']?\s*(\d{0,9}(?:\.\d{0,9})?)\s*(ms|s)", re.IGNORECASE)

_SPACES = " \u00a0\u202f\u2009"
_GROUPS = re.compile(rf"(?<![\d.,:+'/-])\d{{1,3}}(?:[{_SPACES}]\d{{3}}){{1,4}}(?!\d)")
_TELEPHONE = re.compile(rf"\+\d[\d()\-{_SPACES}]*")
#: A word, a number, a stretch of blanks, or a single sign.
_TOKEN = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*|\+?\d+(?:[.,:'/-]\d+)*|\s+|[^\w\s]|_")
_TOP_DOMAINS = "com|org|net|ru|рф|su|io|ai|co|app|dev|info|biz|me|tv|edu|gov|uk|de|eu|online|shop|store|site"
_ADDRESS = re.compile(rf"://|\bwww\.|\w@\w|\w\.(?:{_TOP_DOMAINS})(?!\w)", re.IGNORECASE)
_CHUNK = re.compile(r"\S+")
_AFTER_ADDRESS = '.,;:!?…)»”"'
_IN_ADDRESS = {
    "en": str.maketrans(
        {".": " dot ", "/": " slash ", "@": " at ", "-": " dash ", "_": " underscore ", ":": " colon "}
    ),
    "ru": str.maketrans(
        {".": " точка ", "/": " слэш ", "@": " собака ", "-": " дефис ", "_": " подчёркивание "}
        | {":": " двоеточие "}
    ),
}
_SYMBOLS = {
    "en": {"%": "percent", "$": "dollars", "€": "euros", "£": "pounds", "¥": "yen", "₽": "rubles"}
    | {"₴": "hryvnias", "&": "and", "+": "plus", "=": "equals", "@": "at", "#": "hash", "№": "number"}
    | {"°": "degrees", "*": "star", "/": "slash", "×": "times", "™": "", "©": ""},
    "ru": {"%": "процентов", "$": "долларов", "€": "евро", "£": "фунтов", "¥": "иен", "₽": "рублей"}
    | {"₴": "гривен", "&": "и", "+": "плюс", "=": "равно", "@": "собака", "#": "решётка", "№": "номер"}
    | {"°": "градусов", "*": "звёздочка", "/": "слэш", "×": "на", "™": "", "©": ""},
}
#: Written short, spoken long.
_SHORT = {
    "km": "kilometers", "kg": "kilograms", "mg": "milligrams", "cm": "centimeters", "mm": "millimeters",
    "ml": "milliliters", "hr": "hour", "hrs": "hours", "mr": "mister", "mrs": "misses", "dr": "doctor",
    "vs": "versus", "etc": "et cetera", "tv": "tee vee", "pm": "pee em", "gb": "gigabytes",
    "mph": "miles an hour",
    "км": "километров", "кг": "килограммов", "мг": "миллиграммов", "см": "сантиметров", "мм": "миллиметров",
    "мл": "миллилитров", "руб": "рублей", "тыс": "тысяч", "млн": "миллионов", "млрд": "миллиардов",
    "шт": "штук", "гг": "годы", "др": "другое", "ул": "улица", "мин": "минут", "сек": "секунд",
}  # fmt: skip
_LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        listed(
            "ay bee see dee ee ef jee aitch eye jay kay el em en oh pee cue ar ess tee you vee doubleyou ex "
            "why zee"
        ),
        strict=True,
    )
) | dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        listed(
            "а бэ вэ гэ дэ е ё жэ зэ и ий ка эль эм эн о пэ эр эс тэ у эф ха цэ че ша ща твёрдый ы мягкий "
            "э ю я"
        ),
        strict=True,
    )
)
#: Short words that people write in capitals for emphasis; other short capitals are spelled.
_SHOUTED = frozenset(
    listed(
        "a i the and you for now new all buy our not get yes no it is in on to we go do so up my me us be "
        "of or hi hey one two day big top sale out off see why how who can may was are but win try free "
        "и в не на я с а но да нет он мы вы то все всё как для или что это вам вас нас мой наш ваш так уже "
        "от до по за из при без под где кто мне час раз год новый хит"
    )
)
_LATIN_VOWELS, _CYRILLIC_VOWELS = frozenset("aeiouyæœøı"), frozenset("аеёиоуыэюяіїєѣ")
_SILENT = frozenset("ьъ")
_LATIN_SOUNDS = re.compile(r"([aeiouyæœøı]+)|tch|sch|[tscpwg]h|ck|ng|([b-df-hj-np-tv-xz])\2*|(.)", re.DOTALL)


@dataclass(frozen=True)
class Weight:
    """What a text costs: units that scale with the speaker's rate, and breaks in milliseconds that do not."""

    units: int
    break_ms: int


def weigh(text: str, language: str) -> Weight:
    """What `text` costs when it is spoken; numbers and signs are read in `language`, "en" or "ru"."""
    breaks = sum(map(break_ms, BREAK.findall(text))) if "<" in text else 0
    units = pause = 0
    for token in _TOKEN.findall(_readable(text, language)):
        cost, gap = _token(token, language)
        if gap > pause:
            pause = gap
        if cost:
            units += pause + cost if units else cost
            pause = 0
    return Weight(units + pause if units else 0, breaks)


def without_addresses(text: str) -> str:
    """`text` without its URLs and e-mail addresses."""
    if not _ADDRESS.search(text):
        return text
    return " ".join(chunk for chunk in text.split() if not _ADDRESS.search(chunk))


@lru_cache(maxsize=16384)
def _token(token: str, language: str) -> tuple[int, int]:
    """The units that a token takes itself, and the pause that it makes."""
    first = token[0]
    if first.isspace():
        lines = token.count("\n")
        return 0, PARAGRAPH if lines > 1 else LINE * lines
    if token[-1].isdecimal():
        return _words(spoken_number(_ascii(token), language)), 0
    if first.isalnum():
        return _word(token), 0
    return _words(_SYMBOLS[language].get(token, "")), _PAUSES.get(token, 0)


def _readable(text: str, language: str) -> str:
    """`text` with breaks taken out, and numbers and addresses in the form that the tokens expect."""
    text = normalize("NFC", text)
    if "<" in text:
        text = BREAK.sub(" ", text)
    if "..." in text:
        text = text.replace("...", "…")
    if "+" in text:
        text = _TELEPHONE.sub(_one_number, text)
    text = _GROUPS.sub(lambda found: re.sub(rf"[{_SPACES}]", "'", found[0]), text)
    text = text.replace(" - ", " — ")
    if _ADDRESS.search(text):
        text = _CHUNK.sub(lambda found: _chunk(found[0], language), text)
    return text


def _one_number(found: re.Match[str]) -> str:
    number = re.sub(r"[^\d+]+", "-", found[0])
    return number.rstrip("-") + " " * (found[0][-1] in _SPACES)


def _chunk(chunk: str, language: str) -> str:
    if not _ADDRESS.search(chunk):
        return chunk
    address = chunk.rstrip(_AFTER_ADDRESS)
    spoken = re.sub("^https?://", "", address, flags=re.IGNORECASE).translate(_IN_ADDRESS[language])
    return spoken + chunk[len(address) :]


def break_ms(tag: str) -> int:
    """The milliseconds of a tag like `<break time="1.5s"/>`; 0 when it gives no time."""
    found = _BREAK_TIME.search(tag)
    if not found or not found[1].strip("."):
        return 0
    return min(LONGEST_BREAK_MS, round(float(found[1]) * (1000 if found[2].lower() == "s" else 1)))


def _ascii(number: str) -> str:
    """`number` with digits of any script as 0 to 9."""
    if number.isascii():
        return number
    return "".join(str(int(char)) if char.isdecimal() else char for char in number)


def _words(text: str) -> int:
    return sum(map(_sounds, text.split()))


def _word(word: str) -> int:
    """The units of a word as it is written: short forms spoken long, abbreviations letter by letter."""
    small = word.lower()
    if small in _SHORT:
        return _words(_SHORT[small])
    if len(word) > 1 and word.isupper() and _is_spelled(small):
        return sum(_sounds(_LETTERS.get(letter, letter)) for letter in small)
    return _sounds(small)


def _is_spelled(word: str) -> bool:
    has_vowel = any(char in _LATIN_VOWELS or char in _CYRILLIC_VOWELS for char in word)
    return (len(word) <= 6 and not has_vowel) or (len(word) <= 3 and word not in _SHOUTED)


@lru_cache(maxsize=16384)
def _sounds(word: str) -> int:
    """The units of a word by its own letters: vowels, consonants, and whole syllables of other scripts."""
    if not word.isascii():
        if "а" <= word[0] <= "ӿ":
            return _cyrillic(word)
        word = "".join(char for char in normalize("NFD", word) if category(char)[0] != "M")
    vowels = consonants = 0
    other = 0
    for vowel, _, sign in _LATIN_SOUNDS.findall(word):
        if vowel:
            vowels += 1
        elif sign:
            other += _other(sign)
        else:
            consonants += 1
    if vowels > 1 and re.search(r"[^aeiouyl]e[sd]?$|[aeiouy]le$", word):
        vowels -= 1
    return vowels * VOWEL + consonants * CONSONANT + other


def _cyrillic(word: str) -> int:
    vowels = sum(map(_CYRILLIC_VOWELS.__contains__, word))
    letters = sum(char not in _SILENT and char.isalpha() for char in word)
    return vowels * CYRILLIC_VOWEL + (letters - vowels) * CONSONANT


def _other(sign: str) -> int:
    """A sign of another script: an ideograph, a kana or a Hangul block is one syllable, other letters half.

    A sign like ½ stands for two syllables or so.
    """
    if not sign.isalpha():
        return 20 if sign.isnumeric() else 0
    return 10 if "\u3040" <= sign <= "\ud7a3" or sign >= "\U00020000" else 5
