"""Credits: the three figures, what is held and why, the ledger in plain words, and what was spent."""

import csv
import io
import json
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import clock
from core.bloggers.editing import add_blogger
from core.heygen.motions import MOTION_TYPES
from core.money.ledger import balances
from core.reports import runs
from core.reports.ledger import EntryFilter
from core.sandbox.server import DATABASE
from core.sandbox.store import Store
from core.studio import Studio, current
from pages.parts.credits import holds
from pages.parts.credits import ledger as ledger_list
from pages.parts.kit import charts
from pages.parts.kit.words import amount, day_name
from tests.books import CREDIT, Books
from tests.pages.conftest import ACTOR, SPEED, Open, confirm, drive, fault, page_text, unknown_run
from tests.pages.screen import data_of

CHARTS = "vega_lite_chart"
PARTS = ("spending", "held", "ledger", "plan")


def figures(at: AppTest) -> dict[str, str]:
    return {metric.label: str(metric.value) for metric in at.metric}


def ledger(at: AppTest) -> list[dict]:
    """The ledger's rows."""
    return at.dataframe[-1].value.to_dict("records")


@pytest.fixture
def never_reached(data_dir: Path) -> Iterator[Studio]:
    """A world whose HeyGen nobody has asked yet."""
    Store(data_dir / DATABASE, SPEED).close()
    opened = current()
    yield opened
    opened.close()


@pytest.fixture
def books(samples: Studio) -> Books:
    """40 credits spent: on each of the last 40 days one, each second for another blogger."""
    books = Books(samples.db)
    owner = add_blogger(samples.db, name="=Kai*Sol*", actor=ACTOR).id
    other = books.location("Beach", owner=owner)
    today = clock.now()
    books.entry("adjust", 100 * CREDIT, "2025-01-01", note="Changed outside the Studio")
    for n in range(40):
        day = (today.replace(hour=1) - timedelta(days=n)).strftime("%Y-%m-%dT%H:%M:%S")
        place = other if n % 2 else 1
        run = books.run(place, day, quote_id=f"q{n}")
        books.entry("hold", -CREDIT, day, run_id=run, location_id=place)
        books.entry("capture", -CREDIT, day, run_id=run, location_id=place, actor="Dana")
    return books


def test_an_untouched_account_shows_its_opening_balance(studio: Studio, open_page: Open) -> None:
    """Figures, no pace, no hold, no chart, one line of the ledger in plain words."""
    at = open_page("credits.py")
    text = page_text(at)
    assert figures(at) == {"Available": "10", "Held": "0", "Spent this month": "0", "HeyGen's balance": "10"}
    assert "Nothing was spent in the last 7 days, so there is no pace to go by." in text
    assert "Nothing was spent yet." in text
    assert not at.get(CHARTS)
    assert "Nothing is held" in page_text(open_page("credits.py", part="held"))
    (line,) = ledger(open_page("credits.py", part="ledger"))
    assert (list(line["kind"]), line["credits"], line["words"]) == (
        ["adjust"],
        "+10",
        "Opening balance, as HeyGen said it",
    )


@pytest.mark.parametrize("part", PARTS)
def test_a_ledger_that_has_not_begun_says_what_begins_it(
    never_reached: Studio, open_page: Open, part: str
) -> None:
    """Before HeyGen has been reached once there is no balance, and none is invented, in no section."""
    at = open_page("credits.py", part=part)
    text = page_text(at)
    assert "The ledger is empty." in text
    assert "At this week's pace" not in text
    assert figures(at)["Available"] == figures(at)["HeyGen's balance"] == "–"
    assert not at.get(CHARTS)
    assert part != "ledger" or "The ledger has no entry yet." in text


def test_a_run_is_told_as_hold_and_spending(samples: Studio, open_page: Open) -> None:
    """A credit goes from Available to Held and on to Spent; the run of a line can be opened."""
    drive(samples, confirm(samples, 1))
    at = open_page("credits.py", part="ledger")
    assert figures(at) == {"Available": "9", "Held": "0", "Spent this month": "1", "HeyGen's balance": "10"}
    rows = ledger(at)
    assert [(next(iter(row["kind"])), row["credits"]) for row in rows] == [
        ("capture", "1"),
        ("hold", "1"),
        ("adjust", "+10"),
    ]
    assert rows[0]["run"].endswith(" 1")
    assert rows[0]["location"] == "Mila Hart – Studio"


