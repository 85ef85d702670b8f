"""Credits are integers of a millionth, from the tariff to the sum."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.amounts import MICRO, credits_text, micro_credits


@pytest.mark.parametrize(
    ("credits", "expected"),
    [
        ("1", 1_000_000),
        ("0.2", 200_000),
        ("0.000001", 1),
        ("-1.5", -1_500_000),
        ("0", 0),
        (3, 3_000_000),
        (Decimal("0.1"), 100_000),
        ("1.50000000", 1_500_000),
    ],
)
def test_a_price_becomes_its_exact_integer(credits: str | int | Decimal, expected: int) -> None:
    """A decimal price is taken as written, to the last millionth."""
    result = micro_credits(credits)
    assert result == expected
    assert type(result) is int


@pytest.mark.parametrize("credits", ["0.0000001", "1.0000005", Decimal("0.3333333"), "nan"])
def test_a_price_finer_than_a_millionth_is_refused(credits: str | Decimal) -> None:
    """Nothing is rounded in silence: what cannot be kept exactly is an error."""
    with pytest.raises(ValueError, match="millionths"):
        micro_credits(credits)


@pytest.mark.parametrize(
    ("micro", "text"),
    [
        (0, "0"),
        (1, "0.000001"),
        (200_000, "0.2"),
        (1_000_000, "1"),
        (1_500_000, "1.5"),
        (10_000_000, "10"),
        (100_000_000, "100"),
        (-2_000_000, "-2"),
        (-1, "-0.000001"),
        (12_345_678_901_234, "12345678.901234"),
    ],
)
def test_credits_are_shown_without_needless_zeros(micro: int, text: str) -> None:
    """A person reads "1.5", never "1.500000", "1E+2" or "-0"."""
    assert credits_text(micro) == text


@given(st.integers(min_value=-(10**18), max_value=10**18))
def test_what_is_shown_is_what_is_kept(micro: int) -> None:
    """Reading a shown amount back gives the same integer, whatever its size and sign."""
    assert micro_credits(credits_text(micro)) == micro


@given(st.lists(st.integers(min_value=-(10**12), max_value=10**12)))
def test_sums_agree_to_the_last_micro_credit(entries: list[int]) -> None:
    """The sum of shown amounts is the shown sum: no amount is lost to fractions."""
    shown = sum((Decimal(credits_text(entry)) for entry in entries), Decimal(0))
    assert shown * MICRO == sum(entries)
