"""The ends of a difference: a scenario to answer or a recorded result, keys and figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from corridors.config import load_scenario
from corridors.config.checks import Names
from corridors.config.scenario import written
from corridors.domain.answer import WITHOUT_LINE, sailing_words
from corridors.domain.results import OptionStatus
from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError
from corridors.files import is_folder, told_as
from corridors.output.contract import (
    DAYS_DECIMALS,
    HOURS_DECIMALS,
    KG_DECIMALS,
    USD_DECIMALS,
    ComparisonRecord,
    OptionRecord,
)
from corridors.output.display_names import in_sentence, listed, name_of_way
from corridors.studies.saved import read_record, refuse, scenario_from, scenario_of_record
from corridors.units import in_percent

# The parts of a difference: changed inputs, figures before and after, effects.

DATA_AND_PROGRAM = "data and program"
ABSENT = "not asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An input that differs: its dotted key and its values, None if not given.

    `kind` is `scenario`, `data` (a hash of the shipped tables) or `program` (a version).
    """

    key: str
    old: object
    new: object
    kind: str = "scenario"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The answer of a corridor; figures are None if it is not usable.

    `name` is that of its way. USD per TEU, days, t CO2e per TEU well-to-wake. `share` is the share
    of the shipment that the decision sends through it; `doubt` says so where nobody is known to
    run it. `cost_lines` are USD per TEU by (driver, scope, label), `time_parts` hours.
    """

    status: str
    name: str = field(default="", compare=False)
    reason: str = ""
    rank: int | None = None
    cost_usd_per_teu: Decimal | None = None
    transit_days: Decimal | None = None
    days: Decimal | None = None
    co2e_wtw_t_per_teu: Decimal | None = None
    share: Decimal = Decimal(0)
    doubt: str = field(default="", compare=False)
    cost_lines: Mapping[tuple[str, str, str], Decimal] = field(default_factory=dict)
    time_parts: Mapping[str, Decimal] = field(default_factory=dict)


NOT_ASKED = Figures(status=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer of a scenario: figures by corridor, best first, and the recommendation.

    `recommended` is the corridor's id, a split such as `suez 60 %, cape 40 %`, or `none`.
    `objective_value` is the optimum of the decision, which may use another route of the corridor
    than the cheapest one in `corridors`. `tied` are the options of a close call, the recommended
    one first, else empty.
    """

    corridors: Mapping[str, Figures]
    recommended: str
    objective_value: Decimal | None = None
    tied: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """What is recommended, and what is as good, by its way as a sentence says it."""
        return self._named(self.said)

    @property
    def told(self) -> str:
        """The same, with the word that nobody is known to run a way where that is so."""
        return self._named(
            lambda one: self.said(one) + (f" ({doubt})" if (doubt := self.of(one).doubt) else "")
        )

    def _named(self, name_of: Callable[[str], str]) -> str:
        taken = {one: found.share for one, found in self.corridors.items() if found.share}
        named = list(map(name_of, taken))
        if len(taken) > 1:
            shares = (f"{in_percent(float(share))}%" for share in taken.values())
            named = [f"{share} via {name}" for share, name in zip(shares, named, strict=True)]
        text = ", ".join(named) or self.recommended
        others = [name_of(one) for one in self.tied if one not in taken]
        return f"{text}, or {listed(others, 'or')} for about the same" if others else text

    @property
    def best(self) -> Figures | None:
        """The figures of the corridor that takes most of the shipment; None if none does."""
        taken = [found for found in self.corridors.values() if found.share]
        return max(taken, key=lambda found: found.share, default=None)

    def said(self, corridor: str) -> str:
        """Return the name of the way of a corridor in a sentence, its id if it has none."""
        return in_sentence(self.of(corridor).name or corridor)

    def of(self, corridor: str) -> Figures:
        """Return a corridor's figures, `NOT_ASKED` if it was not compared."""
        return self.corridors.get(corridor, NOT_ASKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The effect of inputs changed together; `after` is None, with `why_not`, if not valid."""

    changes: tuple[Change, ...]
    before: Outcome
    after: Outcome | None
    why_not: str = ""


Keys = dict[str, object]
Read = TypeVar("Read")

OVERRIDE = "overrides."
PROJECT = "projects."
CLOSURE = "closures."
ORDER = "overrides (order)"
# What tells the entries of a list apart.
LISTED = {"closures": "place", "projects": "id"}


def keys_of(scenario: Scenario) -> Keys:
    """Return a scenario as plain values by dotted key, as a file would give them.

    A closed place is one key with a list of closures, and so is a project with its opening day.
    """
    return dict(_dotted(written(scenario), ""))


def _dotted(values: Mapping[str, Any], before: str) -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if name in LISTED:
            entries: dict[str, list[object]] = {}
            for entry in value:
                head = f"{name}.{entry[LISTED[name]]}"
                entries.setdefault(head, []).append(
                    {key: of for key, of in entry.items() if key != LISTED[name]}
                )
            yield from entries.items()
        elif isinstance(value, Mapping):
            yield from _dotted(value, f"{before}{name}.")
        else:
            yield before + name, value


def order_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the dotted keys in the order of a scenario's file."""
    found: list[str] = []

    def visit(value: object, key: str) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                visit(inner, f"{key}.{name}" if key else str(name))
        elif key in LISTED and isinstance(value, list):
            names = (e[LISTED[key]] if isinstance(e, Mapping) else e for e in value)
            found.extend(f"{key}.{name}" for name in names)
        else:
            found.append(key)

    visit(scenario.text.get("values", {}), "")
    return tuple(dict.fromkeys(found))


def changes(old: Keys, new: Keys, *, order: Sequence[str] = ()) -> tuple[Change, ...]:
    """Return the keys that differ: first those of `order`, then the others.

    A different order of overrides counts, because the last one that touches a row wins.
    """
    place = {key: number for number, key in enumerate(order)}
    every = dict.fromkeys((*new, *old))
    differ = [key for key in every if old.get(key) != new.get(key)]
    differ.sort(key=lambda key: place.get(key, len(place)))
    found = [Change(key=key, old=old.get(key), new=new.get(key)) for key in differ]
    were, are = _common_overrides(old, new), _common_overrides(new, old)
    if were != are:
        found.append(Change(key=ORDER, old=were, new=are))
    return tuple(found)


def applied(keys: Keys, change: Change, *, towards: Keys) -> Keys:
    """Return the keys after one change; a new override gets its position in `towards`."""
    if change.key == ORDER:
        first = {key: keys[key] for key in towards if key in keys}
        return {**first, **{key: value for key, value in keys.items() if key not in first}}
    if change.new is None:
        return {key: value for key, value in keys.items() if key != change.key}
    if change.key in keys:
        return {**keys, change.key: change.new}
    before = list(towards)[: list(towards).index(change.key)]
    after = next((key for key in reversed(before) if key in keys), None)
    made: Keys = {} if after is not None else {change.key: change.new}
    for key, value in keys.items():
        made[key] = value
        if key == after:
            made[change.key] = change.new
    return made


def scenario_of(keys: Keys, names: Names) -> Scenario:
    """Return the scenario of dotted keys.

    Raises
    ------
    ConfigError
        A value or a combination is not valid in a scenario file.
    """
    plain: dict[str, Any] = {}
    for key, value in keys.items():
        head, _, name = key.partition(".")
        if head in LISTED:
            entries = [{LISTED[head]: name, **entry} for entry in as_list(value)]
            plain.setdefault(head, []).extend(entries)
            continue
        # A name may have dots, and stands last: of a parameter, or of what a share is of.
        *path, last = key.split(".", 1 if head == "overrides" else 2)
        inner = plain
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return scenario_from(plain, shown="scenario", names=names)


def as_list(value: object) -> list[Any]:
    """Return a value that is a list by construction."""
    if not isinstance(value, list):
        msg = f"expected a list, got {value!r}"
        raise TypeError(msg)
    return value


def _common_overrides(of: Keys, other: Keys) -> list[str]:
    names = [key for key in of if key.startswith(OVERRIDE) and key in other]
    return [key.removeprefix(OVERRIDE) for key in names]


SHARE_DECIMALS = 7
OBJECTIVE_DECIMALS = 4
TONNES_PER_KG = Decimal("0.001")
_DIRECTION = re.compile(r" \((?:headhaul|backhaul)[^)]*\)")


def outcome_of(record: ComparisonRecord, where: str = "comparison") -> Outcome:
    """Return the answers of a comparison in decimals.

    Raises
    ------
    ConfigError
        A corridor occurs twice; `where` names the file.
    """
    shares = {
        corridor: _decimal(share, SHARE_DECIMALS)
        for corridor, share in record.decision.shares.items()
    }
    found: dict[str, Figures] = {}
    rank = 0
    for number, option in enumerate(record.options):
        if option.corridor in found:
            refuse(
                f"{where}: options[{number}]", f"corridor '{option.corridor[:80]}' appears twice"
            )
        if option.status is OptionStatus.USABLE:
            rank += 1
            share = shares.get(option.corridor, Decimal(0))
            found[option.corridor] = _figures(option, rank=rank, share=share)
        else:
            found[option.corridor] = Figures(
                status=option.status.value, name=option.title, reason=option.reason
            )
    value = record.decision.value
    tied = tuple(one.corridor for one in record.decision.tied)
    return Outcome(
        corridors=found,
        recommended=_recommended(shares),
        tied=tied if len(tied) > 1 else (),
        objective_value=None if value is None else _decimal(value, OBJECTIVE_DECIMALS),
    )


def manifest_of_record(record: ComparisonRecord) -> dict[str, str]:
    """Return the versions and data hashes of a result by dotted key."""
    manifest = record.manifest
    return {
        "sha256.geodata": manifest.sha256.geodata,
        "sha256.parameters": manifest.sha256.parameters,
        **{f"versions.{name}": version for name, version in manifest.versions.items()},
    }


def _figures(option: OptionRecord, *, rank: int, share: Decimal) -> Figures:
    lines: dict[tuple[str, str, str], Decimal] = {}
    for line in option.cost_lines:
        key = (line.driver, line.scope, _unmarked(line.label))
        lines[key] = lines.get(key, Decimal(0)) + _decimal(line.usd_per_teu, USD_DECIMALS)
    return Figures(
        status=option.status.value,
        name=name_of_way(option.title, option.way),
        reason=option.reason,
        rank=rank,
        # On the basis that is compared, as its lines are.
        cost_usd_per_teu=sum(lines.values(), Decimal(0)) if lines else None,
        transit_days=_decimal(option.transit_days, DAYS_DECIMALS),
        days=_decimal(option.days, DAYS_DECIMALS),
        co2e_wtw_t_per_teu=_decimal(option.co2e_wtw_kg_per_teu, KG_DECIMALS) * TONNES_PER_KG,
        share=share,
        doubt=sailing_words(WITHOUT_LINE.get(option.sails, "")) if option.sails else "",
        cost_lines=lines,
        time_parts={
            name: _decimal(hours, HOURS_DECIMALS) for name, hours in option.time_parts.items()
        },
    )


def _decimal(value: float | None, decimals: int) -> Decimal:
    """Return a figure with a number of decimals; a usable option has every figure."""
    return Decimal(f"{value or 0.0:.{decimals}f}") + 0  # + 0 turns -0 into 0


def _recommended(shares: Mapping[str, Decimal]) -> str:
    taken = {name: share for name, share in shares.items() if share > 0}
    if len(taken) == 1:
        return next(iter(taken))
    return (
        ", ".join(f"{name} {in_percent(float(share))}%" for name, share in taken.items()) or "none"
    )


def _unmarked(label: str) -> str:
    """Return a label without its direction, so that both directions are the same line."""
    return _DIRECTION.sub("", label)


RESULT = "comparison.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end: a scenario, and for a result its recorded answers.

    `order` has the keys in the order of the scenario's file. `manifest` has versions and hashes by
    dotted key; it and `recorded` are None for a scenario, which is answered now.
    """

    scenario: Scenario
    order: tuple[str, ...] = ()
    recorded: Outcome | None = None
    manifest: Mapping[str, str] | None = None


def read_end(given: str) -> End:
    """Return the end that an argument names.

    Parameters
    ----------
    given
        A scenario file, the name of a shipped scenario, a `comparison.json` (any `.json` file), or
        a folder that contains one.

    Raises
    ------
    ConfigError
        It cannot be read or is not valid.
    """
    path = Path(given)
    folder = is_folder(path, shown=str(path)[:200])
    with told_as(str(path)[:200]):
        missing = folder and not (path / RESULT).exists()
    if missing:
        msg = f"{path}: a folder without {RESULT}; give a scenario or a folder of `compare`"
        raise ConfigError(msg)
    if folder or path.suffix == ".json":
        return read_result(path / RESULT if folder else path)
    scenario = load_scenario(given)
    return End(scenario=scenario, order=order_of(scenario))


def read_result(path: Path) -> End:
    """Return the end that a `comparison.json` records.

    Raises
    ------
    ConfigError
        In one line: the file cannot be read, is cut off, or has an invalid value.
    """
    shown = str(path)
    return end_of_record(read_record(path, shown=shown), shown=shown)


def end_of_record(record: ComparisonRecord, *, shown: str = RESULT) -> End:
    """Return the end that a comparison's record is; `shown` is its name in faults.

    Raises
    ------
    ConfigError
        Its scenario is not valid here: it names a place or a corridor that is not known.
    """
    return End(
        scenario=scenario_of_record(record.scenario, shown, Names()),
        recorded=outcome_of(record, shown),
        manifest=manifest_of_record(record),
    )
