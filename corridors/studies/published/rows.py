"""Rows of `corridors validate`: the published figure, ours, and whether it is inside."""

from __future__ import annotations

from dataclasses import dataclass

from corridors.data.geodata import load_rail_legs
from corridors.studies.published.cases import Case


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
