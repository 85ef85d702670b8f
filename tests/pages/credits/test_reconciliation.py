"""Credits, HeyGen's account: whether the ledger agrees, and what a person says where it did not."""

import csv
import io

import pytest
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from core.account import balance
from core.bloggers.editing import edit_location
from core.database.tables.money import Entry
from core.money import corrections
from core.money.ledger import balances
from core.reports import reconciliation
from core.runs import queue as jobs
from core.studio import Studio
from pages.parts.credits import reconciliation as section
from tests.books import CREDIT
from tests.pages.conftest import (
    ACTOR,
    Later,
    Open,
    confirm,
    drive,
    fault,
    page_text,
    settings,
    unknown_run,
)
from tests.pages.screen import keys, tables
from tests.people import somebody


def heygen(open_page: Open) -> AppTest:
    return open_page("credits.py", part="heygen")


def compared(at: AppTest) -> dict[str, str]:
    """The figures beside the verdict."""
    return next(table for table in tables(at) if "Difference" in table)


def outside(studio: Studio, micro: int) -> int:
    """Somebody changes HeyGen's balance to this; returns the drift's line."""
    settings(studio, credits=micro)
    balance.refresh(studio)
    return int(reconciliation.drifts(studio.db)["id"].iloc[0])


def lines(studio: Studio) -> list[Entry]:
    with studio.db.read() as session:
        return list(session.exec(select(Entry).order_by(col(Entry.id))))


def available(studio: Studio) -> int:
    with studio.db.read() as session:
        return balances(session).available


def test_an_untouched_account_agrees(studio: Studio, open_page: Open) -> None:
    """One calm sentence, the figures, and nothing to explain."""
    at = heygen(open_page)
    text = page_text(at)
    assert ":green[:material/check_circle:] **The ledger agrees with HeyGen's balance.**" in text
    assert compared(at) == {
        "HeyGen's balance, read just now": "10 credits",
        "The ledger expects: Available and Held": "10 credits",
        "Difference": "0 credits",
        "Last compared": "just now",
        "Refunds this month": "0 credits",
    }
    assert "There is nothing to explain." in text


def test_before_heygen_was_reached_nothing_is_compared(samples: Studio, open_page: Open) -> None:
    """No balance, no figures, and what begins the ledger."""
    with samples.db.write() as session:
        session.connection().exec_driver_sql("DELETE FROM reading")
    text = page_text(heygen(open_page))
    assert "HeyGen has not said its balance yet." in text
    assert "Last compared" not in text


def test_under_way_is_not_judged_and_says_who_must_decide(samples: Studio, open_page: Open) -> None:
    """What is held is expected at HeyGen; a run that waits for an answer has a link."""
    confirm(samples, 1)
    at = heygen(open_page)
    assert "**Not judged now: 1 run is under way.**" in page_text(at)
    assert compared(at)["The ledger expects: Available and Held"] == "10 credits"
    assert "waits for a decision" not in page_text(at)
    unknown_run(samples, 2)
    at.run()
    assert "1 run waits for a decision; until then nothing is compared" in page_text(at)


def test_a_difference_is_judged_by_the_next_reading(samples: Studio, open_page: Open) -> None:
    """A person booked what HeyGen does not show: said at once, taken back when HeyGen is read."""
    corrections.book(samples.db, micro=5 * CREDIT, reason="A voucher", actor=ACTOR)
    at = heygen(open_page)
    assert "**HeyGen has 5 credits less than the ledger expects.**" in page_text(at)
    assert compared(at)["Difference"] == "−5 credits"
    balance.refresh(samples)
    at.run()
    assert "agrees with HeyGen's balance" in page_text(at)
    assert "**−5 credits** :orange-badge[:material/remove: Went away]" in page_text(at)


