"""Roles, what each may do, and the one table of everything that people do.

A function that changes something takes the `Person` who asks and is marked with its action; whoever may not
do that is refused before the function begins. Pages ask `may` and draw no control that would be refused.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from core.database.tables.people import ROLES
from core.errors import NotAllowed
from core.locale import N_

P = ParamSpec("P")
R = TypeVar("R")

VIEWER, OPERATOR, ADMINISTRATOR = ROLES
#: What pages and commands ask for, and the least role that has it.
PERMISSIONS = {"view": VIEWER, "edit": OPERATOR, "spend": OPERATOR, "admin": ADMINISTRATOR}
#: How a role is called in a sentence that says who may do something.
WHO_MAY = {
    OPERATOR: N_("Only operators and administrators may do this. Nothing was changed and nothing was spent."),
    ADMINISTRATOR: N_("Only administrators may do this. Nothing was changed and nothing was spent."),
}


@dataclass(frozen=True)
class Person:
    """Somebody who acts: the name that the record keeps (a member's e-mail address), and the role."""

    name: str
    role: str
    #: What people call a member, and the member's row; a person without sign-in has none.
    called: str = ""
    member_id: int | None = None

    def may(self, permission: str) -> bool:
        """True when the role has this permission."""
        return ROLES.index(self.role) >= ROLES.index(PERMISSIONS[permission])

    def must(self, permission: str) -> None:
        """Raise NotAllowed without the permission."""
        if not self.may(permission):
            raise NotAllowed(WHO_MAY[PERMISSIONS[permission]])


#: Whoever works at this machine, where nobody signs in, and every command.
LOCAL_ADMIN = Person("local administrator", ADMINISTRATOR)
#: Who acts where nobody did: what HeyGen's own figure shows is taken over.
BOOKKEEPER = "HeyGen's balance"


@dataclass(frozen=True)
class Action:
    """Something that people do: the permission it takes and what the record calls it."""

    permission: str
    label: str


#: Everything that changes data or spends. The record knows no other action, and no function has one besides.
ACTIONS = {
    "add_blogger": Action("edit", N_("Added the blogger")),
    "rename_blogger": Action("edit", N_("Renamed the blogger")),
    "archive_blogger": Action("edit", N_("Archived the blogger")),
    "restore_blogger": Action("edit", N_("Restored the blogger")),
    "add_location": Action("edit", N_("Added the location")),
    "edit_location": Action("edit", N_("Changed the location")),
    "archive_location": Action("edit", N_("Archived the location")),
    "restore_location": Action("edit", N_("Restored the location")),
    "set_video_defaults": Action("edit", N_("Set what videos start from")),
    "import_file": Action("edit", N_("Imported a file")),
    "load_samples": Action("edit", N_("Loaded the samples")),
    "bring_over": Action("edit", N_("Brought data over")),
    "confirm": Action("spend", N_("Confirmed")),
    "retry": Action("spend", N_("Retried")),
    "cancel": Action("spend", N_("Asked to cancel")),
    "check_again": Action("spend", N_("Asked to check again")),
    "did_not_happen": Action("spend", N_("Decided: it did not happen")),
    "enter_id": Action("spend", N_("Decided: it happened")),
    "resume_paid_work": Action("spend", N_("Resumed paid work")),
    "ask_heygen": Action("edit", N_("Asked HeyGen")),
    "attach_group": Action("edit", N_("Attached a group")),
    "let_group_go": Action("edit", N_("Let a group go")),
    "take_back_avatar": Action("edit", N_("Took an earlier avatar back")),
    "delete_group": Action("admin", N_("Had a group deleted in HeyGen")),
    "remove_video": Action("edit", N_("Removed the file of a video")),
    "fetch_video": Action("edit", N_("Fetched a file again")),
    "set_budget": Action("admin", N_("Set a budget")),
    "end_budget": Action("admin", N_("Removed a budget")),
    "set_price": Action("admin", N_("Set a price")),
    "restore_price": Action("admin", N_("Went back to the published price")),
    "correct_balance": Action("admin", N_("Corrected the balance")),
    "accept_refund": Action("admin", N_("Accepted a refund")),
    "explain_change": Action("admin", N_("Explained a change from outside")),
    "make_backup": Action("admin", N_("Made a backup")),
    "restore_backup": Action("admin", N_("Restored a backup")),
    "change_key": Action("admin", N_("Took another key of the account")),
    "change_sandbox": Action("admin", N_("Changed the sandbox")),
    "reset_sandbox": Action("admin", N_("Reset the sandbox")),
    "add_member": Action("admin", N_("Added the member")),
    "invite": Action("admin", N_("Invited")),
    "join": Action("view", N_("Joined by an invitation")),
    "take_back_invitation": Action("admin", N_("Took an invitation back")),
    "change_role": Action("admin", N_("Changed the role")),
    "remove_member": Action("admin", N_("Removed the member")),
    "sign_out": Action("view", N_("Signed out")),
    "sign_out_everywhere": Action("admin", N_("Signed out everywhere")),
}
#: Which function does what, by its full name; filled by `acts`.
ACTED_BY: dict[str, str] = {}


def acts(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a function that takes `actor: Person` with its action: it begins only for who may do that.

    The function raises NotAllowed for anybody else.
    """
    permission = ACTIONS[action].permission

    def mark(act: Callable[P, R]) -> Callable[P, R]:
        ACTED_BY[f"{act.__module__}.{act.__qualname__}"] = action

        @functools.wraps(act)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            actor = kwargs["actor"]
            assert isinstance(actor, Person)
            actor.must(permission)
            return act(*args, **kwargs)

        return checked

    return mark
