"""Get the answers, the scenario and the manifest from a `comparison.json`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from corridors.config.allowed_names import Names
from corridors.config.scenario import override_name, written
from corridors.domain.results import OptionStatus
from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError
from corridors.output.contract import (
    DAYS_DECIMALS,
    HOURS_DECIMALS,
    KG_DECIMALS,
    USD_DECIMALS,
    ComparisonRecord,
    OptionRecord,
)
from corridors.output.display_names import name_of_way
from corridors.studies.differences.difference_parts import Figures, Outcome
from corridors.studies.differences.dotted_keys import scenario_from
from corridors.studies.differences.reading import refuse
from corridors.units import in_percent

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


def scenario_of_record(scenario: Scenario, where: str, names: Names) -> Scenario:
    """Return the scenario that a result records.

    Raises
    ------
    ConfigError
        A value is not valid in a scenario file, or own data are known only by their hash.
    """
    here = f"{where}: scenario"
    for key, given, what in (
        ("own_data", scenario.own_data, "own data are"),
        ("door.osm", scenario.door.osm, "extracts are"),
    ):
        if given:
            text = f"{what} known here by their hash only; give the scenario file instead"
            refuse(f"{here}: {key}", text)
    for name, shares in vars(scenario.limits).items():
        if isinstance(shares, tuple):
            _each_once([place for place, _ in shares], f"{here}: limits.{name}")
    _each_once([override_name(entry) for entry in scenario.overrides], f"{here}: overrides")
    try:
        return scenario_from(written(scenario), shown=here, names=names)
    except ConfigError as error:
        more = f" (and {len(error.faults) - 1} more)" if len(error.faults) > 1 else ""
        msg = f"{error.faults[0]}{more}"
        raise ConfigError(msg) from None


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


def _each_once(names: Sequence[str], where: str) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            refuse(where, f"'{name[:80]}' appears twice")


def _unmarked(label: str) -> str:
    """Return a label without its direction, so that both directions are the same line."""
    return _DIRECTION.sub("", label)
