"""What a difference is made of: changed inputs, figures before and after, effects.

Figures are decimals to the digits of the result files, so that sums of changes are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

DATA_AND_PROGRAM = "data and program"
ABSENT = "not asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An input that differs: its dotted key, and its values, None where it is not given.

    `kind` is `scenario`, `data` (a hash of the shipped tables) or `program` (a version).
    """

    key: str
    old: object
    new: object
    kind: str = "scenario"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a corridor answers; figures are None where it cannot be used.

    USD per TEU, days, t CO2e per TEU well-to-wake. `share` is that of the programme the decision
    sends through it. `cost_lines` are USD per TEU by (driver, scope, label), `time_parts` hours.
    """

    status: str
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
    """What a scenario answers: figures by corridor, best first, and what is recommended.

    `recommended` is the corridor's id, a split such as `suez 60 %, cape 40 %`, or `none`.
    `objective_value` is what the decision has made least: it may be that of another route of the
    corridor than the cheapest, whose figures `corridors` holds.
    """

    corridors: Mapping[str, Figures]
    recommended: str
    objective_value: Decimal | None = None

    def of(self, corridor: str) -> Figures:
        """Return a corridor's figures, those of one not asked for where it is not there."""
        return self.corridors.get(corridor, NOT_ASKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What inputs changed together did; `after` is None, and `why_not` told, if not askable."""

    changes: tuple[Change, ...]
    before: Outcome
    after: Outcome | None
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed in and out, and the effects of the inputs.

    The effects of `accounted` follow on each other from `old` to `new`; each of `alone` starts
    from the scenario of A as it is answered now.
    """

    inputs: tuple[Change, ...]
    old: Outcome
    new: Outcome
    accounted: tuple[Effect, ...]
    alone: tuple[Effect, ...]

    @property
    def corridors(self) -> tuple[str, ...]:
        """Every corridor of either end: in the order of the new one, then of the old one."""
        return tuple(dict.fromkeys((*self.new.corridors, *self.old.corridors)))

    @property
    def empty(self) -> bool:
        """Whether nothing differs, in or out."""
        return not self.inputs and self.old == self.new
