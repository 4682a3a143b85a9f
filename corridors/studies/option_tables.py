"""The options of a comparison as frames: options, legs, cost lines, lines, emissions.

Units are in the names of columns; money is USD per TEU, emissions are kg CO2e per TEU unless a name
says otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridors.config import load_corridors
from corridors.costing.contract_charges import Charged, Stay, replaced_by
from corridors.data.cities import name_of
from corridors.data.series import USD
from corridors.domain.contracts import Contract, DateCounts, RateScope, RateSheet
from corridors.domain.places import Family
from corridors.domain.results import RouteOption, StepKind, WayShare
from corridors.domain.scenario import Corridor, Equipment, OwnSource, PriceBasis, Scenario
from corridors.domain.values import Note
from corridors.errors import ConfigError, faults_of
from corridors.exchange.rates.rate_cells import plain_word
from corridors.exchange.rates.rate_files import rate_sheet, rate_sheet_in
from corridors.network.locate import Place, distance_km, locate
from corridors.output.comparison import NO_FORECAST, SHARES, Comparison
from corridors.output.contract import FIGURES, PASSED, AlternativeRecord, OptionRecord
from corridors.output.display_names import CONTRACT_TITLE, capitalised
from corridors.output.store import Record, listing_json
from corridors.output.tables import Column, Kind, Table, column, columns, typed
from corridors.routing.contract_ways import ContractQuestion, by_contract
from corridors.routing.ladder import SearchedCorridor, search
from corridors.routing.priced_ways import option_of_route
from corridors.routing.question import Question
from corridors.routing.report import report
from corridors.studies.session import Session
from corridors.units import KG_PER_TONNE

if TYPE_CHECKING:
    import geopandas

    from corridors.domain.results import Alternative
    from corridors.studies.result_base import Files, Terminal

CRS = "EPSG:4326"
# Parts of an option that have a frame of their own, or that only a program reads.
NESTED = (
    *("lines", "piracy", "chain", "cost_lines", "energy_lines", "time_parts", "legs"),
    *("operations", "certificate", "capacity", "exceeds", "chances"),
)
TIMES = ("departs", "arrives", "arrival")
DAYS = ("departure", "next_usable_date")
FIRST = (
    *("corridor", "title", "rank", "recommended", "status", "cost_usd_per_teu"),
    *("low_usd_per_teu", "high_usd_per_teu"),
)
"""The columns of the frame of options that stand first."""
OUTER_BOUNDS = {"low": "outer_low_usd_per_teu", "high": "outer_high_usd_per_teu"}
"""Every price and quantity at its low, then at its high, by the names of the files."""
COST_LINES = Table(
    name="cost_lines",
    about="A cost line of a usable corridor; they sum to what is compared.",
    rows_of=lambda comparison: _nested(comparison, "cost_lines"),
    files="corridor driver scope label part at pays quantity unit unit_price_usd usd_per_teu"
    " outer_low_usd_per_teu outer_high_usd_per_teu basis status source_id",
    of={new: old for old, new in OUTER_BOUNDS.items()},
)
LINES = Table(
    name="known_lines",
    about="A line (loop or train) known to run a corridor's main carriage on its date.",
    rows_of=lambda comparison: _nested(comparison, "lines"),
    files="corridor operator loop kind sailings per is_sum last_seen stale status source_id",
)

ALTERNATIVES = Table(
    name="alternatives",
    about="A route that differs from those above in what it passes.",
    files="corridor USD_per_TEU more_USD days more_days t_CO2e_per_TEU more_t_CO2e passes",
    spare="more_t_CO2e t_CO2e_per_TEU more_days more_USD",
    of={
        "USD_per_TEU": lambda one: round(one.cost_usd_per_teu),
        "more_USD": lambda one: round(one.extra_usd_per_teu),
        "days": lambda one: round(one.days, 1),
        "more_days": lambda one: round(one.extra_days, 1),
        "t_CO2e_per_TEU": lambda one: round(one.co2e_kg_per_teu / KG_PER_TONNE, 2),
        "more_t_CO2e": lambda one: round(one.extra_co2e_kg_per_teu / KG_PER_TONNE, 2),
        "passes": lambda one: ", ".join(one.passes),
    },
)


def show_shares(terminal: Terminal, shares: Sequence[WayShare], scenario: Scenario) -> None:
    """Print the shares of boxes by way, with what they say."""
    terminal.table(SHARES.boxed(scenario.shipment.equipment), shares, title="Shares of boxes")
    terminal.say(NO_FORECAST)


def option_frame(comparison: Comparison) -> geopandas.GeoDataFrame:
    """Return a row per corridor, best first.

    The index is the corridor's id. The columns are those figures of an option in `comparison.json`
    that are no list of rows, with `rank` (missing where the route equals an earlier one),
    `recommended` (bool), the 10 and 90 % quantiles of draws of its cost, and its line as
    `geometry`. `departure` and `next_usable_date` are days; `departs` and `arrives` are times in
    UTC, and `arrival` is the old name of `arrives`.
    """
    import shapely

    from corridors.output.drawn_lines import split_at_antimeridian, unwrapped_lines

    return options_frame(
        [OptionRecord.without_steps(route) for route in comparison.routes],
        ranges=[route.low_and_high if route.usable else () for route in comparison.routes],
        chosen=comparison.decision.shares,
        shapes=[
            shapely.MultiLineString(
                [
                    part
                    for line in unwrapped_lines(route.steps)
                    for part in split_at_antimeridian(line)
                ]
            )
            for route in comparison.routes
        ],
    )


def options_frame(
    options: Sequence[OptionRecord],
    *,
    ranges: Sequence[Sequence[float]],
    chosen: Container[str],
    shapes: Sequence[Any],
) -> geopandas.GeoDataFrame:
    """Return the frame of the options of a comparison, which may have been saved.

    Parameters
    ----------
    options
        Best first.
    ranges
        Low and high of the cost of each, nothing where it is closed.
    chosen
        The recommended corridors.
    shapes
        The lines of each.
    """
    # Imported here because geopandas takes longer to import than most commands take to run.
    import geopandas

    ranked = [one.corridor for one in options if one.status == "usable" and not one.equals]
    ranks = {corridor: rank for rank, corridor in enumerate(ranked, start=1)}
    rows: list[dict[str, Any]] = []
    for option, ends in zip(options, ranges, strict=True):
        row: dict[str, Any] = {k: value for k, value in option.plain().items() if k not in NESTED}
        low, high = (round(end, 2) for end in ends) if ends else (None, None)
        rows.append(
            {
                **row,
                "rank": ranks.get(option.corridor),
                "recommended": option.corridor in chosen,
                "low_usd_per_teu": low,
                "high_usd_per_teu": high,
            }
        )
        rows[-1] |= {"departs": row["departure"], "arrives": row["arrival"]}
        # A day is that of its time in UTC.
        rows[-1] |= {name: row[name] and row[name][:10] for name in DAYS}
    made = typed(rows, option_columns())
    return geopandas.GeoDataFrame(made, geometry=list(shapes), crs=CRS).set_index("corridor")


@cache
def option_columns() -> tuple[Column, ...]:
    """Return the columns of the frame of options: its own, then those of an option in JSON."""
    kinds = {
        **dict.fromkeys(FIGURES, Kind.NUMBER),
        **dict.fromkeys((*PASSED, "warnings"), Kind.TEXTS),
        **dict.fromkeys(DAYS, Kind.DAY),
        **dict.fromkeys(TIMES, Kind.TIME),
        "rank": Kind.WHOLE,
        "recommended": Kind.TRUTH,
        "front_complete": Kind.TRUTH,
        "fans": Kind.OBJECTS,
    }
    fields = OptionRecord.model_fields
    names = dict.fromkeys((*FIRST, *(name for name in fields if name not in NESTED), *TIMES))
    known = columns()
    found = []
    for name in names:
        # An option says what its figures mean where a table of another thing has the same name.
        own = known.get(f"options.{name}")
        means = (own and own.meaning) or (name in fields and fields[name].description)
        kind = own.kind if own else kinds.get(name, Kind.TEXT)
        words = capitalised(means) if means else column(name).meaning
        is_optional = kind in (Kind.NUMBER, Kind.WHOLE, Kind.TEXT)
        found.append(
            Column(
                name=name,
                kind=kind,
                meaning=f"{words.removesuffix('.')}.",
                key=name == "corridor",
                optional=is_optional,
            )
        )
    return tuple(found)


def leg_frame(comparison: Comparison) -> geopandas.GeoDataFrame:
    """Return a row per leg of each usable corridor, `leg` counting from 1, with its line."""
    import geopandas
    import shapely

    from corridors.output.geopackage_writer import drawn_legs

    shapes = [shapely.MultiLineString(parts) for *_, parts in drawn_legs(comparison)]
    return geopandas.GeoDataFrame(LEGS.frame(comparison), geometry=shapes, crs=CRS)


def _legs(comparison: Comparison) -> Iterator[Record]:
    from corridors.output.contract import LegRecord
    from corridors.output.geopackage_writer import drawn_legs

    for route, step, number, _ in drawn_legs(comparison):
        row = LegRecord.model_validate(step).plain()
        yield {**row, "corridor": route.corridor, "leg": number}


def _nested(comparison: Comparison, key: str) -> Iterator[Record]:
    """Yield the rows of a list that options have, with the corridor of each."""
    for route in comparison.usable:
        rows = OptionRecord.without_steps(route).plain()[key]
        for row in rows if isinstance(rows, list) else ():
            yield {"corridor": route.corridor, **row}


LEGS = Table(
    name="legs",
    about="A leg of a usable corridor.",
    rows_of=_legs,
    files="corridor leg part from to from_name to_name service km hours departs arrives"
    " usd_per_teu co2e_wtw_kg_per_teu gate border",
    of={"co2e_wtw_kg_per_teu": "co2e_wtw_kg"},
)


def alternative_files(found: Sequence[Alternative]) -> Files:
    """Return the files of routes that differ: JSON as `comparison.json` has them, and CSV."""
    return {
        "alternatives.json": lambda: listing_json(
            [AlternativeRecord.model_validate(one).plain() for one in found]
        ),
        "alternatives.csv": lambda: ALTERNATIVES.csv(found),
    }


def show_alternatives(
    terminal: Terminal, found: Sequence[Alternative], title: str, equipment: Equipment
) -> None:
    """Print routes that differ, the cheapest first, per box of an equipment."""
    title += ": the cheapest route, then routes that avoid part of each one above"
    named = [replace(one, passes=tuple(map(_passed, one.passes))) for one in found]
    terminal.table(ALTERNATIVES.boxed(equipment), named, title=title)


def _passed(mark: str) -> str:
    """Return a gate, a border with its place of entry, or a mode, with the names of places."""
    border, at, place = mark.rpartition("@")
    return f"{name_of(border)} at {name_of(place)}" if at else name_of(mark)


# The contracts of a scenario as rows beside the market: which apply, searched and marked.

MOST_SEARCHED = 12
"""Contracts that are searched, those with the nearest places first; the others are named."""
CONTRACT = "contract"
_COLOUR = "#0b5d3b"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRows:
    """The searches of contracts, a note for each by its corridor, and warnings of the sheets."""

    found: tuple[SearchedCorridor, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedContract:
    """A contract that may carry the boxes of a question, and where it loads and unloads."""

    contract: Contract
    corridor: Corridor
    loads: frozenset[str]
    unloads: frozenset[str]


def is_contract(corridor: str) -> bool:
    """Return whether a corridor's id is that of a contract's row."""
    return corridor.startswith(f"{CONTRACT}-")


def contract_rows(
    question: Question, session: Session, *, fronts: bool = False, keep: bool = True
) -> ContractRows:
    """Return the rows of the contracts of a question; there are none at cost.

    Parameters
    ----------
    question
        The question of the market, as posed.
    session
        That which posed it.
    fronts, keep
        As for `search`.

    Raises
    ------
    ConfigError
        A rate sheet cannot be read.
    """
    scenario = question.scenario
    if not scenario.contracts:
        return ContractRows()
    if not question.at_price:
        text = "your contracts are prices: they count where ways are compared by price"
        return ContractRows(warnings=(Note(text, "contracts left out"),))
    left_out: list[str] = []
    ends = question.origin, question.destination
    most_km = question.parameters.value("carriage.max_km", "rail")
    applying, warnings = contracts_for(scenario, ends, most_km, left_out.append)
    found: list[SearchedCorridor] = []
    notes: list[tuple[str, str]] = []
    if applying:
        at_cost = replace(scenario, price_basis=PriceBasis.COST, contracts=())
        posed = session.pose(at_cost, tuple(one.corridor for one in applying))
        for number, one in enumerate(applying):
            try:
                row = _searched(posed, number, one, fronts=fronts, keep=keep)
            except ConfigError as error:
                left_out.append(f"{_named(one.contract)}: {'; '.join(faults_of(error))}")
                continue
            if row is None:
                left_out.append(f"{_named(one.contract)}: no way by it on that day")
                continue
            found.append(row)
            notes.append((one.corridor.id, _note(row)))
    if left_out:
        warnings.append(Note("contracts left out: " + "; ".join(left_out), "contracts left out"))
    return ContractRows(found=tuple(found), notes=tuple(notes), warnings=tuple(warnings))


def contracts_for(
    scenario: Scenario,
    ends: tuple[Place, Place],
    most_km: float,
    left_out: Callable[[str], None],
) -> tuple[list[AppliedContract], list[str]]:
    """Return the contracts of a scenario's sheets for boxes between its ends, and what to warn of.

    Parameters
    ----------
    scenario, ends
        The scenario, and its origin and destination.
    most_km
        How far from an end a contract may begin or end, half as far beyond a border.
    left_out
        Told of each contract that is left out, and why.

    Raises
    ------
    ConfigError
        A rate sheet cannot be read.
    """
    sheets = [sheet_of(source) for source in scenario.contracts]
    warnings = [warning for sheet in sheets for warning in _of_sheet(sheet)]
    applying = _told_apart(list(_applying(sheets, scenario, ends, most_km, left_out)))
    for one in applying[MOST_SEARCHED:]:
        left_out(f"{_named(one.contract)}: others have nearer places")
    return applying[:MOST_SEARCHED], warnings


def _told_apart(applying: Sequence[AppliedContract]) -> list[AppliedContract]:
    """Return contracts of which two of one name and way also say between which places they are."""
    count = Counter(one.corridor.title for one in applying)

    def named(one: AppliedContract) -> AppliedContract:
        if count[one.corridor.title] == 1:
            return one
        ends = f"{one.contract.origin} to {one.contract.destination}"
        return replace(one, corridor=replace(one.corridor, title=f"{one.corridor.title}, {ends}"))

    return list(map(named, applying))


def sheet_of(source: OwnSource) -> RateSheet:
    """Return the contracts of a rate sheet, of a file or sent with the question.

    Raises
    ------
    CorridorsError
        It cannot be read.
    """
    return _read(source.path, source.sha256, source.content)


@lru_cache(maxsize=32)
def _read(path: str, _sha256: str, content: bytes) -> RateSheet:
    """Return the contracts of a file; its hash stands for its content."""
    return rate_sheet_in(content, name=path) if content else rate_sheet(Path(path), shown=path)


def _of_sheet(sheet: RateSheet) -> Iterator[str]:
    """Yield how many rows of a sheet are not used."""
    if sheet.refused:
        first = sheet.refused[0]
        rows = "1 row is" if len(sheet.refused) == 1 else f"{len(sheet.refused)} rows are"
        text = f"{sheet.file}: {rows} not used, such as {first.row}: {first.reason}"
        yield Note(f"{text}; `corridors check` lists them", "rows not used")


def _applying(
    sheets: Sequence[RateSheet],
    scenario: Scenario,
    ends: tuple[Place, Place],
    most_km: float,
    left_out: Callable[[str], None],
) -> Iterator[AppliedContract]:
    """Yield the contracts that may carry the boxes of a scenario, the nearest first."""
    kinds = {scenario.shipment.cargo, *scenario.shipment.cargo_classes}
    near: list[tuple[float, int, Contract, Place, Place]] = []
    # Rows of a sheet share their places; a table of places may be edited until the next question.
    located = cache(locate)
    contracts = chain.from_iterable(sheet.contracts for sheet in sheets)
    for number, one in enumerate(contracts):
        places = located(one.origin), located(one.destination)
        far = [distance_km(place, end) for place, end in zip(places, ends, strict=True)]
        alike = [place.country == end.country for place, end in zip(places, ends, strict=True)]
        # A port beyond a border serves an end as well, one beyond any carriage does not.
        if any(
            km > (most_km if same else most_km / 2) for km, same in zip(far, alike, strict=True)
        ):
            continue
        if one.equipment is not scenario.shipment.equipment:
            left_out(
                f"{_named(one)}: is of a {one.equipment.value}, not of a"
                f" {scenario.shipment.equipment.value}"
            )
        elif barred := kinds & {plain_word(name) for name in one.excludes}:
            left_out(f"{_named(one)}: not for {', '.join(sorted(barred))}")
        elif one.scope is RateScope.DOOR and any(
            place.id != end.id for place, end in zip(places, ends, strict=True) if place.by_road
        ):
            left_out(f"{_named(one)}: from door to door between other places")
        else:
            near.append((sum(far), number, one, *places))
    count = 0
    for _, _, one, origin, destination in sorted(near, key=lambda row: row[:2]):
        corridor = _corridor(one, count + 1)
        if corridor is None:
            left_out(f"{_named(one)}: the way '{one.way}' is no corridor that is known")
            continue
        count += 1
        yield AppliedContract(
            contract=one,
            corridor=corridor,
            loads=_terminals(origin),
            unloads=_terminals(destination),
        )


def _terminals(place: Place) -> frozenset[str]:
    return frozenset(one.id for one in place.members) or frozenset((place.id,))


def _corridor(contract: Contract, number: int) -> Corridor | None:
    """Return the corridor of a contract's row: that of its way, or any by its mode."""
    called = contract.name if contract.name.startswith(CONTRACT_TITLE) else ""
    name, title = f"{CONTRACT}-{number}", called or f"{CONTRACT_TITLE} {contract.name}"
    if not contract.way:
        return Corridor(
            id=name,
            title=title,
            colour=_COLOUR,
            description="",
            must_pass=(),
            must_avoid=(),
            main_services=(contract.mode.value,),
        )
    way = plain_word(contract.way).removeprefix("via ").removeprefix("the ")
    for known in load_corridors("all"):
        titles = {plain_word(known.title), known.id, plain_word(known.id.replace("-", " "))}
        if way in titles or f"{way} canal" in titles:
            by = f"{title}, {known.title}"
            return replace(known, id=name, title=by, colour=_COLOUR, ends=None)
    return None


