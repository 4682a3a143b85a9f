"""Turning a batch file into numbered scenarios and chunks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

from corridors.config import fault
from corridors.config.allowed_names import Names
from corridors.config.batch_files import PAIR, VARIANT, Batch, Key
from corridors.config.own_data import overlay_for
from corridors.config.scenario import override_faults
from corridors.domain.scenario import Scenario
from corridors.errors import (
    MOST_SHOWN,
    ConfigError,
    CorridorsError,
    OptionError,
    PlaceError,
    faults_of,
)
from corridors.network.locate import locate

MAX_SCENARIOS = 20_000
MAX_CHUNK = 25
FEWEST_CHUNKS = 40
BUDGET_S = 60.0
# Keys that determine the network. Scenarios with the same network run one after the other.
STRUCTURAL = ("origin", "destination", PAIR, "services", "corridors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The scenarios of a batch, numbered with the last key varying fastest.

    Scenarios are made from their numbers, so 20,000 take no more memory than ten. A scenario that
    takes longer than `budget_s` seconds fails; of each worker's first, five times as long.
    """

    batch: Batch
    budget_s: float = BUDGET_S

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of choices of each key."""
        return tuple(len(key.choices) for key in self.batch.keys)

    @property
    def count(self) -> int:
        """The number of scenarios."""
        return prod(self.sizes)

    @property
    def chunk_size(self) -> int:
        """The number of scenarios per chunk, independent of the number of workers."""
        return max(1, min(MAX_CHUNK, -(-self.count // FEWEST_CHUNKS)))

    @property
    def chunks(self) -> int:
        """The number of chunks."""
        return -(-self.count // self.chunk_size)

    @property
    def order(self) -> tuple[int, ...]:
        """Indices of the keys in the order of running: those that determine the network first."""
        keys = range(len(self.batch.keys))
        return tuple(sorted(keys, key=lambda i: self.batch.keys[i].key not in STRUCTURAL))

    def choices(self, number: int) -> tuple[int, ...]:
        """Return a scenario's choice for each key, from 0."""
        return choices_of(number, self.sizes)

    def number(self, choices: Sequence[int]) -> int:
        """Return the number of the scenario with these choices."""
        return number_of(choices, self.sizes)

    def members(self, chunk: int) -> tuple[int, ...]:
        """Return the scenarios of a chunk, in the order of running."""
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
        """Return the name of a scenario: its choices for the keys that vary."""
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
            Its values do not make a valid scenario.
        """
        scenario = self.batch.scenario(self.choices(number), names=names)
        return replace(scenario, name=self.name(number))


def choices_of(number: int, sizes: Sequence[int]) -> tuple[int, ...]:
    """Return the digits of a number in the mixed radix `sizes`."""
    digits = []
    for size in reversed(sizes):
        number, digit = divmod(number, size)
        digits.append(digit)
    return tuple(reversed(digits))


def number_of(choices: Sequence[int], sizes: Sequence[int]) -> int:
    """Return the number with the digits `choices` in the mixed radix `sizes`."""
    number = 0
    for choice, size in zip(choices, sizes, strict=True):
        number = number * size + choice
    return number


def make_plan(
    batch: Batch, *, max_scenarios: int = MAX_SCENARIOS, budget_s: float = BUDGET_S
) -> Plan:
    """Return the plan of a batch, with places and overrides checked.

    Raises
    ------
    ConfigError
        There are more than `max_scenarios`, or a place or the scope of an override is unknown.
    """
    plan = Plan(batch=batch, budget_s=budget_s)
    if plan.count > max_scenarios:
        sizes = " x ".join(str(size) for size in plan.sizes)
        msg = (
            f"{batch.shown}: sweeps: {sizes} = {plan.count:,} scenarios, at most"
            f" {max_scenarios:,}; take fewer values or raise `max_scenarios`"
        )
        raise OptionError(msg)
    faults = list(dict.fromkeys(unknown(plan)))
    if faults:
        raise ConfigError(faults)
    return plan


def unknown(plan: Plan) -> list[str]:
    """Return the faults of places and overrides that the tables do not have."""
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
                found.extend(place_faults(scenario, key, advised=len(found) < MOST_SHOWN))
        replaced = frozenset((row.parameter, row.scope) for row in scenario.overrides)
        if replaced not in rows:
            rows.add(replaced)
            found.extend(override_faults(scenario))
    return found


def touches(key: Key) -> bool:
    """Return whether a key changes a place or the set of overrides."""
    return bool(key.heads & {"origin", "destination"}) or (
        key.key == VARIANT and "overrides" in key.heads
    )


def place_faults(scenario: Scenario, key: str, *, advised: bool = True) -> list[str]:
    """Return the faults of the place under a key of a scenario, with a similar name if advised."""
    try:
        locate(getattr(scenario, key), overlay_for(scenario).terminals, advised=advised)
    except PlaceError as error:
        return [fault(scenario, key, str(error))]
    except CorridorsError as error:
        return list(faults_of(error))
    return []