def test_what_is_held_says_for_which_run_and_why(samples: Studio, open_page: Open) -> None:
    """A run under way and one that waits for an answer hold a credit each, for different reasons."""
    unknown = unknown_run(samples, 2)
    confirm(samples, 1)
    at = open_page("credits.py", part="held")
    text = page_text(at)
    assert figures(at)["Held"] == "2"
    assert "**2 credits** held for 2 runs." in text
    assert "**1 credit** for Mila Hart – Cafe" in text
    assert "It stays held until somebody answers." in text
    assert "The run is under way." in text
    assert f"Confirmed by {ACTOR.name}" in text
    assert f"Run {unknown.id}" in [link.label for link in at.page_link]


def test_a_video_and_a_paused_run_say_why_they_hold(books: Books, open_page: Open) -> None:
    """Both are told apart from a motion that is under way."""
    day = f"{clock.now():%Y-%m-%dT%H:%M:%S}"
    for n, (state, kind) in enumerate((("running", "video"), ("paused", "avatar"))):
        run = books.run(n + 3, day, state=state, kind=kind, step="motion", ended_at=None)
        books.entry("hold", -333_333, day, run_id=run, location_id=n + 3)
    at = open_page("credits.py", part="held")
    text = page_text(at)
    assert "**0.66 credits** held for 2 runs." in text
    assert "HeyGen takes what it measures; the rest is given back." in text
    assert "The run is paused." in text


def test_many_holds_are_counted(books: Books, open_page: Open) -> None:
    """The list ends somewhere; Activity has them all."""
    day = f"{clock.now():%Y-%m-%dT%H:%M:%S}"
    for n in range(holds.MOST + 2):
        run = books.run(3, day, state="queued", kind="video", step="turn", ended_at=None, quote_id=f"v{n}")
        books.entry("hold", -1, day, run_id=run, location_id=3)
    at = open_page("credits.py", part="held")
    assert "**<0.01 credits** held for 27 runs." in page_text(at)
    assert "and 2 more runs" in [link.label for link in at.page_link]
    assert len([link for link in at.page_link if link.label.startswith("Run ")]) == holds.MOST


def test_a_refused_motion_is_given_back(samples: Studio, open_page: Open) -> None:
    """Nothing was spent: hold and release stand side by side and nothing is held."""
    fault(samples, route="motion", fault="refuse", status=400, code=40004)
    drive(samples, confirm(samples, 1))
    at = open_page("credits.py", part="ledger")
    assert [next(iter(row["kind"])) for row in ledger(at)] == ["release", "hold", "adjust"]
    assert ledger(at)[0]["credits"] == "1"
    assert "Nothing was spent yet." in page_text(open_page("credits.py"))


def test_this_month_is_what_the_page_opens_with(books: Books, open_page: Open) -> None:
    """The bill's first question needs no click: the sum and on whom, both charts with the same words."""
    at = open_page("credits.py")
    spent = min(40, clock.now().day)
    assert f"**{amount(spent * CREDIT)}** spent from {clock.now():%Y-%m}-01 to" in page_text(at)
    days, bloggers = at.get(CHARTS)
    assert days.proto.alt.startswith(f"By day: {amount(spent * CREDIT)} in all, the most on ")
    assert bloggers.proto.alt.startswith(f"By blogger: {amount(spent * CREDIT)} in all, the most for ")


def test_thirty_days_have_their_tables(books: Books, open_page: Open) -> None:
    """A table stands behind each chart with the same sum, and is not drawn while it is closed."""
    at = open_page("credits.py", spent_in="days")
    assert "**30 credits** spent" in page_text(at)
    assert [expander.label for expander in at.expander] == ["As a table", "As a table"]
    assert not at.dataframe, "a closed table is drawn"
    at.session_state["spent_table_period"] = at.session_state["spent_table_blogger"] = True
    days, bloggers = (frame.value for frame in at.run().dataframe)
    assert len(days) == 30
    assert list(days.columns) == ["period", "Motion", "all"]
    assert list(days["period"]) == sorted(days["period"], reverse=True)
    assert sum(map(int, days["all"])) == sum(map(int, bloggers["spent"])) == 30
    assert sorted(bloggers["name"]) == ["=Kai*Sol*", "Mila Hart"]
    assert list(bloggers["share"]) == ["50%", "50%"]


