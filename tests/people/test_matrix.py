"""Every action by every role: done, with its line in the record, or refused, with nothing changed."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import ANY

import pytest
from sqlmodel import col, select

import core
from core import clock
from core.account import balance
from core.database.engine import Database
from core.database.tables.people import AuditLine
from core.errors import NotAllowed
from core.people.roles import ACTED_BY, ACTIONS, ADMINISTRATOR, OPERATOR, PERMISSIONS, ROLES
from core.quotes import avatars
from core.runs.confirm import confirm
from tests.databases import dump
from tests.people import somebody
from tests.people.stage import AVATAR, SCENES, Stage
from tests.test_layout import CORE, module_of
from tests.world import open_world

for found in pkgutil.walk_packages(core.__path__, "core."):
    if not found.name.endswith("__main__") and ".migrations" not in found.name:
        importlib.import_module(found.name)

#: What changes data without a person, and why. Beside these only the sandbox, which is HeyGen's side, and
#: core.database, which knows no rows.
NOBODYS = {
    **dict.fromkeys(
        (
            *("account.balance.look", "account.balance.refresh", "account.balance.refresh_if_old"),
            *("account.balance.refresh_after_run", "account.balance.refresh_after_spending"),
            *("account.inventory.read", "videos.voices.refresh", "videos.voices.refresh_if_old"),
        ),
        "a reading of what HeyGen says",
    ),
    **dict.fromkeys(
        (
            *("journal.lost_answers.repeat", "journal.progress.announce", "journal.progress.progress"),
            *("journal.sending.send", "runs.resolve.resolve"),
        ),
        "the worker, for a run that a person confirmed",
    ),
    "account.inventory.delete_group": "the worker's answer to delete_group, which a person asked for",
    "account.questions.answer": "the worker's answer to a question, which a person asked",
    "people.members.add_first": "ADMIN_EMAILS at the start, noted as the local administrator's",
    "people.sign_ins.end": "signing out is everybody's own, noted as theirs",
    "web.sign_in.begin": "the start link's sign-in, which is nobody's in particular",
    "people.sign_ins.person": "when somebody was last seen",
    "people.sign_ins.by_proxy": "when somebody was last seen",
    "web.webhooks.take": "HeyGen's own word",
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    with open_world(folder / "data", PLAN="scale") as world:
        world.control("POST", "settings", credits=60_000_000, group_limit=-1)
        balance.refresh(world.studio)
        yield Stage(world, folder)
    clock.shift(0)


def lines(path: Path) -> list[AuditLine]:
    database = Database(path)
    try:
        with database.read() as session:
            return list(session.exec(select(AuditLine).order_by(col(AuditLine.id))))
    finally:
        database.close()


def key_of(line: AuditLine) -> tuple[object, ...]:
    """Tells a line from every other, also of another database."""
    return line.id, line.created_at, line.actor


@pytest.mark.parametrize("name", sorted(SCENES))
def test_an_action_is_done_and_noted_or_refused(stage: Stage, name: str) -> None:
    """Each role in turn: what it may not do changes no row at all; what it may do leaves the right line."""
    action = ACTED_BY[f"core.{name}"]
    least = ROLES.index(PERMISSIONS[ACTIONS[action].permission])
    refused, allowed = ROLES[:least], ROLES[least:]
    assert allowed
    scene = SCENES[name](stage)
    before = dump(scene.file or stage.db.path)
    for role in refused:
        with pytest.raises(NotAllowed, match="Nothing was changed"):
            scene.call(somebody(role=role))
        assert dump(scene.file or stage.db.path) == before
    for role in allowed:
        who = somebody(f"{role}@team.example", role)
        scene = scene if role == allowed[0] else SCENES[name](stage)
        path = scene.file or stage.db.path
        known = [key_of(line) for line in lines(path)]
        scene.call(who)
        # A line about another thing beside it is fine: a whole family goes into the archive.
        said = [
            (line.kind, line.object_id, line.location_id, line.run_id, line.before, line.after)
            for line in lines(path)
            if key_of(line) not in known and (line.action, line.actor) == (action, who.name)
        ]
        about = scene.id if scene.id is ANY else str(scene.id)
        wanted = (scene.kind, about, scene.location_id, scene.run_id, scene.before, scene.after)
        assert wanted in said


def test_every_action_has_a_scene() -> None:
    """A new function that acts needs a scene here; a new action somebody who does it."""
    assert {f"core.{name}" for name in SCENES} == ACTED_BY.keys()
    #: Written without a function of their own: by members.add_first and use_up, and by sign_ins.end.
    besides = {"add_member", "join", "sign_out"}
    assert set(ACTED_BY.values()) | besides == ACTIONS.keys()


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every public function of core's modules, by its full name without "core."."""
    for path in CORE:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield f"{module_of(path)}.{node.name}".removeprefix("core."), node


