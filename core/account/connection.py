"""Whether the connection works: which dialects HeyGen answers in, balance, plan and groups.

Free GETs only, with the key that is set.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from core import amounts, clock, heygen
from core.account import balance
from core.account.balance import Money
from core.config import Settings
from core.database.engine import Database, make_data_folder, migrate
from core.database.stamp import stamp
from core.errors import BadInput, Refusal, storable
from core.heygen.errors import HeyGenError, UnknownRoute
from core.locale import N_
from core.people import audit
from core.people.roles import Person, acts
from core.studio import Studio

#: What a fact means for the person: all is well, have a look, it does not work, and beside the matter.
GOOD, LOOK, BAD, ASIDE = "good", "look", "bad", "aside"
_NOT_SPOKEN = N_("HeyGen does not speak this dialect here")
_ENDS_ON = N_(
    "HeyGen ends the dialect {dialect} on {day}. Until then it works as before. To go on afterwards, write "
    "HEYGEN_DIALECT=v3 into the file .env and start the Studio again: v3 costs US dollars, and on its first "
    "visit the Studio offers to bring bloggers and locations over."
)
_ENDED_ON = N_(
    "HeyGen announced the end of the dialect {dialect} for {day}: it may stop at any moment. To go on, write "
    "HEYGEN_DIALECT=v3 into the file .env and start the Studio again: v3 costs US dollars, and on its first "
    "visit the Studio offers to bring bloggers and locations over."
)
_ENDS = N_(
    "HeyGen will end the dialect {dialect}, on a day that it does not name. To go on then, write "
    "HEYGEN_DIALECT=v3 into the file .env and start the Studio again: v3 costs US dollars, and on its first "
    "visit the Studio offers to bring bloggers and locations over."
)


@dataclass(frozen=True)
class Fact:
    """A line of the answer: how it is judged, in a word, and a sentence with its values.

    `dialect` is the one that the sentence is about, or "".
    """

    state: str
    word: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)
    dialect: str = ""


def examine(studio: Studio) -> dict[str, Any]:
    """What HeyGen answers, as a StatusCheck keeps it; `facts` tells it.

    One dialect that fails is a result. The balance is noted as by account.refresh. Raises HeyGenError when
    HeyGen answers in no dialect at all: that of the dialect which is set.
    """
    settings = studio.settings
    found: dict[str, Any] = {
        "dialect": settings.dialect,
        "world": settings.world,
        "host": urlsplit(settings.api_base).netloc,
        "plan": studio.subscription.name,
        "group_limit": studio.subscription.groups,
    }
    dialects: dict[str, dict[str, Any]] = {}
    failure: HeyGenError | None = None
    try:
        seen = balance.look(studio)
        about = studio.client.about()
        if about.dialect != settings.dialect:
            dialects[settings.dialect] = {"why": _NOT_SPOKEN}
        dialects[about.dialect] = {}
        found |= {"credits": seen.reading.micro_credits, "groups": seen.reading.groups}
        found |= {"another": seen.another, "heygen_plan": about.plan, "scope": about.scope}
    except HeyGenError as error:
        failure = error
        dialects[settings.dialect] = _why(error)
    other = "v2" if settings.family == "v3" else "v3"
    client = heygen.connect(replace(settings, dialect=other), stop=studio.stopping)
    try:
        client.remaining_credits()
        client.list_groups()
        dialects[client.about().dialect] = {}
    except HeyGenError as error:
        dialects[other] = _why(error)
    for name, twin in (("workflow", "v2"), ("v2", "workflow")):
        # Both are asked by the same calls: one answers, or none.
        if name not in dialects:
            dialects[name] = dialects[twin] or {"why": _NOT_SPOKEN}
    # The family of the data comes first: the same money in the same folder.
    answering = [name for name, said in dialects.items() if not said]
    if not answering and failure is not None:
        raise failure
    line = "" if settings.dialect in answering else f"HEYGEN_DIALECT={answering[0]}"
    return found | {"dialects": dialects, "line": line}


def facts(answer: dict[str, Any], money: Money) -> list[Fact]:
    """The answer line by line, beside what the ledger says now."""
    told = [Fact(GOOD, N_("OK"), N_("HeyGen answers at {host}"), {"host": answer["host"]})]
    told += _dialects(answer)
    if answer.get("another"):
        told.append(
            Fact(
                BAD,
                N_("Another account?"),
                N_(
                    "The key seems to belong to another HeyGen account than the data: HeyGen knows none of "
                    "the groups that the locations own, and its balance is not the ledger's. Nothing was "
                    "booked. Put the old key back, or set DATA_DIR to another directory. Only if you are "
                    "sure that it is the same account, run: python -m core rekey --force"
                ),
            )
        )
    if "credits" in answer:
        told += [*_balance(answer, money), _groups(answer)]
    told.append(Fact(GOOD, N_("OK"), N_("The plan is set to {plan}"), {"plan": answer["plan"]}))
    if plan := answer.get("heygen_plan"):
        told.append(Fact(GOOD, N_("OK"), N_("HeyGen calls the plan {plan}"), {"plan": plan}))
    return told + _scope(answer.get("scope", ""))


def ending(studio: Studio, notice: dict[str, str]) -> tuple[str, dict[str, str]] | None:
    """What a person is told of the end that HeyGen announced for the dialect, or None."""
    if not notice or studio.settings.family == "v3":
        return None
    values = {"dialect": studio.settings.dialect, "day": notice.get("sunset", "")}
    if not values["day"]:
        return _ENDS, values
    over = date.fromisoformat(values["day"]) <= clock.now().date()
    return (_ENDED_ON if over else _ENDS_ON), values


@acts("change_key")
def take_key(settings: Settings, *, force: bool = False, actor: Person) -> None:
    """Write the key of `settings` into the data's stamp, once HeyGen has shown that it is the same account.

    With `force` a key that seems to be another account's is taken too, and the ledger then says what HeyGen
    says. Raises BadInput where there are no data or no key to change, Refusal for another account,
    StartRefused for data of another world, HeyGenError when HeyGen does not accept the key.
    """
    path = settings.data_dir / "studio.db"
    if settings.embedded or not path.is_file():
        raise BadInput("There is no key to change: without a key or without data nothing has to be done.")
    client = heygen.connect(settings)
    amounts.use_unit(client.traits.unit)
    make_data_folder(settings)
    micro, listing = client.remaining_credits(), client.list_groups()
    database = Database(path)
    try:
        migrate(database)
        with database.write() as session:
            stamp(session, settings, new_key=True)
            audit.note(session, actor, "change_key", kind="data", after={"forced": force})
            if balance.is_another(session, balance.owned_groups(session), micro, listing):
                if not force:
                    raise Refusal(
                        "The new key seems to belong to another HeyGen account: HeyGen knows none of the "
                        "groups that the locations own, and its balance is not the ledger's. Nothing was "
                        "changed. Set DATA_DIR to another directory for that account. Only if you are sure "
                        "that it is the same account, run: python -m core rekey --force"
                    )
                balance.take_balance(session, micro)
    finally:
        database.close()


def _why(error: HeyGenError) -> dict[str, Any]:
    if isinstance(error, UnknownRoute):
        return {"why": _NOT_SPOKEN}
    return {"why": error.template, "values": storable(error.values)}


def _dialects(answer: dict[str, Any]) -> list[Fact]:
    told = []
    for name, said in answer.get("dialects", {}).items():
        is_set = name == answer["dialect"]
        if not said:
            template = N_("HeyGen answers in this dialect")
            if is_set:
                template = N_("HeyGen answers in this dialect, and it is the one that is set")
            told.append(Fact(GOOD, N_("OK"), template, dialect=name))
        else:
            state, word = (BAD, N_("Does not work")) if is_set else (ASIDE, N_("Not here"))
            told.append(Fact(state, word, said["why"], said.get("values", {}), dialect=name))
    if line := answer.get("line"):
        template = N_("Put this line into the file .env and start the Studio again: {line}")
        told.append(Fact(LOOK, N_("To change"), template, {"line": line}))
    return told


def _balance(answer: dict[str, Any], money: Money) -> list[Fact]:
    told = [Fact(GOOD, N_("OK"), N_("The balance is {amount}"), {"amount": answer["credits"]})]
    # While something is held the two differ by right: HeyGen takes a credit when it accepts the motion.
    if not money.held:
        if money.available == answer["credits"]:
            told.append(Fact(GOOD, N_("OK"), N_("The ledger says the same")))
        else:
            said = {"amount": money.available}
            told.append(Fact(LOOK, N_("Differs"), N_("The ledger says {amount}"), said))
    return told


def _groups(answer: dict[str, Any]) -> Fact:
    groups, limit = answer["groups"], answer["group_limit"]
    if limit is None:
        return Fact(GOOD, N_("OK"), N_("Avatar groups: {n}; the plan has no limit"), {"n": groups})
    state, word = (GOOD, N_("OK")) if groups < limit else (LOOK, N_("Full"))
    return Fact(state, word, N_("Avatar groups: {n} of {limit}"), {"n": groups, "limit": limit})


def _scope(scope: str) -> list[Fact]:
    """What the key may do, where HeyGen tells it (heygen-api.md section 8)."""
    if scope == "read_only":
        template = N_(
            "The key may only read: HeyGen will refuse every avatar and video. Nothing is spent by trying. "
            "Make a key with full access in HeyGen"
        )
        return [Fact(LOOK, N_("Read only"), template)]
    if scope == "custom":
        template = N_("The key has chosen rights only; it needs those for assets, avatars and videos")
        return [Fact(LOOK, N_("Chosen rights"), template)]
    return [Fact(GOOD, N_("OK"), N_("The key may do everything"))] if scope == "full" else []
