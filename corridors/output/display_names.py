"""Names in place of ids and keys: places, services, limits, objectives, world states."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from corridors.data.access import title_on
from corridors.data.cities import country_names
from corridors.data.geodata import load_terminals
from corridors.data.names import (
    CAPACITIES,
    capacity_title,
    name_of,
    names_by_id,
    said_by,
    to_be_said,
)
from corridors.domain.objective import Objective
from corridors.domain.results import RouteOption, RouteStep
from corridors.domain.scenario import OTHER, Scenario
from corridors.errors import PlaceError

if TYPE_CHECKING:
    from corridors.network.locate import Place

# Where a fault is; an id in brackets after its name, perhaps with more; a word that may be an id.
_WHERE = re.compile(r"^(?:.*?\.ya?ml(?::\d+)?: |--[\w. ]+: )?(?:[a-z_.]+(?:\[\d+\])?: )?")
_BRACKETED = re.compile(r" \(([\w./-]+)(?:, ([^()]*))?\)")
_ID = re.compile(r"[a-z]{2,5}-[\w.-]+|[A-Z]{2}[A-Z2-9]{3}")
_KEY = re.compile(r"\w[\w/-]*[/-][\w/-]*\w")
_SERVICES = re.compile(r"; its services are [^;]*")
_PROJECT = "it needs a project: "
_CODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
NO_TITLES: Mapping[str, str] = MappingProxyType({})
SHADOW_PRICE_NOTE = "Price in the month where it is highest. Shadow prices are not unique."
SCOPES = {"cy-cy": "container yard to container yard", "door": "door to door"}
OTHER_TITLE = "Other route"
# One that passes no ocean gate, border or country that names a corridor.
DIRECT_TITLE = "Direct way"
# What a sentence calls the only route of an answer.
THIS_ROUTE = "This route"
MOST_OF_WAY = 4
_WITH_ARTICLE = ("Cape of", "Suez", "Panama Canal", "Bering", "Northwest", "Kara", "Strait")
# Titles of corridors that a sentence says with the article.
_TITLES_WITH_ARTICLE = (
    *("Suez", "Panama", "Cape of", "Northern Sea Route", "Trans-", "Middle Corridor", "Caspian"),
    *("Caucasus", "International North-South"),
)
# What the names of parameters begin with, and what stands in them in capitals.
_FAMILIES = {
    "ets": "EU emission allowances",
    "fueleu": "FuelEU Maritime",
    "nsr": "Northern Sea Route",
    "canal": "canals",
    "ferry": "ferries",
    "market": "market rates",
    "port": "ports",
    "ship": "ships",
    "train": "trains",
    "road": "trucks",
    "energy": "fuel burnt",
}
_IN_CAPITALS = re.compile(r"\b(vlsfo|mgo|lng|thc|t1|gt|hfo|wtw|ttw|polaris|scnt)\b")
_UNIT_AT_END = re.compile(
    r"(?:^|_)(?:usd|eur|sdr|musd|kg|g|t|km|kn|kw|kwh|m|teu|hours|days|months|years|tenths)"
    r"(?:_co2e)?(?:_per_.*)?$"
)
_MODES = {"sea": "ship", "rail": "train", "road": "truck", "river": "barge", "ferry": "ferry"}


def on_page(words: str) -> str:
    """Return words as a page prints them: `lowest CO₂e`."""
    return words.replace("CO2e", "CO₂e")


def best_route_of(objective: Objective) -> str:
    """Return what a page calls the best route of a corridor: `quickest route`."""
    return on_page(objective.best_route)


def rows_text(objective: Objective) -> str:
    """Return a sentence on which route of a corridor a page shows; empty for the cheapest."""
    if objective is Objective.COST:
        return ""
    return f"Each corridor is shown by its {best_route_of(objective)}."


def next_usable(option: RouteOption, say: Callable[[date], str] = date.isoformat) -> str:
    """Return when a closed option can be used again, dates as `say` says them; empty if unknown."""
    return f"next usable {say(option.next_usable_date)}" if option.next_usable_date else ""


def fault_on_page(text: str) -> str:
    """Return a fault as a page says it: without its file, line and key, and with names for ids.

    `asia.yaml:3: destination: no service reaches Ghent (be-ghent)` is `no service reaches Ghent`.
    """
    names = names_by_id()

    def bracketed(match: re.Match[str]) -> str:
        if not _ID.fullmatch(match[1]):
            return match[0]
        return f" ({match[2]})" if match[2] else ""

    # What to write instead, and the list of services, are for the writer of the file.
    said = _BRACKETED.sub(bracketed, _WHERE.sub("", text)).partition(". Name ")[0]
    said = _SERVICES.sub("", said)
    if _PROJECT in said:
        names = {**names, **project_titles()}
    return _KEY.sub(lambda match: names.get(match[0], match[0]), said)


def end_title(text: str) -> str:
    """Return what an end of a scenario is called: `lod` is Lod, Israel.

    `CNYTN` is Shenzhen Yantian. `text` is a city, a terminal's id, a UN/LOCODE or a point. Names of
    cities with terminals stay as given, as do points and what is unknown.
    """
    from corridors.network.locate import PlaceKind

    place = place_meant(text)
    if place is None:
        return text
    if _CODE.fullmatch(text) or text in load_terminals():
        return short_name(place.name)
    return place_label(place) if place.kind is PlaceKind.POINT and place.has_name else text


def place_meant(text: str) -> Place | None:
    """Return the place that a text names, None for what only your own data knows."""
    from corridors.network.locate import locate

    try:
        return locate(text, advised=False)
    except PlaceError:
        return None


def place_label(place: Place) -> str:
    """Return the name of a place with its country: `Lod, Israel`."""
    country = country_names().get(place.country, place.country)
    return ", ".join(filter(None, (place.name, country)))


def scenario_title(scenario: Scenario) -> str:
    """Return the name of a scenario; of one without a name its ends, by their names."""
    origin, destination = scenario.origin, scenario.destination
    if scenario.name != f"{origin} to {destination}":
        return scenario.name
    return f"{end_title(origin)} to {end_title(destination)}"


def world_title(world: str, day: date) -> str:
    """Return the title of a world for a departure as part of a sentence; the id if not listed."""
    title = title_on(world, day)
    return title[:1].lower() + title[1:]


def corridor_titles() -> dict[str, str]:
    """Return the titles of the shipped corridors by id, and of routes outside corridors."""
    from corridors.config import load_corridors

    return {"any": "Any route", **{c.id: c.title for c in load_corridors("shipped")}}


def project_titles() -> dict[str, str]:
    """Return the titles of the shipped projects by id."""
    from corridors.config import load_projects

    return {project.id: project.title for project in load_projects()}


def short_name(name: str) -> str:
    """Return a terminal's name without what stands in brackets: `Milan (Melzo)` is Milan."""
    return name.partition(" (")[0]


