"""Ice by sea area and month, and the rules for ships in ice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corridors.data.columns import read_rows, value_of
from corridors.data.paths import network_dir, parameters_dir, shipped
from corridors.errors import ConfigError, GeodataError

MONTHS = 12
MEAN_YEAR = "mean"
AREA_NAMES = (
    *("", "Kara Sea SW", "Kara Sea NE", "Laptev Sea W", "Laptev Sea E", "East Siberian Sea SW"),
    *("East Siberian Sea NE", "Chukchi Sea"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IceSea:
    """A sea of the Northern Sea Route: its outline as rings of (lon, lat) in degrees.

    Between its limits at sea a ring runs over land, of which the sea has no part.
    """

    id: str
    title: str
    rings: tuple[tuple[tuple[float, float], ...], ...]
    source_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IceClass:
    """An ice class in POLARIS and in the admission rules.

    `admission_class` is empty if the rules have no row for the class. The season is two month-day
    texts, empty for the whole year. `alone_m` and `escorted_m` are the ice thickness for which the
    class is built from December to June, alone and behind an icebreaker; None if unknown.
    """

    id: str
    polaris_class: str
    admission_class: str
    season_first: str
    season_last: str
    alone_m: float | None
    escorted_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IceTable:
    """Ice and the rules for it.

    Attributes
    ----------
    tenths
        (year kind, area) to twelve mid-month values: share of the sea covered x mean
        concentration of the covered part, in tenths, 0 to 10; None if not measured.
    risk_values
        POLARIS class to stage of development to risk index value (IMO MSC.1/Circ.1519).
    stages
        Stage of development on the track by month, January first.
    thickness_m
        Mean ice thickness of each month's stage in metres.
    classes
        Ice classes by id.
    admission
        (admission class, mode, area) to the ice types allowed: T heavy, S medium, L light.
    """

    tenths: Mapping[tuple[str, int], tuple[float | None, ...]]
    risk_values: Mapping[str, Mapping[str, int]]
    stages: tuple[str, ...]
    thickness_m: tuple[float, ...]
    classes: Mapping[str, IceClass]
    admission: Mapping[tuple[str, str, int], str]

    @property
    def year_kinds(self) -> tuple[str, ...]:
        """The years that a scenario may name."""
        return tuple(sorted({kind for kind, _ in self.tenths}))

    @property
    def years(self) -> tuple[str, ...]:
        """The years measured, of which a draw takes one for all areas and months."""
        return tuple(kind for kind in self.year_kinds if kind.isdigit())

    def monthly_tenths(self, area: int, year_kind: str = MEAN_YEAR) -> tuple[float, ...]:
        """Return twelve mid-month values in tenths; the mean year fills months not measured.

        Raises
        ------
        ConfigError
            The year is unknown.
        GeodataError
            The area has no ice in the table.
        """
        values = self.tenths.get((year_kind, area))
        mean = self.tenths.get((MEAN_YEAR, area))
        if values is None and mean is not None:
            msg = f"ice_year: unknown year '{year_kind}', use {', '.join(self.year_kinds)}"
            raise ConfigError(msg)
        if values is None or mean is None:
            msg = f"ice.csv: no rows for area {area}"
            raise GeodataError(msg)
        return tuple(
            (fallback or 0.0) if value is None else value
            for value, fallback in zip(values, mean, strict=True)
        )


@shipped(network_dir, "ice_seas.csv")
def load_ice_seas(path: Path) -> tuple[IceSea, ...]:
    """Return the seas whose ice is measured, west to east."""
    return tuple(value_of(IceSea, row) for row in read_rows(path))


def load_ice_table() -> IceTable:
    """Return the shipped ice tables."""
    return IceTable(
        tenths=_tenths(),
        risk_values=_risk_values(),
        stages=tuple(stage for stage, _ in _stages()),
        thickness_m=tuple(metres for _, metres in _stages()),
        classes=_classes(),
        admission=_admission(),
    )


@shipped(network_dir, "ice.csv")
def _tenths(path: Path) -> Mapping[tuple[str, int], tuple[float | None, ...]]:
    tenths: dict[tuple[str, int], list[float | None]] = {}
    for cells in read_rows(path):
        year = tenths.setdefault((cells["year_kind"], int(cells["area"])), [None] * MONTHS)
        # The concentration is empty if nothing is covered.
        concentration = float(cells["mean_concentration"] or 0.0)
        year[int(cells["month"]) - 1] = 10.0 * float(cells["share_covered"]) * concentration
    return {key: tuple(values) for key, values in tenths.items()}


@shipped(parameters_dir, "polaris_riv.csv")
def _risk_values(path: Path) -> Mapping[str, Mapping[str, int]]:
    rows = read_rows(path)
    skipped = ("class", "source_id", "status", "__line__")
    return {
        cells["class"]: {
            stage: int(value) for stage, value in cells.items() if stage not in skipped
        }
        for cells in rows
    }


@shipped(parameters_dir, "ice_stages.csv")
def _stages(path: Path) -> tuple[tuple[str, float], ...]:
    rows = sorted(read_rows(path), key=lambda row: int(row["month"]))
    return tuple((cells["stage"], float(cells["thickness_m"])) for cells in rows)


@shipped(parameters_dir, "ice_classes.csv")
def _classes(path: Path) -> Mapping[str, IceClass]:
    return {
        cells["ice_class"]: value_of(IceClass, cells, id=cells["ice_class"])
        for cells in read_rows(path)
    }


@shipped(parameters_dir, "nsr_admission.csv")
def _admission(path: Path) -> Mapping[tuple[str, str, int], str]:
    areas = [str(area) for area in range(1, len(AREA_NAMES))]
    rows = read_rows(path)
    return {
        (cells["admission_class"], cells["mode"], int(area)): cells[area]
        for cells in rows
        for area in areas
    }
