"""`report.html` of a batch: the findings first, then the scenarios to filter and compare."""

from __future__ import annotations

from html import escape

import numpy as np
import numpy.typing as npt

from corridors.domain.objective import Objective
from corridors.output.display_names import listed, name_of, on_page, rows_text
from corridors.output.html.encode import (
    capitalised,
    counted,
    element,
    percent,
    quoted,
    safe_colour,
    script_json,
    swatch,
    usd,
)
from corridors.output.html.report.batch_charts import (
    corridor_scatter,
    cost_parts,
    emissions,
    rank_distribution,
    time_parts,
    winner_scatter,
)
from corridors.output.html.report.charts import ink_on
from corridors.output.html.report.common import (
    LIMITS_OF_KNOWLEDGE,
    answer_box,
    licence,
    reproduce,
    sources_list,
)
from corridors.output.html.report.effects import Effect, answered, key_effects
from corridors.output.html.report.regions import key_label, key_name
from corridors.output.html.report.report_page import Section, render_page
from corridors.output.html.report.report_tables import Cell, Column, table_html
from corridors.output.html.report.sweep_answers import (
    answer_of,
    effect_sentences,
    move_text,
    signed,
    when_it_pays,
)
from corridors.output.sweep import Sweep

MOST_ROWS = 200
_SCRIPTS = ("report.js", "cells.js", "batch.js")
PAGE_ROWS = 50
NONE = -1
TENTHS = 10
MOST_NAMED = 4
_EFFECT_COLUMNS = (
    Column(title="Value"),
    Column(title="Pairs", figure=True, hint="Pairs of scenarios that differ only in this input"),
    Column(title="Recommendation changed", figure=True),
    Column(title="Old to new corridor, pairs"),
    Column(title="USD/TEU", figure=True, hint="Median change of the recommended corridor"),
    Column(title="Days", figure=True, hint="Median change of the recommended corridor"),
    Column(title="No longer usable, pairs"),
    Column(title="Newly usable, pairs"),
    Column(title="Largest changes of mean rank by cost"),
)
_WEAK_COLUMNS = (
    Column(title="Line"),
    Column(title="Status"),
    Column(title="Source"),
    Column(title="Options", figure=True),
    Column(title="Mean USD/TEU", figure=True),
    Column(title="Mean spread, USD/TEU", figure=True, hint="High minus low"),
)


def render_batch_report(sweep: Sweep) -> str:
    """Return the report of a batch as HTML text; the same sweep gives the same text."""
    effects = {key: key_effects(sweep, key) for key in sweep.varied}
    sections = (
        Section(id="keys", heading="Effect of each input", body=_effects(sweep, effects)),
        Section(id="pays", heading="When each corridor is recommended", body=_pays(sweep)),
        Section(id="explore", heading="Explore the scenarios", body=_explore(sweep, effects)),
        Section(id="cost", heading="Mean cost by part", body=cost_parts(sweep)),
        Section(id="time", heading="Mean time by part", body=time_parts(sweep)),
        Section(
            id="scatter",
            heading="Cost against days",
            body=corridor_scatter(sweep) + winner_scatter(sweep),
        ),
        Section(id="emissions", heading="Greenhouse gas emissions", body=emissions(sweep)),
        Section(id="ranks", heading="Ranks by cost", body=rank_distribution(sweep)),
        Section(id="failed", heading="Failed scenarios", body=_failed(sweep)),
        Section(id="weakest", heading="Weakest assumptions", body=_weakest(sweep)),
        Section(id="warnings", heading="Warnings", body=_warnings(sweep)),
        Section(id="sources", heading="Sources", body=sources_list(sweep.sources)),
        Section(id="unknown", heading="Limits of these results", body=LIMITS_OF_KNOWLEDGE),
        Section(id="reproduce", heading="How to reproduce", body=_reproduce(sweep)),
    )
    title = sweep.title or sweep.name
    head = _head(sweep, title, effects)
    return render_page(f"Report: {title}", head, sections, scripts=_SCRIPTS)


def _head(sweep: Sweep, title: str, effects: dict[int, list[Effect]]) -> str:
    keys = [
        f"{key_label(sweep, key)} ({counted(len(sweep.keys[key].values), 'value')})"
        for key in sweep.varied
    ]
    asked = (
        f"Varied: {listed(keys) or 'nothing'}."
        f" Ranked by {on_page(Objective(sweep.objective).aim.lowest)}."
        f" Baseline: {quoted(next(iter(sweep.scenarios), 'none'))}."
        f" {rows_text(Objective(sweep.objective))}"
    ).rstrip()
    nothing = not (sweep.recommended >= 0).any()
    return (
        element("h1", title)
        + element("p", asked, class_="asked")
        + answer_box(answer_of(sweep, effects), warn=nothing)
    )


