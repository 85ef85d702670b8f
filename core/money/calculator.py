"""What it would cost: pure arithmetic over the tariffs, exact to the millionth and instant."""

from dataclasses import dataclass

from core.money.tariffs import CALLS, Tariffs, for_length


@dataclass(frozen=True)
class CalculationLine:
    """`count` calls of one operation. `unit_price` is micro-credits a call or a minute, as `per` says."""

    operation: str
    count: int
    per: str
    unit_price: int
    micro_credits: int


@dataclass(frozen=True)
class Calculation:
    """The lines in the order in which HeyGen is called, those that cost nothing too."""

    lines: tuple[CalculationLine, ...]

    @property
    def total(self) -> int:
        """In micro-credits."""
        return sum(line.micro_credits for line in self.lines)


def cost(
    tariffs: Tariffs, *, locations: int, videos: int, seconds: int, avatars: int | None = None
) -> Calculation:
    """What `videos` videos of `seconds` seconds for each of these locations cost, with their avatars.

    `avatars` says how many avatars with motion have to be made; None: one for each location. Every video is
    rounded up to the micro-credit by itself, as its hold and its capture are.
    """
    made = locations if avatars is None else avatars
    one_video = for_length(tariffs.price("generate_video"), seconds * 1000)
    return Calculation(
        (
            *(_line(tariffs, operation, made, tariffs.price(operation)) for operation in CALLS["avatar"]),
            _line(tariffs, "generate_video", locations * videos, one_video),
        )
    )


def _line(tariffs: Tariffs, operation: str, count: int, each: int) -> CalculationLine:
    price = tariffs.prices[operation]
    return CalculationLine(operation, count, price.per, price.micro_credits, count * each)
