"""Budgets: what may be used in a month, what only warns and what is refused, and who changed it and why."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from core import clock
from core.account import balance
from core.bloggers.archive import archive_blogger
from core.bloggers.editing import add_blogger, rename_blogger
from core.commands import provision
from core.database.tables.money import Budget
from core.database.tables.runs import Run
from core.errors import BadInput, NotFound, OverLimit
from core.money import budgets, ledger
from core.quotes import avatars
from core.runs import confirm
from tests.books import Books
from tests.databases import plans, statements
from tests.films import with_voices
from tests.fresh import add_run
from tests.people import somebody
from tests.world import CREDIT, PERSON, World


def give(
    world: World,
    credits: int,
    *,
    scope: str = "team",
    target: str = "",
    hard: bool = False,
    reason: str = "as agreed",
) -> Budget:
    return budgets.set_budget(
        world.studio.db,
        scope=scope,
        target=target,
        micro=credits * CREDIT,
        hard=hard,
        reason=reason,
        actor=PERSON,
    )


def only(world: World, month: date | None = None) -> budgets.Standing:
    (one,) = budgets.standing(world.studio.db, month)
    return one


def owner(world: World, place: int) -> str:
    return str(world.place(place).blogger_id)


def spend(world: World, credits: float, day: str = "", **values: Any) -> None:
    """A line of the ledger that is money gone."""
    known = {"run_id": None, "actor": PERSON.name}
    books = Books(world.studio.db)
    books.entry("overrun", -round(credits * CREDIT), day or f"{clock.now():%Y-%m-%d}", **known | values)


@pytest.mark.parametrize(
    ("spent", "share", "level"),
    [
        (0, 0, "ok"),
        (7.499999, 74, "ok"),
        (7.5, 75, "warn75"),
        (8.999999, 89, "warn75"),
        (9, 90, "warn90"),
        (9.999999, 99, "warn90"),
        (10, 100, "full"),
        (12, 120, "full"),
    ],
)
def test_a_budget_warns_at_75_90_and_100_percent(world: World, spent: float, share: int, level: str) -> None:
    """The share is rounded down, so a level is reached only when it is; overruns count."""
    give(world, 10)
    spend(world, spent)
    assert (only(world).share, only(world).level) == (share, level)


def test_what_is_held_counts_until_it_comes_back(world: World) -> None:
    """A confirmed run uses the team's, the blogger's and the person's budget; a refused one gives back."""
    place = world.location()
    for scope, target in (("team", ""), ("blogger", owner(world, place)), ("person", PERSON.name)):
        give(world, 5, scope=scope, target=target)
    run = world.confirm(place)
    assert [(one.spent, one.held) for one in budgets.standing(world.studio.db)] == [(0, CREDIT)] * 3
    world.fault("motion", "refuse", status=400, code=40004)
    world.drive(run)
    assert [one.used for one in budgets.standing(world.studio.db)] == [0, 0, 0]
    world.retry(run, price=CREDIT)
    world.drive(run)
    assert [(one.spent, one.held) for one in budgets.standing(world.studio.db)] == [(CREDIT, 0)] * 3


def test_a_credit_is_never_counted_as_held_and_as_spent(world: World) -> None:
    """HeyGen was paid and still makes the motion: the live run's credit is spent and no longer held."""
    give(world, 5)
    run = world.confirm(world.location())
    assert world.step_until(run, lambda run: run.step == "saved").ended_at is None
    assert (only(world).spent, only(world).held) == (CREDIT, 0)


def test_budgets_are_listed_by_scope_and_name(world: World) -> None:
    """The team's first, then bloggers by their present names, then people."""
    places = [world.location(blogger=name) for name in ("Zoe Lind", "Adam Frost")]
    give(world, 1, scope="person", target="Dana")
    for place in places:
        give(world, 1, scope="blogger", target=owner(world, place))
    give(world, 1)
    names = [(one.scope, one.name) for one in budgets.standing(world.studio.db)]
    assert names == [("team", ""), ("blogger", "Adam Frost"), ("blogger", "Zoe Lind"), ("person", "Dana")]


def test_a_soft_budget_refuses_nothing(world: World) -> None:
    """Beyond a soft budget work goes on, and its standing says so."""
    give(world, 1)
    world.drive(world.confirm(world.location("One"), world.location("Two")))
    assert only(world).level == "full"


def test_a_hard_budget_refuses_before_anything_is_held(world: World) -> None:
    """Up to the limit all is well; one more credit is refused, with the figures and who may raise it."""
    give(world, 2, hard=True)
    world.drive(world.confirm(world.location("One")))
    world.confirm(world.location("Two"))
    before = world.money
    quote = world.quote(world.location("Three"))
    assert not quote.can_confirm
    with pytest.raises(OverLimit) as refused:
        confirm.confirm(world.studio, quote, actor=PERSON)
    assert refused.value.user_message == (
        "The team's budget for this month does not cover this. Budget: 2 credits, spent or held: "
        "2 credits, needed: 1 credit. Nothing was spent. An administrator can raise it under Budgets."
    )
    assert world.money == before
    with world.studio.db.read() as session:
        assert len(session.exec(select(Run)).all()) == 2


