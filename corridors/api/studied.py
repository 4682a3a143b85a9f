"""The results of `diff` and `route`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corridors.domain.results import RouteOption
from corridors.output.display_names import corridor_titles, scenario_title
from corridors.output.line_notes import doubt_of
from corridors.output.records import frame
from corridors.studies.differences import difference_parts
from corridors.studies.one_route import OneRoute
from corridors.studies.result_base import REPORT_HEIGHT, Page, Written, page_of
from corridors.studies.result_files import (
    difference_files,
)

if TYPE_CHECKING:
    import pandas as pd

    from corridors.domain.scenario import Scenario
    from corridors.studies.result_base import Files
    from corridors.studies.result_files import Line


@dataclass(frozen=True, kw_only=True, repr=False)
class Difference(Written, difference_parts.Difference):
    """What differs between two scenarios or results, and what each input accounts for."""

    _more = ".input_table .table .effects are frames; .report(), .save(folder)"

    scenarios: tuple[Scenario, Scenario]
    """The scenarios of A and B."""
    drawn: tuple[Line, Line]
    """The lines of the routes that A and B recommend, in (lon, lat), for the map."""

    @property
    def input_table(self) -> pd.DataFrame:
        """One row per input that differs, with both values."""
        from corridors.studies.differences.difference_rows import (
            INPUT_COLUMNS,
            difference_record,
        )

        rows: Any = difference_record(self)["inputs"]
        return frame(rows, columns=INPUT_COLUMNS)

    @property
    def table(self) -> pd.DataFrame:
        """One row per corridor whose answer differs: status, rank, USD per TEU, days, t CO2e."""
        from corridors.studies.differences.difference_rows import output_rows

        rows = [
            {key: value for key, value in row.items() if not isinstance(value, list)}
            for row in output_rows(self)
        ]
        return frame(rows)

    @property
    def effects(self) -> pd.DataFrame:
        """One row per input and corridor; the changes of a corridor sum to those of `table`."""
        from corridors.studies.differences.difference_rows import effect_rows

        return frame(effect_rows(self, self.accounted))

    def report(self) -> Page:
        """Return the page that sets both answers side by side."""
        return page_of(self._files(), "diff.html", self._texts()[0], REPORT_HEIGHT)

    def _texts(self) -> list[str]:
        names = " and ".join(map(scenario_title, self.scenarios))
        heading = f"Difference of {names}"
        if self.empty:
            return [heading, "No differences."]
        old, new = self.old, self.new
        inputs = ", ".join(change.key for change in self.inputs[:5])
        more = f" and {len(self.inputs) - 5} more" if len(self.inputs) > 5 else ""
        changed = len([c for c in self.corridors if old.of(c) != new.of(c)])
        same = old.recommended == new.recommended
        recommended = _called(old) if same else f"{_called(old)} -> {_called(new)}"
        return [
            heading,
            f"Inputs that differ: {inputs}{more}." if inputs else "The same inputs.",
            f"{changed} of {len(self.corridors)} corridors changed.",
            f"Recommended: {recommended}{', unchanged' if same else ''}.",
        ]

    def _shown(self) -> pd.DataFrame:
        table = self.table
        if not len(table):
            return table
        table = table.assign(
            corridor=[corridor_titles().get(name, name) for name in table["corridor"]]
        )
        columns = {
            "corridor": "corridor",
            "status_old": "status before",
            "status_new": "after",
            "cost_usd_per_teu_old": "USD per TEU before",
            "cost_usd_per_teu_new": "after ",
            "days_old": "days before",
            "days_new": "after  ",
        }
        return table[list(columns)].rename(columns=columns)

    def _files(self, *, command: str = "") -> Files:
        return difference_files(self, self.scenarios, lambda: self.drawn, command=command)


def _called(outcome: difference_parts.Outcome) -> str:
    """Return what is recommended and what is tied with it, by titles."""
    titles = corridor_titles()
    named = titles.get(outcome.recommended, outcome.recommended)
    others = [titles.get(name, name) for name in outcome.tied if name != outcome.recommended]
    return f"{named} (tied with {', '.join(others)})" if others else named


@dataclass(frozen=True, kw_only=True, repr=False)
class Route(OneRoute):
    """The cheapest route between two places."""

    quickest: RouteOption | None = None
    """The quickest route, None if it saves less than a day."""
    elsewhere: RouteOption | None = None
    """The cheapest in the other world, `current` or `reference-open`; None if that is the same."""

    def _texts(self) -> list[str]:
        hurried, texts = self.quickest, super()._texts()
        if hurried is not None:
            texts.append(
                f"The quickest takes {hurried.days or 0.0:.1f} days and costs"
                f" USD {hurried.printed_usd_per_teu or 0.0:,.0f} per TEU (.quickest)"
                f"{doubt_of(hurried)}."
            )
        return [text for text in texts if text]
