"""Settings in each state: the sandbox, the live world, a check that waits, is answered or fails."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from core import amounts, clock
from core.account import failures, questions, sandbox_account
from core.database import backup
from core.database.tables.bloggers import NO_AVATAR, Location
from core.money import tariffs
from core.sandbox.server import Sandbox
from core.studio import Studio, current
from pages.parts.kit import pricing
from pages.parts.settings import prices
from pages.parts.settings.plan import SOURCES
from tests.pages.conftest import ACTOR, Open, confirm, drive, fault, page_text, settings

KEY = "sk-not-to-be-shown-1234"
CREDIT = 1_000_000


@pytest.fixture
def live(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A Studio of the live world; HeyGen is never asked."""
    monkeypatch.setenv("HEYGEN_API_KEY", KEY)
    monkeypatch.setenv("HEYGEN_DIALECT", "workflow")
    opened = current()
    yield opened
    opened.close()


def tabs(at: AppTest) -> list[str]:
    return [tab.label for tab in at.tabs]


def toasts(at: AppTest) -> list[str]:
    return [toast.value for toast in at.toast]


def test_the_sandbox_says_what_it_is(studio: Studio, open_page: Open) -> None:
    """World, address, dialect, key as a word and the last part of the data directory; no path."""
    at = open_page("settings.py")
    said = page_text(at)
    assert tabs(at) == ["Connection", "Plan and prices", "Members", "Backup", "Sandbox"]
    for words in ("Sandbox: nothing here costs money", "workflow", "Not set: the sandbox needs none", "data"):
        assert words in said
    assert str(studio.settings.data_dir.parent) not in said
    assert "Not checked yet" in said


def test_the_live_world_has_no_sandbox_controls(live: Studio, open_page: Open) -> None:
    """Not by the tabs and not by the address; the key itself is nowhere on the page."""
    assert live.settings.world == "live"
    for query in ({}, {"part": "sandbox"}, {"part": "plan"}):
        at = open_page("settings.py", **query)
        said = page_text(at)
        assert tabs(at) == ["Connection", "Plan and prices", "Members", "Backup"]
        assert "Live: HeyGen charges for what you confirm" in said
        assert "Rehearse" not in said
        assert KEY not in said
        assert KEY[-4:] not in said
    at = open_page("settings.py")
    assert "api\\.heygen\\.com" in page_text(at)
    assert ["Set"] in at.main.table[0].value.to_numpy().tolist()


def test_a_check_waits_and_is_then_told_fact_by_fact(studio: Studio, open_page: Open) -> None:
    """The button writes the question down once; the worker's answer becomes lines with their badges."""
    at = open_page("settings.py")
    at.button(key="check_connection").click().run()
    assert "Asking HeyGen" in page_text(at)
    assert at.button(key="check_connection").disabled
    asked = questions.newest(studio.db)
    assert asked is not None
    assert asked.id is not None
    questions.answer(studio, asked.id)
    said = page_text(open_page("settings.py"))
    for words in ("The balance is 10 credits", "The ledger says the same", "Avatar groups: 0 of 3"):
        assert words in said
    assert "Asking HeyGen" not in said


def test_a_check_that_nobody_answers_says_why(studio: Studio, open_page: Open) -> None:
    """After a while the page speaks of the worker instead of waiting in silence."""
    questions.ask(studio.db, actor=ACTOR)
    with studio.db.write() as session:
        long_ago = clock.now() - timedelta(minutes=2)
        session.connection().execute(
            text("UPDATE statuscheck SET asked_at = :then"), {"then": long_ago.replace(tzinfo=None)}
        )
    at = open_page("settings.py")
    assert "no worker runs" in at.warning[0].value


def test_a_check_that_fails_is_one_sentence(studio: Studio, open_page: Open) -> None:
    """HeyGen refuses the key: said in its line, with a way to ask again."""
    fault(studio, route="quota", fault="refuse", status=401, code=400112, message="Unauthorized")
    questions.answer(studio, questions.ask(studio.db, actor=ACTOR))
    at = open_page("settings.py")
    said = page_text(at)
    assert "Does not work" in said
    assert "HeyGen does not accept the key" in said
    assert not at.button(key="check_connection").disabled


def test_a_dialect_that_is_not_spoken_names_the_line_to_change(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, open_page: Open
) -> None:
    """HeyGen speaks v2 and v3 is set: what works and what does not, and one line to copy; no trace."""
    with Sandbox(data_dir.parent / "heygen", dialect="v2") as heygen:
        for name, value in (
            ("HEYGEN_API_KEY", KEY),
            ("HEYGEN_API_BASE", heygen.base_url),
            ("HEYGEN_DIALECT", "v3"),
        ):
            monkeypatch.setenv(name, value)
        opened = current()
        try:
            questions.answer(opened, questions.ask(opened.db, actor=ACTOR))
            at = open_page("settings.py")
            said = page_text(at)
            assert "Does not work] v3: HeyGen does not speak this dialect here" in said
            assert "OK] v2: HeyGen answers in this dialect" in said
            assert [code.value for code in at.code] == ["HEYGEN_DIALECT=v2"]
            assert KEY not in said
        finally:
            opened.close()
            amounts.use_unit(amounts.CREDITS)


