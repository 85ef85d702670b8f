"""Who did what: every change and every spend, newest first; search and filters in the address."""

import streamlit as st

from core.studio import current
from pages.parts.audit import table
from pages.parts.kit.people import require
from pages.parts.kit.words import t

require("view")
st.title(t("Who did what"), anchor=False)
table.show(current())
