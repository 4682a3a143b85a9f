"""Published figures and ours: a row a figure, a row a family, and how draws hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corridors.output.store import Record, as_text, listing_json
from corridors.output.tables import Table
from corridors.studies.result_base import Files, Terminal, Written
from corridors.studies.validate.cases import Row, family_records

if TYPE_CHECKING:
    import pandas as pd

FIGURES = Table(
    name="validate",
    about="A published figure and ours.",
    files="id family quantity unit published low high ours error inside role why origin"
    " destination route status tolerance half citation",
    reads="id family quantity unit published low high ours error inside role why",
    spare="why role low+high",
    rows_of=lambda rows: (row.record for row in rows),
)
FAMILY_ROWS = Table(
    name="validate_families",
    about="A family of published figures that set nothing in the model.",
    files="family counted inside share_inside median_error median_absolute_error ranged coverage"
    " calibration",
    reads="family counted inside share_inside median_error median_absolute_error coverage"
    " calibration",
    spare="calibration coverage median_absolute_error",
)
WIDTHS = Table(
    name="validate_widths",
    about="How the 80 % intervals of draws hold the published figures of a family.",
    files="family half cases held from to says crps crps_low_high asks_for places",
    spare="crps_low_high places crps",
)
WIDTHS_NOTE = (
    "held: the share of published figures between our 10 and 90 % quantiles, with its Wilson"
    " interval; 80 % is the aim. Half A of the figures set the widths (width_factors.csv), half B"
    " tests them. asks for: the factor by which half A would still widen them (1 where it has fewer"
    " than 10 figures). The last column counts by tenths where published figures lie among the"
    " draws: evenly if our ranges are right, at both ends if they are too narrow, at one end if the"
    " model is biased. For timetables and averages we draw levels only, for single trips events as"
    " well."
)
NOTE = (
    "Only figures that set nothing in the model (role validation) are counted, misses included."
    " Errors are in percent of the published figure; the signed median is the bias. Coverage is the"
    " share of published prices between our low and our high."
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Validation(Written):
    """Published figures beside ours.

    `table` has a row a figure, `families` one a family. If draws were asked for, `widths` alone has
    rows: how the draws of `simulate` hold published days and money.
    """

    _more = ".table, .families and .widths are frames; .save(folder)"

    rows: tuple[Row, ...] = ()
    """The published figures that `table` shows, each with ours."""
    measured: tuple[Row, ...] = ()
    """Every figure that was measured, from which `families` are counted."""
    every: bool = False
    """Whether every figure is listed, calibrated rail legs too."""
    drawn: tuple[Record, ...] = ()
    """How the draws of `simulate` hold published days and money; empty if not asked."""

    @property
    def table(self) -> pd.DataFrame:
        """One row per published figure: ours, how far it is off, and whether it is inside."""
        return FIGURES.frame(self.rows)

    @property
    def families(self) -> pd.DataFrame:
        """One row per family: figures that count, those met, median error, coverage of prices."""
        return FAMILY_ROWS.frame(family_records(self.measured))

    @property
    def widths(self) -> pd.DataFrame:
        """One row per family and half: the share of figures that 80 % intervals of draws hold."""
        return WIDTHS.frame(self.drawn)

    def show(self, terminal: Terminal) -> None:
        """Print what is met best and worst, then a row a family; every figure if asked for."""
        terminal.say(self._texts()[0])
        if self.drawn:
            terminal.table(WIDTHS, self.drawn, title="80 % intervals of draws")
            terminal.say(WIDTHS_NOTE)
            return
        if self.every:
            title = "Published figures and figures of the model"
            terminal.table(FIGURES, self.rows, title=title)
        terminal.table(FAMILY_ROWS, family_records(self.measured), title="By family")
        terminal.say(NOTE)
        if not self.every:
            terminal.say(f"{len(self.rows)} figures: --all lists each.")

    def _texts(self) -> list[str]:
        if self.drawn:
            held = [row for row in self.drawn if str(row["says"]) == "honest"]
            return [f"{len(held)} of {len(self.drawn)} families of draws have honest ranges."]
        counted = [row for row in family_records(self.measured) if row["counted"]]
        counted.sort(key=lambda row: float(str(row["share_inside"])))
        if not counted:
            return ["No published figure is there to compare with."]
        worst, best = counted[0], counted[-1]
        met = "{inside} of {counted} {family}".format
        return [
            f"Met best are {met(**best)} as published, worst {met(**worst)}; each within the"
            " tolerance of its figure."
        ]

    def _shown(self) -> pd.DataFrame:
        if self.drawn:
            return WIDTHS.shown(self.drawn)
        return FAMILY_ROWS.shown(family_records(self.measured))

    def _files(self, *, command: str = "") -> Files:
        del command
        if self.drawn:
            return {
                "widths.json": lambda: listing_json(list(self.drawn)),
                "widths.csv": lambda: WIDTHS.csv(self.drawn),
            }
        return {
            "validate.json": lambda: as_text(
                {"rows": FIGURES.records(self.rows), "families": family_records(self.measured)}
            ),
            "validate.csv": lambda: FIGURES.csv(self.rows),
        }
