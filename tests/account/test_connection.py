"""The connection check in each dialect, and keys that are wrong, narrow or another account's."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import responses
from sqlmodel import col, select

from core import amounts
from core.account import balance, connection
from core.account.connection import BAD, LOOK
from core.bloggers.editing import add_blogger, add_location
from core.config import DIALECTS, Settings, load
from core.database.engine import Database
from core.database.stamp import key_fingerprint
from core.database.tables.bloggers import Location
from core.database.tables.heygen import Stamp
from core.database.tables.money import Entry
from core.errors import BadInput, Refusal, StartRefused, fill
from core.heygen import connect
from core.heygen.errors import NotSent, Refused, WrongKey
from core.sandbox.server import Sandbox
from core.studio import Studio, open_studio
from tests.world import PERSON, World, control

Opened = Callable[..., Studio]
API = "https://api.heygen.com"
OLD_KEY, NEW_KEY = "sk-old-0123456789", "sk-new-0123456789"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """A Studio set to one dialect, over a sandbox that speaks another, or the same."""
    with ExitStack() as stack:

        def open_over(spoken: str, dialect: str = "", key: str = "k") -> Studio:
            sandbox = stack.enter_context(Sandbox(tmp_path / f"heygen-{spoken}", dialect=spoken))
            environ = {
                "HEYGEN_API_KEY": key,
                "HEYGEN_API_BASE": sandbox.base_url,
                "HEYGEN_DIALECT": dialect or spoken,
                "DATA_DIR": str(tmp_path / "data"),
            }
            studio = open_studio(load(environ, None))
            stack.callback(studio.close)
            return studio

        yield open_over
    amounts.use_unit(amounts.CREDITS)


def told(studio: Studio, answer: dict[str, Any]) -> list[str]:
    """The facts as a terminal shows them."""
    return [
        f"{fact.dialect}: {fill(fact.template, fact.values)}"
        if fact.dialect
        else fill(fact.template, fact.values)
        for fact in connection.facts(answer, balance.money(studio.db))
    ]


def adjusts(studio: Studio) -> list[int]:
    with studio.db.read() as session:
        lines = select(Entry.micro_credits).where(Entry.kind == "adjust").order_by(col(Entry.id))
        return list(session.exec(lines))


def own_a_group(studio: Studio, group_id: str) -> None:
    """A location whose avatar is in this group."""
    blogger = add_blogger(studio.db, name="Mila Hart", actor=PERSON)
    assert blogger.id is not None
    place = add_location(studio.db, blogger_id=blogger.id, name="Studio", image_url="", actor=PERSON)
    with studio.db.write() as session:
        location = session.get_one(Location, place.id)
        location.heygen_group_id = group_id
        session.add(location)


@pytest.mark.parametrize("spoken", DIALECTS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_check_names_the_dialect_that_works(opened: Opened, dialect: str, spoken: str) -> None:
    """Whatever is set, the line to change is the one that is spoken there; none where it is set."""
    studio = opened(spoken, dialect)
    answer = connection.examine(studio)
    assert [name for name, said in answer["dialects"].items() if not said] == [spoken]
    assert answer["line"] == ("" if dialect == spoken else f"HEYGEN_DIALECT={spoken}")
    facts = connection.facts(answer, balance.money(studio.db))
    wrong = [fact.dialect for fact in facts if fact.state == BAD]
    assert wrong == ([] if dialect == spoken else [dialect])
    said = told(studio, answer)
    if dialect == spoken:
        assert f"{spoken}: HeyGen answers in this dialect, and it is the one that is set" in said
    else:
        assert f"Put this line into the file .env and start the Studio again: {answer['line']}" in said


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_check_reads_only(opened: Opened, dialect: str) -> None:
    """Nothing is made and nothing is charged in HeyGen."""
    studio = opened(dialect)
    connection.examine(studio)
    connection.examine(studio)
    state = control(studio.settings.api_base, "GET", "state")
    made = ("upload", "create", "motion", "video", "delete")
    assert not [route for route in made if state["calls"].get(route)]
    assert not state["charges"]


def test_v3_tells_plan_and_balance_in_dollars(opened: Opened) -> None:
    """As HeyGen itself says them."""
    studio = opened("v3")
    said = told(studio, connection.examine(studio))
    for words in ("The balance is $10.00", "HeyGen calls the plan wallet", "The key may do everything"):
        assert words in said


def test_a_key_that_may_only_read_is_a_warning(opened: Opened) -> None:
    """The reads work; what it cannot do is said before it is tried."""
    studio = opened("v3", key="readonly-1")
    answer = connection.examine(studio)
    (fact,) = [fact for fact in connection.facts(answer, balance.money(studio.db)) if fact.state == LOOK]
    assert fact.template.startswith("The key may only read")
    with pytest.raises(WrongKey) as refused:
        studio.client.create_photo_avatar_group("n", "A")
    assert "Nothing was spent." in refused.value.user_message


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_wrong_key_is_one_sentence(opened: Opened, dialect: str) -> None:
    """Whatever the dialect's envelope is."""
    with pytest.raises(WrongKey, match="HeyGen does not accept the key") as refused:
        connection.examine(opened(dialect, key="wrong-1"))
    assert "wrong-1" not in refused.value.user_message


