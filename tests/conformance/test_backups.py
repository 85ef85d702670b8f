"""A backup taken at any moment, read back after all was done: nothing is paid again, nothing is lost."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.account import balance
from core.config import load
from core.database.backup import backup
from core.database.restore import restore
from core.database.tables.runs import Run
from core.heygen.errors import NotSent
from core.quotes import avatars
from core.reports import reconciliation
from core.runs import advance, confirm
from core.studio import open_studio
from tests.conformance.support import groups, made
from tests.films import Films
from tests.world import CREDIT, PERSON, Over, charged, eventually

CALLS = ("create_photo_avatar_group", "add_motion_to_avatar", "generate_video")


@pytest.fixture(autouse=True)
def _last_studio(films: Films) -> Iterator[None]:
    """The world closes the Studio that it began with."""
    yield
    films.studio.close()


def backups(films: Films, runs: list[Run], folder: Path) -> list[Path]:
    """Drive the runs to their ends, with a backup at every step of each and around every call to HeyGen."""
    taken: list[Path] = []
    seen: set[tuple[object, ...]] = set()

    def take(*moment: object) -> None:
        if moment not in seen:
            seen.add(moment)
            taken.append(folder / f"{len(taken)}.db")
            backup(films.studio.db, taken[-1])

    def around(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def told(*args: Any, **more: Any) -> Any:
            take(name, "before")
            answer = call(*args, **more)
            take(name, "after")
            return answer

        return told

    inner = films.studio.client
    films.studio.client = Over(inner, **{name: around(name, getattr(inner, name)) for name in CALLS})

    def stepped() -> bool:
        for run in runs:
            advance.advance(films.studio, run.id or 0)
            now = films.run(run)
            take(now.id, now.step, now.state)
        return all(films.run(run).state == "done" for run in runs)

    take("confirmed")
    eventually(stepped)
    return taken


def read_back(films: Films, file: Path) -> None:
    """The Studio is stopped, the backup restored, and another Studio started."""
    known = films.studio.settings
    films.studio.close()
    restore(known, file)
    films.studio = open_studio(
        load(
            {
                "DATA_DIR": str(known.data_dir),
                "HEYGEN_DIALECT": known.dialect,
                "ABSENT_AFTER": str(known.absent_after),
            },
            None,
        )
    )


def test_whenever_a_backup_was_taken_nothing_is_paid_again(films: Films, tmp_path: Path) -> None:
    """An avatar and a video: from each backup the runs go on to their ends with what HeyGen has already."""
    place = films.location()
    runs = films.order(place)
    taken = backups(films, runs, tmp_path)
    paid = charged(films)
    assert len(taken) > 10
    for file in taken:
        read_back(films, file)
        ended = films.finish(*runs)
        assert [run.state for run in ended] == ["done", "done"], (file, [films.lines(run) for run in ended])
        assert charged(films) == paid, file
        balance.refresh(films.studio)
        assert len(reconciliation.drifts(films.studio.db)) <= 1, file
    assert len(groups(films)) == 1


def test_an_avatar_of_after_the_backup_is_taken_up_when_it_is_wanted_again(
    films: Films, tmp_path: Path
) -> None:
    """The backup knows nothing of the run at all; the new one finds the group instead of paying another."""
    place = films.location()
    backup(films.studio.db, tmp_path / "b.db")
    first = films.drive(films.confirm(place))
    assert first.state == "done"
    paid, avatar = charged(films), films.place(place).heygen_avatar_id
    read_back(films, tmp_path / "b.db")
    assert films.place(place).heygen_avatar_id == "00000"
    again = films.drive(films.confirm(place))
    assert (again.state, films.place(place).heygen_avatar_id) == ("done", avatar), films.lines(again)
    assert (charged(films), len(groups(films))) == (paid, 1)


def test_another_motion_of_after_the_backup_is_paid_once(films: Films, tmp_path: Path) -> None:
    """Where HeyGen shows the new motion it is taken; where it cannot tell, a person is asked."""
    place, _ = made(films)
    quote = avatars.quote(films.studio, location_ids=[place], motion_type="kling", action="another_motion")
    (run,) = confirm.confirm(films.studio, quote, actor=PERSON)
    backup(films.studio.db, tmp_path / "b.db")
    assert films.drive(run).state == "done"
    paid = charged(films)
    read_back(films, tmp_path / "b.db")
    run = films.drive(run)
    asks = films.studio.client.traits.motion == "status"
    assert run.state == ("unknown" if asks else "done"), films.lines(run)
    assert charged(films) == paid


@pytest.mark.parametrize("films", ["v3"], indirect=True)
def test_what_heygen_does_not_list_is_asked_for_under_its_own_key(films: Films, tmp_path: Path) -> None:
    """Two looks miss the group: HeyGen answers the same key again instead of making another."""
    run = films.confirm(films.location())
    backup(films.studio.db, tmp_path / "b.db")
    films.fault("create", "hide", seconds=3600)
    run = films.drive(run)
    paid = charged(films)
    assert paid
    read_back(films, tmp_path / "b.db")
    eventually(lambda: films.drive(run).state != "unknown")
    assert (charged(films), len(groups(films))) == (paid, 1)


@pytest.mark.parametrize("call", ["create_photo_avatar_group", "generate_video"])
@pytest.mark.parametrize("films", ["v3"], indirect=True)
def test_what_was_under_way_in_the_backup_is_not_sent_again_under_its_key(
    films: Films, tmp_path: Path, call: str
) -> None:
    """It never left, and the next attempt was paid under a key that the backup does not know."""
    runs = films.order(films.location())
    inner, taken = films.studio.client, tmp_path / "b.db"

    def cut_off_once(*args: Any, **more: Any) -> Any:
        if not taken.exists():
            backup(films.studio.db, taken)
            raise NotSent("HeyGen could not be reached.")
        return getattr(inner, call)(*args, **more)

    films.studio.client = Over(inner, **{call: cut_off_once})
    assert [run.state for run in films.finish(*runs)] == ["done", "done"]
    paid = charged(films)
    read_back(films, taken)
    ended = films.finish(*runs)
    assert [run.state for run in ended] == ["done", "done"], [films.lines(run) for run in ended]
    assert charged(films) == paid


@pytest.mark.parametrize("since", [False, True], ids=["only-failed", "paid-anew-since"])
@pytest.mark.parametrize("films", ["workflow", "v2"], indirect=True)
def test_a_motion_that_had_failed_in_the_backup_is_not_taken_for_its_retry(
    films: Films, tmp_path: Path, since: bool
) -> None:
    """The failure is known: a retry pays the next motion, or takes the one that was paid since."""
    films.fault("motion", "motion_fails")
    run = films.drive(films.confirm(films.location()))
    assert run.state == "failed"
    backup(films.studio.db, tmp_path / "b.db")
    if since:
        films.retry(run)
        assert films.drive(run).state == "done"
    read_back(films, tmp_path / "b.db")
    films.retry(run)
    run = films.drive(run)
    assert run.state == "done", films.lines(run)
    assert films.money.spent == charged(films) == 2 * CREDIT


def test_of_two_locations_of_one_name_a_person_says_whose_avatar_it_is(films: Films, tmp_path: Path) -> None:
    """The backup has both as confirmed, HeyGen one of them since: it is not given to whoever asks first."""
    places = [films.location("A - B", "Mila"), films.location("B", "Mila - A")]
    runs = [films.confirm(place) for place in places]
    backup(films.studio.db, tmp_path / "b.db")
    assert films.drive(runs[1]).state == "done"
    own = films.place(places[1]).heygen_group_id
    read_back(films, tmp_path / "b.db")
    first = films.drive(runs[0])
    assert first.state == "unknown", films.lines(first)
    (asked,) = films.operations(first, "create_group")
    assert [one["group_id"] for one in asked.candidates] == [own]
    films.did_not_happen(first)
    assert [run.state for run in films.finish(*runs)] == ["done", "done"]
    assert films.place(places[1]).heygen_group_id == own
    assert len(groups(films)) == 2


@pytest.mark.parametrize("films", ["workflow"], indirect=True)
def test_a_balance_that_was_compared_since_says_nothing_of_what_a_backup_does_not_know(
    films: Films, tmp_path: Path
) -> None:
    """Its charge counts as a change from outside by then: that nothing is missing is no sign for "no"."""
    place, _ = made(films)
    quote = avatars.quote(films.studio, location_ids=[place], motion_type="kling", action="another_motion")
    (run,) = confirm.confirm(films.studio, quote, actor=PERSON)
    films.fault("motion", "refuse")
    assert films.drive(run).state == "failed"
    backup(films.studio.db, tmp_path / "b.db")
    films.retry(run)
    assert films.drive(run).state == "done"
    read_back(films, tmp_path / "b.db")
    balance.refresh(films.studio)
    assert len(reconciliation.drifts(films.studio.db)) == 1
    films.retry(run)
    run = films.drive(run)
    assert run.state == "unknown"
    balance.refresh(films.studio)
    assert reconciliation.hint(films.studio.db, films.operations(run, "add_motion")[-1]) is None


@pytest.mark.parametrize("done", [True, False], ids=["deleted-since", "cancelled-since"])
@pytest.mark.parametrize("films", ["v2"], indirect=True)
def test_a_deletion_of_before_the_backup_deletes_nothing_that_is_still_there(
    films: Films, tmp_path: Path, done: bool
) -> None:
    """A person may have cancelled it since; where the group is gone, the slot is free."""
    place, run = made(films)
    quote = avatars.quote(films.studio, location_ids=[place], action="free_slot")
    (freeing,) = confirm.confirm(films.studio, quote, actor=PERSON, typed_name=run.group_name)
    backup(films.studio.db, tmp_path / "b.db")
    if not done:
        films.cancel(freeing)
    films.drive(freeing)
    left = [group["id"] for group in groups(films)]
    assert bool(left) != done
    read_back(films, tmp_path / "b.db")
    freeing = films.drive(freeing)
    assert freeing.state == ("done" if done else "failed")
    assert [group["id"] for group in groups(films)] == left
    assert (films.place(place).heygen_avatar_id == "00000") == done
