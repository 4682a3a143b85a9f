"""Read the two ends of a difference: a scenario to answer, or a recorded result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corridors.config import load_scenario
from corridors.config.allowed_names import Names
from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError
from corridors.files import is_folder, told_as
from corridors.output.contract import ComparisonRecord
from corridors.studies.differences.difference_parts import Outcome
from corridors.studies.differences.dotted_keys import order_of
from corridors.studies.differences.reading import read_record
from corridors.studies.differences.recorded import (
    manifest_of_record,
    outcome_of,
    scenario_of_record,
)

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