def test_where_nobody_answers_the_reason_is_told(opened: Opened) -> None:
    """It is no question of dialects."""
    studio = opened("v2")
    studio.settings = replace(studio.settings, api_base="http://127.0.0.1:9")
    studio.client = connect(studio.settings)
    with pytest.raises(NotSent):
        connection.examine(studio)


def test_the_end_of_a_dialect_is_told_from_the_reading(opened: Opened) -> None:
    """Stored with the balance, told with its day and the line to write; nothing while HeyGen is silent."""
    studio = opened("v2")
    assert connection.ending(studio, balance.refresh(studio).notice) is None
    control(studio.settings.api_base, "POST", "settings", sunset=1)
    ending = connection.ending(studio, balance.refresh(studio).notice)
    assert ending is not None
    sentence = fill(*ending)
    assert "2026-10-31" in sentence
    assert "HEYGEN_DIALECT=v3" in sentence


@pytest.mark.parametrize(
    ("notice", "words"),
    [
        ({"sunset": "2999-10-31"}, "HeyGen ends the dialect v2 on 2999-10-31"),
        ({"sunset": "2026-10-31"}, "it may stop at any moment"),
        ({"sunset": "", "message": "m"}, "a day that it does not name"),
    ],
)
def test_an_end_to_come_a_past_one_and_one_without_a_day(
    opened: Opened, notice: dict[str, str], words: str
) -> None:
    """Each is another sentence; v3 has none, whatever an old reading says."""
    studio = opened("v2")
    ending = connection.ending(studio, notice)
    assert ending is not None
    assert words in fill(*ending)
    studio.settings = replace(studio.settings, dialect="v3")
    assert connection.ending(studio, notice) is None


def test_another_accounts_key_books_nothing(world: World) -> None:
    """HeyGen knows none of our groups and tells another balance: the ledger stays, the check says so."""
    studio = world.studio
    own_a_group(studio, "group-of-another-account")
    before = adjusts(studio)
    world.control("POST", "settings", credits=90_000_000)
    answer = connection.examine(studio)
    assert answer["another"]
    assert adjusts(studio) == before
    with studio.db.read() as session:
        reading = balance.latest(session)
    assert reading is not None
    assert not reading.compared
    (bad,) = [f for f in connection.facts(answer, balance.money(studio.db)) if f.state == BAD]
    assert "another HeyGen account" in bad.template


def test_one_sign_alone_is_no_other_account(world: World) -> None:
    """A group deleted in HeyGen with the balance as it was; and credits added with the group there."""
    studio = world.studio
    own_a_group(studio, "deleted-in-heygen")
    assert not connection.examine(studio)["another"]
    group = studio.client.create_photo_avatar_group(
        "Mila Hart - Kitchen", studio.client.upload_asset(world.photo_url)
    )
    world.sql("UPDATE location SET heygen_group_id = :group", group=group["group_id"])
    world.control("POST", "settings", credits=90_000_000)
    assert not connection.examine(studio)["another"]
    assert adjusts(studio)[-1] == 80_000_000


def test_a_listing_that_ends_too_early_is_no_sign(world: World) -> None:
    """What was not read may be there."""
    studio = world.studio
    own_a_group(studio, "on-a-later-page")
    listing = replace(studio.client.list_groups(), complete=False)
    with studio.db.read() as session:
        assert not balance.is_another(session, {"on-a-later-page"}, 1, listing)
        assert balance.is_another(session, {"on-a-later-page"}, 1, replace(listing, complete=True))


