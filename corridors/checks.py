"""Checks of configuration files, own data and data packs, and of the hashes of what is shipped."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path

from corridors.config import (
    fault,
    load_corridor_file,
    load_corridors,
    load_projects,
    load_scenario,
    shown_as,
)
from corridors.config.batch_files import load_batch
from corridors.config.checks import Names, advice
from corridors.config.checks import column as allowed_column
from corridors.config.config_files import overlay_for
from corridors.config.faults import read_yaml
from corridors.config.plan import commands_of, load_plan
from corridors.config.projects import legs_by_project
from corridors.config.scenario import override_faults
from corridors.data.access import load_access
from corridors.data.cities import country_names
from corridors.data.columns import Contract, contract_of
from corridors.data.geodata import load_sea_legs, load_services, sha256
from corridors.data.lines import load_lines
from corridors.data.own import Overlay, shipped_overlay, source_at
from corridors.data.own.combine import overlay_of
from corridors.data.packs import MANIFEST, ROW_KEYS, is_pack, manifest_text, read_pack
from corridors.data.parameters import load_parameters, load_sources, with_projects
from corridors.data.paths import (
    PACK,
    configs_dir,
    csv_rows,
    data_root,
    pack_in_use,
    parameters_dir,
    shipped_root,
    with_pack,
)
from corridors.data.series import load_exchange_rates, load_freight_weeks
from corridors.domain.contracts import RateSheet, Schedule, delays
from corridors.domain.plan import Pair, Project
from corridors.domain.scenario import Scenario
from corridors.errors import (
    MOST_SHOWN,
    CorridorsError,
    EndError,
    GeodataError,
    ParameterError,
    PlaceError,
    faults_of,
)
from corridors.exchange.rates.rate_files import is_rate_sheet, rate_sheet
from corridors.exchange.schedules import is_schedule, read_schedule
from corridors.files import told_as
from corridors.network.hauls import refuse_same
from corridors.network.lines.declared import Declared, ServiceLines, declared_by, declared_for
from corridors.network.locate import locate
from corridors.network.states.base import BaseKey, build_base

MAX_BYTES = 5_000_000
"""Of the listed files, which every clone carries in every version."""
LISTED = ("network", "parameters")
ROW = re.compile(r"^\|.*?`?((?:network|parameters)/[\w.*-]+)`?.*?\b([0-9a-f]{64})\b")


def schedule_notes(files: Sequence[Path]) -> tuple[str, ...]:
    """Return of each file of sailings how many trips it has, and how late its operators came."""
    found = []
    for file in filter(is_schedule, files):
        try:
            trips = read_schedule(file, shown=shown_as(file)).trips
        except CorridorsError:
            continue
        blanked = sum(trip.blanked for trip in trips)
        parts = [f"{shown_as(file)}: {len(trips):,} trips, {blanked:,} blanked"]
        parts += [
            f"{one.operator}: of {one.trips:,} that came, half up to {one.p50_days:.1f} days late,"
            f" nine of ten up to {one.p90_days:.1f}"
            for one in delays(trips)
        ]
        found.append("; ".join(parts))
    return tuple(found)


def check_files(files: Sequence[Path]) -> tuple[int, tuple[str, ...]]:
    """Check files. Return their number and their faults.

    The keys of a YAML file show its kind. A workbook, or a .csv with the heading of one, is a rate
    sheet; a table with times of departure and arrival, or JSON of the DCSA, is one of sailings. A
    folder with `pack.json` is a data pack. Another folder, .csv or .gpkg is own data; several are
    checked together, and corridor files among the files may name their terminals.
    """
    faults: list[str] = []
    sailings = [file for file in files if is_schedule(file)]
    sheets = [file for file in files if file not in sailings and is_rate_sheet(file)]
    packs = [file for file in files if is_pack(file)]
    apart = (*sheets, *sailings, *packs)
    own = [file for file in files if file not in apart and _is_own_data(file)]
    names = shipped = Names()
    if own:
        try:
            names = Names(overlay_of([source_at(file, shown=str(file)) for file in own]))
        except CorridorsError as error:
            faults.extend(faults_of(error))
    for file in files:
        try:
            if file in (*sheets, *sailings):
                faults.extend(
                    _refused_rows(file, read_schedule if file in sailings else rate_sheet)
                )
            elif file in packs:
                faults.extend(pack_faults(file))
            elif file not in own:
                faults.extend(_of_file(file, names, shipped))
        except CorridorsError as error:
            faults.extend(faults_of(error))
    return len(files), tuple(faults)


def check_shipped() -> tuple[int, tuple[str, ...]]:
    """Check the shipped configuration files, the hashes of the data and the data pack in use.

    Returns the number of configuration files and the faults. What rows say is checked before they
    are shipped (`validation/shipped_data.py`).
    """
    checked, faults = check_configs()
    pack = pack_in_use()
    of_pack = () if pack is None else pack_faults(pack.folder)
    return checked, (*faults, *manifest_faults(), *of_pack)


def check_configs() -> tuple[int, tuple[str, ...]]:
    """Check the shipped configuration files. Return their number and their faults."""
    folders = ("corridors", "scenarios/**", "batches", "projects", "plans")
    files = (file for name in folders for file in sorted(configs_dir().glob(f"{name}/*.yaml")))
    checked, faults = check_files(list(files))
    return checked, (*faults, *_alike(), *project_faults())


def _is_own_data(file: Path) -> bool:
    if file.suffix.lower() in (".csv", ".gpkg"):
        return True
    try:
        return file.is_dir()
    except OSError:
        return False  # reading it says why


def _refused_rows(file: Path, read: Callable[..., RateSheet | Schedule]) -> list[str]:
    """Return the rows of a rate sheet or a file of sailings that are not used, with their row."""
    shown = shown_as(file)
    return [f"{shown}:{row.row}: {row.reason}" for row in read(file, shown=shown).refused]


def _of_file(file: Path, names: Names, shipped: Names) -> list[str]:
    shown = shown_as(file)
    keys = read_yaml(file, shown=shown).items or {}
    if "must_pass" in keys:
        corridor = load_corridor_file(file, names=names)
        return service_faults(declared_by([corridor]), shipped_overlay())
    if "origin" in keys or "shipment" in keys:
        return scenario_faults(load_scenario(file), names=shipped)
    if "pairs" in keys or "allocation" in keys:
        plan = load_plan(file, command=commands_of(frozenset(keys))[0])
        return pair_faults(
            [pair for each in plan.chances for pair in each.plan.pairs], names=shipped
        )
    if "base" in keys:
        load_batch(file)
        return []
    if "opens" in keys or "cost_usd_m" in keys:
        (project,) = load_projects([str(file)])
        return row_faults([project])
    what = (
        "not a scenario (origin, ...), corridor (must_pass, ...), batch (base, ...), plan"
        " (pairs, ...) or project (opens, ...)"
    )
    return [f"{shown}:1: {what}"]


def pair_faults(pairs: Sequence[Pair], *, names: Names) -> list[str]:
    """Return the faults of the scenarios of a plan's pairs, each once (see `scenario_faults`)."""
    faults: list[str] = []
    for pair in pairs:
        faults += scenario_faults(pair.scenario, names=names, advised=len(faults) < MOST_SHOWN)
    return list(dict.fromkeys(faults))


