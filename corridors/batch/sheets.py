"""`summary.xlsx`: a sheet a question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from corridors.batch.answers import shifts, wins
from corridors.batch.summary import summary_columns, summary_rows
from corridors.output.sweep import Sweep
from corridors.output.xlsx import Column, Sheet

_LOOKS = {
    "scenario": "whole",
    "cost_usd_per_teu": "usd",
    "low": "usd",
    "high": "usd",
    "transit_days": "figure",
    "days": "figure",
    "co2e_wtw_kg_per_teu": "whole",
    "second_best_gap_usd_per_teu": "usd",
    "change_against_first_usd_per_teu": "usd",
    "usable_corridors": "whole",
    "rank": "whole",
    "distance_km": "whole",
}
_OPTION_COLUMNS = (
    *("scenario", "name", "corridor", "title", "status", "rank", "recommended"),
    *("cost_usd_per_teu", "low", "high", "transit_days", "days", "distance_km"),
    *("co2e_wtw_kg_per_teu", "next_usable_date", "reason"),
)
_WIDE = {"name": 40, "reason": 60, "title": 26, "recommended": 24, "second_best": 24}


def sheets_of(
    sweep: Sweep, options: Iterable[Mapping[str, Any]], *, answer: Sequence[str]
) -> Iterator[Sheet]:
    """Yield the sheets of a batch; `options` are rows of that table."""
    yield Sheet(
        title="Answer",
        columns=(Column(title=sweep.title, width=140),),
        rows=((text,) for text in answer),
    )
    columns = summary_columns(sweep)
    yield Sheet(
        title="Scenarios",
        columns=_columns(columns),
        rows=([row.get(name) for name in columns] for row in summary_rows(sweep)),
    )
    yield Sheet(
        title="Options",
        columns=_columns(_OPTION_COLUMNS),
        rows=([row[name] for name in _OPTION_COLUMNS] for row in options),
    )
    yield _winners(sweep)
    yield _rank_changes(sweep)
    yield Sheet(
        title="Inputs that differ",
        columns=_titled(("key", 34), ("value", 40), ("changes", 34), ("from", 30), ("to", 40)),
        rows=_inputs(sweep),
    )
    yield _weakest(sweep)
    yield Sheet(
        title="Failed",
        columns=(Column(title="scenario", look="whole"), *_titled(("name", 40), ("reason", 100))),
        rows=((n, sweep.scenarios[n], reason) for n, reason in sweep.failed.items()),
    )
    yield Sheet(
        title="How to reproduce",
        columns=_titled(("what", 34), ("text", 110)),
        rows=_reproduce(sweep),
    )


def _columns(names: Sequence[str]) -> list[Column]:
    return [
        Column(title=name, width=_WIDE.get(name, 16), look=_LOOKS.get(name, "text"))
        for name in names
    ]


def _titled(*columns: tuple[str, int]) -> tuple[Column, ...]:
    return tuple(Column(title=title, width=width) for title, width in columns)


def _winners(sweep: Sweep) -> Sheet:
    return Sheet(
        title="Winners by key",
        columns=(
            *_titled(("key", 34), ("value", 40), ("corridor", 26)),
            Column(title="recommended in", look="whole"),
            Column(title="of scenarios", look="whole"),
            Column(title="share", look="share"),
        ),
        rows=((w.key, w.value, w.corridor, w.wins, w.of, w.wins / w.of) for w in wins(sweep)),
    )


def _rank_changes(sweep: Sweep) -> Sheet:
    whole = ("scenarios", "recommended before", "recommended after", "closes", "opens")
    return Sheet(
        title="Rank changes",
        columns=(
            *_titled(("key", 34), ("before", 24), ("after", 24), ("corridor", 26)),
            *(Column(title=title, look="whole") for title in whole),
            Column(title="mean rank before", look="figure"),
            Column(title="mean rank after", look="figure"),
            Column(title="mean change of cost, USD per TEU", width=18, look="usd"),
        ),
        rows=(
            (
                *(shift.key, shift.before, shift.after, shift.corridor),
                *(shift.pairs, shift.wins_before, shift.wins_after, shift.closed, shift.opened),
                *(shift.rank_before, shift.rank_after, shift.change_usd_per_teu),
            )
            for shift in shifts(sweep)
        ),
    )


def _inputs(sweep: Sweep) -> Iterator[Sequence[object]]:
    """Yield what each value changes in the base: old and new."""
    for key in sweep.keys:
        for value in key.values:
            changes = sweep.variants.get(value, {}) if key.key == "variant" else {key.key: value}
            for changed, new in changes.items():
                yield (key.key, value, changed, sweep.base.get(changed, ""), new)
            if not changes:
                yield (key.key, value, "nothing", "", "")


def _weakest(sweep: Sweep) -> Sheet:
    return Sheet(
        title="Weakest figures",
        columns=(
            *_titled(("driver", 20), ("scope", 24), ("label", 34), ("status", 14), ("source", 24)),
            Column(title="options", look="whole"),
            Column(title="mean, USD per TEU", look="usd"),
            Column(title="mean of high less low, USD per TEU", width=18, look="usd"),
        ),
        rows=(
            (
                *(line.driver, line.scope, line.label, line.status, line.source_id),
                *(line.options, line.mean_usd_per_teu, line.spread_usd_per_teu),
            )
            for line in sweep.weakest
        ),
    )


def _reproduce(sweep: Sweep) -> Iterator[Sequence[object]]:
    yield ("command", sweep.command)
    for number, line in enumerate(sweep.batch_text.splitlines(), start=1):
        yield (f"batch file, line {number}", line)
    yield from sweep.manifest.items()
    yield from ((f"source {key}", title) for key, title in sweep.sources.items())
    yield from ((f"warning of {n:,} options", text) for text, n in sweep.warnings.items())
