"""Text that a spreadsheet shows and never runs."""

from __future__ import annotations

import re

FORMULA_STARTS = ("=", "+", "-", "@")
# What ends a line or a cell, or that neither a spreadsheet nor XML holds.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def one_line(text: str) -> str:
    """Return a text on one line: control characters, tabs and line ends become spaces.

    A text that then begins like a formula, spaces aside, gets an apostrophe in front.
    """
    shown = _CONTROLS.sub(" ", text)
    return f"'{shown}" if shown.lstrip().startswith(FORMULA_STARTS) else shown
