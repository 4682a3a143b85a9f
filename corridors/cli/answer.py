"""The answer on a terminal: what to book first, and no more lines than a screen has."""

from __future__ import annotations

import os
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import typer

from corridors.cli.tables import GUTTER, NARROWEST, width_of
from corridors.domain.answer import Answer, AnswerRow

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
    told = answer.left_out[: folds.reasons]
    hidden = sum(len(names) for _, names in answer.left_out[folds.reasons :])
    hidden += max(0, len(answer.rows) - folds.rows)
    texts = [f"{why}: {_few(names)}." for why, names in told]
    if hidden:
        texts.append(f"{hidden} more: --all.")
    if texts:
        yield from _wrapped(" ".join(texts), width)


def _few(names: tuple[str, ...]) -> str:
    """Return the first names and how many more there are."""
    from corridors.output.display_names import named_list

    if len(names) <= MOST_NAMED:
        return named_list(names)
    return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"


def _notes(answer: Answer, folds: Folds, width: int) -> Iterator[str]:
    """Yield what warnings are about, each with the number of options that it concerns."""
    counted = Counter[str]()
    for note in answer.notes:
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