def scenario_faults(scenario: Scenario, *, names: Names, advised: bool = True) -> list[str]:
    """Return the faults of the places, overrides and corridors of a loaded scenario.

    `names` are those of the shipped data, which many share. `advised` says whether to name a place
    that is similar to an unknown one.
    """
    own = overlay_for(scenario)
    faults = []
    ends = []
    for key, text in (("origin", scenario.origin), ("destination", scenario.destination)):
        try:
            ends.append(locate(text, own.terminals, advised=advised))
        except PlaceError as error:
            faults.append(fault(scenario, key, str(error)))
    try:
        if len(ends) == 2:
            refuse_same(ends[0], ends[1])
    except EndError as error:
        faults.append(fault(scenario, error.key, str(error)))
    faults.extend(override_faults(scenario))
    try:
        corridors = load_corridors(
            scenario.corridors, names=Names(own) if scenario.own_data else names
        )
        faults.extend(service_faults(declared_for(scenario, corridors), own))
    except CorridorsError as error:
        faults.extend(faults_of(error))
    return faults


def service_faults(declared: tuple[Declared, ...], own: Overlay) -> list[str]:
    """Return why services that are declared cannot run on the network of all corridors."""
    if not declared:
        return []
    try:
        lines = ServiceLines.of(declared, own.terminals)
        key = BaseKey(
            # No other service has a part in how they are laid.
            services=tuple(
                service
                for service in load_services()
                if any(line.runs_with(service) for line in lines.lines)
            ),
            overlay=own,
            shortest_train_km=load_parameters().value("rail.shortest_train_km"),
            named=lines.places,
            calls=lines.calls,
        )
        lines.laid(build_base(key).topology)
    except CorridorsError as error:
        return list(faults_of(error))
    return []


