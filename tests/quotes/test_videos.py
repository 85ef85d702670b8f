"""What is said before anything is paid: lengths, prices, and why a video cannot be made."""

import pytest

from core.errors import BadInput, OverLimit, StaleQuote
from core.quotes.video_lines import price_of
from core.runs import confirm
from core.videos import voices
from core.videos.script import dimension, first_words
from tests.films import SCRIPT, Films
from tests.world import CREDIT, PERSON


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("", "There is no script yet"),
        ("  \n ", "There is no script yet"),
        ("🙂🙂 🎉", "holds nothing that can be spoken"),
        ("a" * 5001, "has 5001 characters and HeyGen takes 5000"),
    ],
)
def test_a_script_that_cannot_be_spoken_is_one_sentence(films: Films, script: str, said: str) -> None:
    """Nothing is priced, and the sentence says that nothing was spent."""
    place = films.location()
    with pytest.raises(BadInput, match=said) as refused:
        films.price(place, script=script)
    assert "Nothing was spent" in refused.value.user_message


def test_names_in_placeholders_count_as_they_are_spoken(films: Films) -> None:
    """5000 characters are taken; a location's name that makes it more is refused for that location."""

    def code(script: str) -> str | None:
        (line,) = films.price(place, script=script).lines
        return line.problem and line.problem.code

    place = films.location("A place with a long name")
    assert code("ab " * 1666 + "ab") == "too_many_seconds"
    assert code("ab " * 1662 + "{location}") == "too_long"
    (line,) = films.price(place, script="This is {location}, {blogger}. {other}").lines
    assert line.script == "This is A place with a long name, Mila Hart. {other}"


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"voice_id": "nobody"}, "no voice with the id nobody"),
        ({"video_format": "4:3"}, "“4:3” is no format"),
        ({"resolution": "4k"}, "does not render at “4k”"),
    ],
)
def test_what_the_plan_or_heygen_lacks_is_named(films: Films, wish: dict[str, str], said: str) -> None:
    """Unknown voice and format, and more than the plan's resolution."""
    with pytest.raises(BadInput, match=said):
        films.price(films.location(), **wish)


def test_a_minute_costs_a_fifth_of_a_credit_and_is_held_in_hundredths(films: Films) -> None:
    """0.2 credits a minute from the first second, rounded up: what a quote's lines say comes to its total."""
    assert price_of(films.studio, 60_000) == CREDIT // 5
    assert price_of(films.studio, 30_000) == CREDIT // 10
    assert price_of(films.studio, 10_500) == CREDIT // 25
    assert price_of(films.studio, 1) == CREDIT // 100


def test_a_location_without_a_voice_is_left_out_until_somebody_has_a_default(films: Films) -> None:
    """The blogger's default serves all locations, a location's own goes before it."""
    first, second = films.location("Studio"), films.location("Cafe")
    codes = [line.problem and line.problem.code for line in films.price(first, second, voice_id="").lines]
    assert codes == ["no_voice", "no_voice"]
    blogger = films.place(first).blogger_id
    more = voices.voices(films.studio.db)["voice_id"].iloc[1]
    default = {"language": None, "video_format": "9:16", "actor": PERSON}
    voices.set_default(films.studio.db, blogger_id=blogger, voice_id=films.voice, **default)
    voices.set_default(films.studio.db, location_id=second, voice_id=more, **default)
    lines = films.price(first, second, voice_id="").lines
    assert [line.voice_id for line in lines] == [films.voice, more]
    assert [(line.width, line.height) for line in lines] == [(720, 1280), (720, 1280)]


def test_an_avatar_that_is_not_finished_is_refused(films: Films) -> None:
    """HeyGen is still at it and no run waits for it: the line says so."""
    place = films.avatar()
    films.sql("UPDATE location SET motion_status = 'processing' WHERE id = :id", id=place)
    (line,) = films.price(place).lines
    assert line.problem is not None
    assert line.problem.code == "pending"


def test_where_the_motion_failed_a_person_may_choose_the_still_look(films: Films) -> None:
    """Refused at first; with the choice it is made of the look that is there, and says so."""
    place = films.avatar()
    films.sql("UPDATE location SET motion_status = 'failed' WHERE id = :id", id=place)
    (line,) = films.price(place).lines
    assert line.problem is not None
    assert line.problem.code == "motion_failed"
    (line,) = films.price(place, still=True).lines
    assert (line.problem, line.avatar) == (None, "still")
    (run,) = films.finish(*films.order(place, still=True))
    assert run.state == "done"
    assert films.video(run).still


def test_credits_that_do_not_suffice_are_refused_with_both_prices(films: Films) -> None:
    """Avatar and video count together; the confirm holds nothing."""
    films.control("POST", "settings", credits=CREDIT)
    place = films.location()
    films.sql("INSERT INTO entry (kind, micro_credits, actor, note, created_at) VALUES "
              "('adjust', -9000000, 'test', '', '2026-01-01 00:00:00')")  # fmt: skip
    quote = films.price(place)
    assert [problem.code for problem in quote.problems] == ["credits"]
    assert quote.total == quote.lines[0].avatar_price + quote.lines[0].video_price > CREDIT
    with pytest.raises(OverLimit):
        confirm.confirm(films.studio, quote, actor=PERSON)
    assert films.money.held == 0


def test_the_same_quote_twice_makes_the_same_runs(films: Films) -> None:
    """A double click holds once."""
    quote = films.price(films.location())
    first = confirm.confirm(films.studio, quote, actor=PERSON)
    held = films.money.held
    again = confirm.confirm(films.studio, quote, actor=PERSON)
    assert [run.id for run in again] == [run.id for run in first]
    assert films.money.held == held == quote.total


def test_another_plan_than_the_one_shown_is_refused(films: Films) -> None:
    """The avatar was made meanwhile: the price is another one, so the person looks again."""
    place = films.location()
    quote = films.price(place)
    films.drive(films.confirm(place))
    with pytest.raises(StaleQuote):
        confirm.confirm(films.studio, quote, actor=PERSON)
    assert films.money.held == 0


def test_formats_have_their_shorter_side_at_the_resolution() -> None:
    """720p is 720 pixels on the shorter side, whichever way the picture lies."""
    sizes = [dimension(one, "720p") for one in ("16:9", "9:16", "1:1")]
    assert sizes == [(1280, 720), (720, 1280), (720, 720)]


def test_a_title_is_the_scripts_beginning() -> None:
    """Whole words and one ellipsis, never two kinds of dots."""
    assert first_words("Hello there.") == "Hello there."
    assert first_words("One. " * 20).endswith(" One…")
    assert len(first_words(SCRIPT * 9)) <= 61
