"""From a batch file to numbered scenarios and the chunks in which they are computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

from corridors.config import fault
from corridors.config.batch import PAIR, VARIANT, Batch, Key
from corridors.config.names import Names
from corridors.config.own_data import overlay_for
from corridors.config.scenario import override_faults
from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError, CorridorsError, PlaceError
from corridors.network.locate import locate

MAX_SCENARIOS = 20_000
MAX_CHUNK = 25
FEWEST_CHUNKS = 40
# What decides the network; scenarios that share it are computed one after the other.
STRUCTURAL = ("origin", "destination", PAIR, "services", "corridors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The scenarios of a batch. They are numbered by the file, the last key varying fastest.

    Nothing is listed: a scenario is made from its number, so a plan of 20,000 is as small as one
    of ten.
    """

    batch: Batch

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many choices each key has."""
        return tuple(len(key.choices) for key in self.batch.keys)

    @property
    def count(self) -> int:
        """How many scenarios there are."""
        return prod(self.sizes)

    @property
    def chunk_size(self) -> int:
        """How many scenarios are computed as one unit, whatever the number of workers."""
        return max(1, min(MAX_CHUNK, -(-self.count // FEWEST_CHUNKS)))

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        return -(-self.count // self.chunk_size)

    @property
    def order(self) -> tuple[int, ...]:
        """Indices of the keys in the order of computing: those that decide the network first."""
        keys = range(len(self.batch.keys))
        return tuple(sorted(keys, key=lambda i: self.batch.keys[i].key not in STRUCTURAL))

    def choices(self, number: int) -> tuple[int, ...]:
        """Return the choice by key of a scenario, from 0."""
        return choices_of(number, self.sizes)

    def number(self, choices: Sequence[int]) -> int:
        """Return the scenario that makes these choices."""
        return number_of(choices, self.sizes)

    def members(self, chunk: int) -> tuple[int, ...]:
        """Return the scenarios of a chunk, in the order of computing."""
        first = chunk * self.chunk_size
        return tuple(
            self._computed_at(position)
            for position in range(first, min(first + self.chunk_size, self.count))
        )

    def _computed_at(self, position: int) -> int:
        order = self.order
        ordered = choices_of(position, [self.sizes[i] for i in order])
        choices = [0] * len(order)
        for i, choice in zip(order, ordered, strict=True):
            choices[i] = choice
        return self.number(choices)

    def name(self, number: int) -> str:
        """Return the name of a scenario: the choices that tell it from the others."""
        parts = [
            key.choices[choice].shown
            for key, choice in zip(self.batch.keys, self.choices(number), strict=True)
            if len(key.choices) > 1
        ]
        return ", ".join(parts) if parts else self.batch.name

    def scenario(self, number: int, *, names: Names) -> Scenario:
        """Return a scenario.

        Raises
        ------
        ConfigError
            Its values together are no sound scenario.
        """
        scenario = self.batch.scenario(self.choices(number), names=names)
        return replace(scenario, name=self.name(number))


def choices_of(number: int, sizes: Sequence[int]) -> tuple[int, ...]:
    """Return the digits of a number whose places count to `sizes`, the last the fastest."""
    digits = []
    for size in reversed(sizes):
        number, digit = divmod(number, size)
        digits.append(digit)
    return tuple(reversed(digits))


def number_of(choices: Sequence[int], sizes: Sequence[int]) -> int:
    """Return the number whose digits are `choices`."""
    number = 0
    for choice, size in zip(choices, sizes, strict=True):
        number = number * size + choice
    return number


def make_plan(batch: Batch, *, max_scenarios: int = MAX_SCENARIOS) -> Plan:
    """Return the plan of a batch, its places and overrides looked up.

    Raises
    ------
    ConfigError
        There are more than `max_scenarios`, or a place or the scope of an override is unknown.
    """
    plan = Plan(batch=batch)
    if plan.count > max_scenarios:
        sizes = " x ".join(str(size) for size in plan.sizes)
        msg = (
            f"{batch.shown}: sweeps: {sizes} = {plan.count:,} scenarios, at most "
            f"{max_scenarios:,}; take fewer values or raise --max"
        )
        raise ConfigError(msg)
    faults = list(dict.fromkeys(unknown(plan)))
    if faults:
        raise ConfigError(faults)
    return plan


def unknown(plan: Plan) -> list[str]:
    """Return what each value names that the tables do not have."""
    names = Names()
    found: list[str] = []
    places: set[tuple[str, str]] = set()
    rows: set[frozenset[tuple[str, str | None]]] = set()
    for choices in plan.batch.one_by_one(touches):
        scenario = plan.batch.scenario(choices, names=names)
        for key in ("origin", "destination"):
            place = getattr(scenario, key)
            if (key, place) not in places:
                places.add((key, place))
                found.extend(place_faults(scenario, key))
        replaced = frozenset((row.parameter, row.scope) for row in scenario.overrides)
        if replaced not in rows:
            rows.add(replaced)
            found.extend(override_faults(scenario))
    return found


def touches(key: Key) -> bool:
    """Return whether a key decides a place or which rows are replaced."""
    return bool(key.heads & {"origin", "destination"}) or (
        key.key == VARIANT and "overrides" in key.heads
    )


def place_faults(scenario: Scenario, key: str) -> list[str]:
    """Return what is wrong with the place under a key of a scenario."""
    try:
        locate(getattr(scenario, key), overlay_for(scenario).terminals)
    except PlaceError as error:
        return [fault(scenario, key, str(error))]
    except CorridorsError as error:
        return str(error).splitlines()
    return []