def row_faults(projects: Sequence[Project]) -> list[str]:
    """Return the conflicts between the rows of projects that are built together."""
    try:
        with_projects(load_parameters(), projects)
    except ParameterError as error:
        return [f"{configs_dir().name}/projects: {text}" for text in str(error).splitlines()]
    return []


def project_faults() -> list[str]:
    """Return the conflicts of the shipped projects with each other and with the tables of legs."""
    try:
        projects = load_projects("all")
    except CorridorsError:
        return []  # already reported for its file
    known = [project.id for project in projects]
    unknown = [name for name in legs_by_project() if name not in known]
    legs = [
        f"rail_legs.csv or ferry_legs.csv: unknown project '{name}', {advice(name, known)}"
        for name in unknown
    ]
    return [*row_faults(projects), *legs]


# Keys of tables, and the rows of data packs.


def key_faults(contract: Contract, rows: Sequence[Mapping[str, str]]) -> Iterable[tuple[str, str]]:
    """Yield the line of each row with an unknown key of another table, and what is wrong."""
    for column in contract.columns.values():
        if not column.keys_of or not rows or column.name not in rows[0]:
            continue
        known: Collection[str] = frozenset[str]().union(*map(known_names, column.keys_of))
        cells = {row[column.name] for row in rows} - {""}
        wrong = {
            cell: part
            for cell in cells
            for part in column.parts(cell)
            if part not in known and not column.is_word(part)
        }
        for row in rows:
            if part := wrong.get(row[column.name]):
                hint = advice(part, sorted(known))
                yield row["__line__"], f"{column.name}: unknown '{part}', {hint}"


def known_names(of: str) -> frozenset[str]:
    """Return the names that a key may be, as `of` in `columns.csv` says it."""
    own: Mapping[str, Callable[[], Collection[str]]] = {
        "corridors": lambda: Names().corridors,
        "projects": lambda: Names().projects,
        "countries": country_names,
        "sea legs": sea_leg_ids,
        "published scenarios": lambda: [
            path.stem for path in (configs_dir() / "scenarios" / "published").glob("*.yaml")
        ],
    }
    if of in own:
        return frozenset(own[of]())
    table, _, name = of.removeprefix("pairs of ").partition(" ")
    paths = [data_root() / folder / table for folder in ("", *LISTED)]
    path = next((path for path in paths if path.is_file()), paths[0])
    column = contract_of(path).columns[name]
    names = {part for cell in allowed_column(path, name) if cell for part in column.parts(cell)}
    if of.startswith("pairs of "):
        return frozenset(f"{one}-{other}" for one, other in combinations(sorted(names), 2))
    return frozenset(names)


def sea_leg_ids() -> frozenset[str]:
    """Return the ids of the shipped sea legs, `a--b` by the ids of their points."""
    legs = load_sea_legs()
    names, pairs = legs.point_ids, zip(legs.leg_from.tolist(), legs.leg_to.tolist(), strict=True)
    return frozenset(f"{names[a]}--{names[b]}" for a, b in pairs)


