"""What February costs: a small project on the installed package, checked by mypy --strict.

`tests/wheel_smoke.sh` runs it where there is no checkout; among the long tests it is checked there.
"""

from __future__ import annotations

from datetime import date

import corridors

CORRIDORS = ["suez", "cape", "kazakhstan-dostyk"]


def asked(session: corridors.Session, departure: date) -> corridors.Comparison:
    """Return the comparison of one departure."""
    return session.compare(
        origin="Ningbo",
        destination="Munich",
        departure=departure,
        corridors=CORRIDORS,
        shipment={"teu_per_month": 50, "cargo": "electronics"},
        limits={"max_days": 90},
    )


def dearer(first: corridors.Comparison, second: corridors.Comparison) -> dict[str, float]:
    """Return by how much each corridor is dearer in the second, in USD per TEU."""
    costs = [found.options["cost_usd_per_teu"] for found in (first, second)]
    change = (costs[1] - costs[0]).dropna()
    return {str(corridor): float(usd) for corridor, usd in change.items()}


def main() -> None:
    """Print the change of each corridor, and the quickest way by land."""
    session = corridors.Session(pairs=2)
    now, later = asked(session, date(2026, 9, 1)), asked(session, date(2027, 2, 10))
    for corridor, usd in dearer(now, later).items():
        print(f"{corridor}: {usd:+,.0f} USD per TEU")
    best = now.recommended
    assert best is not None
    route = session.route("Ningbo", "Munich", services=["rail", "road"], departure="2027-02-10")
    days: float | None = route.days
    print(best.title, "by sea;", "by land in", days, "days by", ", ".join(route.borders))
    print(later.map().save("february.html"), repr(later).splitlines()[0])
    try:
        session.compare("shanghai-europe", departure="2027-02-30")
    except corridors.CorridorsError as error:
        print(error)


if __name__ == "__main__":
    main()
