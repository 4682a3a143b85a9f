"""Results as they were saved: frames, pages and the scenario, read back from the files of a folder.

A room says in `FRAMES` of its `result.py` which frames its files hold: by the name of a JSON file
the frames of the result, each as its table and where its rows are (a key of that file, a CSV file
beside it, or `FILE:LAYER` of a GeoPackage), or as a function of what that file holds.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from pydantic import TypeAdapter, ValidationError

from corridors.config.checks import Names
from corridors.config.faults import SENTENCES, Node, as_written
from corridors.config.scenario import override_name, to_scenario, validated, written
from corridors.domain.answer import UNANSWERED, Answer
from corridors.domain.results import OptionStatus
from corridors.domain.scenario import PriceBasis, Scenario
from corridors.errors import UNPRINTABLE, ConfigError
from corridors.files import each_key_once, read_whole
from corridors.output.comparison import EMISSIONS, FRONT, SHARES
from corridors.output.contract import ComparisonRecord, OptionRecord, ScenarioRecord
from corridors.output.store import frame
from corridors.output.tables import Column, Kind, Table, typed
from corridors.studies.option_tables import COST_LINES, CRS, LEGS, LINES, options_frame
from corridors.studies.result_base import MAP_HEIGHT, REPORT_HEIGHT, Page, Result
from corridors.studies.study import every_study

if TYPE_CHECKING:
    import geopandas
    import pandas as pd


# A recorded result read back: its JSON, checked by its models, and the scenario that it holds.

Read = TypeVar("Read")
MAX_BYTES = 20_000_000
SHORT_CHARACTERS = 40
_WORDS = {
    **SENTENCES,
    "missing": "no key '{key}': not a complete comparison.json of this version",
    "extra_forbidden": "unknown key '{key}'; the result is from another version",
    "enum": "'{given}' is not one of {expected}",
    "literal_error": "a result in another format; this program reads format {expected}",
    "date_type": "must be a day such as 2026-08-20, got {given}",
}


def read_record(path: Path, *, shown: str) -> ComparisonRecord:
    """Return the content of a `comparison.json`.

    Parameters
    ----------
    path
        A regular file of at most 20 MB.
    shown
        Its name in error messages.

    Raises
    ------
    ConfigError
        In one line: it cannot be read, is not a JSON object, contains text that cannot be printed,
        or has an invalid key or value.
    """
    return checked(ComparisonRecord.model_validate_json, read_json(path, shown=shown), shown=shown)


def read_json(path: Path, *, shown: str, name: str = "comparison.json") -> Any:
    """Return the content of a JSON file: each key once, finite numbers, printable texts.

    Raises
    ------
    ConfigError
        In one line: it cannot be read or is not such a file, `name`.
    """
    content = read_whole(path, shown=shown, most=MAX_BYTES)
    try:
        text = content.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_no_number, object_pairs_hook=each_key_once)
        _check_printable(value, shown)
    except UnicodeDecodeError:
        refuse(shown, f"not UTF-8 text, so not a {name}")
    except json.JSONDecodeError as error:
        refuse(f"{shown}:{error.lineno}", f"not JSON: {error.msg}; write it again")
    except RecursionError:
        refuse(shown, f"not a {name}: nested too deep")
    except ValueError as error:
        refuse(shown, f"not a {name}: {error}")
    return value


def checked(validate: Callable[[str], Read], value: Any, *, shown: str) -> Read:
    """Return what a model makes of a value of JSON.

    Raises
    ------
    ConfigError
        In one line: it has an invalid key or value.
    """
    try:
        # As text, since a model reads days and shares from JSON that it refuses in Python.
        return validate(json.dumps(value))
    except RecursionError:
        refuse(shown, "nested too deep")
    except ValidationError as error:
        first, *others = error.errors(include_url=False)
        more = f" (and {len(others)} more)" if others else ""
        refuse(shown, f"{_sentence(first, value)}{more}")


def refuse(where: str, what: str) -> NoReturn:
    """Raise a ConfigError `where: what` in one line."""
    msg = f"{where}: {what}"
    raise ConfigError(" ".join(msg.split()))


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
        ("contracts", scenario.contracts, "rate sheets are"),
        ("schedules", scenario.schedules, "files of sailings are"),
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


def scenario_from(plain: Mapping[str, object], *, shown: str, names: Names) -> Scenario:
    """Return the scenario of plain values under the keys of a scenario file.

    Raises
    ------
    ConfigError
        With every error; each starts with `shown` and the key, without a line.
    """
    node = node_of(plain, origin=shown)
    model = validated(node, shown=shown, names=names)
    return replace(to_scenario(model, node=node, shown=""), source_path="", text={})


def node_of(value: object, *, origin: str = "") -> Node:
    """Return plain values as the tree that validation reads."""
    if isinstance(value, Mapping):
        return Node(
            0, items={str(key): node_of(item) for key, item in value.items()}, origin=origin
        )
    if isinstance(value, (list, tuple)):
        return Node(0, entries=tuple(node_of(item) for item in value), origin=origin)
    return Node(0, value=value, origin=origin)


def _each_once(names: Sequence[str], where: str) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            refuse(where, f"'{name[:80]}' appears twice")


def _sentence(fault: Mapping[str, Any], record: object) -> str:
    """Return an error with its place: `options[0]: days: must be a number, got true`."""
    kind, location = fault["type"], list(fault["loc"])
    key = location.pop() if kind in {"missing", "extra_forbidden"} else ""
    given = as_written(fault["input"])
    given = given if len(given) <= SHORT_CHARACTERS else f"{given[:SHORT_CHARACTERS]}..."
    if isinstance(key, int):
        sentence = f"has too {'few' if kind == 'missing' else 'many'} entries"
    elif kind in _WORDS:
        context = {name: as_written(what) for name, what in fault.get("ctx", {}).items()}
        expected = context.pop("expected", "").replace(" or ", ", ").replace("'", "")
        sentence = _WORDS[kind].format(**context, expected=expected, given=given, key=key[:80])
    else:
        sentence = str(fault["msg"])
    return f"{_place(location, record)}{sentence}"


def _place(location: Sequence[str | int], record: object) -> str:
    """Return a location such as `options[0]: cost_lines[2]: `, without the branches of unions."""
    place = ""
    for part in location:
        if isinstance(record, dict) and part in record:
            record = record[part]
            place += f": {str(part)[:80]}"
        elif isinstance(record, list) and isinstance(part, int):
            record = record[part]
            place += f"[{part}]"
    return f"{place}: ".removeprefix(": ")


def _no_number(name: str) -> NoReturn:
    msg = f"{name} is not a number"
    raise ValueError(msg)


def _check_printable(value: object, shown: str) -> None:
    if isinstance(value, str):
        if UNPRINTABLE.search(value):
            refuse(shown, f"contains text that cannot be printed: {value[:SHORT_CHARACTERS]!a}")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_printable(key, shown)
            _check_printable(item, shown)
    elif isinstance(value, list):
        for item in value:
            _check_printable(item, shown)


Frames = Mapping[str, tuple[Table | None, str] | Callable[[Mapping[str, Any]], "pd.DataFrame"]]
COMPARED: Final = "comparison.json"


@dataclass(frozen=True, kw_only=True, repr=False)
class Saved(Result):
    """A result that was saved, read back from its folder.

    It has the frames of the result under the same names, with figures as the files hold them, and
    its pages. Every question takes it, or the path of its folder, in place of a scenario.

    Parameters
    ----------
    folder
        Where it was saved.
    file
        The JSON file that holds it: `comparison.json`, `simulation.json`.
    record
        What that file holds, in plain values.
    """

    _more = ".frames .record .scenario .map(), .report(), .save(folder)"

    folder: Path
    file: str
    record: Mapping[str, Any]

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario that was answered.

        Raises
        ------
        ConfigError
            The files hold none, it has own data, which are known by their hash only, or it names
            what this version does not know.
        """
        shown = str(self.folder / self.file)
        held = self.record.get("scenario")
        if held is None and (self.folder / COMPARED).is_file() and self.file != COMPARED:
            return saved_result(self.folder, file=COMPARED).scenario
        if held is None:
            msg = f"{shown}: holds no scenario to ask again; give the scenario itself"
            raise ConfigError(msg)
        record = checked(_scenario, held, shown=f"{shown}: scenario")
        return scenario_of_record(record, shown, Names())

    @cached_property
    def answer(self) -> Answer:
        """What the comparison says first; its sentences are none for another study."""
        held = self.record.get("answer")
        return UNANSWERED if held is None else TypeAdapter(Answer).validate_python(held)

    @cached_property
    def frames(self) -> Mapping[str, pd.DataFrame]:
        """The frames that its files hold, by the names they have in the result."""
        made: dict[str, pd.DataFrame] = {}
        for name, held in _frames_of(self.file).items():
            if callable(held):
                made[name] = held(self.record)
                continue
            table, at = held
            file, _, layer = at.partition(":")
            if table is not None and layer:
                made[name] = _layer(self.folder / file, layer, table)
                continue
            rows = self._rows(at, table)
            made[name] = frame(rows) if table is None else typed(rows, _columns_at(table, at))
        if (self.folder / COMPARED).is_file():
            made |= _compared_frames(self.folder)
        return MappingProxyType(made)

    def _rows(self, at: str, table: Table | None) -> list[dict[str, Any]]:
        if at.endswith(".csv") and table is not None:
            return _csv_rows(self.folder / at, table)
        held: Any = self.record
        for key in at.split("."):
            held = held[key]
        # A list inside a row is a table of its own.
        return [
            {key: cell for key, cell in row.items() if table or not isinstance(cell, list)}
            for row in held
        ]

    @property
    def options(self) -> geopandas.GeoDataFrame:
        """The options of a comparison: see `Comparison.options`."""
        return self._frame("options")

    @property
    def legs(self) -> geopandas.GeoDataFrame:
        """The legs of a comparison or a route: see `Comparison.legs`."""
        return self._frame("legs")

    @property
    def table(self) -> pd.DataFrame:
        """The frame `table` of a study or a plan."""
        table: pd.DataFrame = self._frame("table")
        return table

    def _frame(self, name: str) -> Any:
        if name in self.frames:
            return self.frames[name]
        msg = f"{self.folder}: has no frame '{name}'; it has {', '.join(self.frames) or 'none'}"
        raise AttributeError(msg)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Return another of its frames, such as `cost_lines` or `effect_table`."""
            # Python asks here too after an AttributeError inside `frames`, and would for ever.
            if name.startswith("_") or name == "frames":
                raise AttributeError(name)
            return self._frame(name)

    def map(self) -> Page:
        """Return the map as it was saved.

        Raises
        ------
        ConfigError
            It was saved without one.
        """
        return self._page(["map.html"], "Map", MAP_HEIGHT)

    def report(self) -> Page:
        """Return the report, or the page of the study, as it was saved.

        Raises
        ------
        ConfigError
            It was saved without one.
        """
        others = sorted(path.name for path in self.folder.glob("*.html"))
        named = [name for name in others if name not in ("map.html", "index.html")]
        return self._page(sorted(named, key=lambda name: name != "report.html"), "Report")

    def _page(self, names: list[str], what: str, height: int = REPORT_HEIGHT) -> Page:
        for name in names:
            if (self.folder / name).is_file():
                html = (self.folder / name).read_text(encoding="utf-8")
                return Page(f"{what} of {self.folder.name}", html, height)
        msg = f"{self.folder}: was saved without a {what.lower()}"
        raise ConfigError(msg)

    def save(self, folder: Path | str) -> tuple[Path, ...]:
        """Copy the files into a new folder, and return their paths.

        Raises
        ------
        ConfigError
            The folder exists, or cannot be written to.
        """
        return copied(self.folder, Path(folder))

    def _texts(self) -> list[str]:
        said = self.answer.sentences if self.answer.finding else ()
        return [f"{self.folder.name}: {self.file} as saved", *said]

    def _shown(self) -> pd.DataFrame | None:
        return next(iter(self.frames.values()), None)


def saved_result(folder: Path, *, file: str = "") -> Saved:
    """Return the result that a folder holds.

    Parameters
    ----------
    folder
        What `save` or a command with `--out` has written.
    file
        Which of its results; by default that of the study that wrote it.

    Raises
    ------
    ConfigError
        The folder holds no result, or the file of it is not whole.
    """
    names = [file] if file else [name for name in _files() if (folder / name).is_file()]
    if not names:
        msg = f"{folder}: no saved result; give one that a command or `save` wrote"
        raise ConfigError(msg)
    path = folder / names[0]
    if path.name == COMPARED:
        record = read_record(path, shown=str(path)).plain()
        return Saved(folder=folder, file=path.name, record=record)
    record = read_json(path, shown=str(path))
    return Saved(folder=folder, file=path.name, record=record)


def is_saved(path: Path) -> bool:
    """Return whether a path is a folder that holds a result."""
    return any((path / name).is_file() for name in _files())


def copied(folder: Path, to: Path) -> tuple[Path, ...]:
    """Copy a folder to a new one, whole or not at all, and return the paths of its files.

    Raises
    ------
    ConfigError
        The new one exists, or cannot be written to.
    """
    if to.exists():
        msg = f"{to}: is there already; give a new folder"
        raise ConfigError(msg)
    try:
        shutil.copytree(folder, to)
    except BaseException as error:
        # The folder is this copy's own, and is there whole or not at all.
        shutil.rmtree(to, ignore_errors=True)
        if not isinstance(error, OSError):
            raise
        msg = f"{to}: cannot be written: {error.strerror or error}"
        raise ConfigError(msg) from None
    return tuple(sorted(path for path in to.rglob("*") if path.is_file()))


def _scenario(text: str) -> Any:
    return TypeAdapter(ScenarioRecord).validate_json(text)


def _files() -> Iterator[str]:
    """Yield the JSON files that results are saved to; `explain` writes a comparison beside its."""
    for study in every_study().values():
        yield from (name for name in (*study.outputs, *study.outputs_over) if _is_result(name))
    yield COMPARED


def _is_result(name: str) -> bool:
    return name.endswith(".json") and name != COMPARED


def _frames_of(file: str) -> Frames:
    """Return what frames a file holds, as the room of its study says."""
    module = ""
    for study in every_study().values():
        if file in (*study.outputs, *study.outputs_over) and file != COMPARED:
            module = study.ask.__module__.replace(".question", ".result")
    held: Mapping[str, Frames] = getattr(import_module(module), "FRAMES", {}) if module else {}
    return held.get(file, {})


def _layer(path: Path, layer: str, table: Table) -> geopandas.GeoDataFrame:
    """Return a layer of a GeoPackage that a table wrote."""
    import geopandas
    import pyogrio

    read = pyogrio.read_dataframe(path, layer=layer)
    rows = read.drop(columns="geometry").to_dict("records")
    return geopandas.GeoDataFrame(typed(rows, table.columns), geometry=read.geometry, crs=CRS)


def _columns_at(table: Table, at: str) -> tuple[Column, ...]:
    """Return the columns that a table has in a CSV file, or in JSON."""
    names = table.in_csv.split() if at.endswith(".csv") else ()
    return tuple(map(table.column, names or table.names))


def _csv_rows(path: Path, table: Table) -> list[dict[str, Any]]:
    """Return the rows of a CSV file that a table wrote."""
    kinds = {one.name: one.kind for one in _columns_at(table, path.name)}
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {name: _cell(cell, kinds[name]) for name, cell in row.items() if name in kinds}
            for row in csv.DictReader(file)
        ]


def _cell(text: str, kind: Kind) -> Any:
    match kind:
        case Kind.TEXT:
            return text
        case Kind.TEXTS:
            return text.split("; ") if text else []
        case _ if not text:
            return None
        case Kind.NUMBER | Kind.SHARE:
            return float(text)
        case Kind.WHOLE:
            return int(text)
        case Kind.TRUTH:
            return text == "yes"
    return text


def _compared_frames(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the frames of a comparison, with the lines of its legs from their GeoPackage."""
    import geopandas
    import pyogrio
    import shapely

    record = read_record(folder / COMPARED, shown=str(folder / COMPARED))
    drawn = pyogrio.read_dataframe(folder / "legs.gpkg", layer="legs").to_dict("records")
    # A leg without a line is in the record alone.
    lines = {(row["corridor"], row["from"], row["to"], row["departs"]): row for row in drawn}
    priced = record.scenario.price_basis is PriceBasis.PRICE
    legs, shapes, ranges = [], [], []
    nested: dict[str, list[Any]] = {"cost_lines": [], "lines": []}
    for option in record.options:
        plain: Any = option.plain()
        for leg in plain["legs"]:
            row = lines.get((option.corridor, leg["from"], leg["to"], leg["departs"]))
            if row is not None:
                legs.append({**leg, "corridor": option.corridor, "leg": row["number"]})
                shapes.append(row["geometry"])
        for key, rows in nested.items():
            rows += [{"corridor": option.corridor, **row} for row in plain[key]]
        ranges.append(_range_of(option, priced=priced))
    parts = {
        option.corridor: [
            part
            for leg, shape in zip(legs, shapes, strict=True)
            if leg["corridor"] == option.corridor
            for part in shape.geoms
        ]
        for option in record.options
    }
    return {
        "options": options_frame(
            record.options,
            ranges=ranges,
            chosen=record.decision.shares,
            shapes=[shapely.MultiLineString(parts[one.corridor]) for one in record.options],
        ),
        "legs": geopandas.GeoDataFrame(LEGS.given.frame(legs), geometry=shapes, crs=CRS),
        "cost_lines": COST_LINES.given.frame(nested["cost_lines"]),
        "lines": LINES.given.frame(nested["lines"]),
        "emissions": typed(_csv_rows(folder / "emissions.csv", EMISSIONS), EMISSIONS.columns),
        "way_shares": SHARES.given.frame(record.shares),
        "fronts": FRONT.given.frame(
            {**dict(one), "co2e_kg_per_teu": one.co2e_wtw_kg_per_teu} for one in record.front
        ),
    }


def _range_of(option: OptionRecord, *, priced: bool) -> tuple[float, ...]:
    """Return low and high of the cost of an option, as `RouteOption.low_and_high` has them."""
    if option.status is not OptionStatus.USABLE:
        return ()
    if option.fans is None:
        lines = option.cost_lines
        return sum(line.low for line in lines), sum(line.high for line in lines)
    fan = option.fans.price if priced and option.fans.price is not None else option.fans.cost
    return fan.p10, fan.p90