def test_the_last_month_and_any_dates_can_be_chosen(books: Books, open_page: Open) -> None:
    """Clicks go into the address, so that a link shows the same days."""
    at = open_page("credits.py")
    first = clock.now().replace(day=1)
    before = first - timedelta(days=1)
    at.segmented_control(key="spent_in").set_value("last_month").run()
    assert at.query_params["spent_in"] == "last_month"
    # 40 days in all, those of this month are the first.
    spent = min(before.day, 40 - clock.now().day)
    assert f"**{amount(spent * CREDIT)}** spent from {before:%Y-%m}-01 to {before:%Y-%m-%d}" in page_text(at)
    at.segmented_control(key="spent_in").set_value("dates").run()
    at.date_input(key="spent_until").set_value(clock.now().date() - timedelta(days=3)).run()
    at.date_input(key="spent_since").set_value(clock.now().date() - timedelta(days=4)).run()
    assert "**2 credits** spent from" in page_text(at)
    assert set(at.query_params) >= {"spent_in", "spent_since", "spent_until"}


@pytest.mark.parametrize(
    ("since", "until", "spent"),
    [("2999-01-01", "", 1), ("", "2999-01-01", 0), ("yesterday", "0001-01-01", 0), ("2001-01-01", "", 40)],
    ids=["begins in the future", "ends in the future", "no days", "begins before the ledger"],
)
def test_an_address_by_hand_never_breaks_the_page(
    books: Books, open_page: Open, since: str, until: str, spent: int
) -> None:
    """What is no day, or not here yet, is passed over; no day of the future is drawn."""
    at = open_page("credits.py", spent_in="dates", spent_since=since, spent_until=until, spent_on="shoes")
    wanted = spent or min(40, clock.now().day)
    assert f"**{amount(wanted * CREDIT)}** spent" in page_text(at)
    assert at.segmented_control(key="spent_on").value == "blogger"


def test_a_long_time_is_drawn_by_month(books: Books, open_page: Open) -> None:
    """More days than fit become months, from the first that spent something on."""
    at = open_page("credits.py", spent_in="dates", spent_since="2001-01-01")
    assert "**By month**" in page_text(at)
    assert 2 <= len(data_of(at.get(CHARTS)[0])) <= 3
    at.session_state["spent_table_period"] = True
    assert 2 <= len(at.run().dataframe[0].value) <= 3


@pytest.mark.parametrize(
    ("split", "names"),
    [
        ("blogger", ["=Kai*Sol*", "Mila Hart"]),
        ("location", ["=Kai*Sol* – Beach", "Mila Hart – Studio"]),
        ("person", ["Dana"]),
        ("engine", ["veo2"]),
        ("operation", ["Motion"]),
    ],
)
def test_spending_is_split_as_the_reader_likes(
    books: Books, open_page: Open, split: str, names: list[str]
) -> None:
    """Five questions, one click each; engines and operations have their names."""
    at = open_page("credits.py", spent_in="days")
    at.segmented_control(key="spent_on").set_value(split).run()
    assert at.query_params.get("spent_on", "blogger") == split
    at.session_state[f"spent_table_{split}"] = True
    table = at.run().dataframe[0].value
    assert sorted(table["name"]) == [MOTION_TYPES.get(name, name) for name in names]
    assert sum(map(int, table["spent"])) == 30


