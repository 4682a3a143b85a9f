"""Rows of `corridors validate`: the published figure, ours, and whether it is inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corridors.data.geodata import load_rail_legs
from corridors.studies.validation.cases import Case, SeaRoute, load_cases
from corridors.studies.validation.days import measured_days
from corridors.studies.validation.distances import Rail, Sea
from corridors.studies.validation.studies import measured_studies
from corridors.studies.validation.tables import measured_tables
from corridors.units import nm_from_km

SHARE = "fraction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A published figure and ours, both in the unit of the case."""

    case: Case
    ours: float

    @property
    def error(self) -> float:
        """How far ours lies from the nearest published figure, as a fraction of it."""
        return self.case.error(self.ours)

    @property
    def inside(self) -> bool:
        """Whether ours lies in the published span, its tolerance on either side."""
        # Not numpy's: JSON knows no other truth value.
        return bool(self.case.low <= self.ours <= self.case.high)

    @property
    def record(self) -> dict[str, object]:
        """The row in plain values, rounded to what the figures carry."""
        case = self.case
        return {
            "id": case.id,
            "quantity": case.quantity,
            "unit": case.unit,
            "published": case.published,
            "low": round(case.low, 3),
            "high": round(case.high, 3),
            "ours": round(self.ours, 0 if self.ours >= 1000 else 3),
            "error": round(self.error, 4),
            "inside": self.inside,
            "role": case.role,
            "counted": case.counted,
            "why": case.why,
            "origin": case.origin,
            "destination": case.destination,
            "route": case.route,
            "status": case.status,
            "tolerance": case.tolerance,
            "citation": case.citation,
        }


KINDS = ("sea", "rail", "transit", "studies", "tables")


def measured_rows(kinds: Sequence[str] = KINDS) -> tuple[Row, ...]:
    """Return every published case of these kinds beside our figure, in the order of the files.

    Raises
    ------
    ConfigError
        A case is at fault.
    GeodataError
        A case cannot be measured on the shipped network.
    """
    cases = [case for case in load_cases() if case.kind in kinds]
    ours = {
        **_sea([case for case in cases if case.kind == "sea"]),
        **_rail([case for case in cases if case.kind == "rail"]),
        **measured_days([case for case in cases if case.kind == "transit"]),
        **measured_studies([case for case in cases if case.kind == "studies"]),
        **measured_tables([case for case in cases if case.kind == "tables"]),
    }
    return tuple(Row(case=case, ours=ours[case.id]) for case in cases)


def _sea(cases: Sequence[Case]) -> dict[str, float]:
    sea = Sea()
    wanted: dict[SeaRoute, set[str]] = {}
    for case in cases:
        for way in (case.way, case.less_way):
            if way is not None:
                wanted.setdefault(way, set()).update((case.origin, case.destination))
    sea.prepare(wanted)
    found = {}
    for case in cases:
        if case.way is None:
            continue
        km = sea.km(case.origin, case.destination, case.way)
        if case.less_way is not None:
            whole = sea.km(case.origin, case.destination, case.less_way)
            km = (whole - km) / whole if case.unit == SHARE else whole - km
        found[case.id] = nm_from_km(km) if case.unit == "nm" else km
    return found


def _rail(cases: Sequence[Case]) -> dict[str, float]:
    rail = Rail()
    return {case.id: rail.km(case.stops, case.avoid) for case in cases}


def calibration_legs() -> tuple[Row, ...]:
    """Return the rail legs whose length is a published one, as rows of role `calibration`.

    Ours is the published length there, so these rows prove nothing; `why` tells the length that was
    routed.
    """
    rows = []
    for leg in load_rail_legs():
        if not leg.calibrated or leg.published_km is None:
            continue
        case = Case(
            id=f"leg-{leg.id}",
            kind="rail",
            quantity="distance",
            unit="km",
            published=leg.published_km,
            first=leg.published_km,
            last=leg.published_km,
            tolerance=0.0,
            role="calibration",
            status=leg.status,
            counted=True,
            why="",
            citation=leg.source,
            origin=leg.from_id,
            destination=leg.to_id,
            route="rail",
            stops=((leg.from_id, leg.to_id),),
        )
        rows.append(Row(case=case, ours=leg.length_km))
    return tuple(rows)
