"""Write `terminals.csv`: what can be loaded, unloaded or changed at each place.

The rules are few: a seaport takes ships (how large, and whether it transships, is in
`parameters/port_calls.csv`), a ferry or river port takes the lines that call there, a rail place
takes the services of the systems that meet there, and a junction takes nothing. Trucks are not
listed: they call wherever boxes are lifted.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from rail_tables import BAIKAL_AMUR, LegInput, Place

PORT_CALLS = Path(__file__).parents[1] / "parameters" / "port_calls.csv"

RUSSIAN_SYSTEM = {"RU", "BY", "LT", "LV", "EE", "FI", "PL"}
"""Countries where both block trains and Trans-Siberian trains are worked on 1520 mm."""
LINES = {
    "ferry/caspian": {"kz-aktau", "kz-kuryk", "az-alat", "az-baku", "tm-turkmenbashi"},
    "ferry/caspian-line": {"ru-astrakhan", "ir-anzali"},
    "ferry/baltic-rail": {"ru-ust-luga", "ru-baltiysk"},
    "ferry/baltic-line": {
        *("ru-st-petersburg", "ru-ust-luga", "ru-kaliningrad", "ru-baltiysk"),
        *("de-mukran", "de-rostock", "de-hamburg"),
    },
    "river/lena": {"ru-lena", "ru-nizhny-bestyakh", "ru-yakutsk", "ru-tiksi"},
    "river/yenisei": {"ru-krasnoyarsk", "ru-dudinka"},
    "river/rhine": {
        *("nl-rotterdam", "be-antwerp", "nl-nijmegen", "de-emmerich", "de-duisburg"),
        *("de-dusseldorf", "de-cologne-niehl", "de-bonn", "de-koblenz", "de-mainz"),
        *("de-mannheim", "de-germersheim", "de-karlsruhe-rheinhafen", "fr-strasbourg", "ch-basel"),
    },
    "river/danube": {
        *("de-regensburg", "at-linz", "at-enns", "at-krems", "at-vienna-freudenau"),
        *("sk-bratislava-palenisko", "hu-budapest-csepel", "rs-belgrade"),
        *("ro-galati", "ro-constanta"),
    },
    "river/yangtze": {
        *("cn-chongqing-guoyuan", "cn-yichang", "cn-wuhan-yangluo", "cn-jiujiang"),
        *("cn-nanjing-longtan", "cn-taicang", "cn-shanghai"),
    },
}
"""The ports where each line on the water calls."""
EXPRESS = {
    "rail/express-cn": {
        *("cn-xian", "cn-chongqing", "cn-chengdu", "cn-zhengzhou", "cn-yiwu", "cn-jinan"),
        *("cn-changsha", "cn-shijiazhuang", "cn-wuhan", "kz-dostyk"),
    },
    "rail/express-1520": {"kz-dostyk", "pl-malaszewicze"},
    "rail/express-eu": {
        *("pl-malaszewicze", "pl-lodz", "pl-warsaw", "pl-poznan", "de-duisburg", "de-hamburg"),
        *("cz-prague", "hu-budapest"),
    },
}
"""Yards of trains by full timetable (China Railway, 2022 to 2025), and their changes of gauge."""
TRANS_SIBERIAN_ONLY = {
    "ru-zabaikalsk",
    "ru-grodekovo",
    "ru-vostochny",
    "ru-vladivostok",
    "ru-nakhodka",
    "ru-vanino",
}
FIXED = {"ru-naushki": "rail/mn-1520;rail/tsr-1520", "mn-sukhbaatar": "rail/mn-1520"}
CHANGE_ONLY_AT = {
    "cn-alashankou": {"cn-1435"},
    "cn-khorgos": {"cn-1435"},
    "cn-manzhouli": {"cn-1435"},
    "cn-suifenhe": {"cn-1435"},
    "cn-erenhot": {"cn-1435"},
    "by-brest": {"1520"},
    "ru-mamonovo": {"1520"},
    "by-bruzgi": {"1520"},
    "tr-kapikule": {"tr-1435"},
}
"""Border stations where trains are not changed in this model: the other side changes them."""


@cache
def hubs() -> frozenset[str]:
    """Return the ports where boxes are transshipped between ships of different classes."""
    with PORT_CALLS.open(encoding="utf-8", newline="") as table:
        return frozenset(row["port"] for row in csv.DictReader(table) if row["hub"] == "1")


def services(place: Place) -> str:
    """Return the ';' list of services that can be loaded, unloaded or changed at a place."""
    row = place.row
    if place.id in FIXED:
        return FIXED[place.id]
    listed = []
    if row["kind"] == "seaport":
        listed.append("sea")
    if place.id in hubs():
        listed.append("hub")
    listed += [line for line, ports in LINES.items() if place.id in ports]
    if row["kind"] == "junction":
        return ";".join(listed)
    systems = {"1520" if system == BAIKAL_AMUR else system for system in place.systems}
    systems &= CHANGE_ONLY_AT.get(place.id, systems)
    for system in sorted(systems, key=lambda name: ("cn-1435 mn-1520 1520".find(name) < 0, name)):
        if system == "road":
            listed.append("road")
        elif system != "1520":
            listed.append(f"rail/{system}")
        elif place.id in TRANS_SIBERIAN_ONLY:
            listed.append("rail/tsr-1520")
        else:
            listed.append("rail/1520")
            if row["country"] in RUSSIAN_SYSTEM:
                listed.append("rail/tsr-1520")
    listed += [train for train, yards in EXPRESS.items() if place.id in yards]
    return ";".join(listed)


def terminal_rows(places: dict[str, Place], legs: list[LegInput]) -> list[dict[str, object]]:
    """Return the rows of `terminals.csv`: places on a leg, seaports and ferry ports."""
    used = {leg.from_id for leg in legs} | {leg.to_id for leg in legs}
    rows: list[dict[str, object]] = []
    for place in places.values():
        row = place.row
        listed = services(place)
        on_water = any(way in listed for way in ("sea", "ferry", "river"))
        if place.id not in used and not on_water:
            continue
        source, status, note = row["source"], row["status"], row["note"]
        if place.id in used and not place.keeps_point:
            source = f"{source}; moved to the rail line (OpenStreetMap, ODbL 1.0)"
        if place.keeps_point and place.id in used and place.off_km > 1:
            note = "; ".join(
                filter(None, (note, f"berth {place.off_km:.0f} km from the rail graph"))
            )
        rows.append(
            {
                "id": place.id,
                "name": row["name"],
                "city": row["city"],
                "main": row["main"],
                "aliases": row["aliases"],
                "kind": row["kind"],
                "country": row["country"],
                "lon": f"{place.lon:.4f}",
                "lat": f"{place.lat:.4f}",
                "unlocode": row["unlocode"],
                "services": listed,
                "gauges_mm": row["gauges_mm"],
                "source": source,
                "status": status,
                "note": note,
            }
        )
    return rows
