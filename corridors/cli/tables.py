"""Tables and sentences as wide as the terminal: columns by importance, lines broken at spaces.

Where output does not go to a terminal there is no width: a table has every column and no cell is
broken, so that what another program reads does not depend on a window. A width in
`CORRIDORS_WIDTH` holds either way; `COLUMNS` does not, since shells and test runners set it.
"""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

import typer

Row = Mapping[str, object]
# A column that a narrow terminal does without, or several that go together, as a low and a high.
Spare = str | tuple[str, ...]

# The variable that states a width.
WIDTH = "CORRIDORS_WIDTH"
# Between two columns.
GUTTER = 2
# What a cell of text is broken into at most, and the width below which it is not broken further.
MOST_CELL_LINES, COMFORTABLE, WIDE_ENOUGH = 4, 12, 30
# Ids and addresses longer than this are broken behind a mark: `pl-malaszewicze@`, `rail/eu-1435>`,
# and those longer than the second where an important column would not be shown otherwise.
LONGEST_WORD, SLIM_WORD = 24, 18
_MARKS = re.compile(r"[^@>;/._%=-]{1,24}[@>;/._%=-]{0,3}|[@>;/._%=-]{1,3}")
# Windows narrower than this are filled as if they were this wide.
NARROWEST = 40
# Decimals that a table shows at least in a column, so that 57 days stand as 57.0 below 43.1.
# Words of columns that are written in capitals.
_UNITS = {"usd": "USD", "teu": "TEU", "feu": "FEU", "co2e": "CO2e"}
DECIMALS = {
    "transit_days": 1,
    "days": 1,
    "more_days": 1,
    "days_P10": 1,
    "days_P50": 1,
    "days_P90": 1,
    "hours": 1,
    "t_CO2e_per_TEU": 2,
    "more_t_CO2e": 2,
}


def width_of(stream: TextIO) -> int | None:
    """Return how many characters fit on a line of a stream, None where there is no limit."""
    stated = os.environ.get(WIDTH, "")
    if stated.isdecimal() and int(stated):
        return max(NARROWEST, int(stated))
    try:
        found = os.get_terminal_size(stream.fileno()).columns if stream.isatty() else 0
    except (OSError, ValueError):
        return None
    return max(NARROWEST, found) if found else None


def wrapped(text: str, width: int | None, *, indent: str = "") -> str:
    """Return a text whose lines are broken at spaces, never within a word.

    Parameters
    ----------
    text
        Sentences; line ends in it are kept.
    width
        Characters a line, None to break nothing.
    indent
        Set before each line that a break makes.
    """
    if width is None:
        return text
    return "\n".join(
        textwrap.fill(
            line,
            width,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
        )
        if len(line) > width and " " in line.strip()
        else line
        for line in text.split("\n")
    )


def say(text: str, *, indent: str | None = None, err: bool = False) -> None:
    """Print sentences, broken at spaces to the width of the terminal.

    Parameters
    ----------
    text
        What to print. A line that starts with `! ` is a warning, whose further lines are indented.
    indent
        Set before each further line; by default only a warning's.
    err
        To standard error.
    """
    if indent is None:
        indent = "  " if text.startswith("! ") else ""
    typer.echo(wrapped(text, width_of(sys.stderr if err else sys.stdout), indent=indent), err=err)


def print_table(
    rows: Sequence[Row],
    *,
    columns: Sequence[str],
    title: str = "",
    spare: Sequence[Spare] = (),
    slim: Collection[str] = (),
    digits: Mapping[str, int] = DECIMALS,
) -> None:
    """Print a table: numbers to the right; on a terminal the columns that fit, and which do not.

    Parameters
    ----------
    rows
        Plain values by column.
    columns
        The columns, in their order.
    title
        Printed above it.
    spare
        Columns that a narrow terminal does without, the least important first. Of the others the
        first are the most important.
    slim
        Columns of a few words that may stand below each other.
    digits
        The least decimals of columns that are known to hold figures.
    """
    lines, left_out = table_lines(
        rows, width_of(sys.stdout), columns=columns, spare=spare, slim=slim, digits=digits
    )
    if title:
        # What goes to a program has blanks at no end either.
        say(title)
    typer.echo("\n".join(["", *lines, ""]))
    if left_out:
        say(f"Not shown at this width: {', '.join(left_out)}.")


def table_lines(
    rows: Sequence[Row],
    width: int | None,
    *,
    columns: Sequence[str],
    spare: Sequence[Spare] = (),
    slim: Collection[str] = (),
    digits: Mapping[str, int] = DECIMALS,
) -> tuple[list[str], list[str]]:
    """Return the lines of a table in a width, and the heads of the columns that do not fit.

    Parameters are those of `print_table`.
    """
    sized = [_sized(rows, name, slim=name in slim, digits=digits.get(name)) for name in columns]
    shown = fitting(sized, spare, width)
    left_out = [column.head for column in sized if column not in shown]
    return table_text(rows, shown, filled(shown, width)), left_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """A column with the width at which nothing is broken, the least that reads well, and the least.

    `slim` columns may have the least where they would not be shown otherwise.
    """

    name: str
    natural: int
    wanted: int
    least: int
    numeric: bool
    slim: bool = False
    digits: int = 0

    @property
    def head(self) -> str:
        """What stands above the column."""
        return " ".join(_UNITS.get(word, word) for word in self.name.split("_"))


