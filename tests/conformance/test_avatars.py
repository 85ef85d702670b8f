"""Photo to avatar, through every dialect: what is made, what it costs, and what becomes of a lost answer."""

import pytest

from core.account import balance, questions, taking_over
from core.bloggers import editing
from core.errors import Refusal
from core.heygen import motions
from core.heygen.errors import UnsupportedMotion
from core.photos import uploads
from core.quotes import avatars
from core.runs import confirm
from tests.conformance import journey
from tests.conformance.support import UNIT, agree, groups, made, where
from tests.films import Films
from tests.world import PERSON, charged, picture


@journey(
    "Photo to avatar with motion",
    v2="yes; the motion is a look of its own",
    v3="yes; the motion is applied when the video is made",
)
def test_a_photo_becomes_an_avatar(films: Films) -> None:
    """One group, the ids on the location, and charged is what the quote said."""
    place = films.location()
    quote = films.quote(place)
    run = films.drive(confirm.confirm(films.studio, quote, actor=PERSON)[0])
    assert run.state == "done", run.error_template
    location = films.place(place)
    (group,) = groups(films)
    looks = [look["id"] for look in group["looks"]]
    assert location.heygen_group_id == group["id"]
    assert location.heygen_look_id in looks
    assert location.heygen_avatar_id in looks
    assert (location.heygen_avatar_id != location.heygen_look_id) == (where(films) == "look")
    assert (location.avatar_status, location.motion_status, location.motion_type) == (
        "completed",
        "completed",
        "veo2",
    )
    assert charged(films) == quote.total > 0
    agree(films)


@journey(
    "A photo that was uploaded to the Studio",
    workflow="in the sandbox only: HeyGen fetches photos by their link",
)
def test_an_uploaded_photo_is_used(films: Films) -> None:
    """A photo kept in DATA_DIR becomes an avatar like one behind a link."""
    place = films.location()
    address = uploads.keep(films.studio.settings, picture(600, 600))
    found = films.place(place)
    editing.edit_location(
        films.studio.db, location_id=place, name=found.name, image_url=address, actor=PERSON
    )
    assert films.drive(films.confirm(place)).state == "done"
    agree(films)


@journey(
    "The brief's motion types",
    v2="all but `minimax_hailuo_v1`, which HeyGen has not published",
    v3="all, as words to the renderer",
)
def test_every_motion_type_is_made_or_refused_without_a_call(films: Films) -> None:
    """A type that can be had is made; another one is refused before anything is asked or held."""
    films.control("POST", "settings", group_limit=-1, credits=20 * UNIT)
    balance.refresh(films.studio)
    available = films.studio.client.traits.motion_types
    place, _ = made(films, motion="veo2")
    for motion in motions.MOTION_TYPES:
        if motion not in available:
            with pytest.raises(UnsupportedMotion):
                films.quote(place, motion=motion)
        elif motion != "veo2":
            another(films, place, motion)
            assert films.place(place).motion_type == motion
    with pytest.raises(UnsupportedMotion):
        films.quote(place, motion="avatar_iv")
    assert ("minimax_hailuo_v1" in available) == (where(films) != "look")
    agree(films)


def another(films: Films, place: int, motion: str) -> None:
    quote = avatars.quote(films.studio, location_ids=[place], motion_type=motion, action="another_motion")
    run = films.drive(confirm.confirm(films.studio, quote, actor=PERSON)[0])
    assert run.state == "done", run.error_template


@journey("Another motion for the same avatar", v3="yes; it costs nothing")
def test_another_motion_takes_the_place_of_the_earlier_one(films: Films) -> None:
    """In the same group, for one more motion's price; the earlier one is used until the new one is done."""
    place, _ = made(films)
    before = films.place(place).heygen_avatar_id
    another(films, place, "kling")
    location = films.place(place)
    assert (location.motion_type, location.motion_status) == ("kling", "completed")
    assert (location.heygen_avatar_id != before) == (where(films) == "look")
    assert len(groups(films)) == 1
    agree(films)


@journey("Status from HeyGen on demand")
def test_the_statuses_can_be_asked_for(films: Films) -> None:
    """A check of a finished avatar says what the Studio says."""
    place, _ = made(films)
    questions.answer(films.studio, questions.ask(films.studio.db, location_id=place, actor=PERSON))
    found = questions.newest(films.studio.db, place)
    assert found is not None
    assert not found.error_template
    assert found.answer == {"avatar_status": "completed", "motion_status": "completed"}
    assert films.place(place).motion_status == "completed"


@journey(
    "A lost answer to creating the group",
    workflow="looked up by its name",
    v2="looked up by its name",
    v3="asked again under its idempotency key",
)
@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_a_lost_create_makes_one_group(films: Films, fault: str) -> None:
    """Whatever became of the answer, there is one group and it is paid once."""
    films.fault("create", fault)
    made(films)
    assert len(groups(films)) == 1
    agree(films)


