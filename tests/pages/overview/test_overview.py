"""Overview: the first visit, figures, attention, what runs, what is new."""

import re

from core.account import balance
from core.bloggers.editing import add_blogger
from core.reports import locations, overview
from core.reports.locations import LocationFilter
from core.studio import Studio
from tests.pages.conftest import ACTOR, Later, Open, confirm, drive, fault, page_text, settings, unknown_run
from tests.pages.screen import held, keys, links


def test_the_first_visit_leads_by_the_hand(studio: Studio, open_page: Open) -> None:
    """An empty world offers samples, a blogger of one's own and an import, and no figures yet."""
    at = open_page()
    text = page_text(at)
    for way in ("Load sample bloggers", "Add blogger", "Import"):
        assert way in text
    assert not at.metric


def test_one_click_loads_the_samples_and_lets_them_be_chosen(studio: Studio, open_page: Open) -> None:
    """The click imports ten locations and goes straight to choosing among their pictures."""
    at = open_page()
    at.button(key="load_samples").click().run()
    assert overview.overview(studio.db).locations == 10
    assert at.title[0].value == "Make avatars"
    assert len(at.checkbox) == 10


def test_a_first_blogger_leads_to_a_first_location(studio: Studio, open_page: Open) -> None:
    """The dialog adds the blogger; without locations the overview names the next step."""
    at = open_page()
    at.button(key="first_blogger").click().run()
    at.text_input(key="add_blogger_name").set_value("Ada")
    at.form_submit_button[0].click().run()
    assert list(locations.bloggers(studio.db)["name"]) == ["Ada"]
    page_text(at)


def test_a_blogger_without_locations_is_led_to_the_first_one(studio: Studio, open_page: Open) -> None:
    """There is a person and no photo: the one action is to add a location."""
    add_blogger(studio.db, name="Ada", actor=ACTOR)
    at = open_page()
    assert "no locations yet" in page_text(at)
    assert "Add location" in links(at)


def test_the_figures_are_shown_with_heygens_own_under_help(samples: Studio, open_page: Open) -> None:
    """Available, Held, Spent, groups and locations; the help says what HeyGen said and when."""
    drive(samples, confirm(samples, 1))
    at = open_page()
    assert [(m.label, str(m.value)) for m in at.metric] == [
        ("Available", "9"),
        ("Held", "0"),
        ("Spent this month", "1"),
        ("Avatar groups", "1 of 3"),
        ("Locations with avatar", "1 of 10"),
    ]
    assert "HeyGen's own balance: 10" in at.metric[0].help


def test_figures_have_a_line_where_there_is_a_history_of_two_days(
    samples: Studio, open_page: Open, later: Later
) -> None:
    """On the first day no figure has one; a day later those of the ledger and of HeyGen's groups do."""
    drive(samples, confirm(samples, 1))
    assert not any(metric.proto.chart_data for metric in open_page().metric)
    later(days=1)
    drive(samples, confirm(samples, 2))
    balance.refresh(samples)
    lines = {metric.label: list(metric.proto.chart_data) for metric in open_page().metric}
    assert lines == {
        "Available": [9, 8],
        "Held": [0, 0],
        "Spent this month": [1, 1],
        "Avatar groups": [0, 2],
        "Locations with avatar": [],
    }


def test_what_runs_is_shown_while_it_runs(samples: Studio, open_page: Open) -> None:
    """A live run has its bars and a line that says the page refreshes; afterwards both are gone."""
    assert "Running now" not in page_text(open_page())
    runs = confirm(samples, 1)
    at = open_page()
    text = page_text(at)
    assert "Running now" in text
    assert "refreshes every second" in text
    assert [bar.text.split("] ")[1] for bar in at.progress] == ["Upload", "Group", "Motion", "Save"]
    assert links(at)["Watch"].endswith("runs=1")
    drive(samples, runs)
    text = page_text(open_page())
    assert "Running now" not in text
    assert "refreshes every second" not in text


