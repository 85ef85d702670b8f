"""Import and export of bloggers and locations.

    read_import    bytes -> rows of the file, or one sentence that says what is wrong with it
    plan_import    rows -> a verdict for every row: what an import would do; nothing is written
    apply_import   the same verdicts made again inside one write transaction, and done
    export_json, export_csv   the same shape back
    refused_csv    the refused rows with their reasons, to be corrected and imported again

An import adds and changes, it never takes away: "00000", an empty photo and a missing key leave what is
saved as it is. So importing a file twice, or once more after the avatars were made, changes nothing.
"""

from core.bloggers.exchange.applying import ImportResult, apply_import
from core.bloggers.exchange.csv_files import escape_cell
from core.bloggers.exchange.export import export_csv, export_json, refused_csv
from core.bloggers.exchange.planning import VERDICTS, ImportPlan, PlanRow, plan_import
from core.bloggers.exchange.reading import read_import
from core.bloggers.exchange.rows import MAX_BYTES, MAX_ROWS, FileRow

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "VERDICTS",
    "FileRow",
    "ImportPlan",
    "ImportResult",
    "PlanRow",
    "apply_import",
    "escape_cell",
    "export_csv",
    "export_json",
    "plan_import",
    "read_import",
    "refused_csv",
]
