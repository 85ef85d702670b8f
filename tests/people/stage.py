"""For every function that acts: one good call of it, and what the record must say of it afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import ANY

from core import clock
from core.account import connection, questions, sandbox_account, taking_over
from core.bloggers import archive, editing, past_avatars
from core.bloggers.exchange import applying, bring_over, samples
from core.bloggers.exchange.planning import plan_import
from core.bloggers.exchange.reading import read_import
from core.config import load
from core.database.engine import open_database
from core.database.tables.bloggers import PastAvatar
from core.database.tables.heygen import HeyGenLook
from core.database.tables.money import Halt
from core.database.tables.runs import Operation, Run
from core.database.tables.videos import Video, Voice
from core.journal import breaker
from core.money import budgets, corrections, ledger, prices
from core.people import backups, members
from core.people.roles import BOOKKEEPER, LOCAL_ADMIN, Person
from core.quotes import avatars
from core.runs import archive as files
from core.runs import confirm, decisions, retry
from core.videos import voices
from tests.fresh import fresh_database, set_location
from tests.world import CREDIT, World, retry_price

AVATAR = {
    "heygen_avatar_id": "look",
    "heygen_group_id": "group",
    "heygen_look_id": "look",
    "avatar_status": "completed",
    "motion_status": "completed",
}


@dataclass
class Scene:
    """A call, the object that its line is about, and what the line holds."""

    call: Callable[[Person], Any]
    kind: str
    id: object = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    location_id: int | None = None
    run_id: int | None = None
    #: Where the line stands, when it is another database than the world's.
    file: Path | None = None


class Stage:
    """Makes what a call needs, anew each time."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.studio, self.db, self.folder = world, world.studio, world.studio.db, folder
        self._numbers = count(1)

    def number(self) -> int:
        return next(self._numbers)

    def add(self, row: Any) -> int:
        with self.db.write() as session:
            session.add(row)
            session.flush()
            return row.id

    def blogger(self) -> int:
        made = editing.add_blogger(self.db, name=f"Blogger {self.number()}", actor=LOCAL_ADMIN)
        return made.id or 0

    def location(self, blogger_id: int | None = None, **values: Any) -> int:
        made = editing.add_location(
            self.db,
            blogger_id=blogger_id or self.blogger(),
            name=f"Place {self.number()}",
            image_url=self.world.photo_url,
            actor=LOCAL_ADMIN,
        )
        if values:
            set_location(self.db, made.id or 0, **values)
        return made.id or 0

    def run(self, state: str, **values: Any) -> Run:
        known = {"kind": "avatar", "quote_id": f"q{self.number()}", "actor": "Ann", "motion_type": "veo2"}
        known |= {"location_id": values.pop("location_id", None) or self.location()}
        ended = clock.now() if state in ("done", "failed") else None
        run = Run(state=state, group_name="Mila - Studio", ended_at=ended, **known | values)
        self.add(run)
        return run

    def lost(self) -> Run:
        """A run that asks whether HeyGen made its group."""
        run = self.run("unknown", step="group")
        known = {"request_hash": "", "idempotency_key": "", "sender": "", "attempt": 1}
        call = {"kind": "create_group", "state": "unknown", "subject": f"group {run.id}"}
        self.add(Operation(run_id=run.id, location_id=run.location_id, **known | call))
        return run

    def video(self, **values: Any) -> tuple[int, Run]:
        run = self.run("done", kind="video", step="archive")
        known = {"title": "Hello", "heygen_title": f"h{run.id}", "script": "Hello", "voice_id": "v"}
        known |= {"width": 1280, "height": 720, "expected_ms": 1, "upper_ms": 1}
        return self.add(Video(run_id=run.id, location_id=run.location_id, **known | values)), run

    def listed(self) -> str:
        """A group of HeyGen's list that nobody has, with one look."""
        name = f"g{self.number()}"
        with self.db.write() as session:
            known = {"group_name": "Elsewhere", "status": "completed", "motion": "completed"}
            session.add(HeyGenLook(group_id=name, look_id=f"{name}look", **known))
        return name

    def drift(self) -> int:
        with self.db.write() as session:
            ledger.adjust(session, micro=CREDIT, actor=BOOKKEEPER, note=ledger.DRIFT)
            newest = session.exec(corrections._adjusts()).one()
            return newest.id or 0

    def member(self) -> int:
        address = f"anna{self.number()}@team.example"
        members.invite(self.db, address, role="operator", actor=LOCAL_ADMIN)
        found = members.person(self.db, address)
        assert found is not None
        return found.member_id or 0

    def at(self, run: Run) -> dict[str, Any]:
        return {"kind": "run", "id": run.id, "location_id": run.location_id, "run_id": run.id}


