"""Locations: list, filters, choosing, adding, changing, importing; one location by its link."""

import json

from streamlit.testing.v1 import AppTest

from core import bloggers, reports
from core.bloggers import get_location
from core.studio import Studio
from pages.parts.frames import rows
from tests.pages.conftest import ACTOR, Open, confirm, drive, fault, page_text


def tick(at: AppTest, *rows: int) -> AppTest:
    """Tick rows of the table by position, as the browser sends it."""
    key = at.dataframe[0].key or ""
    at.session_state[key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return at.run()


def shown(at: AppTest, column: str) -> list[object]:
    return list(at.dataframe[0].value[column])


def test_the_list_shows_photo_names_and_both_states(samples: Studio, open_page: Open) -> None:
    """Every row has its photo's address, both states, the engine's name and the cost."""
    drive(samples, confirm(samples, 1, motion_type="kling"))
    at = open_page("locations.py", locations_text="studio")
    (row,) = at.dataframe[0].value.to_dict("records")
    assert "/photos/1?v=" in row["photo"]
    assert (row["blogger"], row["location"]) == ("Mila Hart", "Studio")
    assert (list(row["avatar"]), list(row["motion"])) == (["completed"], ["completed"])
    assert (row["engine"], row["cost"]) == ("Kling AI", "1")


def test_nothing_yet_points_to_the_start(studio: Studio, open_page: Open) -> None:
    """Without a single location the list says so and leads to the overview."""
    text = page_text(open_page("locations.py"))
    assert "There are no locations yet" in text
    assert "Start on the overview" in text


def test_filtered_to_nothing_offers_to_clear_the_filters(samples: Studio, open_page: Open) -> None:
    """A filter from the address that matches nothing is another empty state, and one click undoes it."""
    at = open_page("locations.py", locations_text="nobody")
    text = page_text(at)
    assert "No location matches" in text
    assert "There are no locations yet" not in text
    next(b for b in at.button if b.label == "Clear filters").click().run()
    assert len(at.dataframe[0].value) == 10


def test_filters_work_and_stand_in_the_address(samples: Studio, open_page: Open) -> None:
    """Choosing narrows the list, and a link with the filters opens the same list."""
    drive(samples, confirm(samples, 2))
    at = open_page("locations.py")
    mila = next(row.id for row in rows(reports.bloggers(samples.db)) if row.name == "Mila Hart")
    at.selectbox(key="locations_blogger").select(mila).run()
    assert set(shown(at, "blogger")) == {"Mila Hart"}
    at.selectbox(key="locations_motion").select("completed").run()
    assert shown(at, "location") == ["Cafe"]
    linked = open_page("locations.py", locations_blogger="Mila Hart", locations_motion="Completed")
    assert shown(linked, "location") == ["Cafe"]


def test_ticked_rows_become_ids_and_go_to_the_quote(samples: Studio, open_page: Open) -> None:
    """What the button takes along are the locations that stand in the ticked rows."""
    at = tick(open_page("locations.py"), 2, 4)
    names = [shown(at, "location")[i] for i in (2, 4)]
    assert next(b.label for b in at.button if b.key == "make_avatars") == "Make avatars for 2"
    at.button(key="make_avatars").click().run()
    ids = [int(i) for i in at.query_params["chosen"].split(",")]
    assert [get_location(samples.db, location_id=i).name for i in ids] == names
    assert "Spend 2 credits on 2 avatars" in page_text(at)


def test_a_choice_survives_another_filter_and_never_means_other_rows(
    samples: Studio, open_page: Open
) -> None:
    """After filtering, row 0 is another location: it is not chosen because row 0 was ticked before."""
    at = tick(open_page("locations.py"), 9)
    before = list(at.session_state["locations_chosen"])
    at.text_input(key="locations_text").set_value("Mila").run()
    assert list(at.session_state["locations_chosen"]) == before
    at = tick(at, 1)
    assert len(at.session_state["locations_chosen"]) == 2
    assert set(before) < set(at.session_state["locations_chosen"])


def test_all_matching_can_be_chosen_and_cleared(samples: Studio, open_page: Open) -> None:
    """Choose all takes what the filter matches; clear takes everything back."""
    at = open_page("locations.py", locations_text="Mila")
    at.button(key="choose_all").click().run()
    assert sorted(at.session_state["locations_chosen"]) == [1, 2, 3]
    at.button(key="clear_choice").click().run()
    assert at.session_state["locations_chosen"] == []
    assert at.button(key="make_avatars").disabled


def test_long_lists_have_pages_of_25(samples: Studio, open_page: Open) -> None:
    """The second page shows the rest, and a new search starts on the first page again."""
    ada = bloggers.add_blogger(samples.db, name="Ada", actor=ACTOR).id
    assert ada is not None
    for n in range(30):
        bloggers.add_location(samples.db, blogger_id=ada, name=f"Place {n:02}", actor=ACTOR)
    at = open_page("locations.py")
    assert len(at.dataframe[0].value) == 25
    at.pagination(key="locations_page").set_value(2).run()
    assert len(at.dataframe[0].value) == 15
    at.text_input(key="locations_text").set_value("Place").run()
    assert shown(at, "location")[0] == "Place 00"


def test_a_location_is_added_through_the_dialog(samples: Studio, open_page: Open) -> None:
    """The new location is saved and shown."""
    at = open_page("locations.py")
    next(b for b in at.button if b.label == "Add location").click().run()
    at.text_input(key="add_location_name").set_value("Balcony")
    at.form_submit_button[0].click().run()
    assert "Balcony" in at.title[0].value
    assert reports.count_locations(samples.db, reports.LocationFilter(text="balcony")) == 1


def test_a_taken_name_is_refused_in_the_dialog(samples: Studio, open_page: Open) -> None:
    """The dialog stays open with one sentence; nothing is saved."""
    at = open_page("locations.py")
    next(b for b in at.button if b.label == "Add blogger").click().run()
    at.text_input(key="add_blogger_name").set_value("mila HART")
    at.form_submit_button[0].click().run()
    assert "already taken" in at.error[0].value
    assert reports.overview(samples.db).bloggers == 4


def test_a_location_by_its_link_shows_everything(samples: Studio, open_page: Open) -> None:
    """Both states, engine, cost, the ids to copy, and a link to its run."""
    (run,) = drive(samples, confirm(samples, 1))
    at = open_page("locations.py", location="1")
    text = page_text(at)
    location = get_location(samples.db, location_id=1)
    assert at.title[0].value == "Mila Hart – Studio"
    assert ":green-badge[:material/check_circle: Ready]" in text
    assert ":green-badge[:material/check_circle: Completed]" in text
    assert "Google Veo 2" in text
    assert "1 credit" in text
    codes = [code.value for code in at.code]
    assert location.heygen_avatar_id in codes
    assert location.heygen_group_id in codes
    assert f"Run {run.id}" in text


def test_a_location_is_renamed_archived_and_restored(samples: Studio, open_page: Open) -> None:
    """Each change is saved, and an archived location offers its way back."""
    at = open_page("locations.py", location="1")
    next(b for b in at.button if b.label == "Edit").click().run()
    at.text_input(key="edit_location_name").set_value("Loft")
    at.form_submit_button[0].click().run()
    assert at.title[0].value == "Mila Hart – Loft"
    at.button(key="archive_location").click().run()
    assert get_location(samples.db, location_id=1).archived_at is not None
    at.button(key="restore_location").click().run()
    assert get_location(samples.db, location_id=1).archived_at is None


def test_a_failed_motion_shows_at_the_location(samples: Studio, open_page: Open) -> None:
    """The motion's failure is a word of its own, and the avatar can be tried again."""
    fault(samples, route="motion", fault="motion_fails")
    drive(samples, confirm(samples, 1))
    at = open_page("locations.py", location="1")
    assert ":red-badge[:material/error: Failed]" in page_text(at)
    assert "Make avatar" in [b.label for b in at.button]


def upload(at: AppTest, entries: object) -> AppTest:
    next(b for b in at.button if b.label == "Import").click().run()
    at.file_uploader[0].upload("file.json", json.dumps(entries).encode())
    return at.run()


def blogger(name: str, **location: str) -> dict[str, object]:
    return {"name": name, "settings": {"locations": [{"name": "Home", **location}]}}


def test_an_import_shows_a_verdict_a_row_before_it_writes(samples: Studio, open_page: Open) -> None:
    """Nothing is written until Apply; then the rows are there."""
    at = upload(open_page("locations.py"), [blogger("Ada"), {"name": "Bob"}])
    verdicts = at.dataframe[-1].value
    assert [list(v) for v in verdicts["verdict"]] == [["new"], ["new"]]
    assert reports.overview(samples.db).bloggers == 4
    at.button(key="import_apply").click().run()
    assert reports.overview(samples.db).bloggers == 6
    assert "2 rows were taken" in page_text(at)


def test_another_avatar_id_needs_a_tick_for_its_row(samples: Studio, open_page: Open) -> None:
    """A saved id is replaced only for the ticked row."""
    entries = [
        {
            "name": "Mila Hart",
            "settings": {
                "locations": [
                    {"name": "Studio", "heygen_avatar_id": "aaaa"},
                    {"name": "Cafe", "heygen_avatar_id": "bbbb"},
                ]
            },
        }
    ]
    drive(samples, confirm(samples, 1, 2))
    kept = get_location(samples.db, location_id=2).heygen_avatar_id
    at = upload(open_page("locations.py"), entries)
    assert at.button(key="import_apply").disabled
    at.session_state["import_confirm"] = {
        "edited_rows": {0: {"replace": True}},
        "added_rows": [],
        "deleted_rows": [],
    }
    at.run()
    at.button(key="import_apply").click().run()
    assert get_location(samples.db, location_id=1).heygen_avatar_id == "aaaa"
    assert get_location(samples.db, location_id=2).heygen_avatar_id == kept


def test_a_broken_file_is_one_sentence(samples: Studio, open_page: Open) -> None:
    """What is wrong with the file is said in the dialog; nothing is written."""
    at = open_page("locations.py")
    next(b for b in at.button if b.label == "Import").click().run()
    at.file_uploader[0].upload("file.json", b"[{")
    at.run()
    assert not at.exception
    assert "not valid JSON" in at.error[0].value
