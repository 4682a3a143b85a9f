"""Describe the season of a corridor by half month, as rows and sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from corridors.config import load_corridors
from corridors.config.checks import advice
from corridors.costing.pace import (
    STATUS,
    Track,
    Window,
    cross,
    gate_of,
    ice_track,
    index_of,
    state_on,
    windows,
)
from corridors.costing.ship_in_ice import IceYear, ice_year
from corridors.data.geodata import load_gates, load_services
from corridors.data.parameters import ParameterTable, load_parameters
from corridors.data.sea_areas import AREA_NAMES, MEAN_YEAR, IceTable, load_ice_table
from corridors.domain.places import Family, Service
from corridors.domain.scenario import Corridor
from corridors.errors import OptionError
from corridors.studies.season.result import Row, Season

DAYS_OF_MONTH = (1, 16)
NO_CLASS = "none"
AREA_KEYS = tuple(
    name.replace(" Sea", "").replace("East Siberian", "E_Sib").replace(" ", "_")
    for name in AREA_NAMES
)
# Published seasons that match no year of the ice table, and what the rules leave out.
NOTES = (
    "Ice is known by whole sea and month, so both halves of a sea show the same state. The latest"
    " year is 2024; an average year stands for later ones (--year mean). Thickness follows the"
    " stage of ice in each month.",
    "Published, 2025: transit closed on 17 November after 4.5 months, with two weeks of open water"
    " (CHNL); container sailings from 16 July to 30 October (oceancrew).",
    "Published, 2024: Ice1 alone in open water and light ice, July to October; no class in"
    " ice-free water only, 1 to 15 October (permits, gCaptain).",
)
DISAGREES = {
    NO_CLASS: "This window is longer than that of the permit found, which requires ice-free water"
    " with or without an icebreaker. The order of 2017 used here allows light ice behind one."
    " Without an escort the window is that of open water.",
    "Arc4": "No admission rules for Arc4 were found. POLARIS decides and, from December to June,"
    " the ice thickness allowed by the Russian Register for the class (0.6 m alone, 0.7 m behind an"
    " icebreaker). Usable days recalled from voyage logs: 110 to 150.",
    "Arc5": "No admission rules for Arc5 were found. POLARIS decides and, from December to June,"
    " the ice thickness allowed by the Russian Register for the class (0.8 m alone, 0.9 m behind an"
    " icebreaker).",
    "Arc7": "Where the index stays above 0 all year, no escort is required; in practice, winter"
    " voyages of Arc7 ships are often escorted.",
}


def season(
    corridor: str,
    *,
    ice_class: str | None = None,
    year: str = MEAN_YEAR,
    service: str | None = None,
    eastbound: bool = False,
) -> Season:
    """Return the season of a corridor.

    Parameters
    ----------
    corridor
        Id of a shipped corridor, or the path of a corridor file.
    ice_class
        `none`, `Ice1` to `Ice3`, `Arc4` to `Arc7`, in any case, with or without hyphens; by default
        that of the service.
    year
        `mean`, `best`, `worst`, or a year of the ice table.
    service
        The ship whose speed and draft are used; by default one that the corridor reserves, else a
        listed one of the class, else the Arctic shuttle.
    eastbound
        Travel from the last passage of the corridor's file to the first.

    Raises
    ------
    ConfigError
        Corridor, class, year or service is unknown.
    """
    asked, ship, track = _asked(corridor, ice_class, service, eastbound=eastbound)
    ice, parameters = load_ice_table(), load_parameters()
    if track is None:
        text = (
            f"{asked.title}: no ice on this corridor; it crosses none of the seven areas of the"
            " Northern Sea Route."
        )
        return Season(corridor=asked.id, title=asked.title, heading=text, year=year)
    years = _years(ship, ice, parameters, year)
    return Season(
        corridor=asked.id,
        title=asked.title,
        heading=_heading(asked.title, ship, track, year),
        ice_class=ship.ice_class,
        year=year,
        rows=tuple(_row(track, years, month, day) for month, day in half_months()),
        windows=tuple(
            _windows_row(name, track, _years(replace(ship, ice_class=name), ice, parameters, year))
            for name in ice.classes
        ),
        notes=(*_too_large(ship, track), *NOTES, *_disagreement(ship.ice_class)),
        _calendar_of=partial(
            season_calendar, corridor, ice_class=ice_class, service=service, eastbound=eastbound
        ),
    )


def season_calendar(
    corridor: str,
    *,
    ice_class: str | None = None,
    service: str | None = None,
    eastbound: bool = False,
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return when a corridor is open by ice class and year.

    Parameters and errors are those of `season`.

    Returns
    -------
    calendar
        By ice class and year the status of a crossing that begins on each of `half_months`; empty
        without ice.
    """
    _, ship, track = _asked(corridor, ice_class, service, eastbound=eastbound)
    if track is None:
        return {}
    ice, parameters = load_ice_table(), load_parameters()
    days = [index_of(*day) for day in half_months()]
    calendar = {}
    for name in ice.classes:
        for year in ice.year_kinds:
            years = _years(replace(ship, ice_class=name), ice, parameters, year)
            calendar[name, year] = tuple(str(cross(track, years, day).status) for day in days)
    return calendar


