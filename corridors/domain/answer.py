"""The answer to a question: what a person reads first, wherever it stands.

It is made once, from options that may be recommended (`output/answer.py`). Every text is ready to
print and rounded once, so that a terminal, a page and a file have the same figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from corridors.domain.results import Sails
from corridors.domain.scenario import Equipment

NEXT = "next"
"""Why the next best option is named, after those that are tied, quicker or cleaner."""
BOXES = {
    Equipment.DV20: "20'",
    Equipment.DV40: "40'",
    Equipment.HC40: "40'",
    Equipment.RF40: "40' reefer",
}
"""What a box of an equipment is called."""
ASK, NOBODY, UNLISTED = "ask", "nobody known", "not listed"
"""How often it sails where only the trains or ships of a whole trade are counted, and none are."""
WITHOUT_LINE = {Sails.NONE_KNOWN: NOBODY, Sails.NOT_LISTED: UNLISTED}
"""What is said of how often it sails where no line is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFigure:
    """A figure with its unit, the span of 10 to 90 of a hundred draws, and what it rests on.

    `text` says it in a sentence, as `value` and `unit` have it apart. `low` and `high` have no
    unit; they are empty where nothing was drawn.
    """

    text: str
    value: str
    unit: str
    low: str = ""
    high: str = ""
    rests_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """An option as a row: its name, its figures without units, and how often it sails.

    `mark` is `>` for what is recommended and `=` for what is about the same. `usd` is per box of
    the equipment asked for; `against` is what it takes more or less than what is recommended.
    `subjects` say in a few words what its warnings are about, `asks` that it sails only by the
    count of a whole trade.
    """

    corridor: str
    name: str
    mark: str
    usd: str
    low: str
    high: str
    on_board_days: str
    days: str
    co2e_t: str
    sails: str
    asks: bool = False
    subjects: tuple[str, ...] = ()
    against: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """An option beside the recommended one: why it is named, and what it takes more or less.

    `why` is `about the same`, `quicker`, `cleaner`, `with a known line` (where nobody is known to
    run the recommended one) or `next`; `against` the differences in words.
    """

    why: str
    corridor: str
    option: str
    against: str
    sails: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What would change the answer: a condition, the sentence that follows, the option it names.

    The sentence begins with `by` and the `option`, if it names one to be booked instead.
    """

    condition: str
    text: str
    option: str = ""
    corridor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerNote:
    """A warning: the options that it concerns (none if it is of the run), its subject, its text."""

    options: tuple[str, ...]
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to book, what that takes, what stands beside it and what would change it.

    `money` is what the figures are per (`USD/40'`), `ranked` what rows are in the order of. `rows`
    are the options that may be recommended and those that only nobody is known to sail, best first.
    `terms` is what seller and buyer pay of the first, empty without a term of sale. `departures`
    are the next ones by your sailings and what a missed cut-off costs, in sentences.
    `left_out` are reasons with the names
    of the options that are no rows: closed, without a price, without a line, folded.
    """

    question: str
    finding: str
    usd: AnswerFigure | None
    days: AnswerFigure | None
    on_board: AnswerFigure | None
    co2e: AnswerFigure | None
    sails: str
    beside: tuple[Beside, ...]
    changes: tuple[Change, ...]
    money: str
    ranked: str
    rows: tuple[AnswerRow, ...]
    left_out: tuple[tuple[str, tuple[str, ...]], ...]
    rests_on: tuple[str, ...]
    notes: tuple[AnswerNote, ...]
    terms: str = ""
    departures: tuple[str, ...] = ()

    @property
    def first(self) -> tuple[str, ...]:
        """What to book, its figures, and what stands beside it: a sentence each."""
        return tuple(self._first())

    @property
    def sentences(self) -> tuple[str, ...]:
        """The answer in sentences: `first`, and then what would change it."""
        changes = (f"{change.condition}: {change.text}." for change in self.changes)
        return (*self.first, *_beside_words(self.beside[self._shown :]), *changes)

    @property
    def said(self) -> tuple[str, ...]:
        """The answer in sentences, what it rests on last: no page recommends without its age."""
        rests = (f"Rests on: {'; '.join(self.rests_on)}.",) if self.rests_on else ()
        return (*self.sentences, *rests)

    @property
    def _shown(self) -> int:
        """How many of `beside` stand in `first`: not the next best, which the rows show."""
        return sum(one.why != NEXT for one in self.beside)

    def _first(self) -> Iterator[str]:
        yield f"{self.finding.removesuffix('.')}."
        if self.usd is not None and self.on_board is not None:
            rests = self.usd.rests_on
            span = f"{rests[:1].upper()}{rests[1:]}"
            if self.usd.low:
                span = f"All in {self.usd.low} to {self.usd.high}{f' ({rests})' * bool(rests)}"
            parts = (span, self.on_board.text, sailing_words(self.sails))
            yield f"{'; '.join(filter(None, parts))}."
        if self.terms:
            yield self.terms
        yield from self.departures
        yield from _beside_words(self.beside[: self._shown])


def _beside_words(beside: Sequence[Beside]) -> Iterator[str]:
    """Yield a sentence for each reason, with all that are named for it and sail as often."""
    for (why, sails), run in groupby(beside, key=lambda one: (one.why, one.sails)):
        named = [f"{one.option}, {one.against}" for one in run]
        words = sailing_words(sails)
        if len(named) > 1:
            words = f"each {words}" if words.startswith("sails") else words.replace(" it", " them")
        yield f"{why[:1].upper()}{why[1:]}: {'; '.join(named)}{f' ({words})' * bool(words)}."


def sailing_words(sails: str) -> str:
    """Return how often an option sails as a part of a sentence: `sails 7 a week`."""
    if sails == ASK:
        return "ask how often"
    if sails == NOBODY:
        return "nobody is known to run it"
    if sails == UNLISTED:
        return "lines of this trade are not listed"
    return f"sails {sails}" if sails[:1].isdigit() else sails


UNANSWERED = Answer(
    question="",
    finding="",
    usd=None,
    days=None,
    on_board=None,
    co2e=None,
    sails="",
    beside=(),
    changes=(),
    money="",
    ranked="",
    rows=(),
    left_out=(),
    rests_on=(),
    notes=(),
)
"""Of a comparison that no one asked for the other world's answer."""
