"""Names in place of ids and keys: places, services, limits, objectives, world states."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from corridors.data.access import title_on
from corridors.data.cities import (
    CAPACITIES,
    capacity_title,
    country_names,
    name_of,
    names_by_id,
    said_by,
    to_be_said,
)
from corridors.data.geodata import load_terminals
from corridors.domain.answer import WITHOUT_LINE
from corridors.domain.objective import Objective
from corridors.domain.results import (
    LIMITS_PER_BOX,
    Decision,
    KnownLine,
    Listing,
    Offer,
    RouteOption,
    RouteStep,
    Sails,
)
from corridors.domain.scenario import OTHER, Limits, Scenario
from corridors.domain.values import Note, Status
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
# What the row of a contract begins with.
CONTRACT_TITLE = "Contract"
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


def world_title(world: str, day: date, *, known_on: date | None = None) -> str:
    """Return the title of a world for a departure as part of a sentence; the id if not listed."""
    title = title_on(world, day, known_on=known_on)
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

    `Other route by Lithuania` is another route by Lithuania, `Direct way by ship` the direct way,
    `Contract Q3` is contract Q3.
    """
    if title.startswith(f"{CONTRACT_TITLE} "):
        return f"{title[:1].lower()}{title[1:]}"
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
    return (
        f"{name} (in some cases through {listed(map(name_of, unsaid), 'or')})" if unsaid else name
    )


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
        return f"minimum through {titles.get(key) or name_of(key)}"
    if first in CAPACITIES:
        return capacity_title(name)
    return {"cap on CO2e": "CO₂e cap", "max_usd": "budget"}.get(name, name)


def listed(names: Iterable[str], last: str = "and", *, most: int | None = None) -> str:
    """Return names as a list in a sentence: `a, b and c`; `a, and b and c` if a name has `and`.

    Of more than `most` these are said and the others counted: `a, b and 3 others`.
    """
    every = list(names)
    if most is not None and len(every) > most + 1:
        every = [*every[:most], f"{len(every) - most} others"]
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


# Limits of a scenario in words: `at most 45 days`, `at most 60 % via Suez Canal`.

# In advice a limit stands before the change that it needs, the corridors in brackets behind.
_LIMIT = re.compile(
    rf"\b(?:{'|'.join(LIMITS_PER_BOX)}|max_share_\w+\..+?)(?= would have to rise | from [\d.])"
)
_CORRIDORS = re.compile(r"\(([^()]+)\)")


def limit_text(limits: Limits, name: str, titles: Mapping[str, str]) -> str:
    """Return a limit in words, by its key in `Decision.binding` or `Exceeded.limit`.

    Parameters
    ----------
    limits
        The limits of the scenario.
    name
        Such as `max_days`, or `max_share_gate.gate-suez`.
    titles
        Titles of corridors by id.
    """
    if name == "avoid":
        places = (*limits.avoid.countries, *limits.avoid.gates, *limits.avoid.terminals)
        return f"avoiding {listed(map(name_of, places))}"
    bound = getattr(limits, name, None)
    if name in LIMITS_PER_BOX and bound is not None:
        return LIMITS_PER_BOX[name].says.format(bound)
    kind, _, key = name.partition(".")
    if kind == "max_share_capacity":
        share = limits.capacity_share or 1.0
        return f"at most {100 * share:g} % of the capacity of {name_of(key)}"
    cap = dict(getattr(limits, kind, None) or ()).get(key)
    title = titles.get(key) or name_of(key)
    return name if cap is None else f"at most {100 * cap:g} % via {title}"


def advice_text(advice: str, titles: Mapping[str, str]) -> str:
    """Return the advice of a decision with names in place of keys and ids.

    `max_days would have to rise from 5 to 23.1 days (suez)` is `the limit on days would have to
    rise from 5 to 23.1 days (Suez Canal)`. `titles` are those of corridors by id.
    """

    def limit(match: re.Match[str]) -> str:
        kind, _, key = match[0].partition(".")
        if key and kind == "max_share_capacity":
            return f"the share of the capacity of {capacity_title(key)}"
        return (
            f"the share via {titles.get(key) or name_of(key)}"
            if key
            else LIMITS_PER_BOX[kind].called
        )

    def corridors(match: re.Match[str]) -> str:
        return f"({', '.join(titles.get(name, name) for name in match[1].split(', '))})"

    return _CORRIDORS.sub(corridors, _LIMIT.sub(limit, advice))


# Sentences on who is known to sail: what was left out for want of a line, what is not listed.

NO_LINE_FOUND = "no line found"
CALLS_NOT_LISTED = "calls not listed"
# Longer intervals between departures are told of: liner ships leave weekly.
SELDOM_DAYS = 8.0
NEEDS_NO_LINE = "needs no line"
NO_LINE = (
    "no line is known to sail any corridor; `--set world=reference-open` compares what is open"
)


