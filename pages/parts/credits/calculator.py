"""What would it cost: a plan of avatars and videos, priced while it is typed; nothing is spent or held."""

from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from core import clock
from core.account import balance
from core.heygen.motions import MOTION_TYPES
from core.money import ledger
from core.money.calculator import Calculation, CalculationLine, cost
from core.money.tariffs import STALE_DAYS, Subscription, Tariffs
from core.reports import allowance
from core.reports.allowance import AllowanceUsed
from core.studio import Studio
from pages.parts.kit import motions, pricing, times
from pages.parts.kit.guard import guarded
from pages.parts.kit.tables import listed
from pages.parts.kit.words import amount, at_least, many, number, t, whole

#: The choice of motion that makes no avatar.
THERE = "there"
#: The longest video that any plan allows, in seconds.
MOST_SECONDS = 1800
V = TypeVar("V", int, str)


@dataclass(frozen=True)
class _Wish:
    locations: int
    #: A motion type, or THERE.
    motion: str
    videos: int
    seconds: int

    @property
    def avatars(self) -> int:
        """How many have to be made."""
        return 0 if self.motion == THERE else self.locations


def show(studio: Studio) -> None:
    """The inputs, and beside them what they come to; only this part is drawn anew while one types."""
    st.fragment(_draw)(studio)


def _draw(studio: Studio) -> None:
    with guarded():
        st.caption(
            t("Nothing is spent or held here. The plan stands in the address: send it to a colleague.")
        )
        with st.grid(2, min_column_width=320, gap="small"):
            with st.container(border=True):
                wish = _inputs(studio)
            with st.container(border=True):
                _result(studio, wish)


def _inputs(studio: Studio) -> _Wish:
    st.subheader(t("The plan"), anchor=False)
    locations = _count("calc_locations", t("Locations"), 1, least=1, most=10_000)
    motion = _motion(studio)
    videos = _count("calc_videos", t("Videos of each location"), 1, least=0, most=1_000)
    seconds = _count("calc_seconds", t("Seconds of each video"), 60, least=1, most=MOST_SECONDS)
    longest = studio.subscription.limits["video_seconds"].value
    if isinstance(longest, int) and seconds > longest:
        st.warning(
            t("The plan allows {length} for one video.", length=times.longest(longest * 1000)),
            icon=":material/timer_off:",
        )
    return _Wish(locations, motion, videos, seconds)


def _motion(studio: Studio) -> str:
    options = (*motions.offered(studio), THERE)
    linked = st.query_params.get("calc_motion", "")
    chosen = st.selectbox(
        t("Avatar and motion"),
        options,
        index=options.index(linked) if linked in options else 0,
        format_func=lambda slug: MOTION_TYPES.get(slug) or t("The avatars are there already"),
        key="calc_motion_input",
        help=t("HeyGen charges the same for every motion type.") + f" {motions.not_offered(studio)}",
    )
    return _in_address("calc_motion", chosen, options[0])


def _count(name: str, label: str, first: int, *, least: int, most: int) -> int:
    linked = st.query_params.get(name, "")
    # What a link says by mistake is passed over; more digits than the limit has are no number of it.
    start = int(linked) if linked.isdecimal() and len(linked) <= len(str(most)) else first
    typed = st.number_input(label, least, most, min(max(start, least), most), key=f"{name}_input")
    return _in_address(name, int(typed), first)


def _in_address(name: str, value: V, first: V) -> V:
    """The value itself, which stands in the address where it is not the one to begin with."""
    if str(value) != st.query_params.get(name, str(first)):
        st.query_params[name] = str(value)
    return value


def _result(studio: Studio, wish: _Wish) -> None:
    tariffs = studio.tariffs
    calculation = cost(
        tariffs,
        locations=wish.locations,
        videos=wish.videos,
        seconds=wish.seconds,
        avatars=wish.avatars,
    )
    st.subheader(t("What it would cost"), anchor=False)
    st.metric(t("Total"), whole(calculation.total), label_visibility="collapsed")
    _breakdown(calculation, wish)
    _money(studio, calculation.total)
    _plan(studio.subscription, allowance.load(studio.db), wish)
    _old_prices(tariffs, calculation)


def _breakdown(calculation: Calculation, wish: _Wish) -> None:
    if not any(line.count for line in calculation.lines):
        st.caption(t("Nothing is made, so nothing is paid."))
        return
    listed(
        [
            {
                t("What"): _what(line, wish),
                t("How many"): number(line.count),
                t("Price"): pricing.figure(line.unit_price, line.per),
                t("Credits"): whole(line.micro_credits) if line.micro_credits else t("free"),
            }
            for line in calculation.lines
            if line.count
        ],
        alt=t("What every step costs"),
    )


def _what(line: CalculationLine, wish: _Wish) -> str:
    name = pricing.operation(line.operation)
    if line.operation == "add_motion":
        return t("{what}, {engine}", what=name, engine=MOTION_TYPES[wish.motion])
    if line.operation == "generate_video":
        return t("{what}, {length}", what=name, length=times.longest(wish.seconds * 1000))
    return name


def _money(studio: Studio, total: int) -> None:
    with studio.db.read() as session:
        known = balance.latest(session) is not None
        available = ledger.balances(session).available
    if not known:
        st.caption(t("HeyGen's balance is not known yet, so nothing can be said of what stays."))
        return
    st.table(
        {
            t("Available now"): at_least(available),
            t("Available afterwards"): at_least(available - total),
        },
        border="horizontal",
        alt=t("The balance before and after"),
    )
    if available < total:
        st.warning(
            t("Missing: {amount}. Top up HeyGen's balance first.", amount=amount(total - available)),
            icon=":material/account_balance_wallet:",
        )


def _plan(plan: Subscription, used: AllowanceUsed, wish: _Wish) -> None:
    """What the plan has to say: groups, motions and free video of this month."""
    after = used.groups + wish.avatars
    if plan.groups is not None and after > plan.groups and wish.avatars:
        st.warning(
            t(
                "This makes {after} avatar groups and the plan allows {limit} ({used} are used). "
                "Choose fewer locations, or free a slot.",
                after=number(after),
                limit=number(plan.groups),
                used=number(used.groups),
            ),
            icon=":material/block:",
        )
    elif plan.groups is not None:
        st.caption(t("Avatar groups afterwards: {n} of {all}", n=number(after), all=number(plan.groups)))
    motions = plan.limits["motions_month"].value
    if isinstance(motions, int) and used.motions + wish.avatars > motions:
        st.caption(
            t(
                "HeyGen's plan names {all} motions a month, and this makes it {n}. The Studio refuses none.",
                all=number(motions),
                n=number(used.motions + wish.avatars),
            )
        )
    free = plan.limits["free_video_seconds"].value
    if isinstance(free, int) and free and wish.videos:
        st.caption(
            many(
                "The plan includes {n} second of video a month, {left} are left. HeyGen may let them cover "
                "some of this; here every second is counted from the first.",
                "The plan includes {n} seconds of video a month, {left} are left. HeyGen may let them cover "
                "some of this; here every second is counted from the first.",
                free,
                left=number(max(0, free - used.video_seconds)),
            )
        )


def _old_prices(tariffs: Tariffs, calculation: Calculation) -> None:
    now = clock.now()
    if any(tariffs.prices[line.operation].stale(now) for line in calculation.lines if line.count):
        st.caption(t("A price in this is older than {days} days.", days=STALE_DAYS))
        st.page_link(
            "settings.py",
            label=t("Look at the prices"),
            icon=":material/sell:",
            query_params={"part": "plan"},
        )