@journey(
    "A lost answer to adding motion",
    workflow="looked up by its status",
    v2="looked up as a new look",
    v3="no call is made",
)
@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_a_lost_motion_is_paid_once(films: Films, fault: str) -> None:
    """Whatever became of the answer, the avatar has one motion and it is paid once."""
    films.fault("motion", fault)
    made(films)
    assert films.calls("motion") == {"render": 0}.get(where(films), 2 if fault == "drop_before" else 1)
    agree(films)


@journey("Retry goes on at the failed step")
def test_a_retry_makes_nothing_twice(films: Films) -> None:
    """The create is refused, the cause is mended, and the retry pays for what was not made yet."""
    films.fault("create", "refuse", status=400, code=40004, message="No face")
    place = films.location()
    run = films.drive(films.confirm(place))
    assert run.state == "failed"
    assert run.error_name == "Avatar group creation failed"
    assert charged(films) == 0
    films.retry(run)
    assert films.drive(run).state == "done"
    assert len(groups(films)) == 1
    assert films.calls("upload") <= 1
    agree(films)


@journey(
    "A photo that HeyGen takes and then cannot use",
    workflow="nothing was paid",
    v2="nothing was paid",
    v3="HeyGen keeps the price of the avatar",
)
def test_a_look_that_fails_ends_the_run(films: Films) -> None:
    """The run says so, and the ledger agrees with HeyGen on what that cost."""
    films.fault("create", "look_fails")
    run = films.drive(films.confirm(films.location()))
    assert run.state == "failed"
    assert run.error_name == "Avatar group creation failed"
    assert films.place(run.location_id).avatar_status == "failed"
    assert (charged(films) > 0) == (where(films) == "render")
    agree(films)


@journey("A motion that HeyGen cannot make", v3="cannot happen: no motion is made before the video")
def test_a_motion_that_fails_is_paid_anew(films: Films) -> None:
    """It is spent; the retry says its price, makes another motion, and the avatar is kept."""
    films.fault("motion", "motion_fails")
    place = films.location()
    run = films.drive(films.confirm(place))
    if where(films) == "render":
        assert run.state == "done"
        assert films.calls("motion") == 0
        return
    assert run.state == "failed"
    assert run.error_name == "Add motion failed"
    assert films.place(place).motion_status == "failed"
    films.retry(run, price=UNIT)
    assert films.drive(run).state == "done"
    location = films.place(place)
    assert location.motion_status == "completed"
    assert len(groups(films)) == 1
    assert charged(films) == 2 * UNIT
    agree(films)


@journey("Free the slot: delete the group in HeyGen")
def test_a_slot_is_freed(films: Films) -> None:
    """The group is gone there, the location is back at no avatar, and what was spent stays."""
    place, run = made(films)
    quote = avatars.quote(films.studio, location_ids=[place], action="free_slot")
    (freeing,) = confirm.confirm(films.studio, quote, actor=PERSON, typed_name=run.group_name)
    assert films.drive(freeing).state == "done"
    assert groups(films) == []
    assert films.place(place).heygen_avatar_id == "00000"
    agree(films)


@journey("Take over what HeyGen holds already", v3="yes; its motion is chosen afterwards, for nothing")
def test_what_heygen_holds_is_taken_over(films: Films) -> None:
    """A group that no location has any more is found and attached, with its motion, and costs nothing."""
    made(films)
    forget = "UPDATE location SET heygen_avatar_id = '00000', heygen_group_id = NULL, heygen_look_id = NULL"
    films.sql(forget)
    before, place = charged(films), films.location("Garden")
    questions.answer(films.studio, questions.ask(films.studio.db, kind="inventory", actor=PERSON))
    (group,) = groups(films)
    look = group["looks"][-1]["id"]
    taking_over.attach(films.studio, location_id=place, group_id=group["id"], look_id=look, actor=PERSON)
    location = films.place(place)
    assert (location.heygen_avatar_id, location.avatar_status) == (look, "completed")
    assert location.motion_status == ("none" if where(films) == "render" else "completed")
    assert charged(films) == before
    with pytest.raises(Refusal):
        taking_over.attach(films.studio, location_id=1, group_id=group["id"], look_id=look, actor=PERSON)
    agree(films)


@journey("Balance and groups, and what was spent elsewhere")
def test_the_balance_is_read_and_a_drift_is_booked(films: Films) -> None:
    """Both are read; what somebody else spent is booked as a line of its own."""
    made(films)
    films.control("POST", "settings", credits=films.heygen["credits"] - UNIT // 2)
    reading = balance.refresh(films.studio)
    assert (reading.groups, reading.compared) == (1, True)
    assert films.money.available == films.heygen["credits"] == reading.micro_credits