def _searched(
    posed: Question, number: int, one: AppliedContract, *, fronts: bool, keep: bool
) -> SearchedCorridor | None:
    """Return the search of a contract: among known lines first, since it says that one sails."""
    question = by_contract(
        posed, one.contract, scope=one.corridor.id, loads=one.loads, unloads=one.unloads
    )
    found = search_by_contract(question, number, fronts=fronts, keep=keep)
    if not found.routes:
        return None
    contract = one.contract
    day = day_that_counts(contract, found)
    if contract.holds_on(day):
        return found
    mark = "expired" if day > contract.last else "not yet valid"
    marked = replace(one.corridor, title=f"{one.corridor.title} ({mark})")
    corridors = [marked if n == number else each for n, each in enumerate(question.corridors)]
    retitled = replace(found.question, corridors=tuple(corridors))
    return replace(found, question=retitled, is_expired=True)


def with_cost(option: RouteOption, found: SearchedCorridor) -> RouteOption:
    """Return the option of a contract with what its way costs without it; others as they are."""
    question, route = found.question, found.best
    if not isinstance(question, ContractQuestion) or route is None:
        return option
    ordinary = option_of_route(
        question.ordinary.pricer,
        question.ordinary.weights,
        found.problem,
        route,
        corridor=found.corridor,
        parts=found.parts(route),
        drawn=False,
    )
    return replace(option, other_basis_usd_per_teu=ordinary.usd_per_teu)


