"""The rows of `corridors validate`: published figure, ours, and whether it is inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from corridors.data.geodata import load_rail_legs
from corridors.studies.published.cases import Case
from corridors.studies.published.halves import UNUSED, wilson

OCEAN = ("suez", "cape")
ARCTIC = "northern-sea-route"
FIGURES = ("transit", "studies", "tables", "trains", "quotes")
# Days are close if they lie this far from the published ones, as a fraction.
CLOSE = 0.25
COSTS = ("cost", "cost_index", "toll")
DAYS = ("transit", "sea_time", "extra_days", "passage_days", "border_hours")


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
        """Whether ours lies in the published range, with its tolerance on either side."""
        # JSON cannot write numpy's bool.
        return bool(self.case.low <= self.ours <= self.case.high)

    @property
    def record(self) -> dict[str, object]:
        """The row in plain, rounded values."""
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
            "half": case.half,
            "citation": case.citation,
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


def counted(rows: Sequence[Row], *, kind: str, role: str = "validation") -> list[Row]:
    """Return the rows of one kind and role that count."""
    return [r for r in rows if r.case.kind == kind and r.case.counted and r.case.role == role]


def ocean_rows(rows: Sequence[Row]) -> list[Row]:
    """Return the counted distances by Suez and the Cape."""
    return [row for row in counted(rows, kind="sea") if row.case.route in OCEAN]


def arctic_pairs(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    """Return the counted distances by the Northern Sea Route, by pair of ports."""
    pairs: dict[tuple[str, str], list[Row]] = {}
    for row in counted(rows, kind="sea"):
        if row.case.route == ARCTIC and row.case.quantity == "distance":
            pairs.setdefault((row.case.origin, row.case.destination), []).append(row)
    return pairs


def days_rows(rows: Sequence[Row]) -> list[Row]:
    """Return the counted days under way, of either role."""
    return [row for row in rows if row.case.kind == "transit" and row.case.counted]


def figure_rows(rows: Sequence[Row]) -> list[Row]:
    """Return the counted figures of role `validation` other than distances."""
    return [
        row
        for row in rows
        if row.case.kind in FIGURES and row.case.counted and row.case.role == "validation"
    ]


def unused_rows(rows: Sequence[Row]) -> list[Row]:
    """Return the counted figures other than distances that set no parameter, by the draw."""
    return [row for row in figure_rows(rows) if row.case.half == UNUSED]


def train_rows(rows: Sequence[Row]) -> list[Row]:
    """Return the counted trains and shuttles, of either role."""
    return [row for row in rows if row.case.kind == "trains" and row.case.counted]


def _share(chosen: Sequence[Row], *, held: int) -> str:
    """Return `held of all (share; 95 % interval low to high)`."""
    low, high = wilson(held, len(chosen))
    share = held / len(chosen)
    return f"{held} of {len(chosen)} ({share:.1%}; 95 % interval {low:.1%} to {high:.1%})"


def _halves(rows: Sequence[Row]) -> list[str]:
    """Return the lines on the figures that set nothing and on the table of trains."""
    unused, trains = unused_rows(rows), train_rows(rows)
    costs = [row for row in unused if row.case.quantity in COSTS]
    days = [row for row in unused if row.case.quantity in DAYS]
    kept = [row for row in trains if row.case.half == UNUSED]
    close = [sum(abs(row.error) <= CLOSE for row in chosen) for chosen in (trains, kept)]
    return [
        "Of these in the half never used to set anything:"
        f" {_share(unused, held=sum(row.inside for row in unused))},"
        f" {len(costs)} of them costs and {len(days)} durations",
        f"Trains and shuttles within {CLOSE:.0%} of the published days:"
        f" {_share(trains, held=close[0])}; of the half never used {_share(kept, held=close[1])}",
    ]


def median_and_worst(rows: Sequence[Row]) -> tuple[float, float]:
    """Return the median and the largest absolute error of rows, as fractions."""
    errors = [abs(row.error) for row in rows]
    return median(errors), max(errors)


def summary(rows: Sequence[Row], *, legs: int) -> tuple[str, ...]:
    """Return a summary of the rows, line by line; `legs` counts the calibrated rail legs."""
    lines = []
    named = (("Sea via Suez and the Cape", ocean_rows(rows)), ("Rail", counted(rows, kind="rail")))
    for name, chosen in named:
        middle, worst = median_and_worst(chosen)
        lines.append(f"{name}: median {middle:.1%}, worst {worst:.1%} of {len(chosen)} figures")
    pairs = arctic_pairs(rows)
    passed = sum(any(row.inside for row in pair) for pair in pairs.values())
    lines.insert(1, f"Northern Sea Route: {passed} of {len(pairs)} pairs within 6 % of a figure")
    days = days_rows(rows)
    within = sum(row.inside for row in days)
    lines.append(f"Transit times: {within} of {len(days)} within the published range")
    figures = figure_rows(rows)
    inside = sum(row.inside for row in figures)
    low, high = wilson(inside, len(figures))
    lines.append(
        f"Other than distances: {inside} of {len(figures)} figures ({inside / len(figures):.1%})"
        " within the published figure or range, without calibration rows;"
        f" 95 % interval {low:.1%} to {high:.1%}"
    )
    lines.extend(_halves(rows))
    proving = [row for row in rows if row.case.counted and row.case.role == "validation"]
    proved = sum(row.inside for row in proving)
    lines.append(
        f"All counted figures, including distances: {proved} of {len(proving)}"
        f" ({proved / len(proving):.1%})"
    )
    aside = [
        row
        for row in rows
        if row.case.kind in FIGURES and not row.case.counted and row.case.role == "validation"
    ]
    aside_inside = sum(row.inside for row in aside)
    lines.append(
        f"Not counted, for the reason given in each row: {len(aside)} figures,"
        f" {aside_inside} of them within; with them {inside + aside_inside} of"
        f" {len(figures) + len(aside)}"
    )
    shown = sum(not row.case.counted for row in rows)
    fitted = sum(row.case.role == "calibration" for row in rows)
    lines.append(
        f"Calibration: {legs} rail legs and {fitted} of the rows; {shown} rows shown, not counted"
    )
    lines.extend(
        f"Outside: {row.case.id}: model {row.ours:,.5g} {row.case.unit}. {row.case.why}".rstrip()
        for row in rows
        if row.case.counted and not row.inside
    )
    return tuple(lines)
