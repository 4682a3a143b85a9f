"""`report.html` of a batch: the findings first, then the scenarios to filter and compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from math import isfinite

import numpy as np

from corridors.arrays import FloatArray
from corridors.data.cities import name_of
from corridors.domain.objective import Objective
from corridors.output.display_names import capitalised, listed, on_page, rows_text
from corridors.output.html.page_shell import asset, page_html, policy_of
from corridors.output.html.palette import (
    NAVY,
    RANKS,
    counted,
    dark_style,
    element,
    identities,
    inked,
    painted,
    percent,
    quoted,
    script_json,
    swatch,
    usd,
)
from corridors.output.html.report.charts import SOURCE, Bar, Dot, Key, scatter, stacked_bars
from corridors.output.html.report.effects import Effect, Mask, answered, key_effects, winner_figure
from corridors.output.html.report.parts import (
    LIMITS_OF_KNOWLEDGE,
    Citations,
    answer_box,
    cost_title,
    grouped,
    licence,
    part_colours,
    reproduce,
    time_title,
    with_names,
)
from corridors.output.html.report.regions import key_label, key_name
from corridors.output.html.report.report_tables import Cell, Column, headings, numeric, table_html
from corridors.output.html.report.sweep_answers import (
    answer_of,
    doubts_of,
    most_changing,
    move_text,
    signed,
    when_it_pays,
)
from corridors.output.monthly import Parts, Sweep
from corridors.units import HOURS_PER_DAY

# The HTML page of a report.

_SCRIPTS = ("elements.js", "report.js")


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the report; `body` is markup."""

    id: str
    heading: str
    body: str


def page_style() -> str:
    """Return the style sheet of reports and pages of studies, for light and dark screens."""
    sheets = ("page.css", "report.css", "charts.css")
    return "".join(asset("report", name) for name in sheets) + dark_style()


def render_page(
    title: str,
    head: str,
    sections: Sequence[Section],
    *,
    scripts: Sequence[str] = (),
    contents_last: bool = False,
    source: str = "",
) -> str:
    """Return the page as HTML text.

    Parameters
    ----------
    title
        Window title, plain text.
    head
        Markup above the contents: title, question, answer.
    sections
        In order; sections without a body are skipped.
    scripts
        Script assets beside those of every page, in order.
    contents_last
        Put the contents below the first section, which belongs to the answer.
    source
        What its charts rest on.
    """
    kept = [section for section in sections if section.body]
    links = "".join(f'<a href="#{part.id}">{escape(part.heading)}</a>' for part in kept)
    bodies = [
        f'<section id="{part.id}"><h2>{escape(part.heading)}</h2>{part.body}</section>'
        for part in kept
    ]
    inlined = "".join(
        f"<script>{asset('report', name)}</script>\n" for name in (*_SCRIPTS, *scripts)
    )
    nav = f'<nav aria-label="Contents">{links}</nav>\n'
    if contents_last:
        bodies.insert(1, nav)
        nav = ""
    under = element("p", f"Source: {source}.", class_="source") if source else ""
    drawn = "".join(bodies).replace(SOURCE, under)
    return page_html(
        title,
        f"<header>{head}</header>\n{nav}<main>{drawn}</main>\n{inlined}",
        style=page_style(),
        policy=policy_of(inlined),
    )


# Charts of a batch report: means by corridor, recommendations, ranks.

MOST_DOTS = 1500
RANKS_SHOWN = 5


def cost_parts(sweep: Sweep) -> str:
    """Return the mean cost by part, over the scenarios in which a corridor is usable."""
    return stacked_bars(
        "chart-cost",
        _part_bars(sweep, sweep.cost_parts, cost_title, 1.0),
        part_colours(),
        caption=f"Mean cost in USD per {sweep.unit} by part, over the scenarios in which the"
        " corridor is usable; cheapest first",
        unit=f"USD/{sweep.unit}",
    )