def _effects(sweep: Sweep, effects: dict[int, list[Effect]]) -> str:
    parts = []
    for key, found in effects.items():
        values, name, label = sweep.keys[key].values, sweep.keys[key].key, key_label(sweep, key)
        sentences = "".join(element("p", text) for text in effect_sentences(sweep, found))
        table = table_html(
            f"{capitalised(label)}: effect of each value compared with {quoted(values[0])}",
            _EFFECT_COLUMNS,
            [_effect_row(sweep, effect) for effect in found[:MOST_ROWS]],
            hidden_caption=True,
        )
        summary = f"{counted(len(found), 'value')} compared with {quoted(values[0])}"
        parts.append(
            f"<h3>{escape(capitalised(label))}"
            f"{'' if label == name else ' ' + element('code', name)}</h3>{sentences}"
            f"<details{' open' if len(found) <= MOST_NAMED else ''}>"
            f"<summary>{escape(summary)}</summary>{table}</details>"
        )
    return "".join(parts)


def _effect_row(sweep: Sweep, effect: Effect) -> list[Cell | str]:
    value = sweep.keys[effect.key].values[effect.value]
    if not effect.pairs:
        return [value, "0", *["—"] * 7]
    ranks = [
        f"{sweep.corridors[shift.corridor].title} {shift.before:.1f} to {shift.after:.1f}"
        for shift in effect.shifts[:MOST_NAMED]
    ]
    return [
        value,
        f"{effect.pairs:,}",
        f"{effect.changed:,} ({percent(effect.changed, effect.pairs)})",
        "; ".join(move_text(sweep, move) for move in effect.moves[:MOST_NAMED]) or "—",
        signed(effect.usd, 0),
        signed(effect.days, 1),
        _named(sweep, effect.lost),
        _named(sweep, effect.gained),
        "; ".join(ranks) or "—",
    ]


def _named(sweep: Sweep, pairs: tuple[tuple[int, int], ...]) -> str:
    names = [f"{sweep.corridors[i].title} {count:,}" for i, count in pairs[:MOST_NAMED]]
    if len(pairs) > MOST_NAMED:
        names.append(f"and {len(pairs) - MOST_NAMED} more")
    return ", ".join(names) or "—"


def _pays(sweep: Sweep) -> str:
    mask = answered(sweep)
    wins = [int(((sweep.recommended == i) & mask).sum()) for i in range(len(sweep.corridors))]
    order = sorted(range(len(wins)), key=lambda i: -wins[i])
    items = "".join(f"<li>{_paying(sweep, i)}</li>" for i in order)
    return f'<ul class="plain-list">{items}</ul>' if items else ""


def _paying(sweep: Sweep, corridor: int) -> str:
    sentence, parts = when_it_pays(sweep, corridor)
    inner = f"<ul>{''.join(element('li', part) for part in parts)}</ul>" if parts else ""
    return f"{swatch(sweep.corridors[corridor].colour)}{escape(sentence)}{inner}"


def default_axes(sweep: Sweep, effects: dict[int, list[Effect]]) -> tuple[int, int]:
    """Return the two keys that changed the recommendation most: down, then across.

    The key with more values goes across. A single swept key is returned twice.
    """
    changes = {key: sum(e.changed for e in found) for key, found in effects.items()}
    first = sorted(changes, key=lambda key: (-changes[key], key))[:2] or [0]
    down, across = first[0], first[-1]
    if len(sweep.keys) and len(sweep.keys[down].values) > len(sweep.keys[across].values):
        down, across = across, down
    return down, across


def _explore(sweep: Sweep, effects: dict[int, list[Effect]]) -> str:
    """Return the empty tables that the script fills, and its data."""
    if not sweep.scenarios:
        return ""
    data = _explored_json(sweep, axes=default_axes(sweep, effects))
    return (
        '<div id="filters" class="filters" role="group" aria-label="Filters"></div>'
        '<p id="count" aria-live="polite"></p><h3>Corridors in these scenarios</h3>'
        '<div class="wide"><table id="summary"></table></div>'
        '<h3 id="heat-heading">Recommended corridor by two inputs</h3>'
        '<div id="axes" class="filters"></div><div class="wide"><table id="heat"></table></div>'
        '<p class="note">Each cell names the corridor recommended most often in its scenarios, '
        "with its share if below 100 %, and the share tied with others. "
        '<span id="heat-more"></span></p>'
        "<h3>All scenarios</h3>"
        '<div id="order" class="filters"></div><div class="pages" data-pages></div>'
        '<div class="wide"><table id="scenarios"></table></div><div class="pages" data-pages></div>'
        f'<script type="application/json" id="batch">{data}</script>'
        "<noscript><p>This part needs JavaScript.</p></noscript>"
    )


