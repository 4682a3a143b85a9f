"""The findings of a batch in sentences: recommendations, effects, when each corridor pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corridors.arrays import BoolArray, IntArray
from corridors.domain.objective import Objective
from corridors.output.answer import money
from corridors.output.display_names import capitalised, in_sentence, listed, on_page
from corridors.output.html.palette import counted, percent, quoted
from corridors.output.html.report.effects import Effect, Move, answered, winner_figure
from corridors.output.html.report.regions import (
    Region,
    case_text,
    key_label,
    region_text,
    regions_of,
)
from corridors.output.monthly import Sweep

MOST_NAMED = 4
MOST_WINNERS = 3
MOST_TIES = 2
# An input that changes fewer pairs than this share, at any value, hardly matters.
HARDLY = 0.1
# A region is told by few inputs if a corridor wins this share of it.
ENOUGH = 0.8
MOST_INPUTS = 2


def answer_of(sweep: Sweep, effects: Mapping[int, Sequence[Effect]]) -> list[str]:
    """Return the findings in at most three sentences: who wins, what decides, and when.

    Parameters
    ----------
    sweep
        The scenarios.
    effects
        Effects by key, for keys with more than one value.
    """
    return [_counts(sweep), *_deciding(sweep, effects), *_when(sweep)]


def doubts_of(sweep: Sweep) -> list[str]:
    """Return how often the recommended corridor is tied, and how often cost ranges overlap."""
    return [*_ties(sweep), *_overlap(sweep)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paying:
    """When a corridor is recommended, or how close it comes.

    `wins` and `tied` count the scenarios in which it is recommended, and those of them in which it
    is tied; `usable` those in which it has a route. `regions` say where it is recommended, largest
    first, each with its scenarios; `closest` is set if it never is.
    """

    corridor: int
    wins: int
    tied: int
    usable: int
    regions: tuple[str, ...] = ()
    closest: str = ""


def when_it_pays(sweep: Sweep, corridor: int) -> Paying:
    """Return when a corridor is recommended, or how close it comes."""
    among = answered(sweep)
    wins = (sweep.recommended == corridor) & among
    regions = sorted(regions_of(sweep, wins, among), key=lambda region: -region.hits)
    return Paying(
        corridor=corridor,
        wins=int(wins.sum()),
        tied=int((wins & sweep.is_close).sum()),
        usable=int((np.isfinite(sweep.cost[:, corridor]) & among).sum()),
        regions=tuple(
            f"{region_text(sweep, part)}: {_of(part.hits, part.size)}" for part in regions
        ),
        closest="" if wins.any() else _closest(sweep, corridor, among),
    )


def most_changing(effects: Sequence[Effect]) -> Effect | None:
    """Return the effect of the value that changes most pairs, by share; None without a pair."""
    known = [effect for effect in effects if effect.pairs]
    return max(known, key=lambda e: (e.changed / e.pairs, -e.value), default=None)


def move_text(sweep: Sweep, move: Move) -> str:
    """Return a change of the recommendation: `Suez Canal to Cape of Good Hope in 100`."""
    return f"{_title(sweep, move.before)} to {_title(sweep, move.after)} in {move.pairs:,}"


def signed(value: float | None, digits: int) -> str:
    """Return a difference with its sign; a dash for None."""
    if value is None:
        return "—"
    text = f"{abs(value):,.{digits}f}"
    if not float(text.replace(",", "")):
        return text
    return f"+{text}" if value > 0 else f"\u2212{text}"


def _title(sweep: Sweep, corridor: int) -> str:
    """Return a corridor in a sentence."""
    return "none" if corridor < 0 else in_sentence(sweep.corridors[corridor].title)


def _wins(sweep: Sweep) -> IntArray:
    won = sweep.recommended[answered(sweep) & (sweep.recommended >= 0)]
    return np.bincount(won, minlength=len(sweep.corridors))


def _counts(sweep: Sweep) -> str:
    mask, wins = answered(sweep), _wins(sweep)
    total = int(mask.sum())
    order = [i for i in np.argsort(-wins, kind="stable").tolist() if wins[i]]
    named = []
    for n, i in enumerate(order[:MOST_NAMED]):
        where = f" of {counted(total, 'scenario')}" if n == 0 else ""
        verb = "is recommended " if n == 0 else ""
        named.append(f"{_title(sweep, i)} {verb}in {wins[i]:,}{where} ({percent(wins[i], total)})")
    if others := order[MOST_NAMED:]:
        named.append(f"{counted(len(others), 'other corridor')} in {int(wins[others].sum()):,}")
    none = total - int(wins.sum())
    if named and none:
        named.append(f"no corridor in {none:,}")
    failed = len(mask) - total
    after = f" {counted(failed, 'scenario')} failed." if failed else ""
    nothing = f"No corridor is recommended in {counted(total, 'scenario')}"
    return f"{capitalised(listed(named)) or nothing}.{after}"


def _ties(sweep: Sweep) -> list[str]:
    """Return how often the recommended corridor is tied with others, and with which."""
    mask = answered(sweep)
    close = sweep.is_close & mask
    if not close.any():
        return []
    rows = np.flatnonzero(close)
    others = sweep.tied[rows].copy()
    others[np.arange(len(rows)), sweep.recommended[rows]] = False
    pairs: dict[tuple[int, int], int] = {}
    for row, best in enumerate(sweep.recommended[rows].tolist()):
        for other in np.flatnonzero(others[row]).tolist():
            pairs[best, other] = pairs.get((best, other), 0) + 1
    order = sorted(pairs, key=lambda pair: (-pairs[pair], pair))
    named = [
        f"{_title(sweep, other)} beside {_title(sweep, best)} in {pairs[best, other]:,}"
        for best, other in order[:MOST_TIES]
    ]
    if more := order[MOST_TIES:]:
        named.append(counted(len(more), "more pair"))
    total, every = int(close.sum()), int(mask.sum())
    alike = Objective(sweep.objective).aim.alike
    return [
        f"In {_of(total, every)} scenarios other corridors {alike} as the recommended one:"
        f" {listed(named)}."
    ]


def _deciding(sweep: Sweep, effects_by_key: Mapping[int, Sequence[Effect]]) -> list[str]:
    """Return in a sentence which input changes the recommendation most, and how much the others."""
    most = {
        key: effect for key, found in effects_by_key.items() if (effect := most_changing(found))
    }
    if not most:
        return []
    ordered = sorted(most.values(), key=lambda e: (-e.changed / e.pairs, e.key))
    first, others = ordered[0], ordered[1:]
    if not first.changed:
        names = listed((f"the {key_label(sweep, effect.key)}" for effect in ordered), "or")
        return [f"Changing only {names} never changes the recommendation."]
    parts = [_first_effect(sweep, first)]
    strong = [e for e in others if e.changed / e.pairs >= HARDLY]
    weak = [e for e in others if 0 < e.changed / e.pairs < HARDLY]
    never = [e for e in others if not e.changed]
    if strong:
        named = listed(f"the {_share_of_value(sweep, effect)}" for effect in strong)
        parts.append(f"next {'come' if len(strong) > 1 else 'comes'} {named}")
    if weak:
        named = listed(f"the {key_label(sweep, effect.key)}" for effect in weak)
        parts.append(f"{named} hardly {'matter' if len(weak) > 1 else 'matters'}")
    if never:
        named = listed(f"the {key_label(sweep, effect.key)}" for effect in never)
        parts.append(f"{named} {'do' if len(never) > 1 else 'does'} not matter")
    return ["; ".join(parts) + "."]


def _first_effect(sweep: Sweep, effect: Effect) -> str:
    move = effect.moves[0]
    moved = f"{_title(sweep, move.after)} instead of {_title(sweep, move.before)}"
    if move.pairs < effect.changed:
        moved = f"mostly {moved} ({move.pairs:,})"
    cost = ""
    if effect.changed_usd is not None and effect.changed_days is not None:
        usd, days = effect.changed_usd, effect.changed_days
        cost = (
            f", for USD {money(abs(usd))} {'more' if usd >= 0 else 'less'} per {sweep.unit} and"
            f" {abs(days):,.1f} days {'more' if days >= 0 else 'less'} in the median"
        )
    return (
        f"The {key_label(sweep, effect.key)} matters most: {_case(sweep, effect, effect.value)},"
        f" the answer in {_cases(effect.changed, effect.pairs)} is another than"
        f" {_case(sweep, effect, 0)}: {moved}{cost}"
    )


def _case(sweep: Sweep, effect: Effect, value: int) -> str:
    return case_text(sweep, Region(values=((effect.key, (value,)),), size=0, hits=0))


def _share_of_value(sweep: Sweep, effect: Effect) -> str:
    return (
        f"{key_label(sweep, effect.key)} ({_of(effect.changed, effect.pairs)}"
        f" {_case(sweep, effect, effect.value)})"
    )


def _when(sweep: Sweep) -> list[str]:
    """Return in a sentence where each of the corridors is recommended that win most."""
    wins = _wins(sweep)
    order = [i for i in np.argsort(-wins, kind="stable").tolist() if wins[i]]
    if len(order) < 2:
        return []
    among, parts = answered(sweep), []
    for corridor in order[:MOST_WINNERS]:
        won = (sweep.recommended == corridor) & among
        where = _shortest(sweep, won, among)
        if where is not None:
            count = "" if where.hits == where.size else f" ({_of(where.hits, where.size)})"
            parts.append(f"{_title(sweep, corridor)} is best {case_text(sweep, where)}{count}")
    return [capitalised(f"{'; '.join(parts)}.")] if parts else []


def _shortest(sweep: Sweep, won: BoolArray, among: BoolArray) -> Region | None:
    """Return the largest region of a winner by the fewest inputs that tell it from the others.

    Those are the ones that raise its share most, at most `MOST_INPUTS`, until the share is
    `ENOUGH`; None if no input tells it.
    """
    whole = max(regions_of(sweep, won, among), key=lambda region: region.hits)
    left = {
        key: values for key, values in whole.values if len(values) < len(sweep.keys[key].values)
    }
    best: Region | None = None
    while left and (
        best is None or (best.hits < ENOUGH * best.size and len(best.values) < MOST_INPUTS)
    ):
        tried = []
        for key, values in left.items():
            chosen = (*(best.values if best else ()), (key, values))
            inside = among.copy()
            for one, kept in chosen:
                inside &= np.isin(sweep.choice[:, one], kept)
            tried.append(
                Region(values=chosen, size=int(inside.sum()), hits=int((won & inside).sum()))
            )
        best = max(tried, key=lambda region: (region.hits / region.size, region.hits))
        del left[best.values[-1][0]]
    return best


def _closest(sweep: Sweep, corridor: int, among: BoolArray) -> str:
    """Return how close a corridor comes that is never recommended."""
    usable = np.isfinite(sweep.cost[:, corridor]) & among
    if not usable.any():
        return "never usable"
    array = {"days": sweep.days, "co2e": sweep.co2e_kg}.get(sweep.objective, sweep.cost)
    gaps = array[:, corridor] - winner_figure(sweep, array)
    gaps = np.where(usable & np.isfinite(gaps), gaps, np.inf)
    least = int(np.argmin(gaps))
    if not np.isfinite(gaps[least]):
        return ""
    winner = _title(sweep, int(sweep.recommended[least]))
    return f"closest in {quoted(sweep.scenarios[least])}: {_gap(sweep, gaps[least], winner)}"


def _gap(sweep: Sweep, gap: float, winner: str) -> str:
    aim = Objective(sweep.objective).aim
    amount = (
        f"USD {money(abs(gap))} per {sweep.unit}"
        if aim.usd
        else f"{abs(gap):,.1f} {on_page(aim.unit)}"
    )
    if gap < 0:
        return f"{amount} below {winner}, which the limits or the objective prefer there"
    return f"{amount} above {winner}"


def _overlap(sweep: Sweep) -> list[str]:
    """Return how often the cost ranges overlap."""
    if sweep.objective != "cost":
        return []
    high = winner_figure(sweep, sweep.high)
    rows = np.flatnonzero(answered(sweep) & np.isfinite(high))
    if not len(rows) or sweep.low.shape[1] < 2:
        return []
    low = sweep.low[rows].copy()
    low[np.arange(len(rows)), sweep.recommended[rows]] = np.nan
    rival = np.isfinite(low) & (low < high[rows, None])
    near = int(rival.any(axis=1).sum())
    if not near:
        return [
            "In every scenario the high estimate of the recommended corridor is below the low"
            " estimate of all others."
        ]
    return [
        f"In {_of(near, len(rows))} scenarios the low estimate of another corridor is below the"
        " high estimate of the recommended one, so the order is uncertain."
    ]


def _cases(count: int, total: int) -> str:
    """Return `3 of 30 cases`: pairs of scenarios that differ in one input only."""
    return "the one case" if total == 1 else f"{_of(count, total)} cases"


def _of(count: int, total: int) -> str:
    return f"all {total:,}" if count == total else f"{count:,} of {total:,}"