def title_by(option: RouteOption) -> str:
    """Return the name of an option with the terminals where carriage meets it: Suez, by Koper."""
    ways = " and ".join(short_name(name) for name in option.ways)
    return f"{name_by(option)}, by {ways}" if ways else name_by(option)


def name_by(option: RouteOption) -> str:
    """Return the title of an option as one says it, with the countries that need a word."""
    return name_of_way(option.title, to_be_said(option.way))


def in_sentence(title: str) -> str:
    """Return a title of a corridor as a sentence says it: the Suez Canal, Kazakhstan via Khorgos.

    `Other route by Lithuania` is another route by Lithuania, `Direct way by ship` the direct way.
    """
    if title.startswith(OTHER_TITLE):
        return f"another route{title.removeprefix(OTHER_TITLE)}"
    if title == THIS_ROUTE:
        return "this route"
    if title.startswith(DIRECT_TITLE):
        return f"the {title[:1].lower()}{title[1:]}"
    return f"the {title}" if title.startswith(_TITLES_WITH_ARTICLE) else title


def capitalised(text: str) -> str:
    """Return a sentence with its first letter in capitals."""
    return text[:1].upper() + text[1:]


def named_list(names: Iterable[str]) -> str:
    """Return names as a list behind a colon, set apart by semicolons where one has a comma."""
    every = list(names)
    return ("; " if any(", " in name for name in every) else ", ").join(every)