def _place(location_id: int) -> dict[str, Any]:
    return {"kind": "location", "id": location_id, "location_id": location_id}


def add_blogger(on: Stage) -> Scene:
    name = f"New {on.number()}"
    return Scene(lambda actor: editing.add_blogger(on.db, name=name, actor=actor), "blogger", ANY)


def rename_blogger(on: Stage) -> Scene:
    who, name = on.blogger(), f"Other {on.number()}"
    return Scene(
        lambda actor: editing.rename_blogger(on.db, blogger_id=who, name=name, actor=actor),
        *("blogger", who),
        before={"name": ANY},
        after={"name": name},
    )


def add_location(on: Stage) -> Scene:
    who = on.blogger()
    return Scene(
        lambda actor: editing.add_location(on.db, blogger_id=who, name="New", actor=actor),
        *("location", ANY),
        location_id=ANY,
        after={"image_url": ""},
    )


def edit_location(on: Stage) -> Scene:
    place = on.location()
    return Scene(
        lambda actor: editing.edit_location(on.db, location_id=place, name="New", actor=actor),
        **_place(place),
        before={"name": ANY},
        after={"name": "New"},
    )


def archive_location(on: Stage) -> Scene:
    place = on.location()
    return Scene(
        lambda actor: archive.archive_location(on.db, location_id=place, actor=actor), **_place(place)
    )


def archive_locations(on: Stage) -> Scene:
    places = [on.location(), on.location()]
    return Scene(
        lambda actor: archive.archive_locations(on.db, location_ids=places, actor=actor), **_place(places[1])
    )


def archive_blogger(on: Stage) -> Scene:
    who = on.blogger()
    on.location(who)
    return Scene(
        lambda actor: archive.archive_blogger(on.db, blogger_id=who, actor=actor),
        *("blogger", who),
        after={"locations": 1},
    )


def restore_location(on: Stage) -> Scene:
    place = on.location()
    archive.archive_location(on.db, location_id=place, actor=LOCAL_ADMIN)
    return Scene(
        lambda actor: archive.restore_location(on.db, location_id=place, actor=actor), **_place(place)
    )


def restore_locations(on: Stage) -> Scene:
    place = on.location()
    archive.archive_location(on.db, location_id=place, actor=LOCAL_ADMIN)
    return Scene(
        lambda actor: archive.restore_locations(on.db, location_ids=[place], actor=actor), **_place(place)
    )


def restore_blogger(on: Stage) -> Scene:
    who = on.blogger()
    archive.archive_blogger(on.db, blogger_id=who, actor=LOCAL_ADMIN)
    return Scene(
        lambda actor: archive.restore_blogger(on.db, blogger_id=who, actor=actor),
        *("blogger", who),
        after={"locations": 0},
    )


def set_default(on: Stage) -> Scene:
    place = on.location()
    with on.db.write() as session:
        session.merge(Voice(voice_id="v1", position=1))
    change = {"voice_id": "v1", "language": None, "video_format": "1:1"}
    return Scene(
        lambda actor: voices.set_default(on.db, location_id=place, **change, actor=actor),
        **_place(place),
        before={"voice_id": None, "video_format": None},
        after={"voice_id": "v1", "video_format": "1:1"},
    )