def test_a_change_is_explained_in_a_persons_words(samples: Studio, open_page: Open) -> None:
    """Bought credits: a reason is asked for, the change leaves the list, Available stays."""
    drift = outside(samples, 15 * CREDIT)
    at = heygen(open_page)
    assert "**+5 credits** :gray-badge[:material/add: Came in]" in page_text(at)
    at.button(key=f"explain_{drift}").click().run()
    at.button(key="explain_save").click().run()
    assert "A reason is needed" in page_text(at)
    at.text_input(key=f"explain_{drift}_reason").set_value("Bought *5*").run()
    at.button(key="explain_save").click().run()
    assert f"explain_{drift}" not in keys(at)
    assert "explain_save" not in keys(at), "the dialog stayed open"
    assert available(samples) == 15 * CREDIT
    at.session_state["booked_by_hand"] = True
    at.run()
    booked = at.main.table[-1].value
    assert booked.iloc[0].tolist()[1:] == [
        "+5 credits",
        "Change explained",
        "Bought \\*5\\*",
        "local administrator",
    ]


def test_a_credit_that_came_back_is_offered_as_a_refund(samples: Studio, open_page: Open) -> None:
    """The motion failed after HeyGen took it; the balance rises by as much; one click names the run."""
    done, failed = confirm(samples, 1)[0], confirm(samples, 2)[0]
    drive(samples, [done])
    fault(samples, route="motion", fault="motion_fails")
    drive(samples, [failed])
    balance.refresh(samples)
    drift = outside(samples, 9 * CREDIT)
    at = heygen(open_page)
    text = page_text(at)
    assert "**+1 credit** :green-badge[:material/undo: Looks like a refund]" in text
    assert f"HeyGen had taken as much: Run {failed.id} · Mila Hart – Cafe · Motion · Failed" in text
    at.button(key=f"refund_{drift}").click().run()
    choice = at.radio(key=f"refund_of_{drift}")
    assert [option.split(" · ")[0] for option in choice.options] == [f"Run {failed.id}", f"Run {done.id}"]
    assert at.button(key="refund_save").label == f"Book 1 credit as a refund of run {failed.id}"
    at.button(key="refund_save").click().run()
    assert f"refund_{drift}" not in keys(at)
    assert compared(at)["Refunds this month"] == "1 credit"
    assert (lines(samples)[-1].run_id, available(samples)) == (failed.id, 9 * CREDIT)
    words = open_page("credits.py", part="ledger").dataframe[-1].value["words"]
    assert list(words[:2]) == [
        "HeyGen gave it back for this run",
        "A change from outside, taken back: the next entry says what it was",
    ]


def test_a_refund_that_fits_no_run_any_more_is_said(samples: Studio, open_page: Open) -> None:
    """The balance went down again while the dialog was open: no empty dialog, and nothing is booked."""
    drive(samples, confirm(samples, 1))
    balance.refresh(samples)
    drift = outside(samples, 10 * CREDIT)
    at = heygen(open_page)
    outside(samples, 9 * CREDIT)
    at.button(key=f"refund_{drift}").click().run()
    assert "No run fits this change any more." in page_text(at)
    assert "refund_save" not in keys(at)


def test_an_adjustment_carries_its_amount_on_the_button(samples: Studio, open_page: Open) -> None:
    """Came in or went away, exact to the last digit, with a reason; once."""
    at = heygen(open_page)
    assert "HeyGen's balance remains the measure" in page_text(at)
    at.button(key="book_adjustment").click().run()
    at.number_input(key="adjustment_credits").set_value(0.25).run()
    at.segmented_control(key="adjustment_sign").set_value(-1).run()
    assert at.button(key="adjustment_save").label == "Book −0.25 credits"
    at.text_input(key="adjustment_reason").set_value("Counted anew").run()
    at.button(key="adjustment_save").click().run()
    assert "adjustment_save" not in keys(at), "the dialog stayed open"
    line = lines(samples)[-1]
    assert (line.micro_credits, line.note, line.actor) == (
        -CREDIT // 4,
        "Counted anew",
        "local administrator",
    )