def sails_text(option: RouteOption) -> str:
    """Return `scheduled`, `chartered`, `declared` or `no line found`; empty if closed.

    `calls not listed` where lines are counted by region. A route by truck or barge needs none.
    """
    if option.offer is None or option.sails is None:
        return ""
    if not option.offer.sections:
        return NEEDS_NO_LINE
    if option.offer.listing is Listing.COUNTED:
        return CALLS_NOT_LISTED
    return NO_LINE_FOUND if option.sails is Sails.NONE_KNOWN else option.sails.value


def sailings_text(option: RouteOption) -> str:
    """Return how often it sails, as `16 a week` or `14 a season, chartered`, else `sails_text`."""
    if not option.sailings or option.sails in (None, *WITHOUT_LINE):
        return sails_text(option)
    return option.sailings + f", {option.sails}" * (option.sails is not Sails.SCHEDULED)


def departures_text(sailings: str) -> str:
    """Return sailings such as `16 a week` as `16 departures a week`."""
    if not sailings:
        return "an unknown number of departures"
    count, _, per = sailings.removeprefix("less than ").partition(" ")
    start = "less than " if sailings.startswith("less than ") else ""
    return f"{start}{count} departure{'' if count == '1' else 's'} {per}"


def line_notes(
    routes: Sequence[RouteOption], decision: Decision, *, lines_hold: bool
) -> Iterator[str]:
    """Yield warnings of a run: options left out for want of a line, and a trade without lines.

    Only `routes`, those that a table shows, are named. Where lines hold in its world, also that the
    recommended option leaves seldom.
    """
    offers = {route.corridor: route.offer for route in routes if route.offer is not None}
    if not offers:
        return
    searched = on_day(next(iter(offers.values())).searched)
    titles = {route.corridor: name_by(route) for route in routes}
    if named := ", ".join(titles[name] for name in decision.without_line if name in titles):
        text = f"{named}: {NO_LINE_FOUND} on this date (searched {searched}), so not recommended"
        yield Note(text, "no line found")
    chosen = offers.get(decision.recommended or "")
    title = titles.get(decision.recommended or "", decision.recommended or "")
    if chosen is not None:
        yield from offer_notes(title, chosen, lines_hold=lines_hold)


def offer_notes(title: str, offer: Offer, *, lines_hold: bool) -> Iterator[str]:
    """Yield whether a route that is the answer can be booked, as far as lines are known.

    `title` is what the sentence calls the route. Nothing is said of one whose lines are known,
    unless it leaves seldom, or its lines are counted by region, and lines hold in its world.
    """
    searched = on_day(offer.searched)
    if not offer.sections:
        return
    if offer.known:
        if lines_hold and (offer.wait_days or 0.0) > SELDOM_DAYS / 2.0:
            yield Note(
                f"{title}: {departures_text(offer.sailings)} known on this date; a box that misses"
                f" one waits about {2.0 * (offer.wait_days or 0.0):.0f} days for the next",
                "leaves seldom",
            )
        if names := ", ".join(offer.names_of(Listing.DECLARED)):
            declared = (line_text(line) for line in offer.lines if line.status is Status.SCENARIO)
            text = f"{title}: {names} only on {', '.join(declared)}; no line was found"
            yield Note(text, "only as declared")
        if lines_hold and (names := ", ".join(offer.names_of(Listing.COUNTED))):
            yield Note(
                f"{title}: the lines of the trade are counted, and which of them call at both ends"
                f" is not listed ({names}); boxes may change ships at a hub, whose days and"
                " handling are not counted",
                "calls not listed",
            )
        return
    names = ", ".join(offer.names_of(offer.listing))
    if offer.sails is Sails.NOT_LISTED:
        yield Note(
            f"Lines of this trade were not looked for, so who goes from {names} is not known: ask a"
            " carrier",
            "lines not listed",
        )
        return
    yield Note(
        f"No line is listed that goes this way from {names} (searched {searched}), so whether"
        f" {in_sentence(title)} can be booked is not known",
        "no line found",
    )


def line_text(line: KnownLine, *, unknown: str = "") -> str:
    """Return a line in words: its name, operator, sailings, and when it was last seen if long ago.

    `unknown` takes the place of sailings that are not known.

    Swan 2025 (MSC), 1 a week; All trains through Khorgos 2025 (...), 187 a week in all.
    """
    often = often_text(line) or unknown
    seen = f", last seen {line.last_seen or 'on no known date'}" if line.stale else ""
    return f"{line.loop} ({line.operator}){f', {often}' if often else ''}{seen}"


def often_text(line: KnownLine) -> str:
    """Return the sailings of a line, as `1 a week`; empty if unknown."""
    if line.sailings is None:
        return ""
    return f"{line.sailings:g} a {line.per}{' in all' if line.is_sum else ''}"


def on_day(day: date) -> str:
    """Return a day as in `29 November 2026`."""
    return f"{day.day} {day:%B %Y}"