def apply_import(on: Stage) -> Scene:
    data = f'[{{"name": "From a file {on.number()}"}}]'.encode()
    plan = plan_import(on.db, read_import(data, "f.json"))
    return Scene(
        lambda actor: applying.apply_import(on.db, plan, actor=actor),
        "data",
        after={"new": 1, "changed": 0, "same": 0, "kept": 0, "refused": 0},
    )


def load_samples(on: Stage) -> Scene:
    on.world.sql("UPDATE blogger SET name = name || '-' || id, name_key = name_key || '-' || id")
    return Scene(
        lambda actor: samples.load_samples(on.db, settings=on.studio.settings, actor=actor),
        "data",
        after={"new": ANY, "changed": 0, "same": 0, "kept": 0, "refused": 0},
    )


def bring(on: Stage) -> Scene:
    there = on.folder / f"old{on.number()}"
    other = fresh_database(there)
    editing.add_blogger(other, name=f"Brought {on.number()}", actor=LOCAL_ADMIN)
    other.close()
    return Scene(
        lambda actor: bring_over.bring(on.studio, there, actor=actor),
        "data",
        after={"new": 1, "changed": 0, "same": 0, "kept": 0, "refused": 0},
    )


def confirm_quote(on: Stage) -> Scene:
    place = on.location()
    quote = avatars.quote(on.studio, location_ids=[place], motion_type="veo2")
    return Scene(
        lambda actor: confirm.confirm(on.studio, quote, actor=actor),
        *("run", ANY),
        location_id=place,
        run_id=ANY,
        after={"wish": "make", "held": quote.total, "quote_id": quote.id, "motion_type": "veo2"},
    )


def retry_run(on: Stage) -> Scene:
    run = on.run("failed")
    price = retry_price(on.studio, run)
    return Scene(
        lambda actor: retry.retry(on.db, run.id or 0, price=price, actor=actor),
        **on.at(run),
        before={"state": "failed"},
        after={"held": price, "step": "photo"},
    )


def request_cancel(on: Stage) -> Scene:
    run = on.run("queued")
    return Scene(
        lambda actor: decisions.request_cancel(on.studio, run.id or 0, actor=actor),
        **on.at(run),
        before={"state": "queued", "step": "photo"},
    )


def check_again(on: Stage) -> Scene:
    run = on.lost()
    return Scene(
        lambda actor: decisions.check_again(on.db, run.id or 0, actor=actor),
        **on.at(run),
        before={"step": "group"},
    )


def did_not_happen(on: Stage) -> Scene:
    run = on.lost()
    return Scene(
        lambda actor: decisions.did_not_happen(on.db, run.id or 0, actor=actor),
        **on.at(run),
        before={"call": "create_group", "state": "unknown"},
        after={"state": "absent"},
    )


def enter_id(on: Stage) -> Scene:
    run = on.lost()
    ids = {"avatar_id": f"a{run.id}", "group_id": f"of run {run.id}"}
    return Scene(
        lambda actor: decisions.enter_id(on.studio, run.id or 0, **ids, actor=actor),
        **on.at(run),
        before={"call": "create_group", "state": "unknown"},
        after=ids,
    )


def lift(on: Stage) -> Scene:
    run = on.run("paused", step="motion")
    on.add(Halt(run_id=run.id or 0, code="no_credits", needed=CREDIT, believed=0))
    return Scene(lambda actor: breaker.lift(on.db, actor=actor), **on.at(run))


def ask(on: Stage) -> Scene:
    place = on.location()
    return Scene(
        lambda actor: questions.ask(on.db, location_id=place, actor=actor),
        **_place(place),
        after={"question": "location"},
    )


def attach(on: Stage) -> Scene:
    place, group = on.location(), on.listed()
    ids = {"group_id": group, "look_id": f"{group}look"}
    return Scene(
        lambda actor: taking_over.attach(on.studio, location_id=place, **ids, actor=actor),
        **_place(place),
        before={
            **{"heygen_group_id": None, "heygen_look_id": None, "heygen_avatar_id": "00000"},
            **{"avatar_status": "none", "motion_status": "none"},
        },
        after={
            **{
                "heygen_group_id": group,
                "heygen_look_id": f"{group}look",
                "heygen_avatar_id": f"{group}look",
            },
            **{"avatar_status": "completed", "motion_status": "completed"},
        },
    )


