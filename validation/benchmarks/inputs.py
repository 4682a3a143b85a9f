"""Files that the benchmarks ask the program about: batches, a plan, an own network."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from corridors.data.geodata import LandLeg, load_rail_legs, load_terminals
from corridors.data.sea_areas import great_circle_km
from corridors.errors import PlaceError
from corridors.network.locate import locate
from validation.benchmarks.measuring import ROOT

LINER_LIB = ROOT.parent / "shared" / "data" / "linerlib"
"""LINER-LIB is not part of the project; another folder may be named."""
WEEKS = 50
MOST_PRICES = 20
WEEKLY = """\
name: prices over the weeks of a year
base: shanghai-europe
sweeps:
  departure: {{from: 2026-01-05, every: week, count: {weeks}}}
  overrides.fuel.vlsfo_usd_per_t: {prices}
"""
TEU_PER_FFE = 2.0
WEEKS_A_MONTH = 52.0 / 12.0
UNMET_USD = 20_000
STEPS, MOST_STEPS = 20, 16
BOOKING_SECONDS = 3_600
GAUGE = "1520"
# Tracks are longer than the straight line between stations.
LONGER = 1.2
Row = tuple[str, ...]


def write_weekly_batch(folder: Path, *, scenarios: int) -> None:
    """Write `b.yaml`: fuel prices by fifty weeks of 2026, `scenarios` in all."""
    prices = [400 + 25 * step for step in range(scenarios // WEEKS)]
    assert len(prices) <= MOST_PRICES
    text = WEEKLY.format(weeks=WEEKS, prices=prices)
    (folder / "b.yaml").write_text(text, encoding="utf-8")


@cache
def _is_known(port: str) -> bool:
    try:
        locate(port)
    except PlaceError:
        return False
    return True


def write_plan(file: Path, *, pairs: int, months: int, liner_lib: Path) -> None:
    """Write a plan of LINER-LIB's demand from Europe to Asia and back, evenly over its rows.

    Volumes are those of the table, the same in each month. A box without a route may stay.
    """
    plan = _plan(pairs=pairs, months=months, liner_lib=liner_lib)
    file.write_text(yaml.safe_dump(plan, sort_keys=False), encoding="utf-8")


def write_booking(file: Path, *, pairs: int, months: int, liner_lib: Path) -> None:
    """Write the same as a plan of bookings: three contracts under ten scenarios.

    Seven scenarios have closures or prices of their own, three differ from one of these in volume
    alone. Contracts are in steps of a twentieth of the volume, up to sixteen of them; Suez and
    Russia have spot space for two fifths and a tenth of it, the Cape for any volume.
    """
    plan = _plan(pairs=pairs, months=months, liner_lib=liner_lib)
    teu = sum(pair["teu_per_month"] for pair in plan["pairs"])
    step = round(teu / STEPS)
    plan["contracts"] = [
        {
            "name": name,
            **place,
            "saves_usd_per_teu": saves,
            "unused_usd_per_teu": 2 * saves,
            "step_teu": step,
            "most_teu_per_month": MOST_STEPS * step,
            **({} if spot is None else {"spot_teu_per_month": round(spot * teu)}),
        }
        for name, place, saves, spot in (
            ("Suez", {"gate": "gate-suez"}, 100, 0.4),
            ("Cape", {"gate": "gate-good-hope"}, 100, None),
            ("Russia", {"country": "RU"}, 250, 0.1),
        )
    ]
    plan["scenarios"] = [
        {
            "name": f"scenario {number}",
            "probability": chance,
            "demand": demand,
            "set": {
                **({"closures": [{"place": place} for place in closed]} if closed else {}),
                **({"overrides": {"fuel.vlsfo_usd_per_t": fuel}} if fuel else {}),
            },
        }
        for number, (chance, closed, fuel, demand) in enumerate(
            (
                *((0.40, (), 0, 1.0), (0.10, ("gate-suez",), 0, 1.0), (0.06, ("RU",), 0, 1.0)),
                *((0.04, ("gate-suez", "RU"), 0, 1.0), (0.08, (), 900, 1.0)),
                *((0.08, (), 350, 1.0), (0.08, (), 0, 1.2), (0.08, (), 0, 0.8)),
                *((0.04, ("gate-suez",), 0, 1.2), (0.04, ("gate-suez",), 900, 1.0)),
            ),
            start=1,
        )
    ]
    plan["risk"] = {"level": 0.9, "weight": 0.3}
    plan["time_limit_s"] = BOOKING_SECONDS
    file.write_text(yaml.safe_dump(plan, sort_keys=False), encoding="utf-8")


def _plan(*, pairs: int, months: int, liner_lib: Path) -> dict[str, Any]:
    with (liner_lib / "Demand_EuropeAsia.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    rows = [row for row in rows if _is_known(row["Origin"]) and _is_known(row["Destination"])]
    chosen = [rows[number * len(rows) // pairs] for number in range(pairs)]
    return {
        "name": f"{pairs} pairs of LINER-LIB",
        "first_month": "2026-01",
        "months": months,
        "unmet_usd_per_teu": UNMET_USD,
        "scenario": {"world": "reference-open"},
        "pairs": [
            {
                "origin": row["Origin"],
                "destination": row["Destination"],
                "teu_per_month": round(float(row["FFEPerWeek"]) * TEU_PER_FFE * WEEKS_A_MONTH, 1),
            }
            for row in chosen
        ],
    }


def write_own_network(folder: Path, *, terminals: int) -> None:
    """Write own data: stations on second tracks beside the shipped legs of 1520 mm.

    Each track runs from end to end of a shipped leg and has as many stations as the others, or one
    more.
    """
    legs = [leg for leg in load_rail_legs() if leg.system == GAUGE]
    stations: list[Row] = []
    tracks: list[Row] = []
    for number, leg in enumerate(legs):
        count = (number + 1) * terminals // len(legs) - number * terminals // len(legs)
        for station, track in _second_track(leg, count):
            stations += [station] if station else []
            tracks.append(track)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "terminals.csv", ("id", "name", "country", "lon", "lat", "services"), stations)
    _write(folder / "legs.csv", ("from", "to", "system", "km"), tracks)


def _second_track(leg: LandLeg, count: int) -> Iterator[tuple[Row | None, Row]]:
    """Yield stations between the ends of a leg, each with the track to it; last the track on."""
    start, end = (load_terminals()[place] for place in (leg.from_id, leg.to_id))
    km = float(great_circle_km(start.lon, start.lat, end.lon, end.lat)) * LONGER
    before = start.id
    for k in range(count):
        share = (k + 1) / (count + 1)
        lon = start.lon + share * (end.lon - start.lon)
        lat = start.lat + share * (end.lat - start.lat)
        name = f"own-{leg.row}-{k}"
        station = (name, f"Station {k} of {leg.row}", start.country, f"{lon:.5f}", f"{lat:.5f}")
        length = f"{km / (count + 1) + 1.0:.2f}"
        yield (*station, f"rail/{GAUGE}"), (before, name, GAUGE, length)
        before = name
    if count:
        yield None, (before, end.id, GAUGE, f"{km / (count + 1) + 1.0:.2f}")


def _write(file: Path, header: Row, rows: list[Row]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