def test_a_bloggers_budget_is_for_that_blogger(world: World) -> None:
    """One blogger's budget is used up; another's work goes on, and what the first one used says whose."""
    mine, other = world.location("One"), world.location("Two", blogger="Adam Frost")
    give(world, 1, scope="blogger", target=owner(world, mine), hard=True)
    world.confirm(other)
    world.confirm(mine)
    with pytest.raises(OverLimit, match="The budget of Mila Hart for this month"):
        world.confirm(world.location("Three"))


def test_a_persons_budget_is_for_runs_in_their_name(world: World) -> None:
    """Dana's hard budget stops Dana and nobody else, whoever looked at the quote."""
    give(world, 1, scope="person", target="Dana", hard=True)
    quote = world.quote(world.location("One"), world.location("Two"))
    assert quote.can_confirm
    with pytest.raises(OverLimit, match="The budget of Dana for this month"):
        confirm.confirm(world.studio, quote, actor=somebody("Dana"))
    assert world.money.held == 0, "a part of the plan was held"
    confirm.confirm(world.studio, quote, actor=PERSON)
    assert world.money.held == 2 * CREDIT


def test_the_holds_of_one_transaction_add_up(world: World) -> None:
    """Three runs that fit alone but not together: the third hold sees the first two, and none stays."""
    give(world, 2, scope="person", target="Ann", hard=True)
    db = world.studio.db
    runs = [add_run(db, world.location(name), "queued") for name in ("One", "Two", "Three")]

    def hold_all() -> None:
        with db.write() as session:
            for run in runs:
                ledger.hold(session, run=session.get_one(Run, run), micro=CREDIT, actor="Ann")

    with pytest.raises(OverLimit, match="spent or held: 2 credits, needed: 1 credit"):
        hold_all()
    assert world.money.held == 0


def test_a_retry_keeps_to_the_budget(world: World) -> None:
    """A budget that was used up meanwhile refuses the retry's new hold; the run stays failed."""
    run = world.confirm(world.location())
    world.fault("motion", "refuse", status=400, code=40004)
    world.drive(run)
    give(world, 1, hard=True)
    spend(world, 0.5)
    with pytest.raises(OverLimit, match="Nothing was spent"):
        world.retry(run, price=CREDIT)
    assert world.run(run).state == "failed"
    assert world.money.held == 0


def test_a_new_month_begins_anew(world: World) -> None:
    """What was spent before the first (UTC) is not used; what is held is, whenever it was held."""
    first = clock.this_month().date()
    give(world, 1, hard=True)
    before = (first - timedelta(days=1)).isoformat()
    spend(world, 3, f"{before}T23:59:59")
    assert only(world).used == 0
    spend(world, 0.25, f"{first.isoformat()}T00:00:00")
    assert only(world).spent == CREDIT // 4
    world.sql("DELETE FROM budget")
    world.confirm(world.location())
    give(world, 2, hard=True)
    clock.shift(timedelta(days=32).total_seconds())
    assert (only(world).spent, only(world).held) == (0, CREDIT)


def test_an_earlier_month_is_told_by_the_budgets_of_its_end(world: World) -> None:
    """The figure in force when the month ended, what was spent in it and nothing of what is held now."""
    spend(world, 3)
    give(world, 4)
    give(world, 6)
    world.confirm(world.location())
    clock.shift(timedelta(days=32).total_seconds())
    spend(world, 1)
    give(world, 9)
    past = (clock.this_month().date() - timedelta(days=1)).replace(day=1)
    told = only(world, past)
    assert (told.limit, told.spent, told.held) == (6 * CREDIT, 3 * CREDIT, 0)
    assert only(world).limit == 9 * CREDIT
    assert budgets.standing(world.studio.db, past - timedelta(days=1)) == []


def test_a_quote_counts_its_lines_together(world: World) -> None:
    """Lines that fit a hard budget alone but not together are refused on screen, before the click."""
    one, two = world.location("One"), world.location("Two")
    give(world, 1, scope="blogger", target=owner(world, one), hard=True)
    assert world.quote(one).problems == ()
    both = world.quote(one, two)
    assert both.warnings == (), "what is refused also warns"
    (problem,) = both.problems
    assert problem.code == "budget_blogger"
    assert problem.text == (
        "The budget of Mila Hart for this month does not cover this. Budget: 1 credit, spent or held: "
        "0 credits, needed: 2 credits. An administrator can raise it under Budgets."
    )