def pack_faults(folder: Path) -> list[str]:
    """Return what is wrong with a data pack: its manifest, its rows, and the tables with them.

    Its rows go by the contracts, names and bounds of the shipped ones.
    """
    try:
        pack = read_pack(folder)
        with with_pack(folder):
            parameters = parameters_dir()
            faults = []
            for name in pack.files.keys() & ROW_KEYS.keys():
                rows, contract = csv_rows(folder / name), contract_of(parameters / name)
                header = [column for column in (rows or [{}])[0] if column != "__line__"]
                wrong = contract.faults(rows, header) if rows else []
                wrong = wrong or list(key_faults(contract, rows))
                faults += [f"{folder}: {name}:{line}: {why}" for line, why in wrong]
            if not faults:
                for load in _READ_OF_A_PACK:
                    load()
            return sorted(faults)
    except CorridorsError as error:
        return list(faults_of(error))


_READ_OF_A_PACK: tuple[Callable[[], object], ...] = (
    *(load_sources, load_parameters, load_lines, lambda: load_access("current")),
    *(load_freight_weeks, load_exchange_rates),
)
CHECKED = ".checked"


def use_pack(folder: Path) -> None:
    """Refuse a data pack with a fault, and read the tables of this process with it from now on.

    Raises
    ------
    GeodataError
        With every fault.
    """
    with with_pack(folder):
        # A pack that was laid over these tables and found sound stays so.
        mark = data_root() / CHECKED
    if not mark.exists():
        if faults := pack_faults(folder):
            raise GeodataError("\n".join(faults))
        mark.touch()
    os.environ[PACK] = str(folder.absolute())


def build_pack(folder: Path, *, title: str, day: date, licence: str) -> Path:
    """Write the manifest of the tables in a folder, which makes it a data pack. Return its path.

    Raises
    ------
    GeodataError
        A table or a row has a fault: the manifest stays as it was.
    """
    text = manifest_text(folder, title=title, day=day, licence=licence)
    manifest = folder / MANIFEST
    with told_as(str(manifest), "cannot be written"):
        before = manifest.read_bytes() if manifest.is_file() else None
        faults = ["not checked"]
        manifest.write_text(text, encoding="utf-8", newline="")
        try:
            faults = pack_faults(folder)
        finally:
            if faults and before is None:
                manifest.unlink()
            elif faults and before is not None:
                manifest.write_bytes(before)
    if faults:
        raise GeodataError("\n".join(faults))
    return manifest


def _alike() -> list[str]:
    """Return the shipped corridors that share a colour or a title."""
    seen: dict[str, str] = {}
    faults = []
    try:
        corridors = load_corridors("shipped")
    except CorridorsError:
        return []  # already reported for its file
    for corridor in corridors:
        for what, value in (("colour", corridor.colour), ("title", corridor.title)):
            first = seen.setdefault(value, corridor.id)
            if first != corridor.id:
                faults.append(f"{corridor.source_path}:1: {what}: {value} is used by {first}")
    return faults


def manifest_faults() -> Iterable[str]:
    """Files without a row in geodata/README.md, and rows with another sha256 than the file.

    Without such a list only the size is checked. What is derived from these files has no row: it
    may be missing, and is built again from them.
    """
    root = shipped_root()
    readme = root / "README.md"
    files = {
        path.relative_to(root).as_posix(): path
        for folder in LISTED
        for path in sorted((root / folder).iterdir())
        if path.is_file()
    }
    size = sum(path.stat().st_size for path in files.values())
    if size > MAX_BYTES:
        yield f"{shown_as(root)}: {size:,} bytes are shipped, at most {MAX_BYTES:,}"
    if not readme.is_file():
        return
    rows: dict[str, int] = {}
    for number, line in enumerate(
        readme.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
    ):
        match = ROW.match(line)
        if match is None:
            continue
        name, digest = match.groups()
        where = f"{shown_as(readme)}:{number}: {name}"
        rows[name] = number
        if name not in files:
            yield f"{where}: no such file"
        elif sha256(files[name]) != digest:
            yield f"{where}: its sha256 is {sha256(files[name])}; run its script and update the row"
    for name in files.keys() - rows.keys():
        yield f"{shown_as(readme)}: no row for {name}: source, licence, retrieved, script, sha256"
