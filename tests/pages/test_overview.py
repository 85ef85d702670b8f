"""Overview: the first visit, figures, attention, what runs, what is new."""

from core import reports
from core.studio import Studio
from tests.pages.conftest import Open, confirm, drive, fault, page_text, unknown_run


def test_the_first_visit_leads_by_the_hand(studio: Studio, open_page: Open) -> None:
    """An empty world offers samples, a blogger of one's own and an import, and no figures yet."""
    at = open_page()
    text = page_text(at)
    for way in ("Load sample bloggers", "Add a blogger", "Import"):
        assert way in text
    assert not at.metric


def test_one_click_loads_the_samples_and_shows_them(studio: Studio, open_page: Open) -> None:
    """The click imports ten locations and goes to their list."""
    at = open_page()
    at.button(key="load_samples").click().run()
    assert reports.overview(studio.db).locations == 10
    assert at.title[0].value == "Locations"
    assert len(at.dataframe[0].value) == 10


def test_a_first_blogger_leads_to_a_first_location(studio: Studio, open_page: Open) -> None:
    """The dialog adds the blogger and asks for a location of it next."""
    at = open_page()
    at.button(key="first_blogger").click().run()
    at.text_input(key="add_blogger_name").set_value("Ada")
    at.form_submit_button[0].click().run()
    assert list(reports.bloggers(studio.db)["name"]) == ["Ada"]
    page_text(at)


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
    assert "HeyGen itself said 10" in at.metric[0].help


def test_what_runs_is_shown_while_it_runs(samples: Studio, open_page: Open) -> None:
    """A live run has its card and a line that says the page refreshes; afterwards both are gone."""
    assert "Running now" not in page_text(open_page())
    runs = confirm(samples, 1)
    text = page_text(open_page())
    assert "Running now" in text
    assert "refreshes every second" in text
    drive(samples, runs)
    text = page_text(open_page())
    assert "Running now" not in text
    assert "refreshes every second" not in text


def test_a_failed_run_needs_attention_until_its_location_is_done(samples: Studio, open_page: Open) -> None:
    """The failure is listed with its reason and a link to the run."""
    fault(samples, route="create", fault="refuse", code=40004, message="no")
    (run,) = drive(samples, confirm(samples, 1))
    at = open_page()
    text = page_text(at)
    assert "Needs attention" in text
    assert "Avatar group creation failed" in text
    assert [link.label for link in at.page_link if "run=" in link.proto.query_string] == ["Open run"]
    drive(samples, confirm(samples, run.location_id))
    assert "Needs attention" not in page_text(open_page())


def test_an_unknown_outcome_asks_for_an_answer(samples: Studio, open_page: Open) -> None:
    """A run that waits for a person is listed with that one action."""
    unknown_run(samples, 1)
    text = page_text(open_page())
    assert "Outcome unknown" in text
    assert "Answer" in text
    assert "Running now" not in text


def test_new_avatars_are_pictures_with_a_description(samples: Studio, open_page: Open) -> None:
    """A finished avatar appears as a picture that a screen reader can name."""
    assert "No avatar yet" in page_text(open_page())
    drive(samples, confirm(samples, 1))
    at = open_page()
    assert "No avatar yet" not in page_text(at)
    (picture,) = at.image
    assert "/photos/1?v=" in picture.proto.imgs[0].url
    assert picture.proto.imgs[0].alt == "Photo of Mila Hart, Studio"
