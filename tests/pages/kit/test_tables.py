"""Files that pages offer."""

import csv
import io

import pandas as pd

from pages.parts.kit.tables import csv_file


def test_no_part_of_a_cell_of_a_list_is_a_formula() -> None:
    """With whatever separator a spreadsheet reads it; a cost below nothing stays a number."""
    names = ["=1", "＝1", "a;=1", 'a;"@1"', "a\n+1", "a\t-1", "\t=1", "\r＠1"]
    frame = pd.DataFrame({"name": names, "cost": [-1_500_000] * len(names)})
    text = csv_file(frame, {"name": "blogger", "cost": "credits"}).decode("utf-8-sig")
    for mark in ",;\t":
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=mark):
            for cell in line:
                assert cell == "-1.5" or not cell.lstrip(' "\t\r\n').startswith(tuple("=+-@＝＋－＠")), cell
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == ["'=1", "-1.5"]
