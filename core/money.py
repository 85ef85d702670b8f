"""Credits as integers of a millionth.

A price is written as a decimal in tariffs.toml and becomes an integer here, once; after that there are
only integers, so that sums agree to the last micro-credit.
"""

from decimal import Decimal

MICRO = 1_000_000
#: What a world's money is in: HeyGen prices v1 and v2 in credits, v3 in US dollars.
CREDITS, DOLLARS = "credits", "usd"
#: The least step of HeyGen's balance, in micro-credits (heygen-api.md section 8: sixtieths of a credit).
UNIT = -(-MICRO // 60)

_unit = CREDITS


def use_unit(unit: str) -> None:
    """Count in this unit from now on. One process has one world, and a world one unit."""
    global _unit
    _unit = unit


def unit() -> str:
    """What this process's money is in: CREDITS or DOLLARS."""
    return _unit


def micro_credits(credits: str | int | Decimal) -> int:
    """`credits` in micro-credits. Raises ValueError when it is finer than a millionth."""
    exact = Decimal(credits) * MICRO
    if exact != exact.to_integral_value():
        raise ValueError(f"{credits} credits cannot be written in millionths")
    return int(exact)


def credits_text(micro: int) -> str:
    """A number of credits without needless zeros: 1500000 -> "1.5", -2000000 -> "-2"."""
    text = f"{Decimal(micro) / MICRO:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def amount(micro: int) -> str:
    """The number with its noun, in English: "1 credit", "0.2 credits"."""
    return f"{credits_text(micro)} {'credit' if micro == MICRO else 'credits'}"