def test_the_end_of_a_dialect_is_one_calm_notice(studio: Studio, open_page: Open) -> None:
    """From HeyGen's last answers: its day as the reader writes it, and the line that goes on."""
    assert not [said for said in open_page("settings.py").info if "HEYGEN_DIALECT" in said.value]
    with studio.db.write() as session:
        session.connection().execute(
            text("UPDATE reading SET notice = :notice"), {"notice": '{"sunset": "2999-10-31", "message": ""}'}
        )
    (said,) = (info.value.replace("\\", "") for info in open_page("settings.py").info)
    assert "ends the dialect workflow on October 31, 2999" in said
    assert "HEYGEN_DIALECT=v3" in said


def test_an_answer_of_an_earlier_version_is_still_shown(studio: Studio, open_page: Open) -> None:
    """It has no dialects yet."""
    questions.answer(studio, questions.ask(studio.db, actor=ACTOR))
    with studio.db.write() as session:
        session.connection().execute(
            text(
                "UPDATE statuscheck SET answer = json_remove(answer, '$.dialects', '$.line', '$.another', "
                "'$.scope', '$.heygen_plan')"
            )
        )
    assert "The balance is 10 credits" in page_text(open_page("settings.py"))


def test_a_ledger_that_differs_and_a_full_plan_are_told_apart_from_ok(
    samples: Studio, open_page: Open
) -> None:
    """Three of three groups is full, and a balance that HeyGen tells otherwise differs."""
    drive(samples, confirm(samples, 1, 2, 3))
    questions.answer(samples, questions.ask(samples.db, actor=ACTOR))
    with samples.db.write() as session:
        session.connection().execute(
            text("UPDATE statuscheck SET answer = json_set(answer, '$.credits', 99000000)")
        )
    said = page_text(open_page("settings.py"))
    assert "Full] Avatar groups: 3 of 3" in said
    assert "Differs] The ledger says 7 credits" in said


def test_plan_and_prices_show_every_figure_with_source_and_date(studio: Studio, open_page: Open) -> None:
    """Nothing of tariffs.toml is left out, and every source is in words of the catalogue or an address."""
    at = open_page("settings.py", part="plan")
    page_text(at)
    (limits,) = (table.value for table in at.main.table)
    known = tariffs.load()
    assert len(limits) == len(known.plans["free"].limits)
    assert ["Motions a month", "3", "help.heygen.com, article 10034438, 2026-11-22"] in limits.values.tolist()
    said = page_text(at)
    for price in known.prices.values():
        figure = pricing.figure(price.micro_credits, price.per)
        assert f"{pricing.OPERATIONS[price.operation]}: **{figure}**" in said
    assert said.count("The team's workflow: API credits, 2026-11-22") == 5
    try:
        amounts.use_unit(amounts.DOLLARS)
        in_dollars = tariffs.load().prices.values()
    finally:
        amounts.use_unit(amounts.CREDITS)
    for price in (*known.prices.values(), *in_dollars):
        assert price.source in prices.SOURCES or price.source.startswith("developers.heygen.com/")
    for limit in (limit for plan in known.plans.values() for limit in plan.limits.values()):
        address = limit.source.startswith(("docs.heygen.com/", "developers.heygen.com/", "heygen-cli, "))
        assert address or limit.source in SOURCES


def test_a_backup_is_made_and_offered(samples: Studio, open_page: Open) -> None:
    """One click makes a whole copy, which is then listed under its name."""
    at = open_page("settings.py", part="backup")
    assert "No backup was made here yet" in page_text(at)
    at.button(key="make_backup").click().run()
    page_text(at)
    (made,) = backup.kept(samples.settings)
    assert made.path.name.startswith("studio-sandbox-")
    assert made.path.read_bytes().startswith(b"SQLite format 3")
    assert any(made.path.name.split(".")[0] in said.replace("\\", "") for said in toasts(at))
    assert made.path.name in page_text(at).replace("\\", "")


def test_a_backup_that_cannot_be_written_is_one_sentence(samples: Studio, open_page: Open) -> None:
    """A file stands where the folder should be."""
    (samples.settings.data_dir / backup.FOLDER).write_text("in the way")
    at = open_page("settings.py", part="backup")
    at.button(key="make_backup").click().run()
    assert not at.exception
    assert "The backup could not be written" in at.error[0].value


def test_credits_are_refilled_and_set(studio: Studio, open_page: Open) -> None:
    """The figure on the page and in the sidebar follow the click."""
    at = open_page("settings.py", part="sandbox")
    at.button(key="refill").click().run()
    assert at.main.metric[0].value == "20 credits"
    at.number_input(key="credits_to_20000000").set_value(3)
    at.button(key="set_credits").click().run()
    assert at.main.metric[0].value == "3 credits"
    assert sandbox_account.state(studio).micro_credits == 3 * CREDIT
    assert "3 credits" in page_text(at)


