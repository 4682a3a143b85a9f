"""What a `comparison.json` records: the answers, the scenario, what they were computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal

from corridors.config.names import Names
from corridors.domain.results import OptionStatus
from corridors.domain.scenario import Door, Limits, Scenario, Shipment
from corridors.errors import ConfigError
from corridors.output.manifest import FORMAT
from corridors.output.records import DAYS_DECIMALS, HOURS_DECIMALS, KG_DECIMALS, USD_DECIMALS
from corridors.studies.differences.inputs import SHARES, Keys, scenario_from
from corridors.studies.differences.reading import decimal, entries, mapping, member, refuse, text
from corridors.studies.differences.values import Figures, Outcome

SHARE_DECIMALS = 7
OBJECTIVE_DECIMALS = 4
TONNES_PER_KG = Decimal("0.001")
SCENARIO_KEYS = tuple(
    field.name for field in fields(Scenario) if field.name not in ("source_path", "text")
)


def outcome_of(record: Mapping[str, object], where: str) -> Outcome:
    """Return the answers of a comparison in plain values.

    Parameters
    ----------
    record
        As in `comparison.json`; every value used is checked.
    where
        How faults name it.

    Raises
    ------
    ConfigError
        A key is missing, a value has another type, or a corridor stands twice.
    """
    decision = mapping(*member(record, "decision", where))
    at = f"{where}: decision"
    shares = {
        corridor: decimal(share, f"{at}: shares", decimals=SHARE_DECIMALS)
        for corridor, share in mapping(*member(decision, "shares", at)).items()
    }
    listed, options_at = member(record, "options", where)
    found: dict[str, Figures] = {}
    rank = 0
    for number, entry in enumerate(entries(listed, options_at)):
        here = f"{where}: options[{number}]"
        option = mapping(entry, here)
        corridor = text(*member(option, "corridor", here))
        if corridor in found:
            refuse(here, f"corridor '{corridor[:80]}' appears twice")
        usable = member(option, "status", here)[0] == OptionStatus.USABLE
        rank += usable
        share = shares.get(corridor, Decimal(0))
        found[corridor] = _figures(option, here, rank=rank if usable else None, share=share)
    value, value_at = member(decision, "value", at)
    return Outcome(
        corridors=found,
        recommended=_recommended(shares),
        objective_value=None
        if value is None
        else decimal(value, value_at, decimals=OBJECTIVE_DECIMALS),
    )


def scenario_of_record(record: Mapping[str, object], where: str, names: Names) -> Scenario:
    """Return the scenario that a result was asked.

    Raises
    ------
    ConfigError
        A key is missing or unknown, or a value is none that a scenario file may hold.
    """
    block = mapping(*member(record, "scenario", where))
    here = f"{where}: scenario"
    unknown = [key for key in block if key not in SCENARIO_KEYS]
    if unknown:
        refuse(here, f"unknown key '{unknown[0][:80]}'; the result is from another version")
    for key in SCENARIO_KEYS:
        member(block, key, here)
    plain: Keys = dict(block)
    shipment = _same_keys(block["shipment"], Shipment, f"{here}: shipment")
    limits = _same_keys(block["limits"], Limits, f"{here}: limits")
    shelf = {"shelf_life_days": limits["shelf_life_days"]}
    plain["shipment"] = {**shipment, **shelf}
    plain["limits"] = {
        **{name: value for name, value in limits.items() if name not in shelf},
        **{name: _shares(limits[name], f"{here}: limits.{name}") for name in SHARES},
    }
    if entries(block["own_data"], f"{here}: own_data"):
        what = "own data are known here by their hash only; give the scenario file instead"
        refuse(f"{here}: own_data", what)
    door = _same_keys(block["door"], Door, f"{here}: door")
    if entries(door["osm"], f"{here}: door.osm"):
        what = "extracts are known here by their hash only; give the scenario file instead"
        refuse(f"{here}: door.osm", what)
    plain["overrides"] = _overrides(block["overrides"], f"{here}: overrides")
    plain["services"] = entries(block["services"], f"{here}: services") or None
    if plain["name"] == f"{plain['origin']} to {plain['destination']}":
        del plain["name"]  # may be longer than a name that is given
    try:
        return scenario_from(plain, shown=here, names=names)
    except ConfigError as error:
        more = f" (and {len(error.faults) - 1} more)" if len(error.faults) > 1 else ""
        msg = f"{error.faults[0]}{more}"
        raise ConfigError(msg) from None


def manifest_of_record(record: Mapping[str, object], where: str) -> dict[str, str]:
    """Return the versions and the hashes of the data, by dotted key, as the result says."""
    manifest = mapping(*member(record, "manifest", where))
    here = f"{where}: manifest"
    version = member(manifest, "format", here)[0]
    if version != FORMAT or isinstance(version, bool):
        refuse(here, f"a result in another format; this program reads format {FORMAT}")
    hashes, hashes_at = member(manifest, "sha256", here)
    found = {
        f"sha256.{name}": text(*member(mapping(hashes, hashes_at), name, hashes_at))
        for name in ("geodata", "parameters")
    }
    versions, versions_at = member(manifest, "versions", here)
    for name, value in mapping(versions, versions_at).items():
        found[f"versions.{name}"] = text(value, f"{versions_at}.{name[:80]}")
    return found


def _figures(
    option: Mapping[str, object], where: str, *, rank: int | None, share: Decimal
) -> Figures:
    status = text(*member(option, "status", where))
    if status not in {known.value for known in OptionStatus}:
        refuse(f"{where}: status", f"'{status[:80]}' is not one of {', '.join(OptionStatus)}")
    reason = text(*member(option, "reason", where))
    if rank is None:
        return Figures(status=status, reason=reason)
    lines: dict[tuple[str, str, str], Decimal] = {}
    for number, entry in enumerate(entries(*member(option, "cost_lines", where))):
        here = f"{where}: cost_lines[{number}]"
        line = mapping(entry, here)
        driver, scope, label = (
            text(*member(line, name, here)) for name in ("driver", "scope", "label")
        )
        usd = decimal(*member(line, "usd_per_teu", here), decimals=USD_DECIMALS)
        lines[driver, scope, label] = lines.get((driver, scope, label), Decimal(0)) + usd
    parts = {
        name: decimal(hours, f"{where}: time_parts", decimals=HOURS_DECIMALS)
        for name, hours in mapping(*member(option, "time_parts", where)).items()
    }
    kilograms = decimal(*member(option, "co2e_wtw_kg_per_teu", where), decimals=KG_DECIMALS)
    return Figures(
        status=status,
        reason=reason,
        rank=rank,
        cost_usd_per_teu=_figure(option, "cost_usd_per_teu", where, USD_DECIMALS),
        transit_days=_figure(option, "transit_days", where, DAYS_DECIMALS),
        days=_figure(option, "days", where, DAYS_DECIMALS),
        co2e_wtw_t_per_teu=kilograms * TONNES_PER_KG,
        share=share,
        cost_lines=lines,
        time_parts=parts,
    )


def _figure(option: Mapping[str, object], key: str, where: str, decimals: int) -> Decimal:
    return decimal(*member(option, key, where), decimals=decimals)


def _recommended(shares: Mapping[str, Decimal]) -> str:
    taken = {name: share for name, share in shares.items() if share > 0}
    if len(taken) == 1:
        return next(iter(taken))
    return ", ".join(f"{name} {share:.0%}" for name, share in taken.items()) or "none"


def _same_keys(
    value: object, kind: type[Shipment | Limits | Door], where: str
) -> Mapping[str, object]:
    """Return a mapping that has the keys of a dataclass, every one."""
    block = mapping(value, where)
    for field in fields(kind):
        member(block, field.name, where)
    return block


def _shares(value: object, where: str) -> Keys:
    made: Keys = {}
    for entry in entries(value, where):
        pair = entries(entry, where)
        if len(pair) != 2:
            refuse(where, "must be pairs of a name and a share")
        name = text(pair[0], where)
        if name in made:
            refuse(where, f"'{name[:80]}' appears twice")
        made[name] = pair[1]
    return made


def _overrides(value: object, where: str) -> Keys:
    made: Keys = {}
    for number, entry in enumerate(entries(value, where)):
        here = f"{where}[{number}]"
        override = mapping(entry, here)
        key = text(*member(override, "parameter", here))
        scope = member(override, "scope", here)[0]
        if scope is not None:
            key += f"@{text(scope, here)}"
        if key in made or len(override) > 3:
            refuse(here, f"'{key[:80]}' appears twice, or contains more than its value")
        made[key] = member(override, "value", here)[0]
    return made
