"""The answers to a table of shipments, on its rows, and their sums beside what was paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter, methodcaller
from typing import TYPE_CHECKING, Any

from corridors.domain.scenario import Scenario
from corridors.output.records import Record, as_text, csv_text
from corridors.output.tables import Table
from corridors.studies.batch.sheets import FAILED, RAN
from corridors.studies.result_base import Files, Terminal, Written
from corridors.studies.shipments.asked import BOXES, PAID, Shipment, columns_in
from corridors.units import KG_PER_TONNE

if TYPE_CHECKING:
    import pandas as pd

ANSWERED, NO_OPTION, NOT_ASKED = "answered", "no option", "not asked"
_FIGURES = (
    *("cost_usd_per_teu", "price_usd_per_teu", "low", "high", "transit_days", "days"),
    *("co2e_wtw_kg_per_teu", "compared_by", "price_status"),
)
SHIPMENTS = Table(
    name="shipments",
    about="The answer to a shipment, on the row that asked it.",
    rows_of=attrgetter("rows"),
    files="status reason recommended recommended_name compared_by usd_per_box cost_usd_per_teu"
    " price_usd_per_teu price_status low high transit_days days co2e_wtw_kg_per_teu boxes usd"
    " box_days co2e_t paid_usd paid_more_usd",
    reads="status recommended_name usd_per_box days boxes usd",
    of={name: methodcaller("figure", name) for name in _FIGURES},
    exact=partial(round, ndigits=3),
)
PRINTED = Table(
    name=SHIPMENTS.name,
    about="A shipment that is answered, as a terminal shows it.",
    files="row origin destination departs_on recommended_name usd_per_box days boxes usd paid_usd"
    " paid_more_usd",
    spare="paid_usd boxes departs_on",
)
TOTALS = Table(
    name="totals",
    about="The sum over shipments: all that are answered, and those with what was paid.",
    rows_of=attrgetter("sums"),
    files="shipments counted boxes usd mean_days co2e_t paid_usd paid_more_usd",
    exact=partial(round, ndigits=3),
)
MOST_NAMED = 5
"""Shipments without an answer that a terminal names; the table has the reason of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A shipment and its answer: the row of its question in the batch, None if it was not asked.

    Money is in USD: `usd_per_box` for one box of the equipment asked, on the basis that its
    question was compared by, `usd` for all boxes, as are `box_days` and `co2e_t`. Figures are None
    without an answer.
    """

    shipment: Shipment
    found: Mapping[str, Any] | None
    scenario: Scenario | None

    def figure(self, name: str) -> Any:
        """Return a figure of the recommended option, by its column in a batch; None without one."""
        return self.found.get(name) if self.found is not None and self.is_answered else None

    @property
    def is_answered(self) -> bool:
        """Whether a way is recommended."""
        found = self.found or {}
        return found.get("status") == RAN and bool(found.get("recommended"))

    @property
    def status(self) -> str:
        """Whether it is answered, has no option, failed, or was not asked."""
        if self.found is None:
            return NOT_ASKED
        if self.found["status"] == FAILED:
            return FAILED
        return ANSWERED if self.is_answered else NO_OPTION

    @property
    def reason(self) -> str:
        """Why there is no answer."""
        text = self.shipment.reason if self.found is None else self.found["reason"]
        return " ".join(str(text or "").split())

    @property
    def recommended(self) -> str | None:
        """The id of the corridor that is recommended."""
        name: str | None = self.figure("corridor")
        return name

    @property
    def recommended_name(self) -> str | None:
        """What its way is called."""
        name: str | None = self.figure("title")
        return name

    @property
    def usd_per_box(self) -> float | None:
        """What one box takes, in USD."""
        figure = self.figure(f"{self.figure('compared_by')}_usd_per_teu")
        return None if figure is None else float(figure) * self._teu

    @property
    def boxes(self) -> float | None:
        """How many boxes it is of, None where it cannot be asked."""
        return None if self.found is None else self.shipment.boxes

    @property
    def usd(self) -> float | None:
        """What all its boxes take, in USD."""
        return self._of_all(self.usd_per_box)

    @property
    def days(self) -> float | None:
        """Days from gate-in to gate-out."""
        days: float | None = self.figure("days")
        return days

    @property
    def box_days(self) -> float | None:
        """The days of all its boxes."""
        return self._of_all(self.days)

    @property
    def co2e_t(self) -> float | None:
        """The CO2e of all its boxes, well-to-wake, in tonnes."""
        kg = self.figure("co2e_wtw_kg_per_teu")
        return None if kg is None else self._of_all(kg * self._teu / KG_PER_TONNE)

    @property
    def paid_usd(self) -> float | None:
        """What was paid for all its boxes, in USD."""
        return self.shipment.paid_usd

    @property
    def paid_more_usd(self) -> float | None:
        """What was paid beyond the answer, in USD; below 0 where less was."""
        if self.usd is None or self.paid_usd is None:
            return None
        return self.paid_usd - self.usd

    @property
    def _teu(self) -> float:
        """TEU of one of its boxes."""
        return 0.0 if self.scenario is None else self.scenario.shipment.equipment.teu_per_box

    def _of_all(self, of_one: float | None) -> float | None:
        return None if of_one is None else of_one * self.shipment.boxes


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The sum over some of the answered shipments.

    Figures are in USD, tonnes, and days a box; None where there is nothing to add up.
    """

    shipments: str
    rows: Sequence[Answered]

    @property
    def counted(self) -> int:
        """How many shipments it is of."""
        return len(self.rows)

    @property
    def mean_days(self) -> float | None:
        """The mean days of a box."""
        boxes, days = self.boxes, self._sum("box_days")
        return None if not boxes or days is None else days / boxes

    @property
    def boxes(self) -> float | None:
        """How many boxes."""
        return self._sum("boxes")

    @property
    def usd(self) -> float | None:
        """What the answers come to, in USD."""
        return self._sum("usd")

    @property
    def co2e_t(self) -> float | None:
        """Their CO2e in tonnes."""
        return self._sum("co2e_t")

    @property
    def paid_usd(self) -> float | None:
        """What was paid, in USD."""
        return self._sum("paid_usd")

    @property
    def paid_more_usd(self) -> float | None:
        """What was paid beyond the answers, in USD."""
        return self._sum("paid_more_usd")

    def _sum(self, name: str) -> float | None:
        figures = [figure for row in self.rows if (figure := getattr(row, name)) is not None]
        return sum(figures) if figures else None