def test_a_quote_says_how_far_it_takes_a_budget(world: World) -> None:
    """From 75 % on a quote warns, of a soft budget beyond 100 % too; that holds nothing up."""
    places = [world.location(name) for name in ("One", "Two", "Three")]
    give(world, 4, hard=True)
    give(world, 2, scope="blogger", target=owner(world, places[0]))
    assert world.quote(places[0]).warnings == ()
    quote = world.quote(*places)
    assert [warning.text for warning in quote.warnings] == [
        "This takes the team's budget for this month to 75 %.",
        "This takes the budget of Mila Hart for this month to 150 %.",
    ]
    assert quote.can_confirm
    world.drive(confirm.confirm(world.studio, quote, actor=PERSON)[0])
    assert world.quote(places[0]).warnings == (), "a plan that costs nothing warns"


def test_a_quote_is_held_against_the_budget_of_who_looks_at_it(world: World) -> None:
    """The member's own budget holds the plan up before the click; another's does not."""
    give(world, 1, scope="person", target=PERSON.name, hard=True)
    give(world, 1, scope="person", target="Dana", hard=True)
    quote = world.quote(world.location("One"), world.location("Two"))
    assert [problem.values["person"] for problem in quote.problems] == [PERSON.name]


def test_the_command_line_says_it_too(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A quote on a terminal tells what nearly uses a budget up, and what a budget refuses."""
    give(world, 1)
    give(world, 1, scope="person", target=PERSON.name, hard=True)
    provision.print_quote(world.quote(world.location("One"), world.location("Two")))
    said = capsys.readouterr()
    assert "This takes the team's budget for this month to 200 %." in said.out
    assert "Cannot be confirmed: The budget of local administrator" in said.err


def test_a_warning_is_no_part_of_the_plan(world: World) -> None:
    """A soft budget that was set after the quote was shown does not make it stale."""
    quote = world.quote(world.location())
    give(world, 1)
    assert len(confirm.confirm(world.studio, quote, actor=PERSON)) == 1


def test_a_hard_budget_set_meanwhile_is_kept_to(world: World) -> None:
    """The quote was shown before the budget was set: the click is refused with the budget's sentence."""
    quote = world.quote(world.location("One"), world.location("Two"))
    give(world, 1, hard=True)
    with pytest.raises(OverLimit, match="The team's budget"):
        confirm.confirm(world.studio, quote, actor=PERSON)


def test_a_quote_of_videos_counts_their_avatars(world: World) -> None:
    """The avatar that a video needs is in the sum that is held against the budget."""
    place = world.location()
    films = with_voices(world)
    quote = films.price(place)
    assert quote.total > CREDIT
    give(world, 1, hard=True)
    quote = films.price(place)
    (problem,) = quote.problems
    assert problem.values["needed"] == quote.total
    give(world, 2)
    quote = films.price(place)
    assert quote.warnings == ()
    spend(world, 0.5)
    quote = films.price(place)
    assert [warning.code for warning in quote.warnings] == ["budget"]


def test_another_figure_is_another_row(world: World) -> None:
    """The old row stays as history with its end; the same figure writes none."""
    first = give(world, 5)
    assert give(world, 5, reason="again").id == first.id
    give(world, 6, reason="a campaign")
    now, before = budgets.history(world.studio.db, limit=10).to_dict("records")
    assert (now["micro_credits"], now["reason"], now["ended_at"]) == (6 * CREDIT, "a campaign", None)
    assert before["micro_credits"] == 5 * CREDIT
    assert before["actor"] == before["ended_by"] == PERSON.name
    assert before["ended_at"] is not None
    assert only(world).limit == 6 * CREDIT
    assert len(budgets.history(world.studio.db, limit=1)) == 1


def test_removing_keeps_the_row(world: World) -> None:
    """A removed budget refuses nothing and is told by the history; removing it again changes nothing."""
    budget = give(world, 1, hard=True)
    assert budget.id is not None
    budgets.end_budget(world.studio.db, budget.id, reason="season over", actor=somebody("Dana"))
    budgets.end_budget(world.studio.db, budget.id, actor=somebody("Somebody else"))
    assert budgets.standing(world.studio.db) == []
    (row,) = budgets.history(world.studio.db, limit=10).to_dict("records")
    assert (row["ended_by"], row["ended_reason"]) == ("Dana", "season over")
    world.confirm(world.location("One"), world.location("Two"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"micro": 0},
        {"micro": -1},
        {"micro": 2**63},
        {"scope": "world"},
        {"scope": "blogger", "target": "4711"},
        {"scope": "blogger", "target": ""},
        {"scope": "blogger", "target": "Mila Hart"},
        {"scope": "person", "target": " "},
        {"scope": "person", "target": "Da\x00na"},
    ],
    ids=str,
)
def test_what_is_no_budget_is_refused(world: World, wrong: dict[str, Any]) -> None:
    """A figure that is none, an unknown blogger, an empty name: one sentence, nothing written."""
    known: dict[str, Any] = {"scope": "team", "micro": CREDIT, "hard": False, "reason": "", "actor": PERSON}
    with pytest.raises(BadInput, match=r"[Nn]othing was changed"):
        budgets.set_budget(world.studio.db, **known | wrong)
    assert not len(budgets.history(world.studio.db, limit=1))


