"""The team: who may come in, with which role; invitations; taking a role or the way in back."""

from typing import Any

import streamlit as st

from core.database.tables.people import Member
from core.people import members
from core.people.members import Link
from core.people.roles import OPERATOR, ROLES, Person
from core.studio import Studio
from pages.parts.kit import dialogs, times
from pages.parts.kit.guard import guarded, refusal, told_later
from pages.parts.kit.people import require, who
from pages.parts.kit.words import escape, many, person, role, t

PER_PAGE = 25
INVITE, CHANGE = "invite", "change_member"
_PAGE, _SEARCH, _REFUSED = "members_page", "members_search", "members_refused"


def show(studio: Studio) -> None:
    """The members, a row each, then the links that still let somebody in."""
    require("admin")
    known = members.everybody(studio.db)
    _who_gets_in(studio)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(many("{n} member", "{n} members", len(known)), width="content")
        dialogs.button(t("Invite"), INVITE, {"asked": {}}, icon=":material/person_add:", needs="admin")
    _list(known)
    _links(studio)
    dialogs.show(INVITE, t("Invite"), lambda asked: _invite(studio, asked), needs="admin", width="small")
    dialogs.show(
        CHANGE,
        t("Change a member"),
        lambda member_id, asked: _change(studio, member_id, asked),
        needs="admin",
        width="small",
    )


def _who_gets_in(studio: Studio) -> None:
    """For whom this address is open, and where it is for nobody else, what lets others in."""
    ways = studio.ways
    if ways.origin:
        said = t("Members come in at {address}.", address=escape(ways.origin))
        st.markdown(f":material/public: {said}")
    elif ways.proxy_header:
        st.markdown(f":material/dns: {t('Members come in through your proxy, which says who they are.')}")
    else:
        st.info(
            t(
                "This address is open to this machine alone. To let others in, set PUBLIC_URL to the https "
                "address that the team uses, and start the Studio again; README, “For a team”, shows how."
            ),
            icon=":material/computer:",
        )


def _list(known: list[Member]) -> None:
    if not known:
        st.markdown(t("There are no members yet. Invite the first one."))
        return
    found = known
    if len(known) > PER_PAGE:
        words = st.text_input(
            t("Search"),
            key=_SEARCH,
            type="search",
            live="300ms",
            max_chars=200,
            placeholder=t("Name or e-mail"),
            label_visibility="collapsed",
            width=280,
        )
        asked = (words or "").casefold().split()
        found = [
            one for one in known if all(word in f"{one.called} {one.email}".casefold() for word in asked)
        ]
        if not found:
            st.info(t("No member matches."), icon=":material/search_off:")
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(st.session_state.get(_PAGE, 1), pages)
    for one in found[(page - 1) * PER_PAGE : page * PER_PAGE]:
        _row(one)
    if pages > 1:
        st.pagination(pages, key=_PAGE)


def _row(one: Member) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"member_{one.id}"):
        with st.container(gap="xxsmall", width="stretch"):
            name = f"**{escape(one.called or one.email)}**"
            me = f" :blue-badge[{t('You')}]" if one.id == who().member_id else ""
            st.markdown(f"{name} :gray-badge[{role(one.role)}]{me}")
            facts = [escape(one.email)] if one.called else []
            st.caption(" · ".join([*facts, _seen(one)]), help=_exactly(one))
        dialogs.button(
            t("Change"),
            CHANGE,
            {"member_id": one.id, "asked": {}},
            key=f"change_member_{one.id}",
            icon=":material/edit:",
            needs="admin",
        )


def _seen(one: Member) -> str:
    if one.last_seen_at is None:
        return t("has not come in yet")
    seen = t("last seen {age}", age=times.ago(one.last_seen_at))
    return f"{seen} · {_ways().get(one.way, '')}".rstrip(" ·")


def _ways() -> dict[str, str]:
    """How somebody signed in."""
    return {
        "provider": t("signs in at your identity provider"),
        "invitation": t("signed in by an invitation"),
        "proxy": t("comes through your proxy"),
        "start_link": t("came by the start link"),
    }


def _exactly(one: Member) -> str | None:
    added = t(
        "Added {time} by {person}.", time=times.exact(one.added_at), person=escape(person(one.added_by))
    )
    seen = t("Last seen {time}.", time=times.exact(one.last_seen_at)) if one.last_seen_at else ""
    return f"{added} {seen}".strip()


def _links(studio: Studio) -> None:
    """The invitations that nobody has used yet."""
    refusal(_REFUSED)
    found = members.links(studio.db)
    if not found:
        return
    st.subheader(t("Open invitations"), anchor=False)
    st.caption(t("Each lets one person in, once. What is taken back or too old opens nothing."))
    for one in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"link_{one.id}"):
            with st.container(gap="xxsmall", width="stretch"):
                st.markdown(f"**{escape(one.email)}** :gray-badge[{role(one.role)}]")
                st.caption(
                    t(
                        "Invited {age} by {person} · good until {time}",
                        age=times.ago(one.made_at),
                        person=escape(person(one.made_by)),
                        time=times.exact(one.expires_at),
                    )
                )
            st.button(
                t("Take back"),
                key=f"take_back_{one.id}",
                icon=":material/undo:",
                on_click=_take_back,
                args=(studio, one),
            )