def test_a_stack_keeps_its_colours_and_leaves_no_day_out(books: Books, open_page: Open) -> None:
    """Motion and video stand on each other, motion below, each day of the month in its place."""
    today = f"{clock.now():%Y-%m-%d}"
    run = books.run(3, today, kind="video", motion_type="", step="archive")
    books.entry("overrun", -CREDIT // 2, today, run_id=run, location_id=3)
    days, _ = open_page("credits.py").get(CHARTS)
    color = json.loads(days.proto.spec)["encoding"]["color"]["scale"]
    assert dict(zip(color["domain"], color["range"], strict=True)) == {
        "Motion": charts.OPERATIONS["add_motion"],
        "Video": charts.OPERATIONS["generate_video"],
    }
    found = data_of(days)
    assert dict(zip(found["operation"], found["rank"], strict=True)) == {"Motion": 0, "Video": 1}
    year, month = clock.now().year, clock.now().month
    assert len(set(found["period"])) == monthrange(year, month)[1]
    assert sum(found["spent"]) == min(40, clock.now().day) + 0.5


def test_charts_speak_the_readers_numbers(books: Books, open_page: Open) -> None:
    """The chart's spec carries the decimal sign; its days are written as the reader writes them."""
    chart = open_page("credits.py").get(CHARTS)[0]
    assert json.loads(chart.proto.spec)["config"]["locale"]["number"]["decimal"] == "."
    assert data_of(chart)["period"].iloc[0] == f"{clock.now():%b} 1"


@pytest.mark.parametrize("name", sorted(charts.OPERATIONS))
@pytest.mark.parametrize("background", ["#FFFFFF", "#12151E"], ids=["light", "dark"])
def test_every_colour_of_a_stack_stands_out_in_both_themes(name: str, background: str) -> None:
    """At least 3:1, as WCAG 1.4.11 has it for what carries meaning."""
    assert contrast(charts.OPERATIONS[name], background) >= 3


def test_the_pace_says_until_when(books: Books, open_page: Open) -> None:
    """One credit a day and 70 left: seventy days, with the date."""
    until = clock.now().date() + timedelta(days=70)
    text = page_text(open_page("credits.py"))
    assert f"At this week's pace (1 credit a day) the balance lasts until **{day_name(until)}**" in text
    assert "for 70 more days." in text


def test_a_near_end_is_a_warning(books: Books, open_page: Open) -> None:
    """With five days left, and with nothing left, it is said with weight."""
    books.entry("adjust", -65 * CREDIT, f"{clock.now():%Y-%m-%d}", note="Changed outside the Studio")
    (warning,) = open_page("credits.py").warning
    assert "for 5 more days." in warning.value
    books.entry("adjust", -5 * CREDIT, f"{clock.now():%Y-%m-%d}", note="Changed outside the Studio")
    (warning,) = open_page("credits.py").warning
    assert warning.value.startswith("Nothing is available")


def test_a_figure_is_short_and_its_help_exact(books: Books, open_page: Open) -> None:
    """Two decimals, never more than there is; the last micro-credit stands in the help and the sidebar's."""
    books.entry("adjust", -333_333, f"{clock.now():%Y-%m-%d}", note="Changed outside the Studio")
    at = open_page("credits.py")
    assert figures(at)["Available"] == "69.66"
    assert "Exactly 69.666667 credits." in at.metric[0].help
    assert "Exactly" not in at.metric[1].help
    assert "69.66 credits" in page_text(at)
    assert any("Available: 69.666667 credits" in caption.help for caption in at.sidebar.caption)


def test_the_plan_is_shown_as_bars(studio: Studio, samples: Studio, open_page: Open) -> None:
    """Groups and motions of the free plan with what is left, in words beside the bar."""
    drive(samples, confirm(samples, 1, 2))
    text = page_text(open_page("credits.py", part="plan"))
    assert "HeyGen's plan: Free." in text
    assert text.count("2 of 3") == 2
    assert text.count("1 left") == 2
    assert "0 of 60 seconds" in text


def test_a_plan_that_includes_no_free_video_has_no_bar_for_it(
    books: Books, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never "54 of 0 seconds": what is used, and that the plan includes none."""
    limits = current().subscription.limits
    none = replace(limits["free_video_seconds"], value=0)
    monkeypatch.setitem(limits, "free_video_seconds", none)
    text = page_text(open_page("credits.py", part="plan"))
    assert "The plan includes none." in text
    assert "of 0" not in text


def test_the_ledger_is_filtered_by_the_address(books: Books, open_page: Open) -> None:
    """Kind, person, blogger and days narrow the ledger."""
    at = open_page(
        "credits.py", part="ledger", credits_kind="capture", credits_person="Dana", credits_blogger="1"
    )
    assert "20 entries, newest first" in page_text(at)
    at.button(key="credits_chip_kind_capture").click().run()
    assert "credits_kind" not in at.query_params
    day = clock.now().strftime("%Y-%m-%d")
    at = open_page("credits.py", part="ledger", credits_since=day, credits_until=day)
    # The sample world's opening balance is of today too.
    assert "3 entries, newest first" in page_text(at)


def test_lines_come_in_pages(books: Books, open_page: Open) -> None:
    """82 lines are four pages; the last one begins the ledger."""
    at = open_page("credits.py", part="ledger", credits_page="4")
    assert len(ledger(at)) == 82 - 3 * 25
    assert ledger(at)[-1]["words"] == "Opening balance, as HeyGen said it"


def test_nothing_matches_offers_to_clear(books: Books, open_page: Open) -> None:
    """An empty filter result is said as such."""
    at = open_page("credits.py", part="ledger", credits_kind="overrun", credits_until="2024-12-31")
    assert "No entry of the ledger matches these filters." in page_text(at)
    at.button(key="credits_clear_all").click().run()
    assert "82 entries, newest first" in page_text(at)


def test_a_line_says_the_price_it_was_made_under(books: Books, open_page: Open) -> None:
    """Only where the amount does not say it: a part of a minute; the file has it always."""
    today = f"{clock.now():%Y-%m-%dT%H:%M:%S}"
    books.entry("capture", -50_000, today, location_id=1, unit_price=200_000)
    books.entry("capture", -CREDIT, today, location_id=1, unit_price=CREDIT)
    whole, part = (row["words"] for row in ledger(open_page("credits.py", part="ledger"))[:2])
    assert whole == "HeyGen did the work: from Held to Spent"
    assert part == f"{whole}. Price of a unit: 0.2"
    assert [row["unit_price_credits"] for row in file_rows()[:3]] == ["1", "0.2", ""]


def test_a_day_without_spending_is_one_line(books: Books, open_page: Open) -> None:
    """Nothing is drawn where there is nothing to draw."""
    at = open_page("credits.py", spent_in="dates", spent_since="2024-01-01", spent_until="2024-01-31")
    assert "Nothing was spent from 2024-01-01 to 2024-01-31, UTC." in page_text(at)
    assert not at.get(CHARTS)


@pytest.mark.parametrize("part", ["spending", "held"])
def test_figures_refresh_only_while_something_runs(samples: Studio, open_page: Open, part: str) -> None:
    """A live run moves the figures without a click; afterwards the page is still."""
    (run,) = confirm(samples, 1)
    assert runs.moving(samples.db)
    at = open_page("credits.py", part=part)
    assert figures(at)["Held"] == "1"
    drive(samples, [run])
    at.run()
    assert figures(at)["Held"] == "0"
    assert figures(at)["Spent this month"] == "1"


def file_rows() -> list[dict[str, str]]:
    file = ledger_list.file_of(current(), EntryFilter()).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(file)))


def test_the_file_has_every_line_and_sums_up_to_the_balance(books: Books) -> None:
    """Numbers stay numbers, also negative ones; a name that looks like a formula is none."""
    rows = file_rows()
    assert len(rows) == 82
    assert {row["credits"] for row in rows} == {"-1", "10", "100"}
    assert "'=Kai*Sol*" in {row["blogger"] for row in rows}
    with books.db.read() as session:
        money = balances(session)
    spent = -sum(int(row["credits"]) for row in rows if row["kind"] == "capture")
    assert spent * CREDIT == money.spent


@pytest.mark.parametrize(("part", "table"), [("ledger", "entry"), ("spending", "tally")])
def test_a_database_that_cannot_be_read_is_one_sentence(
    books: Books, open_page: Open, part: str, table: str
) -> None:
    """The table is gone: one error that says nothing was spent, no trace."""
    with books.db.write() as session:
        session.connection().exec_driver_sql("PRAGMA legacy_alter_table = ON")
        session.connection().exec_driver_sql(f"ALTER TABLE {table} RENAME TO gone")
    at = open_page("credits.py", part=part)
    assert not at.exception
    assert {error.proto.title for error in at.error} == {"Could not load"}


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours."""
    light, dark = sorted(map(luminance, (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