def parameters(node: ast.FunctionDef) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def test_whoever_takes_a_person_asks_what_the_person_may() -> None:
    """A function with `actor: Person` is marked with its action, unless it works inside a transaction of
    another that is."""
    for name, node in functions():
        given = parameters(node)
        takes = any(
            it.arg == "actor" and it.annotation and ast.unparse(it.annotation) == "Person" for it in given
        )
        inside = given and given[0].arg == "session"
        if takes and not inside and name != "people.audit.line":
            assert f"core.{name}" in ACTED_BY, name


def writers() -> set[str]:
    """The public functions of core, without the sandbox and core.database, that open a write transaction,
    themselves or in a function of their own file."""
    found = set()
    for path in CORE:
        bodies = {n.name: n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef)}
        writing = {name for name, node in bodies.items() if opens_a_write(node)}
        while more := {n for n, node in bodies.items() if called_in(node) & writing} - writing:
            writing |= more
        found |= {f"{module_of(path)}.{name}".removeprefix("core.") for name in writing if name[0] != "_"}
    return {name for name in found if not name.startswith(("sandbox.", "database."))}


def opens_a_write(node: ast.FunctionDef) -> bool:
    items = (item.context_expr for it in ast.walk(node) if isinstance(it, ast.With) for item in it.items)
    return any(isinstance(it, ast.Call) and ast.unparse(it.func).endswith("db.write") for it in items) or any(
        isinstance(it, ast.Call) and ast.unparse(it.func) == "database.write" for it in ast.walk(node)
    )


def called_in(node: ast.FunctionDef) -> set[str]:
    return {it.func.id for it in ast.walk(node) if isinstance(it, ast.Call) and isinstance(it.func, ast.Name)}


def test_what_changes_data_takes_a_person() -> None:
    """Each public function that opens a write transaction is somebody's action, or says here why not."""
    assert {name for name in writers() if f"core.{name}" not in ACTED_BY} == NOBODYS.keys()


def test_freeing_a_slot_is_for_administrators(stage: Stage) -> None:
    """An operator spends and confirms, but deletes no group; the record names the group that goes."""
    place = stage.location(**AVATAR | {"heygen_group_id": "slot", "heygen_look_id": "slot"})
    quote = avatars.quote(stage.studio, location_ids=[place], action="free_slot")
    name = quote.lines[0].group_name
    before = dump(stage.db.path)
    with pytest.raises(NotAllowed, match="Only administrators"):
        confirm(stage.studio, quote, actor=somebody(role=OPERATOR), typed_name=name)
    assert dump(stage.db.path) == before
    (run,) = confirm(stage.studio, quote, actor=somebody("Ann", ADMINISTRATOR), typed_name=name)
    found = {line.action: line for line in lines(stage.db.path) if line.run_id == run.id}
    assert (found["delete_group"].kind, found["delete_group"].object_id) == ("group", "slot")
    assert found["confirm"].after == {"wish": "free_slot", "held": 0, "quote_id": quote.id}
    # What is live would be in the way of the next test of this world.
    stage.world.sql("UPDATE run SET state = 'done' WHERE id = :id", id=run.id)