def time_parts(sweep: Sweep) -> str:
    """Return the mean days by part, over the scenarios in which a corridor is usable."""
    return stacked_bars(
        "chart-time",
        _part_bars(sweep, sweep.time_parts, time_title, HOURS_PER_DAY),
        part_colours(),
        caption="Mean days from gate-in to gate-out by part, over the scenarios in which the"
        " corridor is usable; cheapest first",
        unit="Days",
        digits=1,
    )


def emissions(sweep: Sweep) -> str:
    """Return the mean well-to-wake emissions of each corridor."""
    means = column_means(sweep.co2e_kg)
    bars = [
        Bar(name=sweep.corridors[i].title, parts={"Well-to-wake": means[i] / 1000})
        for i in _usable_order(sweep)
    ]
    return stacked_bars(
        "chart-emissions",
        bars,
        {"Well-to-wake": NAVY},
        caption=f"Mean tonnes of CO₂e per {sweep.unit}, well-to-wake, over the scenarios in which"
        " the corridor is usable",
        unit=f"t CO₂e/{sweep.unit}",
        digits=2,
    )


def corridor_scatter(sweep: Sweep) -> str:
    """Return each corridor's mean cost against its mean days."""
    cost, days = column_means(sweep.cost), column_means(sweep.days)
    order = _usable_order(sweep)
    usable = np.isfinite(sweep.cost).sum(axis=0)
    dots = [
        Dot(
            name=sweep.corridors[i].title,
            colour=sweep.corridors[i].colour,
            days=cost_days,
            usd=cost_usd,
            mark=str(number + 1),
            note=f"means over {usable[i]:,} scenarios",
        )
        for number, i in enumerate(order)
        for cost_days, cost_usd in ((float(days[i]), float(cost[i])),)
    ]
    return scatter(
        "chart-corridors",
        dots,
        keys=_keys(sweep, order),
        front=True,
        money=f"USD per {sweep.unit}",
        caption="Mean cost against mean days over the scenarios in which the corridor is usable,"
        " numbered by mean cost. The dashed line is the front: no other corridor is both cheaper"
        " and faster.",
    )


