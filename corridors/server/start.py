"""What the page needs once: what a scenario may say, with defaults, units and sources.

A switch or slider names the YAML that it sets, so that it is a key of a scenario and nothing else.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from corridors.config import load_corridors, load_projects
from corridors.config.checks import FIRST_DAY, ICE_YEARS
from corridors.config.config_files import FOLDERS
from corridors.config.faults import read_yaml
from corridors.data.access import load_access, load_world_titles
from corridors.data.cargo import load_cargo
from corridors.data.cities import country_names
from corridors.data.geodata import load_terminals
from corridors.data.lines import load_lines
from corridors.data.parameters import load_parameters, load_sources
from corridors.data.paths import configs_dir
from corridors.data.series import load_freight_weeks
from corridors.domain.objective import Objective
from corridors.domain.scenario import Equipment, PriceBasis
from corridors.output.display_names import on_day
from corridors.output.html.map.map_frame import leaflet_css, leaflet_js, shipped_base_map
from corridors.server.guard import Reply, compact
from corridors.studies.catchments.question import STUDY as CATCHMENTS
from corridors.version import __version__

Record = dict[str, object]
LICENCE = (
    "The program is under the Apache licence 2.0; railways are from OpenStreetMap (ODbL 1.0),"
    " places from GeoNames (CC BY 4.0), land from Natural Earth."
)
FUEL = "fuel.vlsfo_usd_per_t"
HIGHEST_USD_PER_DAY = 300.0
VALUE_OF_A_DAY = "Value of a day"
_DATED = re.compile(r"(?:.*@)?\d{4}(?:-\d{2})?")
CAUTIOUS, BOLD = 0.5, 2.0
"""A slider goes at least from half to twice its value, where its bounds allow."""
EQUIPMENT = {
    Equipment.DV20: "20-foot box",
    Equipment.DV40: "40-foot box",
    Equipment.HC40: "40-foot high cube",
    Equipment.RF40: "40-foot reefer",
}
SLIDERS = (
    ("fuel.vlsfo_usd_per_t", "Ship fuel (VLSFO)"),
    ("fuel.mgo_usd_per_t", "Marine gas oil"),
    ("fuel.lng_usd_per_t", "LNG as ship fuel"),
    ("ets.price_eur_per_t", "EU emission allowances"),
    ("canal.toll_rise", "Suez tolls, as a multiple of the 2005 tariff"),
    ("nsr.escort_usd_per_gt", "Icebreaker escort"),
    ("nsr.insurance_usd_per_crossing", "Insurance for an Arctic crossing"),
    ("rail.subsidy_share", "Chinese rail subsidy"),
    ("rail.repositioning_usd_per_teu", "Returning empty boxes by rail"),
    ("sea.repositioning_usd_per_teu", "Returning empty boxes by sea"),
    ("demurrage.usd_per_teu_day", "Demurrage after the free days"),
    ("currency.usd_per_eur", "Dollars per euro"),
)
"""Parameters of the sliders: those that a single number sets for the whole question."""
WITH = {"rail.subsidy_share": {"subsidies": "found"}}
"""What a question must also set for a slider to count."""
CLOSURES = (
    ("red-sea", "Red Sea closed to container ships", ("gate-bab-el-mandeb",)),
    ("suez", "Suez Canal closed", ("gate-suez",)),
    ("panama", "Panama Canal closed", ("gate-panama",)),
    ("malacca", "Strait of Malacca closed", ("gate-malacca",)),
    ("hormuz", "Strait of Hormuz closed", ("gate-hormuz",)),
    ("bosporus", "Bosporus closed", ("gate-bosporus",)),
    ("bering", "Bering Strait closed: no Northern Sea Route", ("gate-bering",)),
    ("brest", "Poland - Belarus border closed (Brest, Malaszewicze)", ("pl-malaszewicze",)),
    ("dostyk", "Dostyk closed", ("kz-dostyk",)),
    ("khorgos", "Khorgos closed", ("kz-altynkol",)),
)
AVOIDED = (
    ("russia", "No route through Russia", "RU"),
    ("belarus", "No route through Belarus", "BY"),
    ("iran", "No route through Iran", "IR"),
)


@lru_cache(maxsize=1)
def start_content() -> Reply:
    """Return everything that the page needs once."""
    content = {
        "version": __version__,
        "scenarios": list(_scenarios()),
        "worlds": [
            {"name": name, "label": title, "about": note}
            for name, (title, note) in load_world_titles().items()
        ],
        "corridors": [
            {
                "name": one.id,
                "label": one.title,
                "colour": one.colour,
                "about": one.description,
                "default": one.default,
            }
            for one in load_corridors("shipped")
        ],
        "cargoes": [
            {
                "name": one.id,
                "label": one.title,
                "t_per_teu": one.cargo_t_per_teu,
                "usd_per_teu": one.value_usd_per_teu,
                "equipment": one.equipment,
                "source": _source(one.source_id),
            }
            for one in load_cargo().values()
        ],
        "equipment": [{"name": one.value, "label": EQUIPMENT[one]} for one in Equipment],
        "objectives": [{"name": one.value, "label": one.aim.least} for one in Objective],
        "price_bases": [
            {"name": PriceBasis.COST.value, "label": "what carriage costs"},
            {"name": PriceBasis.PRICE.value, "label": "what shippers are quoted"},
        ],
        "ice_years": list(ICE_YEARS),
        "switches": list(_switches()),
        "sliders": list(_sliders()),
        "destinations": list(_countries()),
        "most_destinations": CATCHMENTS.options["destinations"].most_served,
    }
    return Reply(body=compact(content))


@lru_cache(maxsize=1)
def data_content() -> Reply:
    """Return what the answers rest on: the version, how far the data reach, their licences."""
    content = {"version": __version__, "licence": LICENCE, "ages": list(_ages())}
    return Reply(body=compact(content))


def _ages() -> Iterator[Record]:
    """Yield how far the data reach that age quickest, each with its day or month and a note."""
    fuel = [one.scope for one in load_parameters().rows_of(FUEL) if _DATED.fullmatch(one.scope)]
    freights = [one.partition("@")[2] for one in load_freight_weeks()]
    lines = load_lines().searched
    access = max(rule.as_of for rule in load_access("current"))
    for what, until, note in (
        ("Fuel", max(fuel), "later months have the price of this one"),
        ("Sea freight", max(freights), "the last week; later ones have its price"),
        ("Lines of ships and trains", lines.isoformat(), "the last day on which lines were sought"),
        ("Closures, bans and warnings", access, "the latest news that a rule rests on"),
    ):
        yield {"what": what, "until": _in_words(until), "note": note}


def _in_words(until: str) -> str:
    """Return a month, week or day as one says it: `May 2026`, `week 39 of 2026`."""
    year, _, rest = until.partition("-")
    if rest.startswith("W"):
        return f"week {int(rest[1:])} of {year}"
    if "-" in rest:
        return on_day(date.fromisoformat(until))
    return f"{date(int(year), int(rest), 1):%B %Y}" if rest else year


def _scenarios() -> Iterator[Record]:
    """Yield the shipped scenarios with their keys, as a question may have them."""
    for path in sorted((configs_dir() / FOLDERS["scenario"]).glob("*.yaml")):
        values = read_yaml(path).plain
        if isinstance(values, dict):
            label = values.get("name") or f"{values['origin']} to {values['destination']}"
            yield {"name": path.stem, "label": label, "scenario": values}


def _switches() -> Iterator[Record]:
    for name, label, places in CLOSURES:
        sets = {"closures": [{"place": place} for place in places]}
        yield {"name": name, "label": label, "default": False, "sets": sets, "group": "closures"}
    for name, label, country in AVOIDED:
        sets_avoid = {"limits": {"avoid": {"countries": [country]}}}
        more = {"default": False, "sets": sets_avoid, "group": "countries"}
        yield {"name": f"avoid-{name}", "label": label, **more}
    for name, label, given in (
        ("customs-union", "Eurasian customs union ended", {"customs": {"eaeu": False}}),
        ("common-note", "One CIM/SMGS consignment note", {"customs": {"common_note": True}}),
        ("any-hull", "Any hull on the Northern Sea Route", {"hulls_in_ice": "any"}),
        ("subsidies", "Subsidies of China as found for the year", {"subsidies": "found"}),
    ):
        yield {"name": name, "label": label, "default": False, "sets": given, "group": "rules"}
    for one in load_projects("all"):
        yield {
            "name": one.id,
            "label": one.title,
            "about": one.description,
            "default": False,
            "opens": one.opens.isoformat(),
            "source": _source(one.opens_source_id),
            "sets": {"projects": [{"id": one.id, "opens": FIRST_DAY.isoformat()}]},
            "group": "projects",
        }


def _sliders() -> Iterator[Record]:
    table = load_parameters()
    for name, label in SLIDERS:
        rows = table.rows_of(name)
        # Rows of a month or year hold on its days; a slider sets them all.
        row = next((one for one in rows if not _DATED.fullmatch(one.scope)), rows[-1])
        bounds = table.bounds[name]
        low, high = min(row.low, CAUTIOUS * row.value), max(row.high, BOLD * row.value)
        yield {
            "key": f"overrides.{name}",
            "label": label,
            "default": row.value,
            "low": max(low, bounds.least),
            "high": min(high, bounds.most),
            "likely": [row.low, row.high],
            "unit": row.unit,
            "dated": any(_DATED.fullmatch(one.scope) for one in rows),
            "status": row.status.value,
            "source": _source(row.source_id),
            "with": WITH.get(name, {}),
        }
    yield {
        "key": "shipment.value_of_time_usd_per_teu_day",
        "label": VALUE_OF_A_DAY,
        "default": 0.0,
        "low": 0.0,
        "high": HIGHEST_USD_PER_DAY,
        "unit": "USD/TEU/day",
        "dated": False,
        "status": "scenario",
        "source": None,
    }


def _countries() -> Iterator[Record]:
    """Yield the countries whose terminals a hinterland may be asked of, with how many they are."""
    counts = Counter(one.country for one in load_terminals().values() if one.lifts_boxes)
    names = country_names()
    for name, code in sorted((names.get(code, code), code) for code in counts):
        yield {"name": code, "label": name, "terminals": counts[code]}


def _source(source_id: str) -> Record | None:
    found = load_sources().get(source_id)
    return None if found is None else {"id": found.id, "title": found.title, "url": found.url}


# The files of the page, read once: nothing of a request is ever part of a path. Their addresses
# hold a hash of all of them, so a browser keeps them until the program changes.

PAGE, API_PAGE = "index.html", "api.html"
_MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
_ASSETS = ("map", "report")
KEPT = "public, max-age=31536000, immutable"
_ETAG_CHARACTERS = 20


def static_files() -> Mapping[str, Reply]:
    """Return the page, that of the API, and the files that `/static/` has by `HASH/NAME`.

    The page's own by their names; the scripts and styles that it shares with maps and reports as
    `map/map.js` and `report/charts.js`; Leaflet as `leaflet/leaflet.js`; and `map/basemap.json`,
    what `addBaseMap` takes.
    """
    own = files("corridors.server") / "static"
    contents = {
        path.name: path.read_bytes() for path in own.iterdir() if Path(path.name).suffix in _MEDIA
    }
    for kind in _ASSETS:
        for path in (files("corridors.output.html") / kind / "assets").iterdir():
            if Path(path.name).suffix in (".js", ".css"):
                contents[f"{kind}/{path.name}"] = path.read_bytes()
    contents["leaflet/leaflet.js"] = leaflet_js().encode()
    contents["leaflet/leaflet.css"] = leaflet_css().encode()
    packed = json.dumps(shipped_base_map().packed(), ensure_ascii=False, separators=(",", ":"))
    contents["map/basemap.json"] = packed.encode()
    # The page asks for all of them, so one hash does; scripts find each other beside themselves.
    tag = _hash(b"".join(contents[name] for name in sorted(contents)))
    pages = {
        name: contents.pop(name).replace(b'"static/', f'"static/{tag}/'.encode())
        for name in (PAGE, API_PAGE)
    }
    found = {name: _reply(name, body, "no-cache") for name, body in pages.items()}
    found |= {f"{tag}/{name}": _reply(name, body, KEPT) for name, body in contents.items()}
    return MappingProxyType(found)


def _reply(name: str, body: bytes, caching: str) -> Reply:
    headers = {"ETag": f'"{_hash(body)}"', "Cache-Control": caching}
    return Reply(body=body, media=_MEDIA[Path(name).suffix], headers=headers).packed()


def _hash(body: bytes) -> str:
    return sha256(body).hexdigest()[:_ETAG_CHARACTERS]