def ask_to_delete(on: Stage) -> Scene:
    group = on.listed()
    return Scene(
        lambda actor: taking_over.ask_to_delete(on.db, group, typed_name="Elsewhere", actor=actor),
        *("group", group),
    )


def let_go(on: Stage) -> Scene:
    name = f"gone{on.number()}"
    place = on.location(
        **AVATAR | {"heygen_group_id": name, "heygen_look_id": name, "heygen_avatar_id": name}
    )
    on.listed()
    # HeyGen's list was made after the location had its avatar.
    questions.answer(on.studio, questions.ask(on.db, kind="inventory", actor=LOCAL_ADMIN))
    return Scene(
        lambda actor: taking_over.let_go(on.db, location_id=place, actor=actor),
        **_place(place),
        before={"heygen_group_id": name, "heygen_avatar_id": name},
    )


def take_back_avatar(on: Stage) -> Scene:
    place = on.location()
    past = on.add(
        PastAvatar(location_id=place, reason="photo", actor="Ann", image_url="http://x/y", **AVATAR)
    )
    return Scene(
        lambda actor: past_avatars.take_back(on.db, past, actor=actor),
        **_place(place),
        before={"image_url": on.world.photo_url} | dict.fromkeys(AVATAR, ANY),
        after={"image_url": "http://x/y"} | AVATAR,
    )


def remove_video(on: Stage) -> Scene:
    video, run = on.video(file="1.mp4", size=7, sha256="ab")
    return Scene(
        lambda actor: files.remove(on.studio, video, actor=actor),
        *("video", video),
        before={"file": "1.mp4", "size": 7, "sha256": "ab"},
        location_id=run.location_id,
        run_id=run.id,
    )


def fetch_again(on: Stage) -> Scene:
    video, run = on.video()
    return Scene(
        lambda actor: files.fetch_again(on.studio, video, actor=actor),
        *("video", video),
        before={"state": "done"},
        location_id=run.location_id,
        run_id=run.id,
    )


def set_budget(on: Stage) -> Scene:
    who = on.blogger()
    wish = {"scope": "blogger", "target": str(who), "micro": CREDIT, "hard": True, "reason": "agreed"}
    return Scene(
        lambda actor: budgets.set_budget(on.db, **wish, actor=actor),
        *("budget", ANY),
        after={"micro_credits": CREDIT, "hard": True, "scope": "blogger", "reason": "agreed"},
    )


def end_budget(on: Stage) -> Scene:
    wish: dict[str, Any] = {"scope": "person", "target": f"Ann {on.number()}", "micro": CREDIT, "hard": False}
    number = budgets.set_budget(on.db, **wish, reason="", actor=LOCAL_ADMIN).id or 0
    return Scene(
        lambda actor: budgets.end_budget(on.db, number, reason="over", actor=actor),
        *("budget", number),
        before={"micro_credits": CREDIT, "hard": False},
        after={"scope": "person", "reason": "over"},
    )


def override(on: Stage) -> Scene:
    prices.back_to_file(on.db, "upload_asset", actor=LOCAL_ADMIN)
    wish: dict[str, Any] = {"operation": "upload_asset", "micro": 5, "reason": "a list"}
    return Scene(
        lambda actor: prices.override(on.db, **wish, actor=actor),
        *("price", "upload_asset"),
        after={"micro_credits": 5, "reason": "a list"},
    )


def back_to_file(on: Stage) -> Scene:
    wish: dict[str, Any] = {"operation": "upload_asset", "micro": 7, "reason": f"list {on.number()}"}
    prices.override(on.db, **wish, actor=LOCAL_ADMIN)
    return Scene(
        lambda actor: prices.back_to_file(on.db, "upload_asset", actor=actor),
        *("price", "upload_asset"),
        before={"micro_credits": 7, "reason": wish["reason"]},
    )


