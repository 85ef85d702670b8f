"""A quote lists every line, what is paid already, the total, the balance and the groups after it."""

from core.account import balance
from core.quotes import avatars
from tests.databases import statements
from tests.world import CREDIT, World, open_world


def test_a_quote_lists_every_step_with_its_price(world: World) -> None:
    """Upload and group are free, motion costs one credit, saving costs nothing."""
    quote = world.quote(world.location())
    (line,) = quote.lines
    assert [(s.step, s.micro_credits, s.already_done) for s in line.steps] == [
        ("asset", 0, False),
        ("group", 0, False),
        ("motion", CREDIT, False),
        ("saved", 0, False),
    ]
    assert (line.blogger, line.location, line.group_name) == ("Mila Hart", "Studio", "Mila Hart - Studio")
    assert (quote.total, quote.available, quote.balance_after) == (CREDIT, 10 * CREDIT, 9 * CREDIT)
    assert (quote.groups_used, quote.groups_after, quote.group_limit) == (0, 1, 3)
    assert quote.can_confirm


def test_a_quote_of_the_same_plan_has_the_same_fingerprint(world: World) -> None:
    """The fingerprint is the plan's, not the quote's: another motion type is another plan."""
    place = world.location()
    first, second = world.quote(place), world.quote(place)
    assert first.id != second.id
    assert first.fingerprint == second.fingerprint
    assert world.quote(place, motion="kling").fingerprint != first.fingerprint


def test_a_location_named_twice_is_priced_once(world: World) -> None:
    """The same id twice is one line."""
    place = world.location()
    assert world.quote(place, place).total == CREDIT


def test_a_plan_without_a_group_limit_is_never_held_up_by_groups(tmp_path) -> None:
    """On pro the fifth group is no problem."""
    with open_world(tmp_path, PLAN="pro") as world:
        quote = world.quote(*(world.location(str(n)) for n in range(5)))
        assert quote.group_limit is None
        assert quote.groups_after == 5
        assert quote.can_confirm


def test_groups_made_by_hand_in_heygen_count(world: World) -> None:
    """The account's own listing is what counts, not only what the Studio made."""
    client = world.studio.client
    for name in ("by hand", "by another tool"):
        client.create_photo_avatar_group(name, client.upload_asset(world.photo_url))
    balance.refresh(world.studio)
    quote = world.quote(world.location("One"), world.location("Two"))
    assert (quote.groups_used, quote.groups_after) == (2, 4)
    assert [p.code for p in quote.problems] == ["groups"]


def test_runs_under_way_count_as_groups(world: World) -> None:
    """A confirmed run will take a slot: it is counted before its group exists, and once afterwards."""
    run = world.confirm(world.location("One"))
    second = world.location("Two")
    assert world.quote(second).groups_used == 1
    world.drive(run)
    assert world.quote(second).groups_used == 1


def test_without_a_known_balance_nothing_can_be_confirmed(world: World) -> None:
    """Before HeyGen's first answer the quote says so instead of showing zero as a fact."""
    world.sql("DELETE FROM reading")
    quote = world.quote(world.location())
    assert [p.code for p in quote.problems] == ["balance"]


def test_a_thousand_locations_are_quoted_in_a_handful_of_queries(world: World) -> None:
    """Pricing does not ask the database once a location."""

    world.location()
    world.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
        "INSERT INTO location (blogger_id, name, name_key, image_url, heygen_avatar_id, avatar_status, "
        "motion_status, extra, created_at, updated_at) SELECT 1, 'L' || i, 'l' || i, 'http://sandbox/x', "
        "'00000', 'none', 'none', '{}', '2026-01-01', '2026-01-01' FROM n"
    )
    with statements(world.studio.db) as asked:
        quote = avatars.quote(world.studio, location_ids=range(1, 1001), motion_type="veo2")
    assert quote.total == 1000 * CREDIT
    assert len(asked) < 15