def _explored_json(sweep: Sweep, *, axes: tuple[int, int]) -> str:
    """Return the data of the page's script as text for a script element.

    Arrays by scenario and corridor are flat, scenario by scenario; -1 is none. Cost is in tenths
    of USD per TEU, days in tenths, CO2e in whole kg per TEU.

    Parameters
    ----------
    sweep
        The scenarios.
    axes
        The keys that the heat map starts with: down, across.
    """
    return script_json(
        {
            "keys": [
                {
                    "name": key_name(sweep, i),
                    "label": key_label(sweep, i),
                    "values": list(key.values),
                }
                for i, key in enumerate(sweep.keys)
            ],
            "varied": list(sweep.varied),
            "axes": list(axes),
            "corridors": [
                {
                    "title": corridor.title,
                    "colour": safe_colour(corridor.colour),
                    "ink": ink_on(corridor.colour),
                }
                for corridor in sweep.corridors
            ],
            "names": list(sweep.scenarios),
            "choice": [sweep.choice[:, i].tolist() for i in range(len(sweep.keys))],
            "winner": sweep.recommended.tolist(),
            "tied": sweep.is_close.astype(int).tolist(),
            "rank": sweep.rank.ravel().tolist(),
            "cost": _whole(sweep.cost * TENTHS),
            "days": _whole(sweep.days * TENTHS),
            "co2e": _whole(sweep.co2e_kg),
            "failed": {str(i): reason for i, reason in sorted(sweep.failed.items())},
            "changes": _variant_changes(sweep),
            "rows": PAGE_ROWS,
        }
    )


def _whole(array: npt.NDArray[np.float64]) -> list[int]:
    flat = np.where(np.isfinite(array), array, NONE).ravel()
    rounded: list[int] = np.rint(flat).astype(np.int64).tolist()
    return rounded


def _variant_changes(sweep: Sweep) -> dict[str, list[list[list[str]]]]:
    """Return (key, old, new) of each variant, by variant key and value."""
    found: dict[str, list[list[list[str]]]] = {}
    for i, key in enumerate(sweep.keys):
        if key.key == "variant":
            found[str(i)] = [
                [
                    [name, sweep.base.get(name, "—"), new]
                    for name, new in sweep.variants.get(value, {}).items()
                ]
                for value in key.values
            ]
    return found


def _failed(sweep: Sweep) -> str:
    if not sweep.failed:
        return ""
    rows = [
        [sweep.scenarios[i], reason]
        for i, reason in sorted(sweep.failed.items())[:MOST_ROWS]
        if 0 <= i < len(sweep.scenarios)
    ]
    more = len(sweep.failed) - len(rows)
    note = element("p", f"{counted(more, 'more scenario')} failed.") if more > 0 else ""
    caption = f"{counted(len(sweep.failed), 'scenario')} without a result"
    columns = (Column(title="Scenario"), Column(title="Reason"))
    return table_html(caption, columns, rows, classes="keys") + note


def _weakest(sweep: Sweep) -> str:
    if not sweep.weakest:
        return ""
    rows: list[list[Cell | str]] = [
        [
            f"{line.label} ({name_of(line.scope)})" if line.scope else line.label,
            line.status,
            line.source_id,
            Cell(text=f"{line.options:,}", sort=line.options),
            Cell(text=usd(line.mean_usd_per_teu), sort=line.mean_usd_per_teu),
            Cell(text=usd(line.spread_usd_per_teu), sort=line.spread_usd_per_teu),
        ]
        for line in sweep.weakest
    ]
    caption = "Cost lines based on assumptions or recalled figures, over all options with them"
    return table_html(caption, _WEAK_COLUMNS, rows, sortable=True)


def _warnings(sweep: Sweep) -> str:
    ordered = sorted(sweep.warnings.items(), key=lambda item: (-item[1], item[0]))
    items = "".join(
        f"<li>{escape(text)} {element('span', f'({count:,} times)', class_='muted')}</li>"
        for text, count in ordered[:MOST_ROWS]
    )
    return f"<ul>{items}</ul>" if items else "<p>None.</p>"


def _reproduce(sweep: Sweep) -> str:
    return (
        reproduce(
            sweep.command,
            sweep.manifest,
            sweep.base,
            heading="All values of the base scenario",
            text=sweep.batch_text,
            text_heading="Batch file",
        )
        + licence()
    )