@dataclass(frozen=True, kw_only=True, repr=False)
class Shipments(Written):
    """A table of shipments with the answer to each on its row.

    `answers` has the index of the table that was given; `table` has its columns too.
    """

    _more = ".answers .table .totals are frames; .save(folder)"

    given: pd.DataFrame
    """The table that was given."""
    rows: tuple[Answered, ...]
    """Its shipments with their answers, in its order."""
    questions: int
    """How many distinct questions they ask."""

    @property
    def answers(self) -> pd.DataFrame:
        """The answers on the index of the table that was given."""
        return SHIPMENTS.frame(self).set_index(self.given.index)

    @property
    def table(self) -> pd.DataFrame:
        """The table that was given with the answers behind it.

        A column of its own with the name of one of theirs is called `given_` and its name; what
        both have alike, `boxes` and `paid_usd`, stands once.
        """
        answers = self.answers
        keys = columns_in(list(self.given.columns))
        given = self.given.drop(columns=[n for n, key in keys.items() if key in (BOXES, PAID)])
        names = {name: f"given_{name}" for name in given if name in answers}
        return given.rename(columns=names).join(answers)

    @property
    def totals(self) -> pd.DataFrame:
        """The sums: of all shipments that are answered, and of those with what was paid."""
        return TOTALS.frame(self).set_index("shipments")

    @property
    def sums(self) -> tuple[Total, ...]:
        """The same as values; the second only if there is a shipment with what was paid."""
        answered = [row for row in self.rows if row.is_answered]
        paid = [row for row in answered if row.paid_usd is not None]
        totals = (Total(shipments="all answered", rows=answered),)
        return (*totals, Total(shipments="with what was paid", rows=paid)) if paid else totals

    @property
    def unanswered(self) -> tuple[tuple[object, Answered], ...]:
        """The shipments without an answer, by their name in the index."""
        rows = zip(self.given.index, self.rows, strict=True)
        return tuple((name, row) for name, row in rows if not row.is_answered)

    @property
    def _is_usable(self) -> bool:
        return any(row.is_answered for row in self.rows)

    def _texts(self) -> list[str]:
        answered = len(self.rows) - len(self.unanswered)
        texts = [
            f"{answered:,} of {_counted(len(self.rows), 'shipment')} answered from"
            f" {_counted(self.questions, 'distinct question')}"
        ]
        texts += [_sum_text(total) for total in self.sums if total.counted]
        for name, row in self.unanswered[:MOST_NAMED]:
            texts.append(f"Row {name}: {row.status}: {row.reason}")
        if (more := len(self.unanswered) - MOST_NAMED) > 0:
            texts.append(f"{more:,} more rows have no answer; the table has the reason of each")
        return texts

    def _shown(self) -> pd.DataFrame:
        return SHIPMENTS.shown(self)

    def show(self, terminal: Terminal) -> None:
        """Print the shipments, their sums, and which have no answer."""
        heading, *texts = self._texts()
        rows = zip(self.given.index, self.rows, strict=True)
        shown = [_read(name, row) for name, row in rows if row.is_answered]
        table = PRINTED.reading(PRINTED.files)
        for column in (PAID, "paid_more_usd"):
            if all(row[column] is None for row in shown):
                table = table.without(column)
        if shown:
            terminal.table(table, shown, title=heading)
        else:
            terminal.say(heading)
        for text in texts:
            terminal.say(text)

    def _files(self, *, command: str = "") -> Files:
        del command
        return {
            "shipments.json": lambda: as_text(self._record()),
            "shipments.csv": self._csv,
            "totals.csv": lambda: TOTALS.csv(self),
        }

    def _record(self) -> Record:
        rows = [
            {"row": str(name), **record}
            for name, record in zip(self.given.index, SHIPMENTS.records(self), strict=True)
        ]
        return {"rows": rows, "totals": TOTALS.records(self)}

    def _csv(self) -> str:
        """Return the table with the answers; its index comes first."""
        table = self.table
        index = str(table.index.name or "row")
        rows: list[Record] = [
            {index: name, **{str(column): _cell(cell) for column, cell in row.items()}}
            for name, row in zip(table.index, table.to_dict("records"), strict=True)
        ]
        return csv_text(rows, [index, *map(str, table.columns)])


