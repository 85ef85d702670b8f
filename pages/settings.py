"""Settings: the connection, the plan and prices, backups, and in the sandbox its controls; ?part=sandbox."""

import streamlit as st

from core.members import require
from core.studio import current
from pages.parts import settings_backup, settings_connection, settings_plan, settings_sandbox
from pages.parts.guard import guarded
from pages.parts.words import t

require("view")
studio = current()
PART = "part"
parts = {
    "connection": t("Connection"),
    "plan": t("Plan and prices"),
    "backup": t("Backup"),
}
if studio.settings.world == "sandbox":
    parts["sandbox"] = t("Sandbox")
draw = {
    "connection": settings_connection.show,
    "plan": settings_plan.show,
    "backup": settings_backup.show,
    "sandbox": settings_sandbox.show,
}


def keep_part() -> None:
    """The open part stands in the address, so that a link leads to it in any language."""
    slugs = {label: slug for slug, label in parts.items()}
    st.query_params[PART] = slugs.get(st.session_state["settings_part"], "connection")


st.title(t("Settings"), anchor=False)
opened = st.tabs(
    list(parts.values()),
    default=parts.get(st.query_params.get(PART, "")),
    key="settings_part",
    on_change=keep_part,
)
for slug, tab in zip(parts, opened, strict=True):
    # A tab that is not open is not drawn: the sandbox is asked for its state only where it is shown.
    if tab.open:
        with tab, guarded():
            draw[slug](studio)
