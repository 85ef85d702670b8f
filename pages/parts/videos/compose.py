"""Write a video: for which locations, what is said, by which voice, in which picture."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.database.tables.videos import VIDEO_FORMATS
from core.heygen.motions import MOTION_TYPES
from core.quotes.video_lines import VideoLine, price_of
from core.quotes.videos import VideoQuote
from core.reports import overview
from core.reports.locations import LocationFilter
from core.studio import Studio
from core.videos import estimator, voices
from core.videos.script import MOST_SCRIPT, MOST_TITLE, resolutions
from pages.parts.kit import dialogs, links, location_picker, motions, times
from pages.parts.kit.location_picker import PICK
from pages.parts.kit.pictures import reachable, sound
from pages.parts.kit.tables import rows
from pages.parts.kit.words import at_most, many, number, sentence, t
from pages.parts.videos import defaults, typing, words
from pages.parts.videos.plan import (
    FORMAT,
    MOTION,
    OWN,
    RESOLUTION,
    SCRIPT,
    STILL,
    TITLE,
    VOICE,
    VideoPlan,
    change,
)

EVERY_SECONDS = 1
#: The key of the segment that leaves the format to each location; it is no format of its own.
_ANY = ""


def show(studio: Studio, plan: VideoPlan, quote: VideoQuote | None) -> None:
    """The whole form. `quote` may be of a word in place of the script that is not there yet."""
    lines = {line.location_id: line for line in quote.lines} if quote else {}
    st.subheader(t("1. Choose locations"), anchor=False)
    _places(studio, plan, lines)
    st.subheader(t("2. Write the script"), anchor=False)
    _script(studio, plan, quote)
    st.subheader(t("3. Choose voice and picture"), anchor=False)
    _voice(studio, plan)
    _picture(studio, plan, list(lines.values()))


def _places(studio: Studio, plan: VideoPlan, lines: dict[int, VideoLine]) -> None:
    if plan.missing:
        st.error(
            t("There is no location with the id {ids}; it is left out.", ids=links.joined(plan.missing[:5])),
            icon=":material/error:",
        )
    if plan.chosen:
        st.caption(many("{n} location is chosen.", "{n} locations are chosen.", len(plan.chosen)))
    else:
        st.caption(t("Each location gets a video of its own. A missing avatar is made along the way."))
    choice = location_picker.Choice(
        "videos", plan.chosen, plan.address, lambda row: _wrong(plan, lines.get(row.id))
    )
    if plan.chosen and PICK not in st.query_params:
        location_picker.chosen_only(studio, choice)
        return
    location_picker.offer(studio, choice, LocationFilter())


def _wrong(plan: VideoPlan, line: VideoLine | None) -> None:
    """Why no video is made for this location, and the way to what mends it."""
    if line is None or line.problem is None or line.action == "make":
        return
    st.markdown(f":red-badge[:material/block: {t('Refused')}]")
    st.caption(sentence(line.problem.template, line.problem.values))
    if line.problem.code in ("no_voice", "lost_voice"):
        dialogs.button(
            t("Set a default voice"),
            defaults.DIALOG,
            {"location_id": line.location_id},
            key=f"default_{line.location_id}",
            icon=":material/record_voice_over:",
            type="tertiary",
            wrap=True,
        )
    elif line.problem.code not in ("too_long", "too_many_seconds") and st.button(
        t("Open the location"),
        key=f"door_{line.location_id}",
        icon=":material/arrow_forward:",
        type="tertiary",
        wrap=True,
    ):
        st.switch_page("locations.py", query_params={"location": str(line.location_id)})


def _script(studio: Studio, plan: VideoPlan, quote: VideoQuote | None) -> None:
    with st.container(gap="xsmall"):
        st.text_area(
            t("Script"),
            key=SCRIPT,
            height=190,
            placeholder=t("Hello! I am {{blogger}}, and today I show you the {{location}}."),
            persist_state="session",
        )
        typing.commit_while_typing(SCRIPT)
        _counter(studio, plan, quote)
    words.warn(plan.wish)
    st.caption(
        t("{{blogger}} and {{location}} are replaced by the names, so one script serves many locations.")
    )
    st.text_input(
        t("Title (optional)"),
        key=TITLE,
        max_chars=MOST_TITLE,
        placeholder=t("The script's first words"),
        live="500ms",
        persist_state="session",
    )


def _counter(studio: Studio, plan: VideoPlan, quote: VideoQuote | None) -> None:
    """Characters and seconds, of the longest where names make a difference; what is wrong stands here too."""
    script = plan.wish.script.strip()
    count = t("{n} of {most} characters", n=number(len(script)), most=number(MOST_SCRIPT))
    if plan.script_problem == "empty":
        st.caption(count)
    elif plan.script_problem == "long":
        over = len(script) - MOST_SCRIPT
        st.error(
            count + " · " + many("Shorten it by {n} character.", "Shorten it by {n} characters.", over),
            icon=":material/block:",
        )
    elif plan.script_problem == "silent":
        st.error(t("This holds nothing that can be spoken. Write some words."), icon=":material/block:")
    else:
        # The quote's own figures, which know the voices; without one, what any voice would take.
        guesses = (quote.to_make if quote else ()) or (estimator.estimate(script),)
        longest = max(guesses, key=lambda guess: guess.upper_ms)
        st.caption(
            " · ".join(
                (
                    count,
                    t("about {length}", length=times.length(longest.expected_ms)),
                    t("at most {amount}", amount=at_most(price_of(studio, longest.upper_ms))),
                )
            )
        )


def _voice(studio: Studio, plan: VideoPlan) -> None:
    if not len(plan.voices):
        st.info(
            t("HeyGen's voices are being read. They stand here in a moment."), icon=":material/hourglass_top:"
        )
        st.fragment(_wait_for_voices, run_every=EVERY_SECONDS)(studio)
        return
    found = {row.voice_id: row for row in rows(plan.voices)}

    def said(voice_id: str) -> str:
        if voice_id == OWN:
            return t("Each location's default")
        one = found.get(voice_id)
        return voice_id if one is None else words.voice(one.name, one.language, one.gender)

    key = "video_voice"
    # The address decides; the box only shows it.
    st.session_state[key] = plan.wish.voice_id or OWN
    st.selectbox(
        t("Voice"),
        [OWN, *found],
        format_func=said,
        key=key,
        on_change=change,
        args=(plan.address, VOICE, key),
        filter_mode="contains",
        help=t("Type to search by name, language or gender. The last used stand on top."),
    )
    chosen = found.get(plan.wish.voice_id)
    if chosen is not None and chosen.preview_url:
        sound(
            reachable(studio, chosen.preview_url),
            alt=t("A sample of the voice {name}", name=chosen.name),
        )
    _default_of(plan)


def _default_of(plan: VideoPlan) -> None:
    """The way to a voice that need not be chosen each time; of several locations each has its own."""
    if len(plan.chosen) == 1:
        dialogs.button(
            t("Default voice, language and format"),
            defaults.DIALOG,
            {"location_id": plan.chosen[0]},
            key="default_of_one",
            icon=":material/tune:",
            type="tertiary",
        )


def _wait_for_voices(studio: Studio) -> None:
    if len(voices.voices(studio.db)):
        st.rerun()
    st.caption(t("If it takes longer than a minute, look at the connection on the page Settings."))


def _picture(studio: Studio, plan: VideoPlan, lines: list[VideoLine]) -> None:
    with st.container(horizontal=True, gap="medium"):
        formats = {_ANY: t("Default", context="format"), **{name: name for name in VIDEO_FORMATS}}
        _segments(t("Format"), "video_format", FORMAT, plan, plan.wish.video_format, formats)
        allowed = {name: name for name in resolutions(studio)}
        _segments(t("Resolution"), "video_resolution", RESOLUTION, plan, plan.wish.resolution, allowed)
    if any(line.avatar == "make" for line in lines):
        _select_motion(studio, plan)
    if plan.wish.still or any(line.problem and line.problem.code == "motion_failed" for line in lines):
        key = "video_still"
        st.session_state[key] = plan.wish.still
        st.checkbox(
            t("Use the still look where the motion failed"),
            key=key,
            on_change=change,
            args=(plan.address, STILL, key),
            help=t("The lips move, the body does not."),
        )


def _segments(label: str, key: str, name: str, plan: VideoPlan, value: str, options: dict[str, Any]) -> None:
    st.session_state[key] = value
    st.segmented_control(
        label,
        list(options),
        format_func=_words(options),
        key=key,
        required=True,
        on_change=change,
        args=(plan.address, name, key),
    )


def _words(options: dict[str, str]) -> Callable[[str], str]:
    return lambda word: options.get(word, word)


def _select_motion(studio: Studio, plan: VideoPlan) -> None:
    key = "video_motion"
    asked = st.query_params.get(MOTION)
    if asked and (refused := motions.refusal(studio, asked)):
        st.error(refused, icon=":material/error:")
    st.session_state[key] = plan.wish.motion_type
    st.selectbox(
        t("Motion type of the avatars that are made"),
        motions.offered(studio),
        format_func=lambda slug: MOTION_TYPES[slug],
        key=key,
        help=motions.not_offered(studio) or None,
        on_change=change,
        args=(plan.address, MOTION, key),
    )


def nowhere(studio: Studio) -> bool:
    """True, and said, where there is no location to choose."""
    found = overview.overview(studio.db)
    if found.locations:
        return False
    st.info(
        t("There are no locations yet. Load the sample bloggers or add your own first."),
        icon=":material/photo_library:",
    )
    st.page_link("overview.py", label=t("Start on the overview"), icon=":material/arrow_forward:")
    return True