def test_a_failed_run_has_one_action_until_its_location_is_done(samples: Studio, open_page: Open) -> None:
    """The failure is listed with its reason and a retry that carries its price; what costs is confirmed."""
    fault(samples, route="create", fault="refuse", code=40001, message="no")
    (run,) = drive(samples, confirm(samples, 1))
    at = open_page()
    text = page_text(at)
    assert "Needs attention" in text
    assert "Avatar group creation failed" in text
    assert at.button(key=f"retry_{run.id}").label == "Retry from Group · 1 credit"
    at.button(key=f"retry_{run.id}").click().run()
    assert held(samples) == 0
    assert "Available afterwards: 9 credits" in page_text(at)
    at.button(key="retry_confirm").click().run()
    assert held(samples) == 1_000_000
    drive(samples, [run])
    assert "Needs attention" not in page_text(open_page())


def test_what_needs_attention_keeps_its_place_while_one_looks(samples: Studio, open_page: Open) -> None:
    """A retried run stays where it was, without a button; a new failure comes last, not under the cursor."""
    found = locations.locations(samples.db, LocationFilter(), ids=(1, 2, 3)).set_index("id")
    names = [f"{found.blogger[n]} – {found.location[n]}" for n in (1, 2, 3)]
    for location in (1, 2):
        fault(samples, route="create", fault="refuse", code=40001, message="no")
        drive(samples, confirm(samples, location))
    at = open_page()
    assert [key for key in keys(at) if key.startswith("retry_")] == ["retry_2", "retry_1"]
    at.button(key="retry_2").click().run()
    at.button(key="retry_confirm").click().run()
    fault(samples, route="create", fault="refuse", code=40001, message="no")
    drive(samples, confirm(samples, 3))
    at.run()
    asked = [text.value for text in at.markdown if re.match(r"\*\*.*-badge", text.value)]
    assert [text.split("**")[1] for text in asked] == [names[1], names[0], names[2]]
    assert [key for key in keys(at) if key.startswith("retry_")] == ["retry_1", "retry_3"]
    at.switch_page("credits.py").run()
    at.switch_page("overview.py").run()
    assert "Open run" not in links(at)


def test_a_photo_that_failed_leads_to_the_photo(samples: Studio, open_page: Open) -> None:
    """A retry with the same photo cannot help, so the one action is to change it."""
    (run,) = drive(samples, confirm(samples, 10))
    at = open_page()
    assert f"retry_{run.id}" not in keys(at)
    at.button(key=f"mend_{run.id}").click().run()
    assert at.query_params["location"] == "10"
    assert "HeyGen did not take it" in page_text(at), "the photo's own dialog is open"


def test_an_unknown_outcome_asks_for_an_answer(samples: Studio, open_page: Open) -> None:
    """A run that waits for a person is listed with that one action."""
    run = unknown_run(samples, 1)
    at = open_page()
    text = page_text(at)
    assert "Outcome unknown" in text
    assert links(at)["Answer"].endswith(f"run={run.id}")
    assert "Running now" not in text


def test_a_motion_that_failed_later_leads_to_its_price(samples: Studio, open_page: Open) -> None:
    """HeyGen lost a finished motion: no run failed, yet the location is listed."""
    drive(samples, confirm(samples, 1))
    with samples.db.write() as session:
        session.connection().exec_driver_sql("UPDATE location SET motion_status = 'failed' WHERE id = 1")
    at = open_page()
    assert "HeyGen could not make the motion" in page_text(at)
    assert links(at)["See the price"].endswith("chosen=1")


def test_too_few_credits_for_one_motion_are_said(samples: Studio, open_page: Open) -> None:
    """Less than one motion costs: what that means, and where to go."""
    assert "Too few credits" not in page_text(open_page())
    settings(samples, credits=500_000)
    balance.refresh(samples)
    text = page_text(open_page())
    assert "Too few credits for one avatar" in text
    assert "Available: 0.5 credits. A new avatar costs 1 credit" in text


def test_new_avatars_are_pictures_with_a_description(samples: Studio, open_page: Open) -> None:
    """Before the first avatar the next step stands there; then its picture with words for a screen reader."""
    at = open_page()
    assert "The next step: the first avatar" in page_text(at)
    at.button(key="choose_first").click().run()
    assert at.title[0].value == "Make avatars"
    drive(samples, confirm(samples, 1))
    at = open_page()
    assert "The next step" not in page_text(at)
    (picture,) = at.image
    assert "/photos/1?v=" in picture.proto.imgs[0].url
    assert picture.proto.imgs[0].alt == "Photo of Mila Hart, Studio"