@pytest.fixture
def live(tmp_path: Path) -> Settings:
    """Data of the live world with a ledger of 10 credits and one group, made with the old key."""
    settings = load({"HEYGEN_API_KEY": OLD_KEY, "HEYGEN_DIALECT": "v2", "DATA_DIR": str(tmp_path)}, None)
    studio = open_studio(settings)
    with responses.mock:
        heygen(credits=10, groups=["g1"])
        balance.refresh(studio)
    own_a_group(studio, "g1")
    studio.close()
    return replace(settings, api_key=NEW_KEY)


def heygen(*, credits: int, groups: list[str]) -> None:
    """HeyGen's next answers to the two reads."""
    responses.get(f"{API}/v2/user/remaining_quota", json={"data": {"details": {"api": credits * 60}}})
    listed = [{"id": group, "name": "n"} for group in groups]
    responses.get(f"{API}/v2/avatar_group.list", json={"data": {"avatar_group_list": listed}})


def stamped(settings: Settings) -> str:
    """The fingerprint in the data."""
    database = Database(settings.data_dir / "studio.db")
    with database.read() as session:
        found = session.get_one(Stamp, 1).key_fingerprint
    database.close()
    return found


@responses.activate
@pytest.mark.parametrize(("credits", "groups"), [(10, ["g1"]), (5, ["g1"]), (10, [])])
def test_a_rotated_key_of_the_same_account_is_taken(live: Settings, credits: int, groups: list[str]) -> None:
    """HeyGen is read with the new key first; what it shows agrees in one way or the other."""
    heygen(credits=credits, groups=groups)
    connection.take_key(live, actor=PERSON)
    assert {call.request.headers["X-Api-Key"] for call in responses.calls} == {NEW_KEY}
    assert stamped(live) == key_fingerprint(NEW_KEY)


@responses.activate
def test_a_key_of_another_account_is_refused_unless_forced(live: Settings) -> None:
    """Nothing is changed at first; forced, the ledger says what HeyGen says, and all is well afterwards."""
    heygen(credits=77, groups=["somebody-else"])
    with pytest.raises(Refusal, match="rekey --force"):
        connection.take_key(live, actor=PERSON)
    assert stamped(live) == key_fingerprint(OLD_KEY)
    connection.take_key(live, force=True, actor=PERSON)
    assert stamped(live) == key_fingerprint(NEW_KEY)
    studio = open_studio(live)
    assert not balance.look(studio).another
    assert adjusts(studio) == [10_000_000, 67_000_000]
    studio.close()


@responses.activate
def test_a_key_that_heygen_does_not_accept_is_not_taken(live: Settings) -> None:
    """The old stamp stays."""
    responses.get(
        f"{API}/v2/user/remaining_quota", status=401, json={"code": 400112, "message": "Unauthorized"}
    )
    with pytest.raises(Refused, match="does not accept the key"):
        connection.take_key(live, actor=PERSON)
    assert stamped(live) == key_fingerprint(OLD_KEY)


def test_there_is_nothing_to_rekey_without_a_key_or_without_data(tmp_path: Path) -> None:
    """And no data are made by trying."""
    for settings in (Settings(data_dir=tmp_path), Settings(api_key="k", api_base=API, data_dir=tmp_path)):
        with pytest.raises(BadInput, match="nothing has to be done"):
            connection.take_key(settings, actor=PERSON)
    assert not list(tmp_path.iterdir())


@responses.activate
def test_a_new_key_does_not_change_the_family(live: Settings) -> None:
    """Data in credits never become data in dollars by a rekey."""
    responses.get(
        f"{API}/v3/users/me", json={"data": {"wallet": {"currency": "usd", "remaining_balance": 1}}}
    )
    responses.get(f"{API}/v3/avatars", json={"data": [], "has_more": False, "next_token": None})
    try:
        with pytest.raises(StartRefused, match="dialect family"):
            connection.take_key(replace(live, dialect="v3"), force=True, actor=PERSON)
    finally:
        amounts.use_unit(amounts.CREDITS)
    assert stamped(live) == key_fingerprint(OLD_KEY)
