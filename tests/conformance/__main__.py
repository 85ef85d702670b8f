"""Writes the table of features and dialects into the README: python -m tests.conformance"""

from tests.conformance.readme import README, with_table

README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
