"""The findings of a batch in sentences: recommendations, effects, when each corridor pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from corridors.domain.objective import Objective
from corridors.output.display_names import listed, on_page
from corridors.output.html.encode import counted, percent, quoted
from corridors.output.html.report.effects import Effect, Move, answered, winner_figure
from corridors.output.html.report.regions import ANY_VALUES, key_label, region_text, regions_of
from corridors.output.sweep import Sweep

MOST_NAMED = 4
MOST_LEADS = 6
FEW_VALUES = 3


def answer_of(sweep: Sweep, effects: Mapping[int, Sequence[Effect]]) -> list[str]:
    """Return the findings in sentences of plain text, the most important first.

    Parameters
    ----------
    sweep
        The scenarios.
    effects
        Effects by key, for keys with more than one value.
    """
    wins = _wins(sweep)
    order = np.argsort(-wins, kind="stable").tolist()[:MOST_NAMED]
    paid = [when_it_pays(sweep, i)[0] for i in order if wins[i]]
    return [
        *_counts(sweep),
        *_ties(sweep),
        *_key_leads(sweep, effects),
        *(paid if len(paid) > 1 else []),
        *_overlap(sweep),
    ]


def effect_sentences(sweep: Sweep, effects: Sequence[Effect]) -> list[str]:
    """Return the effect of a key: a sentence per value, or one for many values."""
    if not effects:
        return []
    if not any(effect.pairs for effect in effects):
        name = key_label(sweep, effects[0].key)
        return [f"No two scenarios differ only in {name}, so its effect is unknown."]
    known = [effect for effect in effects if effect.pairs]
    if len(known) <= FEW_VALUES:
        return [_effect_sentence(sweep, effect) for effect in known]
    return [_many_values(sweep, known)]


def when_it_pays(sweep: Sweep, corridor: int) -> tuple[str, list[str]]:
    """Return when a corridor is recommended, or how close it comes.

    Returns
    -------
    answer
        A sentence, and the regions in which it is recommended if there are several, largest first.
    """
    among = answered(sweep)
    wins = (sweep.recommended == corridor) & among
    title = sweep.corridors[corridor].title
    close = int((wins & sweep.is_close).sum())
    if not wins.any():
        return _never(sweep, corridor), []
    regions = sorted(regions_of(sweep, wins, among), key=lambda region: -region.hits)
    total, most = int(wins.sum()), regions[0]
    first = (
        f"{title} is recommended in {counted(total, 'scenario')}"
        f" ({percent(total, int(among.sum()))}{f', tied in {close:,}' if close else ''})"
    )
    where = region_text(sweep, most)
    if len(regions) > 1:
        parts = [f"{region_text(sweep, part)}: {_of(part.hits, part.size)}" for part in regions]
        return f"{first}, most often with {where} ({_of(most.hits, most.size)}).", parts
    if where == ANY_VALUES:
        some = ", at least once with every value of every input" if total < most.size else ""
        return f"{first}{some}.", []
    if most.hits == most.size:
        return f"{first}: all those with {where} and no others.", []
    return f"{first}: only with {where}, in {most.hits:,} of those {most.size:,}.", []


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
    return "none" if corridor < 0 else sweep.corridors[corridor].title


def _wins(sweep: Sweep) -> npt.NDArray[np.int64]:
    won = sweep.recommended[answered(sweep) & (sweep.recommended >= 0)]
    return np.bincount(won, minlength=len(sweep.corridors))


def _counts(sweep: Sweep) -> list[str]:
    mask, wins = answered(sweep), _wins(sweep)
    total = int(mask.sum())
    order = [i for i in np.argsort(-wins, kind="stable").tolist() if wins[i]]
    named = [
        f"{sweep.corridors[i].title} {'' if n else 'is recommended '}in {wins[i]:,}"
        f" ({percent(wins[i], total)})"
        for n, i in enumerate(order[:MOST_NAMED])
    ]
    if others := order[MOST_NAMED:]:
        named.append(f"{counted(len(others), 'other corridor')} in {int(wins[others].sum()):,}")
    none = total - int(wins.sum())
    if named and none:
        named.append(f"no corridor in {none:,}")
    failed = len(mask) - total
    after = f" {counted(failed, 'scenario')} failed." if failed else ""
    verb = "compares" if total == 1 else "compare"
    head = f"{counted(total, 'scenario')} {verb} {counted(len(sweep.corridors), 'corridor')}"
    return [f"{head}. {listed(named) or 'No corridor is recommended'}.{after}"]


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
        f"{_title(sweep, best)} with {_title(sweep, other)} in {pairs[best, other]:,}"
        for best, other in order[:MOST_NAMED]
    ]
    more = f" and {len(order) - MOST_NAMED} more pairs" if len(order) > MOST_NAMED else ""
    total, every = int(close.sum()), int(mask.sum())
    least = f"{Objective(sweep.objective).first_of_tied} of them is"
    return [
        f"In {_of(total, every)} the recommended corridor is tied with others within what can be"
        f" known, and {least} recommended: {listed(named) if not more else ', '.join(named)}{more}."
    ]


def _key_leads(sweep: Sweep, effects_by_key: Mapping[int, Sequence[Effect]]) -> list[str]:
    """Return the effects of the keys that changed the recommendation, and name the others."""
    by_share = sorted(effects_by_key.items(), key=lambda item: (-_changed_share(item[1]), item[0]))
    sentences, calm = [], []
    for key, effects in by_share:
        if any(effect.changed for effect in effects):
            sentences += effect_sentences(sweep, effects)
        elif any(effect.pairs for effect in effects):
            calm.append(f"the {key_label(sweep, key)}")
    kept = sentences[:MOST_LEADS]
    if calm:
        kept.append(f"Changing only {listed(calm, 'or')} never changed the recommendation.")
    return kept


def _changed_share(effects: Sequence[Effect]) -> float:
    pairs = sum(effect.pairs for effect in effects)
    return sum(effect.changed for effect in effects) / pairs if pairs else 0.0


def _effect_sentence(sweep: Sweep, effect: Effect) -> str:
    values = sweep.keys[effect.key].values
    name = key_label(sweep, effect.key)
    new, old = quoted(values[effect.value]), quoted(values[0])
    start = f"With {name} {new} instead of {old}, the recommendation"
    if not effect.changed:
        first = f"{start} did not change in any of {counted(effect.pairs, 'pair')}"
    else:
        moved = listed(move_text(sweep, move) for move in effect.moves[:MOST_NAMED])
        first = (
            f"{start} changed in {_of(effect.changed, effect.pairs)} pairs of otherwise equal"
            f" scenarios: {moved}"
        )
        if len(effect.moves) > MOST_NAMED:
            first += ", and others"
    return f"{first}.{_medians(effect)}{_usability(sweep, effect)}"


def _many_values(sweep: Sweep, effects: Sequence[Effect]) -> str:
    values = sweep.keys[effects[0].key].values
    changed, pairs = sum(e.changed for e in effects), sum(e.pairs for e in effects)
    start = (
        f"With {key_label(sweep, effects[0].key)} other than {quoted(values[0])}"
        f" ({len(values) - 1} values), the recommendation"
    )
    if not changed:
        return f"{start} did not change in any of {counted(pairs, 'pair')}."
    most = max(effects, key=lambda e: (e.changed / e.pairs, -e.value))
    moved = listed(move_text(sweep, move) for move in most.moves[:MOST_NAMED])
    return (
        f"{start} changed in {_of(changed, pairs)} pairs of otherwise equal scenarios,"
        f" most often at {quoted(values[most.value])}"
        f" ({_of(most.changed, most.pairs)}: {moved})."
    )


def _medians(effect: Effect) -> str:
    if effect.usd is None or effect.days is None:
        return ""
    text = (
        f" The median change of the recommended corridor is {signed(effect.usd, 0)} USD per TEU"
        f" and {signed(effect.days, 1)} days"
    )
    if effect.changed_usd is None or effect.changed_days is None or effect.changed == effect.pairs:
        return f"{text}."
    return (
        f"{text}; in the pairs in which it changed, {signed(effect.changed_usd, 0)} USD per TEU"
        f" and {signed(effect.changed_days, 1)} days."
    )


def _usability(sweep: Sweep, effect: Effect) -> str:
    texts = []
    for pairs, what in ((effect.lost, "No longer usable"), (effect.gained, "Newly usable")):
        if pairs:
            names = listed(
                f"{sweep.corridors[i].title} ({_of(count, effect.pairs)})"
                for i, count in pairs[:MOST_NAMED]
            )
            texts.append(f" {what}: {names}.")
    return "".join(texts)


def _never(sweep: Sweep, corridor: int) -> str:
    title, among = sweep.corridors[corridor].title, answered(sweep)
    usable = np.isfinite(sweep.cost[:, corridor]) & among
    if not usable.any():
        return f"{title} is never usable."
    where = "; or ".join(region_text(sweep, r) for r in regions_of(sweep, usable, among))
    when = "" if usable.sum() == among.sum() else f", only with {where}"
    start = (
        f"{title} is never recommended. It is usable in {_of(int(usable.sum()), int(among.sum()))}"
        f" scenarios{when}."
    )
    array = {"days": sweep.days, "co2e": sweep.co2e_kg}.get(sweep.objective, sweep.cost)
    gaps = array[:, corridor] - winner_figure(sweep, array)
    gaps = np.where(usable & np.isfinite(gaps), gaps, np.inf)
    least = int(np.argmin(gaps))
    if not np.isfinite(gaps[least]):
        return start
    winner = _title(sweep, int(sweep.recommended[least]))
    return (
        f"{start} It comes closest in {quoted(sweep.scenarios[least])}:"
        f" {_gap(sweep, gaps[least], winner)}."
    )


def _gap(sweep: Sweep, gap: float, winner: str) -> str:
    aim = Objective(sweep.objective).aim
    amount = f"USD {abs(gap):,.0f} per TEU" if aim.usd else f"{abs(gap):,.1f} {on_page(aim.unit)}"
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


def _of(count: int, total: int) -> str:
    return f"all {total:,}" if count == total else f"{count:,} of {total:,}"
