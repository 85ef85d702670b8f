"""Money as integers of a millionth: of a credit, or of a US dollar in a world that counts in those.

A price is written as a decimal in tariffs.toml and becomes an integer here, once; after that there are
only integers, so that sums agree to the last millionth. Names say "credits" whatever the unit is: a process
has one world, a database one unit, and nothing turns one into the other.
"""

from decimal import Decimal

MICRO = 1_000_000
#: A hundredth: what people read of a sum, and the least that is held.
CENT = 10_000
#: What a world's money is in: HeyGen prices v1 and v2 in credits, v3 in US dollars.
CREDITS, DOLLARS = "credits", "usd"
#: The least step of HeyGen's balance, in millionths: sixtieths of a credit (heygen-api.md section 8), a cent.
_LEAST_STEP = {CREDITS: -(-MICRO // 60), DOLLARS: MICRO // 100}

_unit = CREDITS


def use_unit(unit: str) -> None:
    """Count in this unit from now on. One process has one world, and a world one unit."""
    global _unit
    _unit = unit


def unit() -> str:
    """What this process's money is in: CREDITS or DOLLARS."""
    return _unit


def in_dollars() -> bool:
    return _unit == DOLLARS


def least_step() -> int:
    """The least step of HeyGen's balance, in millionths: a smaller difference is its rounding."""
    return _LEAST_STEP[_unit]


def micro_credits(credits: str | int | Decimal) -> int:
    """`credits` in millionths. Raises ValueError when it is finer than that."""
    exact = Decimal(credits) * MICRO
    if exact != exact.to_integral_value():
        raise ValueError(f"{credits} {_unit} cannot be written in millionths")
    return int(exact)


def plain(micro: int) -> str:
    """The bare number, for files and fields, without needless zeros: 1500000 -> "1.5", -2000000 -> "-2"."""
    text = f"{Decimal(micro) / MICRO:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def credits_text(micro: int) -> str:
    """The number where its noun stands elsewhere: "1.5", or "$1.50", which has no noun."""
    if not in_dollars():
        return plain(micro)
    whole, _, rest = plain(abs(micro)).partition(".")
    return f"{'-' if micro < 0 else ''}${whole}.{rest:0<2}"


def amount(micro: int) -> str:
    """The number with its noun, in English: "1 credit", "0.2 credits", "$0.20"."""
    if in_dollars():
        return credits_text(micro)
    return f"{plain(micro)} {'credit' if micro == MICRO else 'credits'}"