def search_by_contract(
    question: Question, number: int, *, fronts: bool = False, keep: bool = False
) -> SearchedCorridor:
    """Return the ways by a contract, on known lines where they serve, as it says that one sails."""
    found = search(question, number, fronts=fronts, keep=keep, start_day=question.start_day)
    if question.only_known and not found.routes:
        every = replace(question, only_known=False)
        found = search(every, number, fronts=fronts, keep=keep, start_day=question.start_day)
    return found


def day_that_counts(contract: Contract, found: SearchedCorridor) -> date:
    """Return the day on which a contract must hold: its boxes come in, or are loaded."""
    loads = next(
        step
        for step in report(found, figures_only=True).steps
        if step.kind in (StepKind.LOAD, StepKind.TRANSFER)
        and step.service.partition("/")[0] == contract.mode.value
    )
    if contract.counts is DateCounts.GATE_IN:
        return loads.departs.date()
    # The bill of lading is dated when the box is on board.
    return loads.arrives.date()


def _named(contract: Contract) -> str:
    return f"{contract.name} ({contract.place})"


def _of_index(contract: Contract, made: Charged) -> str:
    """Return by which quote a base rate was worked out, empty for a fixed one."""
    if made.index is None:
        return ""
    currency = contract.base.currency
    bounds = [
        f"{name} {currency} {bound:,.0f}"
        for name, bound in (("at least", contract.floor), ("at most", contract.ceiling))
        if bound is not None
    ]
    share = f"{contract.index_share:.4g} x " if contract.index_share != 1.0 else ""
    texts = [
        f"the base rate is {share}USD {made.index.row.value:,.0f} per 40-foot box of"
        f" {contract.index} ({made.index.of})",
        f"and {currency} {contract.base.amount:,.0f}" if contract.base.amount else "",
        *bounds,
    ]
    return ", ".join(filter(None, texts))


