"""A quote of videos on screen: seconds, credits, what stays, the month's free minutes, what holds it up."""

import streamlit as st

from core.quotes.video_lines import VideoLine
from core.quotes.videos import VideoQuote
from core.reports import overview
from core.studio import Studio
from pages.parts.kit import dialogs, quotes
from pages.parts.kit.tables import listed
from pages.parts.kit.times import length, longest
from pages.parts.kit.words import amount, at_least, at_most, escape, many, name_of, t, unbroken, whole
from pages.parts.videos import defaults, words
from pages.parts.videos.plan import VideoPlan

#: A longer list scrolls inside its own frame.
LONG = 8
#: As many bloggers without a voice get a button each.
MOST_NAMED = 6


def card(studio: Studio, plan: VideoPlan, quote: VideoQuote | None) -> None:
    """The whole quote; before there is one, what it waits for. It stays where it is while one types."""
    with st.container(border=True, key="quote_card"):
        st.subheader(t("What it costs"), anchor=False)
        if quote is None:
            _waiting(studio, plan)
            return
        with st.container(height=420 if len(quote.lines) > LONG else "content", border=False):
            _lines(quote)
        _left_out(quote)
        _voiceless(quote)
        _length(quote)
        _money(quote)
        for problem in quote.problems:
            quotes.show_problem(problem)
            if problem.code == "groups" and quote.avatars is not None:
                quotes.holders(studio, quote.avatars)
        quotes.show_warnings(quote)
        _free(quote)
        label = words.spend_label(quote.total, len(quote.to_make))
        quotes.spend(quote, label, plan.address, "video_confirm")


def _waiting(studio: Studio, plan: VideoPlan) -> None:
    if not plan.chosen:
        st.markdown(t("Choose locations: then every line and the total stand here."))
    elif plan.script_problem == "empty":
        st.markdown(t("Write the script: then seconds and cost stand here, while you type."))
    else:
        st.markdown(t("The script cannot be spoken as it is: the reason stands below it."))
    figures = overview.overview(studio.db)
    st.table(
        {
            t("A minute of video"): whole(studio.tariffs.price("generate_video")),
            t("Available now"): "–" if figures.heygen_micro is None else at_least(figures.available),
        },
        border="horizontal",
        alt=t("The price of a minute and what is available"),
    )
    st.caption(t("Nothing is spent by writing."))


def _lines(quote: VideoQuote) -> None:
    listed(
        [
            {
                t("Location"): f"**{name_of(line.blogger, line.location)}**  \n{_what_happens(line)}",
                t("Cost"): unbroken(at_most(line.micro_credits)) if line.action == "make" else "–",
            }
            # In a list that scrolls, what is refused must not lie below the edge.
            for line in (*quote.refused, *quote.to_make)
        ],
        alt=t("What is made for every location and what it costs at most"),
    )


def _what_happens(line: VideoLine) -> str:
    """The line in words, for markdown."""
    if line.action == "refuse" and line.problem is not None:
        return quotes.refused(line.problem)
    video = f":blue-badge[:material/movie: {t('Video')}] " + t(
        "{voice}, {format}, about {length}",
        voice=escape(line.voice_name),
        format=line.video_format,
        length=length(line.expected_ms),
    )
    avatar = {
        "make": f":blue-badge[:material/add_circle: {t('Make avatar')}] "
        + t("first, {amount}", amount=amount(line.avatar_price)),
        "join": f":gray-badge[:material/hourglass_top: {t('Waits for its avatar')}] "
        + t("already under way, paid apart"),
        "still": f":gray-badge[:material/motion_photos_off: {t('Still look')}]",
    }.get(line.avatar)
    return f"{avatar}  \n{video}" if avatar else video


def _left_out(quote: VideoQuote) -> None:
    """Which locations get no video, while the others do."""
    if quote.refused and quote.to_make:
        names = [name_of(line.blogger, line.location) for line in quote.refused]
        st.warning(
            many(
                "{n} location gets no video: {names}",
                "{n} locations get no video: {names}",
                len(names),
                names=", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else ""),
            ),
            icon=":material/block:",
        )


def _voiceless(quote: VideoQuote) -> None:
    """The bloggers whose locations have no voice, each with the way to one."""
    lacking: dict[str, int] = {}
    for line in quote.refused:
        if line.problem is not None and line.problem.code in ("no_voice", "lost_voice"):
            lacking.setdefault(line.blogger, line.location_id)
    for blogger, location_id in list(lacking.items())[:MOST_NAMED]:
        dialogs.button(
            t("Set a default voice for {blogger}", blogger=escape(blogger)),
            defaults.DIALOG,
            {"location_id": location_id},
            key=f"voice_for_{location_id}",
            icon=":material/record_voice_over:",
        )


def _length(quote: VideoQuote) -> None:
    if quote.to_make:
        st.table(
            {
                t("Length, expected"): length(quote.expected_ms),
                t("Length, at most"): longest(quote.upper_ms),
            },
            border="horizontal",
            alt=t("How long the videos will be"),
        )


def _money(quote: VideoQuote) -> None:
    made = [line for line in quote.to_make if line.avatar == "make"]
    paid = sum(line.avatar_price for line in made)
    st.table(
        {
            **(
                {many("{n} avatar is made first", "{n} avatars are made first", len(made)): at_least(paid)}
                if made
                else {}
            ),
            t("Held at most"): f"**{at_most(quote.total)}**",
            t("Available now"): at_least(quote.available),
            t("Available afterwards"): at_least(quote.balance_after),
        },
        border="horizontal",
        alt=t("The quote's total and the balance before and after"),
    )


def _free(quote: VideoQuote) -> None:
    """What the plan includes; HeyGen does not say what of it is left, so nothing is deducted."""
    if quote.free_seconds:
        st.caption(
            t(
                "Included in the plan this month: {left} of {all} left. HeyGen may let it cover this video; "
                "here every second is counted from the first.",
                left=longest(quote.free_seconds_left * 1000),
                all=longest(quote.free_seconds * 1000),
            )
        )
