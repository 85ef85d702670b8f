"""Numbers as words, the way they are spoken in English and Russian.

The words serve to be counted, not to be read: each stands in one form, because number, case and gender hardly
change how long it takes.
"""

import re
from collections.abc import Iterator


def listed(words: str) -> list[str]:
    """The words of a line; a table of them reads better than a list of literals."""
    return words.split()


_ONES = {
    "en": listed(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen"
    ),
    "ru": listed(
        "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать "
        "четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
    ),
}
_TENS = {
    "en": listed("twenty thirty forty fifty sixty seventy eighty ninety"),
    "ru": listed("двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто"),
}
_HUNDREDS = {
    "en": [f"{one} hundred" for one in _ONES["en"][1:10]],
    "ru": listed("сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"),
}
_THOUSANDS = {
    "en": ["", "thousand", "millions", "billions", "trillions"],
    "ru": ["", "тысяча", "миллион", "миллиард", "триллион"],
}
#: Russian says a decimal fraction as tenths, hundredths, thousandths.
_PARTS = ["десятых", "сотых", "тысячных"]

#: A digit string as long as this is an id or a telephone number, read digit by digit.
_DIGIT_BY_DIGIT = 10
#: A telephone number's separate groups: short ones are read as numbers, longer ones digit by digit.
_GROUP_AS_NUMBER = 2
_GROUPED = {
    "en": re.compile(r"\d{1,3}(?:[,']\d{3})+(?=\.|$)"),
    "ru": re.compile(r"\d{1,3}(?:[.']\d{3})+(?=,|$)"),
}
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?")
_DECIMAL = re.compile(r"(\d+)[.,](\d+)")


def cardinal(number: int, language: str) -> str:
    """The words of a whole number from 0 to below a quadrillion, in "en" or "ru"."""
    if number == 0:
        return _ONES[language][0]
    words: list[str] = []
    for power in range(len(_THOUSANDS[language]) - 1, -1, -1):
        group = number // 1000**power % 1000
        if group and not (group == 1 and power == 1 and language == "ru"):
            words += _below_thousand(group, language)
        if group:
            words.append(_THOUSANDS[language][power])
    return " ".join(filter(None, words))


def _below_thousand(number: int, language: str) -> Iterator[str]:
    hundreds, rest = divmod(number, 100)
    if hundreds:
        yield _HUNDREDS[language][hundreds - 1]
    if rest >= 20:
        yield _TENS[language][rest // 10 - 2]
        rest %= 10
    if rest:
        yield _ONES[language][rest]


def digits(text: str, language: str) -> str:
    """The words of every digit in `text`, one by one."""
    return " ".join(_ONES[language][int(char)] for char in text if char.isdecimal())


def spoken_number(token: str, language: str) -> str:
    """The words of a token of digits that may hold the signs . , : ' / - between digits and + before them.

    Times, decimals, thousands in groups, years, ranges, dates and telephone numbers are told apart by form.
    """
    if token[0] == "+":
        plus = "plus " if language == "en" else "плюс "
        return plus + _telephone(token, language)
    if grouped := _GROUPED[language].match(token):
        whole = re.sub(r"\D", "", grouped[0])
        return _whole(whole, language, grouped=True) + _fraction(token[grouped.end() + 1 :], language)
    if decimal := _DECIMAL.fullmatch(token):
        return _whole(decimal[1], language) + _fraction(decimal[2], language)
    parts = re.findall(r"\d+", token)
    if len(parts) >= 3 and re.search(r"\d-\d", token) and not _DATE.fullmatch(token):
        return _telephone(token, language)
    return " ".join(_whole(part, language) for part in parts)


def _whole(number: str, language: str, *, grouped: bool = False) -> str:
    if len(number) > 15 or (len(number) >= _DIGIT_BY_DIGIT and not grouped):
        return digits(number, language)
    if len(number) > 1 and number[0] == "0":
        return digits(number, language)
    if language == "en" and not grouped and len(number) == 4 and "1100" <= number < "2000":
        return _year(int(number))
    return cardinal(int(number), language)


def _year(year: int) -> str:
    century, rest = divmod(year, 100)
    if rest == 0:
        return f"{cardinal(century, 'en')} hundred"
    return f"{cardinal(century, 'en')} {'oh ' if rest < 10 else ''}{cardinal(rest, 'en')}"


def _fraction(number: str, language: str) -> str:
    """What is spoken after the whole part: "point two five" or "целых двадцать пять сотых"."""
    number = re.sub(r"\D", "", number)
    if not number:
        return ""
    if language == "en":
        return f" point {digits(number, language)}"
    if len(number) > len(_PARTS):
        return f" точка {digits(number, language)}"
    return f" целых {cardinal(int(number), language)} {_PARTS[len(number) - 1]}"


def _telephone(token: str, language: str) -> str:
    return " ".join(_group(part, language) for part in re.findall(r"\d+", token))


def _group(part: str, language: str) -> str:
    if len(part) <= _GROUP_AS_NUMBER and (len(part) == 1 or part[0] != "0"):
        return cardinal(int(part), language)
    return digits(part, language)