def name_of_way(title: str, way: Sequence[str]) -> str:
    """Return the name of a way: its title, and what of `Candidate.way` that does not say.

    A route outside the corridors has its crossings in its name: `Other route by Lithuania`. Of more
    than `MOST_OF_WAY` places the first and the last ones are named. A route that is named by its
    modes alone, as from Durban to Shanghai, is the direct way. No name leaves out a country that
    needs a word: `Kazakhstan via Khorgos through Russia and Belarus`.
    """
    if title in ("", OTHER_TITLE):
        by_modes = bool(way) and _MODES.keys() >= set(way)
        start = DIRECT_TITLE if title and by_modes else title
        shown = way
        if len(way) > MOST_OF_WAY:
            half = MOST_OF_WAY // 2
            shown = [*way[:half], *to_be_said(way[half:-half]), *way[-half:]]
        named = [_MODES.get(key) or name_of(key) for key in shown]
        names = [f"the {name}" if name.startswith(_WITH_ARTICLE) else name for name in named]
        return f"{start} by {listed(names)}" if names else start
    unsaid = [key for key in to_be_said(way) if not any(word in title for word in said_by()[key])]
    return f"{title} through {listed(map(name_of, unsaid))}" if unsaid else title


def name_of_ways(title: str, ways: Iterable[Sequence[str]]) -> str:
    """Return the name of all ways of a corridor, each as `Candidate.way` has it.

    Countries that need a word on some of them are named as well: `Kazakhstan via Khorgos, in some
    cases through Russia`.
    """
    every = list(dict.fromkeys(map(tuple, ways)))
    if len(every) <= 1:
        return name_of_way(title, every[0]) if every else title
    said = to_be_said(key for way in every for key in way)
    always = [key for key in said if all(key in way for way in every)]
    name = name_of_way(title, always)
    unsaid = [key for key in said if not any(word in name for word in said_by()[key])]
    return f"{name}, in some cases through {listed(map(name_of, unsaid), 'or')}" if unsaid else name


def way_in_title(option: RouteOption) -> str:
    """Return the way of a route outside the corridors: ` by Lithuania`; else an empty string."""
    title = option.title.removeprefix(OTHER_TITLE).removeprefix(DIRECT_TITLE)
    return title if option.corridor == OTHER else ""


def main_carriage(option: RouteOption) -> str:
    """Return where the main carriage of an option begins and ends: Shanghai to Koper."""
    return "" if option.main_ends is None else " to ".join(map(short_name, option.main_ends))


def driver_title(key: str) -> str:
    """Return what a study moves, in words and without its unit: `Fuel, VLSFO`; `Value of a day`.

    Parameters
    ----------
    key
        `shipment.value_of_time_usd_per_teu_day`, a parameter, or `parameter@scope`.
    """
    name, _, scope = key.removeprefix("overrides.").partition("@")
    if "value_of_time" in name:
        return "Value of a day"
    family, _, rest = name.partition(".")
    # The unit stands beside the title, as the tables have it.
    what = _UNIT_AT_END.sub("", rest).replace("_", " ")
    what = _IN_CAPITALS.sub(lambda found: found[0].upper(), what)
    words = [_FAMILIES.get(family, family.replace("_", " ")), what, scope and name_of(scope)]
    return capitalised(", ".join(word for word in words if word))


def limit_title(name: str, titles: Mapping[str, str] = NO_TITLES) -> str:
    """Return a limit, minimum or capacity of a plan in words, without its figure.

    Parameters
    ----------
    name
        `Marginal.name`.
    titles
        Titles of corridors by id.
    """
    kind, _, key = name.partition(".")
    if kind in {"max_share_country", "max_share_gate", "max_share_corridor"}:
        return f"share via {titles.get(key) or name_of(key)}"
    first, _, rest = name.partition(" ")
    if first == "minimum":
        key = rest.partition(" ")[2]
        return f"minimum via {titles.get(key) or name_of(key)}"
    if first in CAPACITIES:
        return capacity_title(name)
    return {"cap on CO2e": "CO₂e cap", "max_usd": "budget"}.get(name, name)


def listed(names: Iterable[str], last: str = "and") -> str:
    """Return names as a list in a sentence: `a, b and c`; `a, and b and c` if a name has `and`."""
    every = list(names)
    if len(every) < 2:
        return "".join(every)
    comma = "," if any(" and " in name for name in every) else ""
    return f"{', '.join(every[:-1])}{comma} {last} {every[-1]}"


def why_not(option: RouteOption) -> str:
    """Return what became of a corridor that cannot be used."""
    return "; ".join(filter(None, (f"{option.status}: {option.reason}", next_usable(option))))


def place_names(option: RouteOption) -> dict[str, str]:
    """Return the names of the places on a route by their ids."""
    ends = ((place, name) for step in option.steps for place, name in _ends(step))
    return {place.partition("#")[0]: name for place, name in ends}


def _ends(step: RouteStep) -> tuple[tuple[str, str], ...]:
    return (step.from_id, step.from_name), (step.to_id, step.to_name)