def _of_stay(contract: Contract, stay: Stay | None) -> str:
    """Return what a stay costs by a contract, or that its sheet has no price of it."""
    if stay is None:
        return ""
    text = f"a stay of {stay.days:g} days, {stay.beyond} beyond the free ones"
    if stay.beyond and not contract.tiers:
        return f"{text}, for which the sheet has no price"
    return f"{text}: USD {stay.usd_per_box:,.0f} a box"


def _note(found: SearchedCorridor) -> str:
    """Return what a contract charges, what is filled, its days and its place in the file."""
    question = found.question
    if not isinstance(question, ContractQuestion):
        msg = f"{found.corridor.id} is no contract"
        raise TypeError(msg)
    contract, made, stay = (question.quote.contract, question.quote.charges, question.quote.stay)
    parts = [f"{charge.code} {usd:,.0f}" for charge, usd, _ in made.parts if not charge.included]
    included = [charge.code for charge, *_ in made.parts if charge.included]
    rates = {of.currency: of for _, _, of in made.parts if of.currency != USD}
    filled = []
    replaced = replaced_by(contract)
    if "thc" not in replaced.at_origin:
        filled.append(f"handling at {contract.origin}")
    if "thc" not in replaced.at_destination:
        filled.append(f"handling at {contract.destination}")
    if contract.mode is Family.SEA and "ets" not in replaced.on_board:
        filled.append("emission rules")
    if contract.scope is not RateScope.DOOR:
        filled.append("hauls")
    texts = [
        f"USD {made.usd_per_box:,.2f} a box of {_named(contract)}: {', '.join(parts)}",
        f"{', '.join(included)} included" if included else "",
        f"not in the rate, so from the tables: {', '.join(filled)}" if filled else "",
        "; ".join(f"1 {of.currency} = {of.usd:.4f} USD of {of.day}" for of in rates.values()),
        _of_index(contract, made),
        f"{contract.free_days} days free" if contract.free_days is not None else "",
        _of_stay(contract, stay),
        f"holds from {contract.first} to {contract.last} by {contract.counts.value}",
    ]
    text = "; ".join(filter(None, texts))
    if found.is_expired:
        text = f"it does not hold on that day, so it is not recommended: {text}"
        return Note(text, "rate not valid")
    return Note(text, "your contract")