def book(on: Stage) -> Scene:
    reason = f"Voucher {on.number()}"
    return Scene(
        lambda actor: corrections.book(on.db, micro=9, reason=reason, actor=actor),
        *("ledger", ANY),
        after={"micro_credits": 9, "reason": reason},
    )


def accept_refund(on: Stage) -> Scene:
    run, drift = on.run("done"), on.drift()
    with on.db.write() as session:
        ledger._add(session, session.get_one(Run, run.id), "overrun", -CREDIT, "Ann")
    return Scene(
        lambda actor: corrections.accept_refund(on.db, drift, run.id or 0, actor=actor),
        *("ledger", drift),
        after={"micro_credits": CREDIT},
        location_id=run.location_id,
        run_id=run.id,
    )


def explain(on: Stage) -> Scene:
    drift = on.drift()
    return Scene(
        lambda actor: corrections.explain(on.db, drift, reason="bought", actor=actor),
        *("ledger", drift),
        after={"micro_credits": CREDIT, "reason": "bought"},
    )


def keep_backup(on: Stage) -> Scene:
    clock.shift(on.number())
    return Scene(
        lambda actor: backups.keep(on.db, on.studio.settings, actor=actor), "data", after={"size": ANY}
    )


def write_backup(on: Stage) -> Scene:
    target = on.folder / f"b{on.number()}.db"
    return Scene(lambda actor: backups.write(on.db, target, actor=actor), "data", after={"size": ANY})


def restore(on: Stage) -> Scene:
    folder = on.folder / f"restored{on.number()}"
    there = fresh_database(folder)
    backups.write(there, folder / "b.db", actor=LOCAL_ADMIN)
    there.close()
    settings = replace(load({}, None), data_dir=folder)
    return Scene(
        lambda actor: backups.restore(settings, folder / "b.db", actor=actor),
        "data",
        after={"made_at": ANY},
        file=folder / "studio.db",
    )


def take_key(on: Stage) -> Scene:
    folder = on.folder / f"key{on.number()}"
    base, key = on.studio.settings.api_base, on.studio.settings.api_key
    environ = {"HEYGEN_API_KEY": key, "HEYGEN_API_BASE": base, "DATA_DIR": str(folder)}
    settings = load(environ | {"HEYGEN_DIALECT": "workflow"}, None)
    open_database(settings).close()
    return Scene(
        lambda actor: connection.take_key(settings, force=True, actor=actor),
        "data",
        after={"forced": True},
        file=folder / "studio.db",
    )


def of_sandbox(act: Callable[[Stage, Person], Any], **said: Any) -> Callable[[Stage], Scene]:
    """A control of the sandbox."""
    return lambda on: Scene(lambda actor: act(on, actor), "sandbox", **said)


def reset(on: Stage) -> Scene:
    on.world.sql("UPDATE run SET state = 'done' WHERE state NOT IN ('done', 'failed', 'cancelled')")
    on.world.sql("UPDATE location SET heygen_avatar_id = '00000', heygen_group_id = NULL")
    name = f"r{on.number()}"
    place = on.location(heygen_avatar_id=name, heygen_group_id=name)
    return Scene(
        lambda actor: sandbox_account.reset(on.studio, actor=actor),
        **_place(place),
        before={"heygen_group_id": name, "heygen_avatar_id": name},
    )


def invite(on: Stage) -> Scene:
    address = f"new{on.number()}@team.example"
    return Scene(
        lambda actor: members.invite(on.db, address, role="viewer", actor=actor),
        *("invitation", ANY),
        after={"role": "viewer"},
    )


def take_back_invitation(on: Stage) -> Scene:
    on.member()
    link = members.links(on.db)[0].id
    return Scene(lambda actor: members.take_back(on.db, link, actor=actor), "invitation", link)