def test_a_refill_while_a_run_is_live_says_when_it_counts(samples: Studio, open_page: Open) -> None:
    """The sandbox has the credits at once, the Studio's figures after the run; the page says so."""
    confirm(samples, 1)
    at = open_page("settings.py", part="sandbox")
    at.button(key="refill").click().run()
    assert any("Runs are under way" in said for said in toasts(at))


def test_speed_and_limit_are_set_by_one_click(studio: Studio, open_page: Open) -> None:
    """Both hold at once, in the sandbox and for the Studio's own pace."""
    at = open_page("settings.py", part="sandbox")
    at.segmented_control(key="speed_1000").set_value(40.0).run()
    assert (studio.pace, sandbox_account.state(studio).speed) == (40, 40)
    at.segmented_control(key="limit_3").set_value(1).run()
    assert sandbox_account.state(studio).group_limit == 1
    at.segmented_control(key="limit_1").set_value(0).run()
    assert sandbox_account.state(studio).group_limit is None
    page_text(at)


@pytest.mark.parametrize("slug", failures.BY_SLUG)
def test_each_failure_says_what_one_will_see_and_is_armed_and_disarmed(
    studio: Studio, open_page: Open, slug: str
) -> None:
    """Choose it, read it, arm it, see it listed, disarm it."""
    scenario = failures.BY_SLUG[slug]
    at = open_page("settings.py", part="sandbox")
    at.selectbox(key="rehearse_what").set_value(slug).run()
    assert at.info[0].value == scenario.sees[next(iter(scenario.sees))]
    at.number_input(key="rehearse_times").set_value(2)
    at.button(key="arm").click().run()
    (armed,) = sandbox_account.state(studio).armed
    assert (armed.slug, armed.step, armed.times) == (slug, next(iter(scenario.sees)), 2)
    assert f"**{scenario.title}**" in page_text(at)
    assert "2 times" in page_text(at)
    at.button(key=f"disarm_{armed.numbers[0]}").click().run()
    assert sandbox_account.state(studio).armed == ()
    assert "Armed]" not in page_text(at)


def test_the_reset_says_what_it_takes_and_takes_it(samples: Studio, open_page: Open) -> None:
    """The dialog counts what goes; afterwards no location has an avatar and the dialog is closed."""
    drive(samples, confirm(samples, 1, 2))
    at = open_page("settings.py", part="sandbox")
    at.button(key="reset_sandbox").click().run()
    said = page_text(at)
    assert "2 avatar groups are deleted" in said
    assert "2 locations lose their avatars" in said
    at.button(key="confirm_reset").click().run()
    page_text(at)
    assert sandbox_account.state(samples).groups == 0
    with samples.db.read() as session:
        assert session.get_one(Location, 1).heygen_avatar_id == NO_AVATAR
    assert not [button for button in at.button if button.key == "confirm_reset"]


def test_the_reset_waits_for_live_runs(samples: Studio, open_page: Open) -> None:
    """A run confirmed while the dialog is open forbids it: the click resets nothing and the page says why."""
    drive(samples, confirm(samples, 1))
    at = open_page("settings.py", part="sandbox")
    at.button(key="reset_sandbox").click().run()
    assert not at.button(key="confirm_reset").disabled
    confirm(samples, 2)
    at.button(key="confirm_reset").click().run()
    page_text(at)
    assert at.button(key="confirm_reset").disabled
    assert "1 run has not ended" in at.warning[0].value
    assert sandbox_account.state(samples).groups == 1


def test_a_sandbox_that_does_not_answer_is_one_sentence(studio: Studio, open_page: Open) -> None:
    """The other parts still work."""
    assert studio.sandbox is not None
    studio.sandbox.stop()
    at = open_page("settings.py", part="sandbox")
    assert not at.exception
    assert "did not answer as it should" in at.error[0].value
    page_text(open_page("settings.py", part="plan"))


def test_a_database_that_cannot_be_read_is_one_sentence(samples: Studio, open_page: Open) -> None:
    """Tables are gone: one error that says nothing was spent, no trace."""
    with samples.db.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE statuscheck RENAME TO gone")
    at = open_page("settings.py")
    assert not at.exception
    assert [error.proto.title for error in at.error] == ["Could not load"]


def test_rubbish_in_the_address_opens_the_first_part(studio: Studio, open_page: Open) -> None:
    """An unknown part is passed over."""
    assert "This Studio" in page_text(open_page("settings.py", part="rubbish"))


def test_the_sandbox_figures_are_those_of_the_account(studio: Studio, open_page: Open) -> None:
    """The limit and the credits shown are the sandbox's own."""
    settings(studio, credits=7 * CREDIT, group_limit=2)
    at = open_page("settings.py", part="sandbox")
    assert at.main.metric[0].value == "7 credits"
    assert at.segmented_control(key="limit_2").value == 2
