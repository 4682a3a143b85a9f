"""The choice among ways as counted boxes give it, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from corridors.output.store import as_text, significant
from corridors.output.tables import Table
from corridors.studies.result_base import Files, Terminal, Written
from corridors.units import in_percent

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A way in a period: its share, and what is said of it from the other periods, 0 to 1.

    `predicted` is by the choice fitted to the other periods, `mean_of_others` their mean share.
    """

    period: str
    way: str
    teu: float
    share: float
    predicted: float
    mean_of_others: float


@dataclass(frozen=True, kw_only=True, repr=False)
class Calibration(Written):
    """The scale of shares by your boxes, and how each left-out period is predicted."""

    _more = ".table is a frame; .reasons, .save(folder)"

    ways: tuple[str, ...]
    """The ways, in the order of the file."""
    scale_usd_per_teu: float | None
    """The scale that fits best; None if ways had more boxes when they were dearer."""
    scales_usd_per_teu: tuple[float, ...]
    """The scale without each of the periods in turn, those that are above 0."""
    constants: tuple[float, ...]
    """By way, in logarithms of what it counts beside the first one at the same cost."""
    left_out: tuple[LeftOut, ...]
    """Each way in each period, predicted from the others."""
    reasons: tuple[str, ...]
    """Why the boxes cannot carry the scale; empty if they can."""

    @property
    def values(self) -> dict[str, Any]:
        """Its fields by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @property
    def table(self) -> pd.DataFrame:
        """One row per period and way: its share, as predicted, and the mean of the others."""
        return LEFT_OUT.frame(self.left_out)

    @property
    def missed(self) -> float:
        """Part of the boxes that the prediction puts on the wrong way, mean of the periods."""
        return self._missed(one.predicted for one in self.left_out)

    @property
    def missed_by_mean(self) -> float:
        """The same for the mean of the other periods."""
        return self._missed(one.mean_of_others for one in self.left_out)

    def _missed(self, said: Iterable[float]) -> float:
        pairs = zip(said, self.left_out, strict=True)
        periods = len(self.left_out) // len(self.ways)
        return sum(abs(share - one.share) for share, one in pairs) / 2.0 / periods

    def _texts(self) -> list[str]:
        scale = self.scale_usd_per_teu
        words = "No scale fits" if scale is None else f"The scale is {scale:,.0f} USD per TEU"
        if scale is not None and self.scales_usd_per_teu:
            low, high = min(self.scales_usd_per_teu), max(self.scales_usd_per_teu)
            words += f" ({low:,.0f} to {high:,.0f} without one of the periods)"
        carries = "; ".join(self.reasons)
        verdict = f"These boxes cannot carry it: {carries}." if carries else "These boxes carry it."
        return [
            f"{words}. {verdict}",
            f"Left out one by one, {in_percent(self.missed, 2)} % of the boxes of a period are put"
            f" on the wrong way, {in_percent(self.missed_by_mean, 2)} % by the mean of the others.",
        ]

    def show(self, terminal: Terminal) -> None:
        """Print the scale, whether the boxes can carry it, and each left-out period."""
        for text in self._texts():
            terminal.say(text)
        terminal.table(LEFT_OUT, self.left_out, title="Each period as the others predict it")

    def _shown(self) -> pd.DataFrame:
        return LEFT_OUT.shown(self.left_out)

    def _files(self, *, command: str = "") -> Files:
        del command
        scale = self.scale_usd_per_teu
        record = {
            "scale_usd_per_teu": None if scale is None else significant(scale),
            "constants": dict(zip(self.ways, map(significant, self.constants), strict=True)),
            "reasons": list(self.reasons),
            "missed": significant(self.missed),
            "missed_by_mean": significant(self.missed_by_mean),
            "rows": LEFT_OUT.records(self.left_out),
        }
        return {
            "calibration.json": lambda: as_text(record),
            "calibration.csv": lambda: LEFT_OUT.csv(self.left_out),
        }


LEFT_OUT = Table(
    name="calibration",
    about="A way in a period: its share of the boxes, and as the other periods predict it.",
    files="period way teu share predicted mean_of_others",
    exact=significant,
)
FRAMES = {"calibration.json": {"table": (LEFT_OUT, "rows")}}
