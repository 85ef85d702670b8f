"""Settings: connection, plan and prices, members, backups, in the sandbox its controls; ?part=sandbox."""

import streamlit as st

from core.studio import current
from pages.parts.kit import sections
from pages.parts.kit.people import may, require
from pages.parts.kit.words import t
from pages.parts.settings import backup, connection, members, plan, sandbox

require("view")
studio = current()
parts = {
    "connection": (t("Connection"), connection.show),
    "plan": (t("Plan and prices"), plan.show),
}
# Behind a link, who may not see them reads who may.
if may("admin") or st.query_params.get(sections.PART) == "members":
    parts["members"] = (t("Members"), members.show)
parts["backup"] = (t("Backup"), backup.show)
if studio.settings.world == "sandbox":
    # The sandbox is asked for its state only where it is shown.
    parts["sandbox"] = (t("Sandbox"), sandbox.show)
st.title(t("Settings"), anchor=False)
sections.show(studio, parts, key="settings_part")
