"""The list of locations: table and gallery, filters in the address, what is empty, what is chosen."""

import pytest
from streamlit.testing.v1 import AppTest

from core.bloggers import archive, editing
from core.bloggers.editing import get_location
from core.quotes import avatars
from core.reports import locations
from core.runs.confirm import confirm as confirm_quote
from core.studio import Studio
from pages.parts.kit.language import LANGUAGE
from pages.parts.kit.tables import rows
from tests.pages.conftest import ACTOR, Open, confirm, drive, fault, page_text
from tests.people import somebody

#: The sample photo without a face.
EMPTY_ROOM = 10


def tick(at: AppTest, *rows: int) -> AppTest:
    """Tick rows of the table by position, as the browser sends it."""
    key = at.dataframe[0].key or ""
    at.session_state[key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return at.run()


def shown(at: AppTest) -> list[str]:
    """The names in the table, in order."""
    return list(at.dataframe[0].value["place"])


def chosen(at: AppTest) -> list[int]:
    return sorted(at.session_state["locations_chosen"])


def labels(at: AppTest) -> list[str]:
    return [button.label for button in at.button]


@pytest.fixture
def forty(samples: Studio) -> Studio:
    """Forty locations: the ten samples, and thirty of Ada."""
    ada = editing.add_blogger(samples.db, name="Ada", actor=ACTOR).id
    assert ada is not None
    for n in range(30):
        editing.add_location(samples.db, blogger_id=ada, name=f"Place {n:02}", actor=ACTOR)
    return samples


def test_the_table_shows_photo_names_and_both_states(samples: Studio, open_page: Open) -> None:
    """Every row has its photo's address, both states, the engine's name and the cost."""
    drive(samples, confirm(samples, 1, motion_type="kling"))
    at = open_page("locations.py", locations_text="studio")
    (row,) = at.dataframe[0].value.to_dict("records")
    assert "/photos/1?v=" in row["photo"]
    assert row["place"] == "Mila Hart – Studio"
    assert list(row["status"]) == ["avatar completed", "motion completed"]
    assert (row["engine"], row["cost"]) == ("Kling AI", "1")


def test_the_gallery_shows_the_same_as_cards(samples: Studio, open_page: Open) -> None:
    """A card has names, both states, the cost and a way to open it that keeps the filters."""
    drive(samples, confirm(samples, 1))
    at = open_page("locations.py", locations_view="gallery", locations_text="studio")
    text = page_text(at)
    assert not at.dataframe
    assert [box.label for box in at.checkbox] == ["Mila Hart – Studio"]
    assert ":green-badge[:material/check_circle: Avatar ready]" in text
    assert ":green-badge[:material/check_circle: Motion completed]" in text
    assert "1 credit so far" in text
    query = at.page_link[0].proto.query_string
    assert "location=1" in query
    assert "locations_text=studio" in query


def test_nothing_yet_points_to_the_start(studio: Studio, open_page: Open) -> None:
    """Without a single location the list says so, leads to the overview and shows no filters."""
    at = open_page("locations.py")
    text = page_text(at)
    assert "There are no locations yet" in text
    assert "Start on the overview" in text
    assert not at.selectbox


def test_filtered_to_nothing_offers_to_clear_the_filters(samples: Studio, open_page: Open) -> None:
    """A filter from the address that matches nothing is another empty state, and one click undoes it."""
    at = open_page("locations.py", locations_text="nobody", locations_avatar="failed")
    text = page_text(at)
    assert "No location matches" in text
    assert "There are no locations yet" not in text
    at.button(key="locations_clear_all").click().run()
    assert len(at.dataframe[0].value) == 10
    assert "locations_text" not in at.query_params


def test_an_empty_archive_and_a_list_that_is_all_archived_say_so(samples: Studio, open_page: Open) -> None:
    """Two more empty states, each with its own words and its way on."""
    assert "The archive is empty" in page_text(open_page("locations.py", locations_archive="1"))
    for row in rows(locations.bloggers(samples.db)):
        archive.archive_blogger(samples.db, blogger_id=row.id, actor=ACTOR)
    at = open_page("locations.py")
    assert "All locations are in the archive" in page_text(at)
    at.button(key="to_archive").click().run()
    assert len(at.dataframe[0].value) == 10


def test_a_link_with_filters_means_the_same_in_every_language(samples: Studio, open_page: Open) -> None:
    """The address holds ids and slugs; Russian words on the page change nothing about it."""
    drive(samples, confirm(samples, 2))
    mila = next(row.id for row in rows(locations.bloggers(samples.db)) if row.name == "Mila Hart")
    link = {
        "locations_blogger": str(mila),
        "locations_avatar": "completed",
        "locations_motion": "completed",
        "locations_type": "veo2",
    }
    at = open_page("locations.py", **link)
    assert shown(at) == ["Mila Hart – Cafe"]
    at.session_state[LANGUAGE] = "ru"
    at.run()
    assert at.title[0].value == "Локации"
    assert shown(at) == ["Mila Hart – Cafe"]
    assert {name: at.query_params[name] for name in link} == link


@pytest.mark.parametrize(
    ("name", "value"),
    [("avatar", "none"), ("motion", "completed"), ("type", "veo2"), ("blogger", "1")],
)
def test_a_filter_stands_in_the_address_and_can_be_taken_away(
    samples: Studio, open_page: Open, name: str, value: str
) -> None:
    """Choosing writes the slug, shows a chip, and the chip takes the filter away again."""
    drive(samples, confirm(samples, 2))
    at = open_page("locations.py")
    at.selectbox(key=f"locations_{name}").select(value).run()
    assert at.query_params[f"locations_{name}"] == value
    assert 0 < len(at.dataframe[0].value) < 10
    at.button(key=f"locations_chip_{name}").click().run()
    assert f"locations_{name}" not in at.query_params
    assert len(at.dataframe[0].value) == 10


def test_the_search_stands_in_the_address(samples: Studio, open_page: Open) -> None:
    """What is typed narrows the list at once and is part of the link."""
    at = open_page("locations.py")
    at.text_input(key="locations_text").set_value("MILA").run()
    assert at.query_params["locations_text"] == "MILA"
    assert {name.partition(" – ")[0] for name in shown(at)} == {"Mila Hart"}


def test_a_bad_link_is_said_calmly_and_the_rest_of_it_holds(samples: Studio, open_page: Open) -> None:
    """What the address holds by mistake is passed over; its good filters and the list are there."""
    at = open_page(
        "locations.py",
        locations_avatar="bogus",
        locations_blogger="999999999999999999999999",
        locations_sort="'; DROP",
        locations_page="-4",
        locations_motion="none",
    )
    assert "a filter that does not exist here" in page_text(at)
    assert not at.error
    assert len(at.dataframe[0].value) == 10


def test_long_lists_have_pages(forty: Studio, open_page: Open) -> None:
    """The pages show all between them and stand in the address; a new search starts on the first page."""
    at = open_page("locations.py")
    pages = [shown(at)]
    for number in (2, 3):
        at.pagination[0].set_value(number).run()
        assert at.query_params["locations_page"] == str(number)
        pages.append(shown(at))
    assert sum(map(len, pages)) == len(set().union(*pages)) == 40
    assert shown(open_page("locations.py", locations_page="3")) == pages[2]
    at.text_input(key="locations_text").set_value("Place").run()
    assert "locations_page" not in at.query_params
    assert shown(at)[0] == "Ada – Place 00"


def test_ticked_rows_become_ids_and_go_to_the_quote(samples: Studio, open_page: Open) -> None:
    """What the button takes along are the locations that stand in the ticked rows."""
    at = tick(open_page("locations.py"), 2, 4)
    names = [shown(at)[i] for i in (2, 4)]
    assert "**2** chosen" in page_text(at)
    assert "Make avatars for 2" in labels(at)
    at.button(key="make_avatars").click().run()
    ids = [int(i) for i in at.query_params["chosen"].split(",")]
    assert [name.partition(" – ")[2] for name in names] == [
        get_location(samples.db, location_id=i).name for i in ids
    ]


def test_a_choice_survives_filters_order_and_pages_and_never_means_other_rows(
    forty: Studio, open_page: Open
) -> None:
    """Row 0 of another list is another location: it is not chosen because row 0 was ticked before."""
    at = tick(open_page("locations.py"), 0)
    before = chosen(at)
    assert len(before) == 1
    at.selectbox(key="locations_sort").select("newest").run()
    assert chosen(at) == before
    at.pagination[0].set_value(2).run()
    assert chosen(at) == before
    at.text_input(key="locations_text").set_value("Mila").run()
    assert chosen(at) == before
    assert "1 not in this list" in page_text(at)
    at = tick(at, 1)
    assert len(chosen(at)) == 2
    assert set(before) < set(chosen(at))


def test_table_and_gallery_choose_the_same(samples: Studio, open_page: Open) -> None:
    """A card's tick is a row's tick, and a row's a card's, both set and taken away."""
    at = tick(open_page("locations.py"), 0, 1)
    both = chosen(at)
    at.segmented_control(key="locations_view").set_value("gallery").run()
    assert at.query_params["locations_view"] == "gallery"
    assert sorted(int(box.key.rpartition("_")[2]) for box in at.checkbox if box.value) == both
    at.checkbox(key=f"locations_tick_{both[0]}").uncheck().run()
    assert chosen(at) == both[1:]
    at.segmented_control(key="locations_view").set_value("table").run()
    assert chosen(at) == both[1:]


def test_all_matching_can_be_chosen_and_cleared(forty: Studio, open_page: Open) -> None:
    """Choose all takes what the filter matches, on every page, to what was chosen; clear takes all back."""
    at = tick(open_page("locations.py", locations_text="Mila"), 0)
    at.text_input(key="locations_text").set_value("Ada").run()
    assert "Choose all 30" in labels(at)
    at.button(key="choose_all").click().run()
    assert len(chosen(at)) == 31
    at.button(key="clear_choice").click().run()
    assert chosen(at) == []
    assert "make_avatars" not in [button.key for button in at.button]


def test_a_location_archived_meanwhile_leaves_the_choice(samples: Studio, open_page: Open) -> None:
    """Another person's archiving is seen at the next look: only what is still there counts."""
    at = tick(open_page("locations.py"), 0, 1)
    gone = chosen(at)[0]
    archive.archive_location(samples.db, location_id=gone, actor=somebody("somebody else"))
    at.run()
    assert gone not in chosen(at)
    assert "**1** chosen" in page_text(at)


@pytest.mark.parametrize("view", ["table", "gallery"])
def test_a_failure_that_left_nothing_at_heygen_is_a_failure_in_the_list(
    samples: Studio, open_page: Open, view: str
) -> None:
    """The photo without a face stands under Failed with that word, and no longer under No avatar."""
    drive(samples, confirm(samples, EMPTY_ROOM))
    at = open_page("locations.py", locations_avatar="failed", locations_view=view)
    text = page_text(at)
    assert "1 location" in text
    if view == "table":
        assert list(at.dataframe[0].value["status"][0]) == ["avatar failed", "motion none"]
    else:
        assert ":red-badge[:material/error: Avatar failed]" in text
    assert "9 locations" in page_text(open_page("locations.py", locations_avatar="none"))
    assert "The last run failed, and nothing has been made of this photo yet." in page_text(
        open_page("locations.py", location=str(EMPTY_ROOM))
    )


def test_another_motion_that_failed_is_a_failure_beside_the_motion_that_is_there(
    samples: Studio, open_page: Open
) -> None:
    """The row and the filter say that the last run failed; the location itself still has its motion."""
    drive(samples, confirm(samples, 1))
    assert "No location matches" in page_text(open_page("locations.py", locations_motion="failed"))
    fault(samples, route="motion", fault="motion_fails")
    plan = avatars.quote(samples, location_ids=[1], action="another_motion", motion_type="kling")
    (run,) = drive(samples, confirm_quote(samples, plan, actor=ACTOR))
    assert run.state == "failed"
    at = open_page("locations.py", locations_motion="failed")
    assert list(at.dataframe[0].value["status"][0]) == ["avatar completed", "motion run_failed"]
    assert "The avatar moves, so videos can be made with it." in page_text(
        open_page("locations.py", location="1")
    )
