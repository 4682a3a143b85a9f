"""Draw pairs of places that people ship between, with a departure, from a fixed seed.

One end lies in East, South, Southeast or Central Asia, the other in Europe, Turkey or the Caucasus;
directions alternate. An end is a city by name, a yard by id, or a point near a city.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import cos, radians, sin, tau

from corridors.data.geodata import load_terminals
from corridors.domain.places import TerminalKind

SEED = 13
POINT_OFF_KM = 30.0
KM_PER_DEGREE = 111.2
YARDS = (TerminalKind.SEAPORT, TerminalKind.RAIL_TERMINAL, TerminalKind.DRY_PORT)
DEPARTURES = (
    date(2026, 1, 15),
    date(2026, 3, 1),
    date(2026, 4, 15),
    date(2026, 6, 1),
    date(2026, 7, 20),
    date(2026, 8, 20),
    date(2026, 10, 5),
    date(2026, 11, 25),
)
# Cities with longitude and latitude to a tenth of a degree, recalled; only points use those.
EAST = {
    "Shanghai": (121.5, 31.2),
    "Beijing": (116.4, 39.9),
    "Guangzhou": (113.3, 23.1),
    "Shenzhen": (114.1, 22.5),
    "Chongqing": (106.5, 29.6),
    "Chengdu": (104.1, 30.7),
    "Xian": (108.9, 34.3),
    "Wuhan": (114.3, 30.6),
    "Zhengzhou": (113.6, 34.8),
    "Hefei": (117.3, 31.8),
    "Changsha": (113.0, 28.2),
    "Kunming": (102.7, 25.0),
    "Nanning": (108.3, 22.8),
    "Qingdao": (120.4, 36.1),
    "Ningbo": (121.5, 29.9),
    "Tianjin": (117.2, 39.1),
    "Dalian": (121.6, 38.9),
    "Shenyang": (123.4, 41.8),
    "Harbin": (126.6, 45.8),
    "Xiamen": (118.1, 24.5),
    "Fuzhou": (119.3, 26.1),
    "Hangzhou": (120.2, 30.3),
    "Suzhou": (120.6, 31.3),
    "Nanjing": (118.8, 32.1),
    "Jinan": (117.0, 36.7),
    "Lanzhou": (103.8, 36.1),
    "Urumqi": (87.6, 43.8),
    "Taiyuan": (112.5, 37.9),
    "Hong Kong": (114.2, 22.3),
    "Seoul": (127.0, 37.6),
    "Busan": (129.0, 35.1),
    "Tokyo": (139.7, 35.7),
    "Yokohama": (139.6, 35.4),
    "Osaka": (135.5, 34.7),
    "Nagoya": (136.9, 35.2),
    "Taipei": (121.6, 25.0),
    "Kaohsiung": (120.3, 22.6),
    "Ulaanbaatar": (106.9, 47.9),
    "Ho Chi Minh City": (106.7, 10.8),
    "Hanoi": (105.8, 21.0),
    "Haiphong": (106.7, 20.9),
    "Bangkok": (100.5, 13.8),
    "Singapore": (103.8, 1.3),
    "Kuala Lumpur": (101.7, 3.1),
    "Jakarta": (106.8, -6.2),
    "Manila": (121.0, 14.6),
    "Mumbai": (72.9, 19.1),
    "Delhi": (77.2, 28.6),
    "Chennai": (80.3, 13.1),
    "Colombo": (79.9, 6.9),
    "Karachi": (67.0, 24.9),
    "Almaty": (76.9, 43.2),
    "Astana": (71.4, 51.2),
    "Tashkent": (69.2, 41.3),
    "Bishkek": (74.6, 42.9),
    "Ashgabat": (58.4, 37.9),
}
WEST = {
    "Hamburg": (10.0, 53.6),
    "Rotterdam": (4.5, 51.9),
    "Antwerp": (4.4, 51.2),
    "London": (-0.1, 51.5),
    "Manchester": (-2.2, 53.5),
    "Paris": (2.4, 48.9),
    "Lyon": (4.8, 45.8),
    "Madrid": (-3.7, 40.4),
    "Barcelona": (2.2, 41.4),
    "Lisbon": (-9.1, 38.7),
    "Milan": (9.2, 45.5),
    "Genoa": (8.9, 44.4),
    "Naples": (14.3, 40.8),
    "Munich": (11.6, 48.1),
    "Nuremberg": (11.1, 49.5),
    "Duisburg": (6.8, 51.4),
    "Berlin": (13.4, 52.5),
    "Leipzig": (12.4, 51.3),
    "Stuttgart": (9.2, 48.8),
    "Zurich": (8.5, 47.4),
    "Vienna": (16.4, 48.2),
    "Prague": (14.4, 50.1),
    "Budapest": (19.0, 47.5),
    "Bratislava": (17.1, 48.1),
    "Warsaw": (21.0, 52.2),
    "Lodz": (19.5, 51.8),
    "Gdansk": (18.6, 54.4),
    "Vilnius": (25.3, 54.7),
    "Riga": (24.1, 56.9),
    "Tallinn": (24.7, 59.4),
    "Helsinki": (24.9, 60.2),
    "Stockholm": (18.1, 59.3),
    "Gothenburg": (12.0, 57.7),
    "Copenhagen": (12.6, 55.7),
    "Oslo": (10.8, 59.9),
    "Dublin": (-6.3, 53.3),
    "Bucharest": (26.1, 44.4),
    "Constanta": (28.6, 44.2),
    "Sofia": (23.3, 42.7),
    "Belgrade": (20.5, 44.8),
    "Zagreb": (16.0, 45.8),
    "Ljubljana": (14.5, 46.1),
    "Athens": (23.7, 38.0),
    "Istanbul": (29.0, 41.0),
    "Ankara": (32.9, 39.9),
    "Izmir": (27.1, 38.4),
    "Mersin": (34.6, 36.8),
    "Tbilisi": (44.8, 41.7),
    "Yerevan": (44.5, 40.2),
    "Baku": (49.9, 40.4),
    "Minsk": (27.6, 53.9),
    "Moscow": (37.6, 55.8),
    "St Petersburg": (30.3, 59.9),
}
EAST_COUNTRIES = "CN HK TW JP KR MN VN TH SG MY ID PH IN LK PK BD KZ UZ KG TJ TM"
WEST_COUNTRIES = (
    "AT BE BG CH CZ DE DK EE ES FI FR GB GR HR HU IE IT LT LV NL NO PL PT RO RS SE SI SK"
    " TR GE AM AZ"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A question: where from, where to, and when."""

    origin: str
    destination: str
    departure: date

    def __str__(self) -> str:
        return f"{self.origin} to {self.destination}, {self.departure}"


