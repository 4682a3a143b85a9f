"""Tables and sentences as wide as the terminal: columns by importance, lines broken at spaces.

Where output does not go to a terminal a table has no width: it has every column and no cell is
broken, so that what another program reads does not depend on a window. Sentences are as wide as
`COLUMNS` then, else 100. A width in `CORRIDORS_WIDTH` holds either way.
"""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

import typer

from corridors.domain.answer import Answer, AnswerRow

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
    """Print sentences, broken at spaces to the width of the terminal, else of `COLUMNS`, else 100.

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
    width = width_of(sys.stderr) if err else width_of_answer()
    typer.echo(wrapped(text, width, indent=indent), err=err)


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


def _row_lines(
    texts: Mapping[str, str], columns: Sequence[Sized], widths: Sequence[int]
) -> list[str]:
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


# The answer on a terminal: what to book first, and no more lines than a screen has.

MOST_LINES = 25
Lines = Callable[[int], list[str]]
"""Returns the lines of a table in a width."""
# Without a terminal, and where nothing states a width.
USUAL_WIDTH = 100
# From so many characters on a table has the range, then CO2e as well.
WIDE, WIDER = 96, 108
# Of more names than the first number as many as the second are said.
MOST_NAMED, NAMED = 3, 2
ASKED = "* Counted for the whole trade: ask whether any leaves from your city."


@dataclass(frozen=True, slots=True)
class Folds:
    """How much of an answer is shown: rows, changes, lines of notes, reasons of what is left out.

    The first of `TIGHTER` whose text fits is taken.
    """

    rows: int
    changes: int
    note_lines: int
    reasons: int


TIGHTER = (
    *(Folds(12, 9, 4, 9), Folds(9, 6, 3, 5), Folds(8, 4, 2, 4), Folds(7, 4, 2, 3)),
    *(Folds(6, 3, 2, 2), Folds(6, 3, 1, 1), Folds(5, 3, 1, 1), Folds(5, 2, 1, 1)),
    *(Folds(5, 2, 1, 0), Folds(4, 2, 1, 0), Folds(4, 1, 1, 0), Folds(3, 1, 1, 0)),
    *(Folds(2, 1, 1, 0), Folds(1, 0, 1, 0)),
)


def width_of_answer() -> int:
    """Return how many characters a line has: of the terminal, else of `COLUMNS`, else 100."""
    width = width_of(sys.stdout)
    if width is not None:
        return width
    stated = os.environ.get("COLUMNS", "")
    return max(NARROWEST, int(stated)) if stated.isdecimal() and int(stated) else USUAL_WIDTH


def print_answer(
    answer: Answer, *, command: str, notes: bool = False, tables: Sequence[Lines] = ()
) -> None:
    """Print an answer.

    Parameters
    ----------
    answer
        The answer.
    command
        What gives it again.
    notes
        Whether the text of each note follows.
    tables
        What may stand in place of its rows; the first with which it fits does.
    """
    width = width_of_answer()
    for number, line in enumerate(answer_lines(answer, width, command=command, tables=tables)):
        is_finding = line and number == len(_wrapped(answer.question, width)) + 1
        typer.secho(line, bold=True) if is_finding else typer.echo(line)
    if notes:
        typer.echo()
        for note in answer.notes:
            of = f"{', '.join(note.options)}: " if note.options else ""
            typer.echo("\n".join(_wrapped(f"! {of}{note.text}", width)))


def answer_lines(
    answer: Answer, width: int, *, command: str, tables: Sequence[Lines] = ()
) -> list[str]:
    """Return the lines of an answer: at most `MOST_LINES`, of `width` characters where words do."""
    found: list[str] = []
    for table in tables or (None,):
        for folds in TIGHTER:
            found = list(_lines(answer, width, folds, command, table))
            if len(found) <= MOST_LINES:
                return found
    return found


def _wrapped(text: str, width: int, indent: str = "  ") -> list[str]:
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _lines(
    answer: Answer, width: int, folds: Folds, command: str, table: Lines | None
) -> Iterator[str]:
    yield from _wrapped(answer.question, width)
    yield ""
    shown = len(answer.first) + folds.changes
    for sentence in answer.sentences[:shown]:
        yield from _wrapped(sentence, width)
    rows = answer.rows[: folds.rows]
    if table is not None:
        yield from ("", *table(width))
    elif rows:
        yield ""
        yield from _table(answer, rows, width)
    if table is None:
        yield from _left_out(answer, folds, width)
    if table is None and any(row.asks for row in rows):
        yield from _wrapped(ASKED, width)
    yield from _notes(answer, folds, width)
    yield from _wrapped(f"Rests on: {'; '.join(answer.rests_on)}.", width)
    yield from _wrapped(f"Again: {command}", width)


def _table(answer: Answer, rows: tuple[AnswerRow, ...], width: int) -> Iterator[str]:
    heads = [answer.ranked, answer.money, "on board", "gate-gate", "sails"]
    cells = [
        [row.name, row.usd, row.on_board_days, row.days, f"{row.sails}{'*' * row.asks}"]
        for row in rows
    ]
    if width >= WIDE:
        heads.insert(2, "10 to 90 %")
        for row, line in zip(rows, cells, strict=True):
            line.insert(2, f"{row.low}-{row.high}" if row.low else "")
    if width >= WIDER:
        heads.append("t CO2e")
        for row, line in zip(rows, cells, strict=True):
            line.append(row.co2e_t)
    sizes = [max(len(line[n]) for line in (heads, *cells)) for n in range(1, len(heads))]
    room = width - 2 - sum(sizes) - GUTTER * len(sizes)
    shown = min(room, max(len(line[0]) for line in (heads, *cells)))
    for mark, line in zip(("", *(row.mark for row in rows)), (heads, *cells), strict=True):
        name = textwrap.wrap(line[0], max(shown, 12), break_long_words=False) or [""]
        pairs = zip(line[1:], sizes, strict=True)
        figures = "".join(f"{' ' * GUTTER}{text:>{size}}" for text, size in pairs)
        yield f"{mark:<2}{name[0]:<{shown}}{figures}".rstrip()
        yield from (f"    {more}" for more in name[1:])


def _left_out(answer: Answer, folds: Folds, width: int) -> Iterator[str]:
    """Yield the options that are no rows, by reason; those of folded reasons are counted."""
    reasons = [(why, names) for why, names in answer.left_out if not _is_idle(why, names)]
    told = reasons[: folds.reasons]
    hidden = sum(len(names) for one in answer.left_out if one not in told for names in one[1:])
    hidden += max(0, len(answer.rows) - folds.rows)
    texts = [f"{why}: {_few(names)}." for why, names in told]
    if hidden:
        texts.append(f"{hidden} more: --all.")
    if texts:
        yield from _wrapped(" ".join(texts), width)


def _is_idle(why: str, names: tuple[str, ...]) -> bool:
    """Return whether nobody asks for these: the route of another, or many that lead nowhere."""
    return why == "The same route as one above" or (why == "No way" and len(names) > MOST_NAMED)


def _few(names: tuple[str, ...]) -> str:
    """Return the first names and how many more there are."""
    from corridors.output.display_names import named_list

    if len(names) <= MOST_NAMED:
        return named_list(names)
    return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"


def _notes(answer: Answer, folds: Folds, width: int) -> Iterator[str]:
    """Yield what warnings are about, each with the number of options that it concerns.

    Those of what is recommended come first, then those of the question.
    """
    counted = Counter[str]()
    best = answer.rows[0].name if answer.rows else ""
    for note in sorted(answer.notes, key=lambda one: (best not in one.options) + bool(one.options)):
        if note.subject and note.options:
            counted[note.subject] = max(counted[note.subject], len(note.options))
        elif note.subject:
            counted.setdefault(note.subject, 0)
    of_run = set(answer.rests_on)
    parts = [
        f"{subject} ({count})" if count > 1 else subject
        for subject, count in counted.items()
        if subject not in of_run and not subject.startswith(("freight by", "fuel of"))
    ]
    if not parts:
        return
    shown = list(parts)
    while True:
        more = f"; {len(parts) - len(shown)} more" if len(shown) < len(parts) else ""
        lines = _wrapped(f"Notes: {', '.join(shown)}{more}. --notes has the texts.", width)
        if len(lines) <= folds.note_lines or len(shown) <= 1:
            yield from lines
            return
        shown.pop()