def _read(name: object, row: Answered) -> Record:
    """Return what a terminal shows of a shipment."""
    asked = row.scenario
    own: Record = {"row": str(name)}
    if asked is not None:
        own |= {"origin": asked.origin, "destination": asked.destination}
        own["departs_on"] = asked.departure.isoformat()
    names = ("recommended_name", "usd_per_box", "days", BOXES, "usd", PAID, "paid_more_usd")
    return own | {name: getattr(row, name) for name in names}


def _sum_text(total: Total) -> str:
    """Return a sum in a sentence."""
    from corridors.output.answer import money

    usd, days, tonnes = total.usd or 0.0, total.mean_days or 0.0, total.co2e_t or 0.0
    text = (
        f"{total.shipments.capitalize()}: {_counted(total.boxes or 0, 'box', 'boxes')}, USD"
        f" {money(usd)}, {days:.1f} days a box, {tonnes:,.1f} t CO2e"
    )
    if total.paid_usd is None or total.paid_more_usd is None or total.shipments == "all answered":
        return text
    more = total.paid_more_usd
    side = "more" if more >= 0 else "less"
    return f"{text}; paid USD {money(total.paid_usd)}, {money(abs(more))} {side}"


def _counted(count: float, one: str, many: str = "") -> str:
    return f"{count:,.10g} {one if count == 1 else many or f'{one}s'}"


def _cell(value: Any) -> object:
    """Return a cell of a frame as CSV holds it: nothing for what is missing."""
    import pandas as pd

    return None if pd.api.types.is_scalar(value) and pd.isna(value) else value