def drawn(count: int, *, seed: int = SEED) -> list[Drawn]:
    """Return drawn questions; a longer list begins with the shorter one."""
    draw = random.Random(seed)
    yards = [
        sorted(
            terminal.id
            for terminal in load_terminals().values()
            if terminal.country in countries.split() and terminal.kind in YARDS
        )
        for countries in (EAST_COUNTRIES, WEST_COUNTRIES)
    ]
    questions: list[Drawn] = []
    for number in range(count):
        ends = [_end(draw, cities, ids) for cities, ids in zip((EAST, WEST), yards, strict=True)]
        if number % 2:
            ends.reverse()
        day = DEPARTURES[number // 2 % len(DEPARTURES)]
        questions.append(Drawn(origin=ends[0], destination=ends[1], departure=day))
    return questions


def _end(draw: random.Random, cities: dict[str, tuple[float, float]], ids: Sequence[str]) -> str:
    kind = draw.choices(("city", "yard", "point"), weights=(5, 3, 2))[0]
    if kind == "yard":
        return draw.choice(ids)
    city = draw.choice(sorted(cities))
    if kind == "city":
        return city
    lon, lat = cities[city]
    off, turn = draw.uniform(0.0, POINT_OFF_KM) / KM_PER_DEGREE, draw.uniform(0.0, tau)
    return f"{lon + off * cos(turn) / cos(radians(lat)):.3f},{lat + off * sin(turn):.3f}"