def test_an_unknown_budget_cannot_be_removed(world: World) -> None:
    """Its id is named."""
    with pytest.raises(NotFound, match="4711"):
        budgets.end_budget(world.studio.db, 4711, actor=PERSON)


def test_more_than_a_hard_limit_needs_a_reason(world: World) -> None:
    """Raised, made soft or removed only with a reason; lowered or made hard without one."""
    give(world, 4, reason="")
    give(world, 5, reason="")
    hard = give(world, 5, hard=True, reason="")
    for credits, still_hard in ((6, True), (5, False), (4, False)):
        with pytest.raises(BadInput, match="Say why"):
            give(world, credits, hard=still_hard, reason=" ")
    with pytest.raises(BadInput, match="Say why"):
        budgets.end_budget(world.studio.db, hard.id or 0, reason=" ", actor=PERSON)
    assert (only(world).limit, only(world).hard) == (5 * CREDIT, True)
    give(world, 4, hard=True, reason="")
    give(world, 9, hard=True, reason="a campaign")
    assert only(world).limit == 9 * CREDIT
    soft = give(world, 1, scope="person", target="Dana", reason="")
    assert budgets.end_budget(world.studio.db, soft.id or 0, actor=PERSON).ended_by == PERSON.name


def test_a_blogger_may_be_archived_and_renamed(world: World) -> None:
    """A budget belongs to the blogger, not to the name."""
    blogger = add_blogger(world.studio.db, name="Kai", actor=PERSON)
    give(world, 1, scope="blogger", target=str(blogger.id))
    rename_blogger(world.studio.db, blogger_id=blogger.id or 0, name="Kai Sol", actor=PERSON)
    archive_blogger(world.studio.db, blogger_id=blogger.id or 0, actor=PERSON)
    assert only(world).name == "Kai Sol"


def test_a_hundred_budgets_are_read_in_as_many_queries_as_three(world: World) -> None:
    """The figures of a page, and those of a quote, cost the same number of statements."""
    place = world.location()

    def counted() -> tuple[int, int]:
        with statements(world.studio.db) as page:
            budgets.standing(world.studio.db)
        with statements(world.studio.db) as quote:
            world.quote(place)
        return len(page), len(quote)

    give(world, 1)
    give(world, 1, scope="blogger", target=owner(world, place))
    give(world, 1, scope="person", target=PERSON.name)
    few = counted()
    for n in range(50):
        give(world, 1, scope="person", target=f"Person {n}")
        made = add_blogger(world.studio.db, name=f"Blogger {n}", actor=PERSON)
        give(world, 1, scope="blogger", target=str(made.id))
    assert counted() == few
    assert few[0] <= 6


def test_no_figure_reads_the_whole_ledger(world: World) -> None:
    """What is held comes from the live runs' lines, what was spent from the month's sums: all by index."""
    place = world.location()
    for scope, target in (("team", ""), ("blogger", owner(world, place)), ("person", PERSON.name)):
        give(world, 5, scope=scope, target=target, hard=True)
    with statements(world.studio.db) as asked:
        budgets.standing(world.studio.db)
    steps = plans(world.studio.db, asked)
    ledger = [step for step in steps if " entry " in step or " tally " in step]
    assert len(ledger) == 4
    assert [step for step in ledger if " entry " in step] == [
        "SEARCH entry USING INDEX ix_entry_run_id (run_id=?)"
    ]
    assert all("day>? AND day<?" in step for step in ledger if " tally " in step)


def test_free_work_is_never_refused(world: World) -> None:
    """Freeing a slot costs nothing, so a budget that is used up does not stop it."""
    place = world.location()
    world.drive(world.confirm(place))
    give(world, 1, hard=True)
    quote = avatars.quote(world.studio, location_ids=[place], action="free_slot")
    assert (quote.problems, quote.warnings) == ((), ())
    confirm.confirm(world.studio, quote, actor=PERSON, typed_name=quote.lines[0].group_name)


def test_credits_and_budget_are_both_told(world: World) -> None:
    """Whoever lacks both hears of both at once."""
    world.control("POST", "settings", credits=CREDIT)
    balance.refresh(world.studio)
    give(world, 1, hard=True)
    quote = world.quote(world.location("One"), world.location("Two"))
    assert [problem.code for problem in quote.problems] == ["credits", "budget_team"]
