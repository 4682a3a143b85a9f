"""The contracts of a scenario as rows beside the market: which apply, searched and marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path

from corridors.config import load_corridors
from corridors.costing.contract_charges import charged, replaced_by
from corridors.data.exchange_rates import USD
from corridors.domain.contracts import Contract, DateCounts, RateScope, RateSheet
from corridors.domain.places import Family
from corridors.domain.results import RouteOption, StepKind
from corridors.domain.scenario import Corridor, OwnSource, PriceBasis
from corridors.domain.values import Note
from corridors.errors import ConfigError, faults_of
from corridors.exchange.rates.rate_files import rate_sheet
from corridors.exchange.rates.rate_words import plain_word
from corridors.network.locate import Place, distance_km, locate
from corridors.routing.contract_ways import ContractQuestion, by_contract
from corridors.routing.corridor_search import SearchedCorridor, search
from corridors.routing.itinerary import option_of_route
from corridors.routing.question import Question
from corridors.routing.report import report
from corridors.studies.session import Session

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
class _Applies:
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
    sheets = [_sheet(source) for source in scenario.contracts]
    warnings = [warning for sheet in sheets for warning in _of_sheet(sheet)]
    left_out: list[str] = []
    applying = list(_applying(sheets, question, left_out.append))
    beyond = applying[MOST_SEARCHED:]
    left_out += [f"{_named(one.contract)}: others have nearer places" for one in beyond]
    applying = applying[:MOST_SEARCHED]
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
            notes.append((one.corridor.id, _note(one.contract, row, scenario.departure)))
    if left_out:
        warnings.append(Note("contracts left out: " + "; ".join(left_out), "contracts left out"))
    return ContractRows(found=tuple(found), notes=tuple(notes), warnings=tuple(warnings))


def _sheet(source: OwnSource) -> RateSheet:
    return _read(source.path, source.sha256)


@lru_cache(maxsize=32)
def _read(path: str, _sha256: str) -> RateSheet:
    """Return the contracts of a file; its hash stands for its content."""
    return rate_sheet(Path(path), shown=path)


def _of_sheet(sheet: RateSheet) -> Iterator[str]:
    """Yield how many rows of a sheet are not used."""
    if sheet.refused:
        first = sheet.refused[0]
        rows = "1 row is" if len(sheet.refused) == 1 else f"{len(sheet.refused)} rows are"
        text = f"{sheet.file}: {rows} not used, such as {first.row}: {first.reason}"
        yield Note(f"{text}; `corridors check` lists them", "rows not used")


def _applying(
    sheets: Sequence[RateSheet], question: Question, left_out: Callable[[str], None]
) -> Iterator[_Applies]:
    """Yield the contracts that may carry the boxes of a question, the nearest first."""
    scenario = question.scenario
    kinds = {scenario.shipment.cargo, *scenario.shipment.cargo_classes}
    most_km = question.parameters.value("carriage.max_km", "rail")
    ends = question.origin, question.destination
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
        elif one.index:
            left_out(f"{_named(one)}: follows an index, which is not computed yet")
        else:
            near.append((sum(far), number, one, *places))
    count = 0
    for _, _, one, origin, destination in sorted(near, key=lambda row: row[:2]):
        corridor = _corridor(one, count + 1)
        if corridor is None:
            left_out(f"{_named(one)}: the way '{one.way}' is no corridor that is known")
            continue
        count += 1
        yield _Applies(
            contract=one,
            corridor=corridor,
            loads=_terminals(origin),
            unloads=_terminals(destination),
        )


def _terminals(place: Place) -> frozenset[str]:
    return frozenset(one.id for one in place.members) or frozenset((place.id,))


def _corridor(contract: Contract, number: int) -> Corridor | None:
    """Return the corridor of a contract's row: that of its way, or any by its mode."""
    name, title = f"{CONTRACT}-{number}", contract.name
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
            by = f"{title} by {known.title}"
            return replace(known, id=name, title=by, colour=_COLOUR, ends=None)
    return None


def _searched(
    posed: Question, number: int, one: _Applies, *, fronts: bool, keep: bool
) -> SearchedCorridor | None:
    """Return the search of a contract: among known lines first, since it says that one sails."""
    question = by_contract(
        posed, one.contract, scope=one.corridor.id, loads=one.loads, unloads=one.unloads
    )
    found = search(question, number, fronts=fronts, keep=keep)
    if question.only_known and not found.routes:
        found = search(replace(question, only_known=False), number, fronts=fronts, keep=keep)
    if not found.routes:
        return None
    contract = one.contract
    day = _day_that_counts(contract, report(found, figures_only=True))
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


def _day_that_counts(contract: Contract, option: RouteOption) -> date:
    """Return the day on which a contract must hold: its boxes come in, or are loaded."""
    loads = next(
        step
        for step in option.steps
        if step.kind in (StepKind.LOAD, StepKind.TRANSFER)
        and step.service.partition("/")[0] == contract.mode.value
    )
    if contract.counts is DateCounts.GATE_IN:
        return loads.departs.date()
    # The bill of lading is dated when the box is on board.
    return loads.arrives.date()


def _named(contract: Contract) -> str:
    return f"{contract.name} ({contract.place})"


def _note(contract: Contract, found: SearchedCorridor, day: date) -> str:
    """Return what a contract charges, what is filled, its days and its place in the file."""
    made = charged(contract, day)
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
        f"{contract.free_days} days free" if contract.free_days is not None else "",
        f"holds from {contract.first} to {contract.last} by {contract.counts.value}",
    ]
    text = "; ".join(filter(None, texts))
    if found.is_expired:
        text = f"it does not hold on that day, so it is not recommended: {text}"
        return Note(text, "rate not valid")
    return Note(text, "your contract")
