"""The rows of `corridors validate`, and how each family of figures fares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from corridors.data.geodata import load_rail_legs
from corridors.output.records import picked
from corridors.studies.published.cases import FAMILIES, Case, Ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A published figure and ours, both in the unit of the case."""

    case: Case
    ours: Ours

    @property
    def error(self) -> float:
        """How far ours lies from the published figure, as a fraction of it."""
        return self.case.error(self.ours.value)

    @property
    def inside(self) -> bool:
        """Whether ours lies in the published range, with its tolerance on either side."""
        # JSON cannot write numpy's bool.
        return bool(self.case.low <= self.ours.value <= self.case.high)

    @property
    def record(self) -> dict[str, object]:
        """The row in plain, rounded values."""
        case, ours = self.case, self.ours.value
        return {
            **picked(case, "id", "family", "quantity", "unit", "published"),
            "low": round(case.low, 3),
            "high": round(case.high, 3),
            "ours": round(ours, 0 if ours >= 1000 else 3),
            "error": round(self.error, 4),
            "inside": self.inside,
            **picked(case, "role", "why", "origin", "destination", "route", "status"),
            **picked(case, "tolerance", "half", "citation"),
        }


def calibration_legs() -> tuple[Row, ...]:
    """Return the rail legs set to a published length, as rows of role `calibration`.

    Ours equals the published length, so these rows prove nothing.
    """
    rows = []
    for leg in load_rail_legs():
        if not leg.calibrated or leg.published_km is None:
            continue
        case = Case(
            id=f"leg-{leg.id}",
            kind="rail",
            family="distances",
            quantity="distance",
            unit="km",
            published=leg.published_km,
            first=leg.published_km,
            last=leg.published_km,
            tolerance=0.0,
            role="calibration",
            status=leg.status,
            why="",
            citation=leg.source,
            origin=leg.from_id,
            destination=leg.to_id,
            route="rail",
            stops=((leg.from_id, leg.to_id),),
        )
        rows.append(Row(case=case, ours=Ours(leg.length_km)))
    return tuple(rows)


def counted(rows: Sequence[Row], family: str = "", *, kind: str = "") -> list[Row]:
    """Return the rows that count, of one family or one kind if it is named."""
    return [
        row
        for row in rows
        if row.case.role == "validation"
        and family in ("", row.case.family)
        and kind in ("", row.case.kind)
    ]


def family_records(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return how each family fares, one record a family; families are never added up.

    Errors are fractions of the published figure: their median, signed, is the bias. `coverage` is
    the share of the published figures that lie between the low and the high of our own answer, of
    those `ranged` that have a low and a high; None where none has.
    """
    records: list[dict[str, object]] = []
    for family in FAMILIES:
        chosen = counted(rows, family)
        errors = [row.error for row in chosen]
        inside = sum(row.inside for row in chosen)
        held = (row.ours.holds(row.case.published) for row in chosen)
        covered = [one for one in held if one is not None]
        records.append(
            {
                "family": family,
                "counted": len(chosen),
                "inside": inside,
                "share_inside": round(inside / len(chosen), 3) if chosen else None,
                "median_error": round(median(errors), 4) if errors else None,
                "median_absolute_error": round(median(map(abs, errors)), 4) if errors else None,
                "ranged": len(covered),
                "coverage": round(sum(covered) / len(covered), 3) if covered else None,
                "calibration": sum(row.case.family == family for row in rows) - len(chosen),
            }
        )
    return records
