"""A comparison for departures in successive months, as rows."""

from __future__ import annotations

from collections.abc import Sequence

from corridors.domain.results import RouteOption
from corridors.output.comparison import Comparison
from corridors.output.display_names import sailings_text, sails_text
from corridors.output.tables import Table

Row = dict[str, object]

MONTHS = Table(
    name="months",
    about="An option of a departure in a month.",
    files="month departure corridor status recommended USD_per_TEU transit_days days"
    " t_CO2e_per_TEU sails reason",
)
BEST = Table(
    name="best_by_month",
    about="A month: what is recommended then, what is quickest, and what is closed.",
    files="month recommended USD_per_TEU days sails quickest its_days closed",
    spare="its_days quickest",
)


def quickest(comparison: Comparison) -> RouteOption | None:
    """Return the usable option with the fewest days, the better ranked of two; None without."""
    return min(comparison.usable, key=lambda route: round(route.days or 0.0, 1), default=None)


def closed_in(comparison: Comparison) -> list[RouteOption]:
    """Return the options that are not usable on the day of departure, but may be on another."""
    left_out = comparison.left_out
    return [route for route in comparison.routes if not route.usable and route not in left_out]


def month_rows(months: Sequence[Comparison]) -> list[Row]:
    """Return a row of each option in each month, as `MONTHS` has it; None of a closed one."""
    return [_row(one, route) for one in months for route in one.routes]


def best_rows(months: Sequence[Comparison]) -> list[Row]:
    """Return a row of each month, as `BEST` has it: who is recommended, and what is closed."""
    rows: list[Row] = []
    for one in months:
        best, quick = one.recommended, quickest(one)
        rows.append(
            {
                "month": f"{one.scenario.departure:%Y-%m}",
                "recommended": best.corridor if best else None,
                "USD_per_TEU": _rounded(best.printed_usd_per_teu if best else None, 0),
                "days": _rounded(best.days if best else None, 1),
                "sails": sailings_text(best) if best else None,
                "quickest": quick.corridor if quick else None,
                "its_days": _rounded(quick.days if quick else None, 1),
                "closed": ", ".join(route.corridor for route in closed_in(one)),
            }
        )
    return rows


def months_csv(months: Sequence[Comparison]) -> str:
    """Return `months.csv`."""
    return MONTHS.csv(month_rows(months))


def _row(one: Comparison, route: RouteOption) -> Row:
    co2e = route.co2e_wtw_kg_per_teu
    return {
        "month": f"{one.scenario.departure:%Y-%m}",
        "departure": one.scenario.departure.isoformat(),
        "corridor": route.corridor,
        "status": route.status.value,
        "recommended": route is one.recommended,
        "USD_per_TEU": _rounded(route.printed_usd_per_teu, 2),
        "transit_days": _rounded(route.transit_days, 3),
        "days": _rounded(route.days, 3),
        "t_CO2e_per_TEU": _rounded(None if co2e is None else co2e / 1000.0, 4),
        "sails": sails_text(route),
        "reason": route.reason,
    }


def _rounded(value: float | None, digits: int) -> float | int | None:
    if value is None:
        return None
    return round(value) if digits == 0 else round(value, digits)
