"""The parts of a difference: changed inputs, figures before and after, effects.

Figures are decimals with the digits of the result files, so that sums of changes are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from corridors.output.display_names import in_sentence, listed
from corridors.units import in_percent

DATA_AND_PROGRAM = "data and program"
ABSENT = "not asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An input that differs: its dotted key and its values, None if not given.

    `kind` is `scenario`, `data` (a hash of the shipped tables) or `program` (a version).
    """

    key: str
    old: object
    new: object
    kind: str = "scenario"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The answer of a corridor; figures are None if it is not usable.

    `name` is that of its way. USD per TEU, days, t CO2e per TEU well-to-wake. `share` is the share
    of the shipment that the decision sends through it. `cost_lines` are USD per TEU by (driver,
    scope, label), `time_parts` hours.
    """

    status: str
    name: str = field(default="", compare=False)
    reason: str = ""
    rank: int | None = None
    cost_usd_per_teu: Decimal | None = None
    transit_days: Decimal | None = None
    days: Decimal | None = None
    co2e_wtw_t_per_teu: Decimal | None = None
    share: Decimal = Decimal(0)
    cost_lines: Mapping[tuple[str, str, str], Decimal] = field(default_factory=dict)
    time_parts: Mapping[str, Decimal] = field(default_factory=dict)


NOT_ASKED = Figures(status=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer of a scenario: figures by corridor, best first, and the recommendation.

    `recommended` is the corridor's id, a split such as `suez 60 %, cape 40 %`, or `none`.
    `objective_value` is the optimum of the decision, which may use another route of the corridor
    than the cheapest one in `corridors`. `tied` are the options of a close call, the recommended
    one first, else empty.
    """

    corridors: Mapping[str, Figures]
    recommended: str
    objective_value: Decimal | None = None
    tied: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """What is recommended, and what is as good, by its way as a sentence says it."""
        taken = {name: found for name, found in self.corridors.items() if found.share}
        named = [self.said(name) for name in taken]
        if len(taken) > 1:
            shares = (f"{in_percent(float(found.share))}%" for found in taken.values())
            named = [f"{share} via {name}" for share, name in zip(shares, named, strict=True)]
        text = ", ".join(named) or self.recommended
        others = [self.said(name) for name in self.tied if name not in taken]
        return f"{text}, or {listed(others, 'or')} for about the same" if others else text

    @property
    def best(self) -> Figures | None:
        """The figures of the corridor that takes most of the shipment; None if none does."""
        taken = [found for found in self.corridors.values() if found.share]
        return max(taken, key=lambda found: found.share, default=None)

    def said(self, corridor: str) -> str:
        """Return the name of the way of a corridor in a sentence, its id if it has none."""
        return in_sentence(self.of(corridor).name or corridor)

    def of(self, corridor: str) -> Figures:
        """Return a corridor's figures, `NOT_ASKED` if it was not compared."""
        return self.corridors.get(corridor, NOT_ASKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The effect of inputs changed together; `after` is None, with `why_not`, if not valid."""

    changes: tuple[Change, ...]
    before: Outcome
    after: Outcome | None
    why_not: str = ""
