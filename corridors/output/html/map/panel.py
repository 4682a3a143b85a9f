"""The panel of a map in plain values: what `panel.js` shows of an answer, in its texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from corridors.domain.answer import ASK, BOXES, Answer, AnswerFigure, sailing_words
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Equipment, PriceBasis
from corridors.output.answer import answer_of, left_out, money, row_of
from corridors.output.comparison import Comparison
from corridors.output.display_names import capitalised, name_by, next_usable, on_page
from corridors.output.html.palette import day_text
from corridors.units import KG_PER_TONNE

Record = dict[str, object]
_MOVED = (
    '<p id="whatif-moved" class="warn" hidden>Prices are moved: rows, names and cards are at the'
    " prices set below, the answer above at those asked for."
    ' <button type="button" class="link">Reset</button></p>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelText:
    """What the panel says of a study or a plan, as printed: see `panel_record`."""

    asked: str
    finding: str
    lead: str = ""
    figures: Sequence[tuple[str, str, str]] = ()
    """Label, value and unit."""
    changes: Sequence[tuple[str, str, str, int]] = ()
    """When, what then, in which figures, and the number of the thing, or -1."""
    changed: str = ""
    """Their heading, if it is not what would change the answer."""
    rows: str = ""
    """The heading of the rows."""
    axis: str = ""
    """What their values and sides are in."""
    keys: Sequence[tuple[str, str]] = ()
    """Roles and what they stand for."""
    notes: Sequence[str | tuple[str, str]] = ()
    """Each with what it is about, if that is not the whole."""
    rests: str = ""

    def record(self) -> Record:
        """Return it in plain values, under the keys of `panel_record` but for its rows."""
        keys = ("label", "value", "unit"), ("when", "option", "text", "route")
        return {
            **{one.name: getattr(self, one.name) for one in fields(self)},
            "figures": [dict(zip(keys[0], each, strict=True)) for each in self.figures],
            "changes": [dict(zip(keys[1], each, strict=True)) for each in self.changes],
            "notes": [("", note) if isinstance(note, str) else note for note in self.notes],
            "what": "",
            "groups": [],
            "closed": [],
        }


def prices_html(comparison: Comparison, sliders: str) -> str:
    """Return what moves prices, the sliders of `what_if_section`, as markup of the panel."""
    first = f"{comparison.scenario.departure:%b %Y}"
    return (
        f'{_MOVED}<details id="what-if"><summary>What if prices change</summary>'
        f'<p class="warn" id="whatif-month" hidden>The sliders price the departure of {first}. '
        f'<button type="button" class="link">Show {first}</button></p>{sliders}</details>'
    )


def panel_record(comparison: Comparison, numbers: Mapping[str, int]) -> Record:
    """Return an answer as the panel shows it.

    Parameters
    ----------
    comparison
        The comparison.
    numbers
        The number of each corridor that is drawn.

    Returns
    -------
    panel
        `asked`, `finding`, `lead` (a sentence), `figures` (each with `label`, `value`, `unit`,
        `low`, `high`), `changes` (`when`, `option`, `text` and the `route`, -1 if it is not
        drawn), `rows` (their heading), `axis` and `what` (what they are in), `groups` (a title,
        empty for those that may be recommended, and rows), `closed` and `notes` (what, and why),
        `rests`, and `focus`, the numbers of what stands in colour.
    """
    answer = answer_of(comparison)
    rows = [row.corridor for row in answer.rows]
    gone = [(why, [o for o in options if o.usable]) for why, options in left_out(comparison)]
    groups = [("", [o for o in comparison.usable if o.corridor in rows]), *gone]
    told = {row.corridor: row for row in answer.rows}
    named = [*(one.corridor for one in answer.beside), *(one.corridor for one in answer.changes)]
    named += [row.corridor for row in answer.rows if row.mark]
    usable = {option.corridor for option in comparison.usable}
    reasons = {f"{option.status}: {option.reason}" for option in comparison.routes}
    by_number = {key: number for key, number in numbers.items() if key in usable}
    return {
        "asked": on_page(answer.question),
        "finding": on_page(answer.finding),
        "lead": _lead(answer),
        "figures": list(_figures(answer, comparison.scenario.price_basis)),
        "changes": [
            {**change, "route": by_number.get(corridor, -1)}
            for change, corridor in _changes(answer)
        ],
        "what": "USD",
        "rows": f"All {len(usable)} corridors" if len(usable) > 1 else "The corridor",
        "axis": f"{answer.money}, 8 in 10 · days",
        "groups": [
            [
                why,
                [
                    {
                        "route": by_number[option.corridor],
                        "name": row.name,
                        "usd": row.usd,
                        "low": row.low or "",
                        "high": row.high or "",
                        "days": row.days,
                        "side": f"{row.days} d",
                        "mark": row.mark,
                        "against": row.against,
                        "sails": "ask how often" if row.sails == ASK else row.sails,
                    }
                    for option in options
                    for row in [told.get(option.corridor) or row_of(comparison, option)]
                ],
            ]
            for why, options in groups
            if options
        ],
        "closed": [
            [name_by(option), _reason(why, option)]
            for why, options in left_out(comparison)
            for option in options
            if not option.usable
        ],
        "notes": [
            [", ".join(note.options), on_page(note.text)]
            for note in answer.notes
            if note.text not in reasons
        ],
        "rests": _sentence(f"Rests on {'; '.join(answer.rests_on)}") if answer.rests_on else "",
        "focus": sorted({by_number[key] for key in named if key in by_number}),
    }


def _lead(answer: Answer) -> str:
    """Return how it goes, in a sentence: what the figures below it do not say."""
    if answer.on_board is None:
        return ""
    return _sentence("; ".join(filter(None, (answer.on_board.text, sailing_words(answer.sails)))))


def _figures(answer: Answer, basis: PriceBasis) -> Iterator[Record]:
    rests = answer.usd.rests_on if answer.usd else ""
    label = f"Price{f', {rests}' * bool(rests)}" if basis is PriceBasis.PRICE else "Cost"
    named = ((label, answer.usd), ("Gate to gate", answer.days), ("CO2e", answer.co2e))
    for label, figure in named:
        if figure is not None:
            yield {"label": on_page(label), **_parts(figure)}


def _parts(figure: AnswerFigure) -> Record:
    """Return a figure with its unit apart, whose label says of what it is, and its span."""
    unit = figure.unit.replace(" CO2e per ", "/")
    return {"value": figure.value, "unit": unit, "low": figure.low, "high": figure.high}


def _changes(answer: Answer) -> Iterator[tuple[Record, str]]:
    """Yield what stands beside the answer and what would change it, with its corridor."""
    if answer.departures:
        text = on_page(" ".join(answer.departures))
        yield {"when": "Your sailings", "option": "", "text": text}, ""
    for one in answer.beside:
        sails = f"; {sailing_words(one.sails)}" if one.sails else ""
        when = f"{one.why[:1].upper()}{one.why[1:]}"
        text = on_page(f"{one.against}{sails}")
        yield {"when": when, "option": one.option, "text": text}, one.corridor
    for change in answer.changes:
        text = change.text.removeprefix(f"by {change.option}") if change.option else change.text
        shown = {"when": change.condition, "option": capitalised(change.option)}
        yield {**shown, "text": on_page(text.lstrip(", "))}, change.corridor


def _reason(why: str, option: RouteOption) -> str:
    again = next_usable(option, day_text)
    parts = (why.lower(), option.reason.rstrip("."), again)
    return f"{'; '.join(filter(None, parts))}."


def _sentence(text: str) -> str:
    return on_page(f"{text[:1].upper()}{text[1:]}.")


def printed_figures(route: RouteOption, teu: float) -> tuple[str, str, str, str]:
    """Return USD, days, transit days and t CO2e as printed, for a box of `teu`."""
    return (
        money(teu * (route.printed_usd_per_teu or 0.0)),
        f"{route.days or 0.0:.1f}",
        f"{route.transit_days or 0.0:.1f}",
        f"{teu * (route.co2e_wtw_kg_per_teu or 0.0) / KG_PER_TONNE:.2f}",
    )


def bases_text(route: RouteOption, equipment: Equipment) -> str:
    """Return cost and price of a box in words, and how the price is known."""
    teu = equipment.teu_per_box
    cost, price = route.cost_usd_per_teu or 0.0, route.price_usd_per_teu
    if route.price_basis is PriceBasis.COST:
        cost = route.printed_usd_per_teu or 0.0
    text = f"Cost USD {money(teu * cost)}"
    if price is not None:
        text += f", price USD {money(teu * price)} ({route.price_status})"
    return f"{text} per {BOXES[equipment]}"