def _sized(rows: Sequence[Row], name: str, *, slim: bool, digits: int | None) -> Sized:
    head = " ".join(_UNITS.get(word, word) for word in name.split("_"))
    cells = [cell(row.get(name), digits or 0) for row in rows]
    numeric = digits is not None or any(isinstance(row.get(name), (int, float)) for row in rows)
    longest = max(map(len, cells), default=0)
    natural = max(len(head), longest)
    if numeric:
        # A figure is never broken, a head above figures into two lines.
        least = max(_halved(head), longest)
        return Sized(
            name=name, natural=natural, wanted=least, least=least, numeric=True, digits=digits or 0
        )
    words = [word for text in (head, *cells) for word in text.split()]
    word, cut = (
        max((len(piece) for word in words for piece in _pieces(word, most)), default=0)
        for most in (LONGEST_WORD, SLIM_WORD)
    )
    lines = min(-(-natural // MOST_CELL_LINES), WIDE_ENOUGH)
    return Sized(
        name=name,
        natural=natural,
        wanted=max(word, min(natural, COMFORTABLE), lines),
        least=max(cut, 0 if slim else min(natural, SLIM_WORD), lines),
        numeric=False,
        slim=slim,
    )


def _pieces(word: str, most: int = LONGEST_WORD) -> list[str]:
    """Return a word that a table does not break, or the parts of a long id, each with its mark."""
    return [word] if len(word) <= most else _MARKS.findall(word)


def _broken(text: str, width: int) -> list[str]:
    """Return the lines of a cell, broken at spaces, and ids behind a mark if they are too long."""
    parts: list[str] = []
    for word in text.split():
        line = ""
        for piece in _pieces(word, SLIM_WORD) if len(word) > width else [word]:
            if line and len(line) + len(piece) > width:
                parts.append(line)
                line = ""
            line += piece
        parts.append(line)
    return wrapped(" ".join(parts), width).split("\n")


def _halved(head: str) -> int:
    """Return the least width of a head on two lines."""
    words = head.split()
    return min(
        max(len(" ".join(words[:at])), len(" ".join(words[at:]))) for at in range(len(words) + 1)
    )


def fitting(columns: Sequence[Sized], spare: Sequence[Spare], width: int | None) -> list[Sized]:
    """Return the columns that fit into a width: the most important first, then what still fits.

    The first is always among them. None is the width of a file: all fit.
    """
    if width is None:
        return list(columns)
    sized = {column.name: column for column in columns}
    spared = [(one,) if isinstance(one, str) else one for one in reversed(spare)]
    named = {name for group in spared for name in group}
    taken, all_shown = list[Sized](), True
    for group in (*((name,) for name in sized if name not in named), *spared):
        here = [sized[name] for name in group if name in sized]
        # A slim one makes the others narrow, unless something more important is left out.
        tight = all_shown and any(column.slim for column in here)
        needed = sum(
            (column.least if tight else column.wanted) + GUTTER for column in (*taken, *here)
        )
        if not taken or needed <= width + GUTTER:
            taken.extend(here)
        else:
            all_shown = False
    return [column for column in columns if column in taken]


def filled(columns: Sequence[Sized], width: int | None) -> list[int]:
    """Return the widths of columns: what they need, or what fills a terminal that is too narrow.

    What is left over the least goes, a character at a time, to the column whose cells would be
    broken into the most lines.
    """
    natural = [column.natural for column in columns]
    if width is None or sum(natural) + GUTTER * (len(columns) - 1) <= width:
        return natural
    widths = [column.wanted for column in columns]
    if sum(widths) + GUTTER * (len(columns) - 1) > width:
        widths = [column.least for column in columns]
    left = width - sum(widths) - GUTTER * (len(columns) - 1)
    for _ in range(max(0, left)):
        # Texts before heads of figures, which are broken once.
        tight = [
            (not column.numeric, column.natural / widths[at], -at)
            for at, column in enumerate(columns)
            if widths[at] < column.natural
        ]
        widths[-max(tight)[2]] += 1
    return widths


def table_text(rows: Sequence[Row], columns: Sequence[Sized], widths: Sequence[int]) -> list[str]:
    """Return the lines of a table: heads, a rule, the rows; no line ends in blanks."""
    heads = {column.name: column.head for column in columns}
    cells = [
        {column.name: cell(row.get(column.name), column.digits) for column in columns}
        for row in rows
    ]
    head, *body = [_row_lines(texts, columns, widths) for texts in (heads, *cells)]
    rule = "─" * (sum(widths) + GUTTER * (len(widths) - 1))
    return [*head, rule, *(line for lines in body for line in lines)]


def _row_lines(texts: Mapping[str, str], columns: Sequence[Sized], widths: Sequence[int]) -> list[str]:
    """Return the lines of a row, as many as its tallest cell takes."""
    broken = [
        _broken(texts[column.name], width) for column, width in zip(columns, widths, strict=True)
    ]
    made = []
    for at in range(max(map(len, broken))):
        parts = [lines[at] if at < len(lines) else "" for lines in broken]
        made.append(
            (" " * GUTTER)
            .join(
                part.rjust(width) if column.numeric else part.ljust(width)
                for part, column, width in zip(parts, columns, widths, strict=True)
            )
            .rstrip()
        )
    return made


def cell(value: object, least: int = 0) -> str:
    """Return a value as a table shows it: nothing for None, numbers to six digits.

    Figures have at least so many decimals.
    """
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            # -0.0, of a difference that rounds to nothing, is 0.
            text = f"{value + 0.0:,.6g}"
            whole, _, decimals = text.partition(".")
            is_short = len(decimals) < least and "e" not in text
            return f"{whole}.{decimals:0<{least}}" if is_short else text
        case int():
            return str(value)
        case list() | tuple():
            return ", ".join(str(item) for item in value)
        case _:
            return str(value)