def change_role(on: Stage) -> Scene:
    who = on.member()
    return Scene(
        lambda actor: members.change_role(on.db, who, role="viewer", actor=actor),
        *("member", who),
        before={"role": "operator"},
        after={"role": "viewer"},
    )


def remove_member(on: Stage) -> Scene:
    who = on.member()
    return Scene(
        lambda actor: members.remove(on.db, who, actor=actor), "member", who, before={"role": "operator"}
    )


def sign_out_everywhere(on: Stage) -> Scene:
    who = on.member()
    return Scene(lambda actor: members.sign_out_everywhere(on.db, who, actor=actor), "member", who)


control = sandbox_account
#: By the function's full name, without "core.".
SCENES: dict[str, Callable[[Stage], Scene]] = {
    "bloggers.editing.add_blogger": add_blogger,
    "bloggers.editing.rename_blogger": rename_blogger,
    "bloggers.editing.add_location": add_location,
    "bloggers.editing.edit_location": edit_location,
    "bloggers.archive.archive_location": archive_location,
    "bloggers.archive.archive_locations": archive_locations,
    "bloggers.archive.archive_blogger": archive_blogger,
    "bloggers.archive.restore_location": restore_location,
    "bloggers.archive.restore_locations": restore_locations,
    "bloggers.archive.restore_blogger": restore_blogger,
    "bloggers.exchange.applying.apply_import": apply_import,
    "bloggers.exchange.samples.load_samples": load_samples,
    "bloggers.exchange.bring_over.bring": bring,
    "bloggers.past_avatars.take_back": take_back_avatar,
    "videos.voices.set_default": set_default,
    "runs.confirm.confirm": confirm_quote,
    "runs.retry.retry": retry_run,
    "runs.decisions.request_cancel": request_cancel,
    "runs.decisions.check_again": check_again,
    "runs.decisions.did_not_happen": did_not_happen,
    "runs.decisions.enter_id": enter_id,
    "runs.archive.remove": remove_video,
    "runs.archive.fetch_again": fetch_again,
    "journal.breaker.lift": lift,
    "account.questions.ask": ask,
    "account.taking_over.attach": attach,
    "account.taking_over.ask_to_delete": ask_to_delete,
    "account.taking_over.let_go": let_go,
    "account.connection.take_key": take_key,
    "money.budgets.set_budget": set_budget,
    "money.budgets.end_budget": end_budget,
    "money.prices.override": override,
    "money.prices.back_to_file": back_to_file,
    "money.corrections.book": book,
    "money.corrections.accept_refund": accept_refund,
    "money.corrections.explain": explain,
    "people.backups.keep": keep_backup,
    "people.backups.write": write_backup,
    "people.backups.restore": restore,
    "account.sandbox_account.add_credits": of_sandbox(
        lambda on, who: control.add_credits(on.studio, 1, actor=who), after={"added": CREDIT}
    ),
    "account.sandbox_account.set_credits": of_sandbox(
        lambda on, who: control.set_credits(on.studio, 30, actor=who), after={"credits": 30 * CREDIT}
    ),
    "account.sandbox_account.set_speed": of_sandbox(
        lambda on, who: control.set_speed(on.studio, 900, actor=who), after={"speed": 900}
    ),
    "account.sandbox_account.set_group_limit": of_sandbox(
        lambda on, who: control.set_group_limit(on.studio, None, actor=who), after={"group_limit": -1}
    ),
    "account.sandbox_account.arm": of_sandbox(
        lambda on, who: control.arm(on.studio, "no_face", "group", actor=who),
        after={"failure": "no_face", "step": "group", "times": 1},
    ),
    "account.sandbox_account.disarm": of_sandbox(
        lambda on, who: control.disarm(on.studio, actor=who), before={"failures": "all"}
    ),
    "account.sandbox_account.reset": reset,
    "people.members.invite": invite,
    "people.members.take_back": take_back_invitation,
    "people.members.change_role": change_role,
    "people.members.remove": remove_member,
    "people.members.sign_out_everywhere": sign_out_everywhere,
}