def winner_scatter(sweep: Sweep) -> str:
    """Return cost against days of the recommended corridor of each scenario."""
    cost, days = winner_figure(sweep, sweep.cost), winner_figure(sweep, sweep.days)
    rows = np.flatnonzero(answered(sweep) & np.isfinite(cost) & np.isfinite(days))
    step = max(1, -(-len(rows) // MOST_DOTS))
    kept = rows[::step].tolist()
    won = sweep.recommended[rows]
    small = [
        Dot(
            name=sweep.corridors[won_by].title,
            colour=sweep.corridors[won_by].colour,
            days=float(days[i]),
            usd=float(cost[i]),
            note=sweep.scenarios[i],
        )
        for i in kept
        for won_by in (int(sweep.recommended[i]),)
    ]
    some = f" One scenario in {step} is shown." if step > 1 else ""
    order = [i for i in range(len(sweep.corridors)) if (won == i).any()]
    keys = [Key(label=sweep.corridors[i].title, colour=sweep.corridors[i].colour) for i in order]
    return scatter(
        "chart-winners",
        [],
        small=small,
        keys=keys,
        money=f"USD per {sweep.unit}",
        caption=f"Cost against days of the recommended corridor in each scenario.{some}",
    )


def rank_distribution(sweep: Sweep) -> str:
    """Return the number of scenarios by corridor and rank by cost."""
    rank, mask = sweep.rank, answered(sweep)
    labels = [f"Rank {i + 1}" for i in range(RANKS_SHOWN)]
    last = f"Rank {RANKS_SHOWN + 1} and below"
    total = int(mask.sum())
    bars = []
    for i in _usable_order(sweep):
        mine = rank[mask, i]
        parts = {label: float((mine == n + 1).sum()) for n, label in enumerate(labels)}
        parts[last] = float((mine > RANKS_SHOWN).sum())
        bars.append(Bar(name=sweep.corridors[i].title, parts=parts))
    return stacked_bars(
        "chart-ranks",
        bars,
        dict(zip((*labels, last), RANKS, strict=True)),
        caption=f"Number of scenarios, out of {total:,}, by each corridor's rank by cost; a bar is"
        " shorter if the corridor is not usable in all of them",
        unit="Scenarios",
    )


def column_means(array: FloatArray) -> FloatArray:
    """Return the mean of each column ignoring NaN; NaN for a column of NaN."""
    finite: Mask = np.isfinite(array)
    count = finite.sum(axis=0)
    total = np.where(finite, array, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _usable_order(sweep: Sweep) -> list[int]:
    """Return the corridors usable in some scenario, by mean cost."""
    means = column_means(sweep.cost)
    return [i for i in np.argsort(means, kind="stable").tolist() if np.isfinite(means[i])]


def _part_bars(
    sweep: Sweep, parts: Parts, title: Callable[[str], str], divisor: float
) -> list[Bar]:
    bars = []
    for i in _usable_order(sweep):
        means = zip(parts.names, parts.mean[i].tolist(), strict=True)
        summed = grouped((title(name), value / divisor) for name, value in means if isfinite(value))
        bars.append(Bar(name=sweep.corridors[i].title, parts=summed))
    return bars


def _keys(sweep: Sweep, order: Sequence[int]) -> list[Key]:
    return [
        Key(label=f"{number + 1} {sweep.corridors[i].title}", colour=sweep.corridors[i].colour)
        for number, i in enumerate(order)
    ]


MOST_ROWS = 200
PAGE_ROWS = 50
NONE = -1
TENTHS = 10
MOST_NAMED = 4
MOST_MOVES = 2
# Stands for the money of a sweep, per box or TEU.
MONEY = "USD/TEU"
_EFFECT_COLUMNS = headings(
    "Value",
    numeric("Pairs", hint="Pairs of scenarios that differ only in this input"),
    numeric("Recommendation changed"),
    "Old to new corridor, pairs",
    numeric(MONEY, "Days", hint="Median change of the recommended corridor"),
    "No longer usable, pairs",
    "Newly usable, pairs",
    "Largest changes of mean rank by cost",
)
_KEY_COLUMNS = headings(
    "Input",
    "At the value that changes most",
    numeric("Recommendation changes", hint="Pairs of scenarios"),
    "Mostly, pairs",
    numeric(MONEY, "Days"),
    "No longer usable, pairs",
)
_PAYS_COLUMNS = headings(
    "Corridor",
    numeric("Recommended", hint="Scenarios"),
    numeric("Share", "Tied", "Usable"),
    "Where it is recommended: scenarios, or how close it comes",
)
_WEAK_COLUMNS = headings(
    "Line",
    "Status",
    "Source",
    numeric("Options", f"Mean {MONEY}"),
    numeric(f"Mean spread, {MONEY}", hint="High minus low"),
)


def render_batch_report(sweep: Sweep) -> str:
    """Return the report of a batch as HTML text; the same sweep gives the same text."""
    sweep = _coloured(with_names(sweep.per_box))
    effects = {key: key_effects(sweep, key) for key in sweep.varied}
    sections = (
        Section("winners", "Recommended corridor by two inputs", _heat(sweep)),
        Section("keys", "What would change it", _effects(sweep, effects)),
        Section("pays", "When each corridor is recommended", _pays(sweep)),
        Section("explore", "Explore the scenarios", _explore(sweep, effects)),
        Section("cost", "Mean cost by part", cost_parts(sweep)),
        Section("time", "Mean time by part", time_parts(sweep)),
        Section("scatter", "Cost against days", corridor_scatter(sweep) + winner_scatter(sweep)),
        Section("emissions", "Greenhouse gas emissions", emissions(sweep)),
        Section("ranks", "Ranks by cost", rank_distribution(sweep)),
        Section("failed", "Failed scenarios", _failed(sweep)),
        Section("weakest", "Weakest assumptions", _weakest(sweep)),
        Section("warnings", "Warnings", _warnings(sweep)),
        Section("sources", "Sources", Citations(sweep.sources).list_html()),
        Section("unknown", "Limits of these results", LIMITS_OF_KNOWLEDGE),
        Section("reproduce", "How to reproduce", _reproduce(sweep)),
    )
    title = sweep.title or sweep.name
    head = _head(sweep, title, effects)
    return render_page(
        f"Report: {title}", head, sections, scripts=("batch.js",), contents_last=True
    )


def _coloured(sweep: Sweep) -> Sweep:
    """Return the scenarios with colours that a page tells apart, first of what wins most."""
    wins = [int((sweep.recommended == i).sum()) for i in range(len(sweep.corridors))]
    order = sorted(range(len(wins)), key=lambda i: -wins[i])
    colours = identities(sweep.corridors[i].title for i in order)
    kept = tuple(replace(one, colour=colours[one.title]) for one in sweep.corridors)
    return replace(sweep, corridors=kept)


def _head(sweep: Sweep, title: str, effects: dict[int, list[Effect]]) -> str:
    nothing = not (sweep.recommended >= 0).any()
    return element("h1", title) + answer_box(answer_of(sweep, effects), warn=nothing)


def _asked(sweep: Sweep) -> str:
    keys = [
        f"{key_label(sweep, key)} ({counted(len(sweep.keys[key].values), 'value')})"
        for key in sweep.varied
    ]
    return (
        f"{counted(len(sweep.scenarios), 'scenario')},"
        f" {counted(len(sweep.corridors), 'corridor')}. Varied: {listed(keys) or 'nothing'}."
        f" Ranked by {on_page(Objective(sweep.objective).aim.lowest)}."
        f" {rows_text(Objective(sweep.objective))}"
    ).rstrip()


def _heat(sweep: Sweep) -> str:
    """Return the empty heat map that the script fills, and what to know of the answer."""
    notes = "".join(element("p", text, class_="note") for text in doubts_of(sweep))
    asked = element("p", _asked(sweep), class_="asked")
    if not sweep.scenarios:
        return asked
    return (
        '<div id="axes" class="filters"></div>'
        f'<div class="wide" role="group" aria-label="Recommended corridor by two inputs">'
        '<table id="heat" class="heat"></table></div>'
        '<p class="note">Each cell names the corridor recommended most often in its scenarios, '
        "with its share if below 100 %, and how often others are about the same. "
        f'<span id="heat-more"></span></p>{notes}{asked}'
    )


def _effects(sweep: Sweep, effects: dict[int, list[Effect]]) -> str:
    """Return a row for each input at the value that changes most, and a table for each input."""
    if not effects:
        return ""
    rows = [_key_row(sweep, key, most_changing(found)) for key, found in effects.items()]
    rows.sort(key=lambda row: -(row[2].sort or 0.0) if isinstance(row[2], Cell) else 1.0)
    parts = [
        table_html(
            "What each input changes", _counted(sweep, _KEY_COLUMNS), rows, hidden_caption=True
        )
    ]
    for key, found in effects.items():
        values, label = sweep.keys[key].values, key_label(sweep, key)
        table = table_html(
            f"{capitalised(label)}: effect of each value compared with {quoted(values[0])}",
            _counted(sweep, _EFFECT_COLUMNS),
            [_effect_row(sweep, effect) for effect in found[:MOST_ROWS]],
            hidden_caption=True,
        )
        summary = (
            f"{capitalised(label)}: {counted(len(found), 'value')} compared with"
            f" {quoted(values[0])}"
        )
        parts.append(f"<details>{element('summary', summary)}{table}</details>")
    note = (
        "Counted are pairs of scenarios that differ in nothing but one input. Costs and days are"
        " the median change of the recommended corridor in the pairs in which it changes."
    )
    return "".join((*parts, element("p", note, class_="note")))


def _key_row(sweep: Sweep, key: int, effect: Effect | None) -> list[Cell | str]:
    label, values = capitalised(key_label(sweep, key)), sweep.keys[key].values
    if effect is None:
        return [label, "no two scenarios differ only in it", *["—"] * 5]
    share = effect.changed / effect.pairs
    moves = [move_text(sweep, move) for move in effect.moves[:MOST_MOVES]]
    return [
        label,
        f"{quoted(values[effect.value])} instead of {quoted(values[0])}",
        Cell(text=f"{effect.changed:,} of {effect.pairs:,} ({percent(share, 1.0)})", sort=share),
        "; ".join(moves) or "—",
        signed(effect.changed_usd, 0),
        signed(effect.changed_days, 1),
        _named(sweep, effect.lost),
    ]


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
    total = int(answered(sweep).sum())
    found = [when_it_pays(sweep, i) for i in range(len(sweep.corridors))]
    found.sort(key=lambda one: (-one.wins, -one.usable))
    rows: list[list[Cell | str]] = []
    for one in found:
        corridor = sweep.corridors[one.corridor]
        rows.append(
            [
                Cell(text=corridor.title, before=swatch(corridor.colour)),
                Cell(text=f"{one.wins:,}", sort=one.wins),
                Cell(text=percent(one.wins, total), sort=one.wins),
                Cell(text=f"{one.tied:,}", sort=one.tied),
                Cell(text=f"{one.usable:,}", sort=one.usable),
                "; ".join(one.regions) or one.closest or "—",
            ]
        )
    return table_html(
        "When each corridor is recommended", _PAYS_COLUMNS, rows, sortable=True, hidden_caption=True
    )


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
        '<div class="wide" role="group" aria-label="Corridors in these scenarios">'
        '<table id="summary"></table></div>'
        "<h3>All scenarios</h3>"
        '<div id="order" class="filters"></div><div class="pages" data-pages></div>'
        '<div class="wide" role="group" aria-label="All scenarios">'
        '<table id="scenarios"></table></div><div class="pages" data-pages></div>'
        f'<script type="application/json" id="batch">{data}</script>'
        "<noscript><p>This part needs JavaScript.</p></noscript>"
    )


def _explored_json(sweep: Sweep, *, axes: tuple[int, int]) -> str:
    """Return the data of the page's script as text for a script element.

    Arrays by scenario and corridor are flat, scenario by scenario; -1 is none. Cost is in tenths
    of USD per `unit`, days in tenths, CO2e in whole kg per `unit`.

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
            "unit": sweep.unit,
            "varied": list(sweep.varied),
            "axes": list(axes),
            "corridors": [
                {
                    "title": corridor.title,
                    "colour": painted(corridor.colour),
                    "ink": inked(corridor.colour),
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


def _whole(array: FloatArray) -> list[int]:
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
    columns = headings("Scenario", "Reason")
    return table_html(caption, columns, rows, classes="keys") + note


def _counted(sweep: Sweep, columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return columns whose headings say what money is counted per."""
    money = f"USD/{sweep.unit}"
    return tuple(replace(one, title=one.title.replace(MONEY, money)) for one in columns)


def _money(value: float) -> Cell:
    return Cell(text=usd(value), sort=value)


def _weakest(sweep: Sweep) -> str:
    if not sweep.weakest:
        return ""
    sources = Citations(sweep.sources)
    rows: list[list[Cell | str]] = [
        [
            f"{line.label} ({name_of(line.scope)})" if line.scope else line.label,
            line.status,
            sources.cell(line.source_id),
            Cell(text=f"{line.options:,}", sort=line.options),
            _money(sweep.teu * line.mean_usd_per_teu),
            _money(sweep.teu * line.spread_usd_per_teu),
        ]
        for line in sweep.weakest
    ]
    caption = "Cost lines based on assumptions or recalled figures, over all options with them"
    return table_html(caption, _counted(sweep, _WEAK_COLUMNS), rows, sortable=True)


def _warnings(sweep: Sweep) -> str:
    ordered = sorted(sweep.warnings.items(), key=lambda item: (-item[1], item[0]))
    items = "".join(
        f"<li>{escape(capitalised(text))}"
        f" {element('span', f'({count:,} times)', class_='muted')}</li>"
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