def _take_back(studio: Studio, link: Link) -> None:
    with told_later(_REFUSED):
        members.take_back(studio.db, link.id, actor=require("admin"))


def _invite(studio: Studio, asked: dict[str, Any]) -> None:
    """`asked` keeps the link while the dialog is open: it is shown this once."""
    if "token" in asked:
        _link(studio, asked)
        return
    with st.form("invite", border=False):
        email = st.text_input(
            t("E-mail address"),
            key="invite_email",
            max_chars=254,
            placeholder=t("For example anna@team.example"),
        )
        wanted = st.radio(
            t("Role"),
            list(ROLES),
            index=ROLES.index(OPERATOR),
            format_func=role,
            captions=[t("Looks at everything"), t("Works and spends"), t("Decides about everything")],
            key="invite_role",
        )
        if st.form_submit_button(t("Invite"), key="invite_now", type="primary", icon=":material/person_add:"):
            with guarded():
                _invited(studio, asked, email or "", wanted)


def _invited(studio: Studio, asked: dict[str, Any], email: str, wanted: str) -> None:
    asked["token"] = members.invite(studio.db, email, role=wanted, actor=require("admin"))
    asked["email"] = email.strip()
    st.rerun()


def _link(studio: Studio, asked: dict[str, Any]) -> None:
    """What to send to whom."""
    email = escape(asked["email"])
    if link := studio.ways.join_link(asked["token"]):
        st.markdown(t("Send this link to **{email}**:", email=email))
        st.code(link, language=None, wrap_lines=True)
        found = next(iter(members.links(studio.db)), None)
        until = times.exact(found.expires_at) if found else "–"
        st.caption(
            t(
                "It lets one person in, once, until {time}. It is shown only now; a lost one is replaced by "
                "a new invitation.",
                time=until,
            )
        )
    elif studio.ways.proxy_header:
        st.markdown(t("**{email}** is a member and can come in through your proxy now.", email=email))
    else:
        st.markdown(t("**{email}** is a member now.", email=email))
        st.caption(
            t("There is no link to send while PUBLIC_URL is not set. Set it, then make a link in the list.")
        )
    if st.button(t("Done", context="button"), key="invite_done", type="primary"):
        dialogs.close()


def _change(studio: Studio, member_id: int, asked: dict[str, Any]) -> None:
    one = next((one for one in members.everybody(studio.db) if one.id == member_id), None)
    if one is None:
        st.info(t("This member was removed meanwhile. Nothing was changed."), icon=":material/info:")
        return
    if "token" in asked:
        _link(studio, asked)
        return
    st.markdown(f"**{escape(one.called or one.email)}**")
    if one.called:
        st.caption(escape(one.email))
    _role(studio, one)
    with st.expander(t("Another link"), icon=":material/link:"):
        st.caption(t("To sign in on another machine, or in place of a link that was lost."))
        if st.button(t("Make a link"), key="another_link"):
            with guarded():
                _invited(studio, asked, one.email, one.role)
    with st.expander(t("Sign out everywhere"), icon=":material/logout:"):
        st.caption(t("Every browser that is signed in is out at its next click. The member can come back."))
        if st.button(t("Sign out everywhere"), key="sign_out_everywhere"):
            dialogs.do(lambda: members.sign_out_everywhere(studio.db, member_id, actor=require("admin")))
    with st.expander(t("Remove"), icon=":material/person_remove:"):
        st.caption(
            t(
                "Out at the next click, and open invitations are dead. Runs go on, and everything that "
                "{person} did stays in the record.",
                person=escape(one.called or one.email),
            )
        )
        if st.button(t("Remove the member"), key="remove_member", icon=":material/person_remove:"):
            dialogs.do(lambda: members.remove(studio.db, member_id, actor=require("admin")))


def _role(studio: Studio, one: Member) -> None:
    assert one.id is not None
    wanted = st.segmented_control(
        t("Role"),
        list(ROLES),
        default=one.role,
        required=True,
        format_func=role,
        key=f"role_of_{one.id}",
    )
    sure = True
    if one.id == who().member_id and not Person("", wanted).may("admin") and one.role != wanted:
        st.warning(
            t("This is you: afterwards only another administrator can give you the role back."),
            icon=":material/warning:",
        )
        sure = st.checkbox(t("Lower my own role"), key="lower_myself")
    if st.button(
        t("Save"),
        key="save_role",
        type="primary",
        icon=":material/check:",
        disabled=wanted == one.role or not sure,
    ):
        member_id = one.id
        dialogs.do(lambda: members.change_role(studio.db, member_id, role=wanted, actor=require("admin")))