@pytest.mark.parametrize(
    ("credits", "reason", "said"),
    [
        (None, "x", "any amount but 0"),
        (1.0, " ", "A reason is needed"),
        (11.0, "x", "more than is available"),
    ],
)
def test_a_wrong_adjustment_keeps_the_dialog_open(
    samples: Studio, open_page: Open, credits: float | None, reason: str, said: str
) -> None:
    """It says what is wrong, what was typed stays, and nothing is booked."""
    at = heygen(open_page)
    at.button(key="book_adjustment").click().run()
    at.segmented_control(key="adjustment_sign").set_value(-1).run()
    at.number_input(key="adjustment_credits").set_value(credits).run()
    at.text_input(key="adjustment_reason").set_value(reason).run()
    at.button(key="adjustment_save").click().run()
    assert said in page_text(at)
    assert at.text_input(key="adjustment_reason").value == reason
    assert len(lines(samples)) == 1


def test_a_change_that_somebody_else_explained_is_said(samples: Studio, open_page: Open) -> None:
    """The dialog was open meanwhile: nothing is booked twice."""
    drift = outside(samples, 15 * CREDIT)
    at = heygen(open_page)
    at.button(key=f"explain_{drift}").click().run()
    corrections.explain(samples.db, drift, reason="Bought", actor=somebody("Kim"))
    at.text_input(key=f"explain_{drift}_reason").set_value("Bought too").run()
    assert "explained meanwhile" in page_text(at)
    assert len(lines(samples)) == 4


def test_the_newest_changes_are_listed_and_older_ones_counted_out(samples: Studio, open_page: Open) -> None:
    """A page draws so many and no more."""
    for n in range(section.MOST + 1):
        outside(samples, (11 + n) * CREDIT)
    at = heygen(open_page)
    assert sum(key.startswith("explain_") for key in keys(at)) == section.MOST
    assert "There are older ones." in page_text(at)


def test_what_was_booked_by_hand_is_a_file(samples: Studio) -> None:
    """Amounts are numbers with their sign; a reason that looks like a formula is none."""
    corrections.book(samples.db, micro=-CREDIT, reason="=1+1", actor=somebody("Kim"))
    (row,) = csv.DictReader(io.StringIO(section.file_of(samples).decode("utf-8-sig")))
    assert (row["credits"], row["reason"], row["person"]) == ("-1", "'=1+1", "Kim")


def test_names_are_shown_letter_by_letter(samples: Studio, open_page: Open) -> None:
    """A location's name never becomes markup, in the offer and in its dialog."""
    fault(samples, route="motion", fault="motion_fails")
    drive(samples, confirm(samples, 1))
    edit_location(samples.db, location_id=1, name="**x** [y](z)", actor=ACTOR)
    balance.refresh(samples)
    drift = outside(samples, 10 * CREDIT)
    at = heygen(open_page)
    at.button(key=f"refund_{drift}").click().run()
    assert "**x** [y](z)" not in page_text(at) + "".join(at.radio(key=f"refund_of_{drift}").options)


def test_reading_now_asks_the_worker_once(samples: Studio, open_page: Open, later: Later) -> None:
    """The button waits while the reading is on its way, and the page never asks HeyGen itself."""
    at, queue = heygen(open_page), jobs.of(samples)
    assert not queue.awaits_balance()
    at.button(key="read_balance").click().run()
    assert queue.awaits_balance()
    assert at.button(key="read_balance").disabled
    later(seconds=jobs.SOON + 1)
    assert not at.run().button(key="read_balance").disabled


def test_an_open_page_asks_for_a_balance_that_is_old(samples: Studio, open_page: Open, later: Later) -> None:
    """Five minutes after the last reading, whatever page is open; before that nobody asks."""
    queue = jobs.of(samples)
    open_page("settings.py")
    assert not queue.awaits_balance()
    later(seconds=balance.READ_EVERY.total_seconds() + 1)
    open_page("settings.py")
    assert queue.awaits_balance()
