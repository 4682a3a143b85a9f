"""Parts of the documentation site that are made at the build: directives, tables of notebooks."""

from __future__ import annotations

import re

import pandas as pd

import corridors
from docs.tools.generated import functions
from docs.tools.notebooks import plain_table


def test_each_public_name_has_one_place_among_the_functions() -> None:
    made = functions()
    places = re.findall(r"^::: (\S+)$", made, re.MULTILINE)
    assert len(places) == len(set(places))
    headed = re.findall(r"^      heading: corridors\.(\w+)$", made, re.MULTILINE)
    assert sorted(headed) == sorted(name for name in corridors.__all__ if name[0] != "_")
    # The functions are its methods.
    assert re.search(r"\.Session\n(?:    .*\n)+      members: false$", made, re.MULTILINE)


def test_the_table_of_a_frame_has_one_line_of_heads() -> None:
    frame = pd.DataFrame({"cape": [1.0, 2.0], "suez": [3.0, 4.0]})
    unnamed = plain_table(frame.to_html())
    named = plain_table(frame.rename_axis(index="day", columns="title").to_html())
    for table, corner in ((unnamed, ""), (named, "day")):
        head = table.partition("</thead>")[0]
        assert re.findall(r"<th>(.*?)</th>", head) == [corner, "cape", "suez"]
        assert "class" not in table
    assert re.findall(r"<td>(.*?)</td>", named) == ["1.0", "3.0", "2.0", "4.0"]
