"""A session keeps what scenarios share: networks, ice calendars, corridors, data hashes."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path

from corridors.bounded_cache import BoundedCache
from corridors.config import for_ends, load_corridors
from corridors.config.checks import Names
from corridors.config.config_files import overlay_for
from corridors.costing.groups import PriceBooks
from corridors.costing.ship_in_ice import IceCalendars
from corridors.data.paths import data_root, data_state, one_look
from corridors.data.sea_areas import load_ice_table
from corridors.domain.contracts import Trip
from corridors.domain.scenario import OTHER, Corridor, Scenario
from corridors.errors import ConfigError, SessionError
from corridors.network.hauls import can_share
from corridors.network.lines.declared import ServiceBook
from corridors.network.locate import Place
from corridors.network.sea.sea_ways import SeaLeg
from corridors.network.states.base import BaseKey, BaseNetwork, build_base
from corridors.network.states.topology import ArcKind
from corridors.optimise.candidates import with_basis, with_lines
from corridors.output.store import Manifest, build_manifest, own_data_sha256, scenario_sha256
from corridors.progress import Progress, quiet
from corridors.routing.bundle import BundleKey, NetworkBundle, bound_known, build_bundle
from corridors.routing.dated.closed import Reopenings
from corridors.routing.question import Question, locate_in, pose


class Session:
    """Keeps networks and tables for many scenarios.

    Its answers equal those of a new session. Unless it `keeps_searches`, the arrays of a corridor
    are freed once it is reported, which takes less memory and helps no further question. It keeps,
    with its keys and bounds:

    - `bases`: 4 networks without ends by `BaseKey`, each with 64 main carriages by corridor and by
      what that takes from a destination.
    - `bundles`: `pairs` network bundles by `BundleKey`, 12 by default, with 64 layers of known ways
      in all.
    - `prices`: bills of quantities by the figures that they read, and five prices of each of
      `pairs` networks (see `PriceBooks`).
    - `declared`: the services of 16 scenarios as lines, and on 16 networks (see `ServiceBook`).
    - `corridors`: 32 lists of loaded corridors by the scenario's list and own data.
    - `places`: 256 places by their names and own data.
    - `calendars`: the ice of a year by ship and parameters (see `IceCalendars`).
    - `reopenings`: next usable days by what opens a corridor (see `Reopenings`).
    - `trips`: those of 16 lists of files of sailings, by their hashes.
    - `questions`: 4 by their scenario but for what only chooses among ways, their corridors and the
      state of the tables; none unless it `keeps_searches`.
    - the hash of the shipped data.

    `progress` is called with what it does, how many are done and how many there are; `limits` are
    those of a server, by option.

    It belongs to the thread that made it and refuses others, since two searches that fill one cache
    at once could each read what the other has half made. `hand_over` gives it to another thread.
    """

    def __init__(
        self, *, pairs: int = 12, keeps_searches: bool = True, progress: Progress = quiet
    ) -> None:
        self.hand_over()
        self.progress = progress
        self.limits: Mapping[str, int] = {}
        self.keeps_searches = keeps_searches
        self.bases: BoundedCache[BaseNetwork] = BoundedCache(4)
        self.declared = ServiceBook(self._base_of)
        self.bundles: BoundedCache[NetworkBundle] = BoundedCache(pairs)
        self.prices = PriceBooks(5 * pairs)
        self.corridors: BoundedCache[tuple[Corridor, ...]] = BoundedCache(32)
        self.places: BoundedCache[Place] = BoundedCache(256)
        self.calendars = IceCalendars(load_ice_table())
        self.reopenings = Reopenings()
        self.trips: BoundedCache[tuple[Trip, ...]] = BoundedCache(16)
        self.questions: BoundedCache[tuple[Question, BundleKey]] = BoundedCache(4)
        self._manifest: Manifest | None = None

    @contextmanager
    def serving(self, progress: Progress, limits: Mapping[str, int]) -> Iterator[None]:
        """Answer one question of a server: show its steps, and hold options to what it allows."""
        usual = self.progress, self.limits
        self.progress, self.limits = progress, limits
        try:
            yield
        finally:
            self.progress, self.limits = usual

    def hand_over(self) -> None:
        """Belong to the thread that calls this; what another asked must have ended."""
        self._thread = threading.get_ident()

    def free_searches(self, *, most: int) -> None:
        """Free what was searched, but the last of the pair of ends used last.

        They are by far the largest of what is kept, and grow with every price. A question that
        needs one again makes it again.

        Parameters
        ----------
        most
            Shapes and problems of each corridor of that pair which stay.
        """
        *older, last = self.bundles.values() or (None,)
        for bundle in older:
            # Layers of known ways hold as much as their searches.
            bundle.known.clear()
            bundle.free_searches()
        if last is not None:
            last.free_searches(most)

    def _refuse_other_threads(self) -> None:
        if threading.get_ident() != self._thread:
            here = threading.current_thread().name
            msg = f"this session belongs to another thread than {here}: make a Session in each"
            raise SessionError(msg)

    @one_look()
    def pose(
        self,
        scenario: Scenario,
        corridors: Sequence[Corridor],
        *,
        among: Sequence[Place] = (),
        days: Sequence[date] = (),
    ) -> Question:
        """Pose the question of a scenario for these corridors.

        Parameters
        ----------
        scenario
            The scenario.
        corridors
            The corridors to search, in the order of their numbers.
        among
            Destinations with the same corridors and services. If the destination of the scenario is
            one of those among them that can share a network, the question is on their network, has
            no layers yet, and serves all that have its prices and rules.
        days
            Days of departure asked for, that of the scenario among them: known lines are laid once
            for all of them.

        Raises
        ------
        ConfigError
            A place, service or parameter of the scenario is unknown.
        SessionError
            Another thread made the session.
        """
        self._refuse_other_threads()

        on: list[BundleKey] = []

        def bundle_of(key: BundleKey) -> NetworkBundle:
            (destination,) = key.destinations
            base = self._base_of(key.base)
            together = tuple(one for one in among if can_share(one, key.origin, base))
            if len(together) > 1 and destination in together:
                key = replace(key, destinations=together)
            on.append(key)
            return self.bundles.of(key, lambda: build_bundle(key, base)).of(destination.id)

        posed = partial(
            pose,
            corridors=corridors,
            bundle_of=bundle_of,
            prices=self.prices,
            calendars=self.calendars,
            ends_of=self.ends_of,
            services=self.declared,
            trips=self.trips_of(scenario),
        )
        if self.keeps_searches:
            # Questions that only rank otherwise share prices and what was searched with them.
            together = tuple(one.id for one in among)
            key = scenario.as_priced, tuple(corridors), together, data_state()
            question, used = self.questions.of(key, lambda: (posed(scenario), on[-1]))
            question = replace(question, scenario=scenario)
            self.bundles.use(used)
        else:
            question = posed(scenario)
        bound_known(self.bundles.values())
        if not question.bundle.layers:
            return question
        # What is known to run is judged as if nobody had given a timetable.
        timetable, question = question.timetable, replace(question, timetable=None)
        question = with_lines(question, days)
        ids = [corridor.id for corridor in corridors]
        listed = [c.id for c in self.corridors_of(scenario)] if question.at_price else ids
        named = [OTHER] if OTHER in listed and OTHER in ids else set(ids) - {OTHER}
        question = with_basis(question, [ids.index(name) for name in sorted(named)])
        if not self.keeps_searches:
            # The best of all ways, for which lines are judged, has more arcs than any corridor.
            question.bundle.free_searches()
        return replace(question, timetable=timetable)

    def trips_of(self, scenario: Scenario) -> tuple[Trip, ...]:
        """Return the trips of a scenario's files of sailings, as the same value each time.

        Raises
        ------
        ConfigError
            A file is no schedule.
        """
        if not scenario.schedules:
            return ()
        from corridors.exchange.schedules import read_schedule, schedule_in

        def read() -> tuple[Trip, ...]:
            files = [
                schedule_in(one.content, name=one.path, shown=one.path)
                if one.content
                else read_schedule(Path(one.path), shown=one.path)
                for one in scenario.schedules
            ]
            return tuple(trip for file in files for trip in file.trips)

        return self.trips.of((scenario.schedules, data_state()), read)

    def corridors_of(self, scenario: Scenario) -> tuple[Corridor, ...]:
        """Return the corridors that a scenario compares: of all, those for its ends.

        Raises
        ------
        ConfigError
            A corridor or a place is unknown.
        SessionError
            Another thread made the session.
        """
        self._refuse_other_threads()

        def load() -> tuple[Corridor, ...]:
            names = Names(overlay_for(scenario)) if scenario.own_data else None
            return load_corridors(scenario.corridors or "all", names=names)

        listed = self.corridors.of(
            (scenario.corridors, scenario.own_data, scenario.on_conflict), load
        )
        if all(corridor.ends is None for corridor in listed):
            return listed
        origin, destination = self.ends_of(scenario)
        return for_ends(
            listed, self.default, origin=origin.country, destination=destination.country
        )

    def ends_of(self, scenario: Scenario) -> tuple[Place, Place]:
        """Return the origin and the destination of a scenario.

        Raises
        ------
        ConfigError
            One of them is unknown.
        SessionError
            Another thread made the session.
        """
        self._refuse_other_threads()
        overlay = overlay_for(scenario)

        def place(key: str) -> Place:
            return self.places.of(
                (getattr(scenario, key), overlay.digest),
                lambda: locate_in(scenario, key, overlay.terminals),
            )

        return place("origin"), place("destination")

    @cached_property
    def default(self) -> frozenset[str]:
        """The ids of `corridors: all`."""
        every = self.corridors.of(((), (), "error"), lambda: load_corridors("all"))
        return frozenset(corridor.id for corridor in every)

    @cached_property
    def free(self) -> tuple[Corridor, ...]:
        """The corridor of any route, against which a comparison holds the others."""
        return load_corridors([OTHER])

    def manifest_of(self, scenario: Scenario) -> Manifest:
        """Return the manifest of a scenario's results; shipped data is hashed only once."""
        if self._manifest is None:
            self._manifest = build_manifest(scenario, data_root())
        return replace(
            self._manifest,
            scenario_sha256=scenario_sha256(scenario),
            own_data=own_data_sha256(scenario),
        )

    def _base_of(self, key: BaseKey) -> BaseNetwork:
        return self.bases.of(key, lambda: build_base(key))


# The part of the network that a corridor can use between the ends of a scenario.


def legs_of_corridor(scenario: Scenario, corridor: str) -> frozenset[str | int]:
    """Return the legs on any path of a corridor between the ends of a scenario.

    Parameters
    ----------
    scenario
        Its ends, services and own data count.
    corridor
        A shipped corridor, or a corridor file.

    Returns
    -------
    legs
        Land legs by id, legs at sea by their row of the shipped lanes.

    Raises
    ------
    ConfigError
        The corridor is unknown, or joins these ends in no way.
    """
    inside = load_corridors([corridor], names=Names(overlay_for(scenario)))[0]
    question = Session().pose(scenario, (inside,))
    topology = question.bundle.topology
    arcs = question.bundle.layering.to(inside).base
    numbers = {int(topology.leg[arc]) for arc in arcs if topology.kind[arc] == ArcKind.LEG}
    legs = [topology.legs[number] for number in numbers if number >= 0]
    if not legs:
        ends = f"{scenario.origin} and {scenario.destination}"
        msg = f"--corridor {corridor}: it has no route between {ends}; give another --scenario"
        raise ConfigError(msg)
    return frozenset(leg.row if isinstance(leg, SeaLeg) else leg.id for leg in legs)
