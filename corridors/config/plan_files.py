"""What plan files share: a tree with replaced values, and pairs that share a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from corridors.config.allowed_names import Names
from corridors.config.checks import Number, PlaceText, Positive, Strictly, Word, fault
from corridors.config.config_files import find_file
from corridors.config.faults import validate
from corridors.config.models import GoodsModel, ScenarioModel
from corridors.config.nodes import Node, read_yaml
from corridors.config.scenario import lines_of, to_scenario, with_value
from corridors.domain.keys import MAX_TEU_PER_MONTH
from corridors.domain.plan import Pair
from corridors.errors import ConfigError

Volume = Annotated[Number, Field(ge=0, le=MAX_TEU_PER_MONTH)]
OWN_KEYS = ("origin", "destination", "departure", "shipment", "corridors", "name")
# By command the keys that tell its plans from those of others. Bookings are made for an allocation.
ALLOCATE = frozenset({"months", "departures", "max_wait_days", "minimums"})
TELLING = {
    "allocate": ALLOCATE,
    "book": ALLOCATE | {"contracts", "risk", "perfect_information"},
    "design": frozenset({"services", "propose", "departures_per_week", "alternatives", "fleets"}),
    "invest": frozenset({"allocation", "budget_usd_m", "annuity", "phases"}),
}


def month_word(value: object) -> object:
    """Check a month written as 2026-01."""
    text = str(value)
    if isinstance(value, date) or len(text) != 7 or text[4] != "-":
        msg = "must be a month such as 2026-01"
        raise fault(msg)
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        msg = "must be a month such as 2026-01"
        raise fault(msg) from None
    if not 2019 <= first.year <= 2034:
        msg = "must be in the years 2019 to 2034"
        raise fault(msg)
    return text


def one_volume(value: object) -> object:
    """Return a single number for all months as a list."""
    if isinstance(value, str):
        msg = f"must be a number, or a list of numbers, got {value[:80]}"
        raise fault(msg)
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else value


class DemandModel(Strictly):
    """An origin and a destination with TEU by month."""

    name: Word | None = None
    """Name of the pair. Default: origin and destination."""
    origin: PlaceText
    """Name of a place, UN/LOCODE, terminal id, or `lon,lat` in degrees."""
    destination: PlaceText
    """Destination, written like the origin."""
    teu_per_month: Annotated[
        tuple[Volume, ...], Field(min_length=1, max_length=24), BeforeValidator(one_volume)
    ]
    """TEU leaving in each month: one number for all months, or a list."""
    max_days: Annotated[Positive, Field(le=120)] | None = None
    """Maximum days from gate-in to gate-out."""


@dataclass(frozen=True, kw_only=True)
class PlanFile:
    """The tree of a plan, how faults name its file, and its path."""

    node: Node
    shown: str
    path: Path

    @property
    def name(self) -> str:
        """The name of a plan without one."""
        return self.path.stem

    @cached_property
    def lines(self) -> dict[str, str]:
        """The prefix of faults for every dotted key."""
        return lines_of(self.node, shown=self.shown)

    def pairs(
        self, model: Any, periods: tuple[int, str], *, more: Mapping[str, Node], names: Names
    ) -> tuple[tuple[Pair, ...], list[str]]:
        """Return the pairs of a plan with their scenarios, and every fault of them.

        Parameters
        ----------
        model
            The model of the tree, with `first_month`, `scenario` and `pairs`.
        periods
            How many volumes a pair has, and for what: `(12, "months")`.
        more
            Keys of every scenario beside those that the plan shares.
        names
            The names that the tree may use.
        """
        pairs: list[Pair] = []
        faults = [
            f"{self.lines[f'scenario.{key}']}set by the pairs and months of the plan; leave it out"
            for key in model.scenario
            if key in OWN_KEYS
        ]
        for number in range(len(model.pairs)):
            try:
                pairs.append(self._pair(model, number, periods, more=more, names=names))
            except ConfigError as error:
                faults.extend(error.faults)
        if not faults and not any(sum(pair.teu) for pair in pairs):
            faults.append(f"{self.lines['pairs']}no pair has a volume")
        return tuple(pairs), list(dict.fromkeys(faults))

    def _pair(
        self,
        model: Any,
        number: int,
        periods: tuple[int, str],
        *,
        more: Mapping[str, Node],
        names: Names,
    ) -> Pair:
        pair, (count, period) = model.pairs[number], periods
        if len(pair.teu_per_month) not in (1, count):
            start = self.lines[f"pairs[{number}].teu_per_month"]
            given = len(pair.teu_per_month)
            msg = f"{start}{given} volumes for {count} {period}; give one or {count}"
            raise ConfigError(msg)
        entries = (self.node.items or {})["pairs"].entries or ()
        items = entries[number].items or {}
        line = items["origin"].line
        shipment = {key: items[key] for key in GoodsModel.model_fields if key in items}
        # A scenario needs a volume, but no price depends on it. The plan holds the real one.
        shipment["teu_per_month"] = Node(line, value=1)
        shared = (self.node.items or {}).get("scenario")
        tree = {
            **((shared.items if shared else None) or {}),
            **more,
            "origin": items["origin"],
            "destination": items["destination"],
            "departure": Node(line, value=f"{model.first_month}-01"),
            "shipment": Node(line, items=shipment),
        }
        lines = {key: node.line for key, node in tree.items()}
        whole = replace(
            self.node, items=tree, key_lines=lines | (shared.key_lines if shared else {})
        )
        made = validate(ScenarioModel, whole, shown=self.shown, names=names)
        scenario = to_scenario(made, node=whole, shown=self.shown)
        shelf = scenario.limits.shelf_life_days
        bounds = [days for days in (pair.max_days, shelf) if days is not None]
        return Pair(
            name=pair.name or f"{pair.origin} to {pair.destination}",
            scenario=scenario,
            teu=pair.teu_per_month * (count if len(pair.teu_per_month) == 1 else 1),
            max_days=min(bounds, default=None),
        )


def read_plan_file(path: Path | str, set_values: Sequence[str], *, command: str) -> PlanFile:
    """Return the tree of a plan file, or of a shipped plan's name, with values replaced.

    Raises
    ------
    ConfigError
        There is no such file, it is no YAML, it is the plan of another command than `command`, or
        a value cannot be replaced.
    """
    file, shown = find_file(path, "plan")
    node = read_yaml(file, shown=shown)
    keys = frozenset(node.items or {})
    kind = max(TELLING, key=lambda one: len(TELLING[one] & keys))
    # Keys of another plan, and none that tell it from this one.
    its, own = TELLING[kind], TELLING[command]
    if (its - own) & keys and not (own - its) & keys:
        msg = f"{shown}:1: a plan of `corridors {kind}`; run that, or give another plan"
        raise ConfigError(msg)
    for assignment in set_values:
        node = with_value(node, assignment)
    return PlanFile(node=node, shown=shown, path=file)