def _asked(
    corridor: str, ice_class: str | None, service: str | None, *, eastbound: bool
) -> tuple[Corridor, Service, Track | None]:
    """Return the corridor, ship and track that a season is of; None for a track without ice."""
    asked = load_corridors([corridor])[0]
    track = ice_track(asked)
    chosen = class_named(ice_class, load_ice_table()) if ice_class is not None else None
    ship = ship_for(chosen, service, reserved=asked.reserved_services)
    return asked, ship, track.reversed() if track and eastbound else track


def class_named(text: str, ice: IceTable) -> str:
    """Return the ice class that a text names; case, hyphens and spaces do not matter.

    Raises
    ------
    ConfigError
        There is no such class.
    """
    known = {_plain(name): name for name in ice.classes} | {"noclass": NO_CLASS, "no": NO_CLASS}
    if _plain(text) not in known:
        msg = f"`ice_class`: unknown ice class '{text[:80]}', {advice(text, ice.classes)}"
        raise OptionError(msg)
    return known[_plain(text)]


def ship_for(
    ice_class: str | None, service: str | None, *, reserved: Sequence[str] = ()
) -> Service:
    """Return the ship of a season, with the ice class replaced if one is given.

    Raises
    ------
    ConfigError
        The service is unknown or not a ship.
    """
    ships = [ship for ship in load_services() if ship.family is Family.SEA]
    if service is not None:
        named = [ship for ship in ships if ship.id == service]
        if not named:
            known = [ship.id for ship in ships]
            msg = f"`service`: unknown ship '{service[:80]}', {advice(service, known)}"
            raise OptionError(msg)
        ship = named[0]
    else:
        strengthened = [ship for ship in ships if ship.has_ice_class]
        alike = [ship for ship in strengthened if ship.ice_class == ice_class]
        kept = [ship for ship in ships if ship.id in reserved]
        ship = (kept or alike or [s for s in strengthened if s.default] or strengthened or ships)[0]
    return replace(ship, ice_class=ice_class or ship.ice_class or NO_CLASS)


def half_months() -> tuple[tuple[int, int], ...]:
    """Return the first days of the half months, as month and day."""
    return tuple((month, day) for month in range(1, 13) for day in DAYS_OF_MONTH)


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]", "", text).casefold()


def _years(
    ship: Service, ice: IceTable, parameters: ParameterTable, year: str
) -> tuple[IceYear, ...]:
    areas = range(1, len(AREA_NAMES))
    return tuple(ice_year(area, ship, ice, parameters, year) for area in areas)


def _row(track: Track, years: Sequence[IceYear], month: int, day: int) -> Row:
    crossing = cross(track, years, index_of(month, day))
    states = {area: state_on(years[area - 1], month, day) for area in track.areas}
    return {
        "from_day": f"{month:02d}-{day:02d}",
        **{AREA_KEYS[area]: STATUS[states[area].admission] for area in sorted(states)},
        "route": crossing.status,
        "days_to_cross": None if crossing.days is None else round(crossing.days, 1),
        "lowest_RIO": round(crossing.lowest_rio, 1),
        "reason": crossing.reason,
    }


def _windows_row(name: str, track: Track, years: Sequence[IceYear]) -> Row:
    helped, alone = windows(track, years)
    return {"ice_class": name, **_window_cells(helped, ""), **_window_cells(alone, "alone_")}


def _window_cells(window: Window, before: str) -> Row:
    return {
        f"{before}earliest": _month_day(window.earliest),
        f"{before}latest": _month_day(window.latest),
        f"{before}usable_days": window.days,
    }


def _month_day(day: date | None) -> str | None:
    return None if day is None else f"{day.month:02d}-{day.day:02d}"


def _heading(title: str, ship: Service, track: Track, year: str) -> str:
    names = {gate.id: gate.name for gate in load_gates()}
    first, last = (names[gate_of(track.gates[end])] for end in (0, -1))
    which = {"mean": "an average year", "best": "the best year", "worst": "the worst year"}
    return (
        f"{title}, ice class {ship.ice_class}, ice of {which.get(year, year)}."
        f" {first} to {last}, {track.km:,.0f} km, at the speeds of {ship.title}."
        " An area is open, closed or needs an escort on the 1st and the 16th. The route, its days"
        " and its lowest POLARIS index (RIO) are those of a crossing that begins on that day."
    )


def _too_large(ship: Service, track: Track) -> tuple[str, ...]:
    texts = []
    passed = {gate_of(point) for point in track.gates}
    for gate in load_gates():
        if gate.id not in passed:
            continue
        for what, size, most in (
            ("has a draft of", ship.draft_m, gate.max_draft_m),
            ("has a beam of", ship.beam_m, gate.max_beam_m),
        ):
            if size is not None and most is not None and size > most:
                texts.append(
                    f"{ship.title} {what} {size:g} m, but {gate.name} allows {most:g} m: the ship"
                    " cannot pass. The table shows its ice class."
                )
    return tuple(texts)


def _disagreement(ice_class: str) -> tuple[str, ...]:
    return (DISAGREES[ice_class],) if ice_class in DISAGREES else ()
