"""The results of a batch in arrays, for its summary and report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SweptKey:
    """An input that differs between scenarios.

    `key` is a dotted key of a scenario (`departure`, `shipment.cargo`,
    `overrides.fuel.vlsfo_usd_per_t`), `variant` (a named set of changes) or `pair` (origin and
    destination). `values` are texts in the order of the batch file.
    """

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweptCorridor:
    """A corridor of a batch."""

    id: str
    title: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakLine:
    """A cost line based on an assumption or a recalled figure.

    `mean_usd_per_teu` is the mean over the `options` with it, `spread_usd_per_teu` the mean of
    high minus low.
    """

    driver: str
    scope: str
    label: str
    status: str
    source_id: str
    options: int
    mean_usd_per_teu: float
    spread_usd_per_teu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Means over the usable options: rows are corridors, columns are `names`."""

    names: tuple[str, ...]
    mean: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """The results of a batch. Scenario 0 is the baseline: the first value of every key.

    Arrays are (scenario, corridor), NaN where the corridor cannot be used or the scenario failed:
    `cost`, `low`, `high` in USD per TEU, `transit_days`, `days`, `co2e_kg` in kg per TEU
    well-to-wake. `choice` is (scenario, key): the index of the key's value. `recommended` is the
    corridor's index by scenario, -1 for none; `tied` is (scenario, corridor), true for the options
    of a close call, the recommended one included. `ladders` are the value ladders by scenario, such
    as `suez < 37.58 < northern-sea-route` in USD per TEU and day. `names` are those of the
    recommended ways; titles of corridors name all their ways. `failed` holds a reason by scenario.
    `base` is the base scenario by dotted key. `manifest` contains versions and hashes.
    """

    name: str
    title: str
    objective: str
    keys: tuple[SweptKey, ...]
    corridors: tuple[SweptCorridor, ...]
    scenarios: tuple[str, ...]
    choice: IntArray
    cost: FloatArray
    low: FloatArray
    high: FloatArray
    transit_days: FloatArray
    days: FloatArray
    co2e_kg: FloatArray
    recommended: IntArray
    tied: BoolArray
    failed: Mapping[int, str]
    cost_parts: Parts
    time_parts: Parts
    weakest: tuple[WeakLine, ...]
    warnings: Mapping[str, int]
    sources: Mapping[str, str]
    base: Mapping[str, str]
    variants: Mapping[str, Mapping[str, str]]
    batch_text: str
    command: str
    manifest: Mapping[str, str] = field(default_factory=dict)
    ladders: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def is_close(self) -> BoolArray:
        """Whether other options are tied with the recommended one, by scenario."""
        return np.asarray(self.tied.any(axis=1), np.bool_)

    @property
    def rank(self) -> IntArray:
        """Rank by cost from 1; 0 if the corridor is not usable."""
        order = np.argsort(np.where(np.isnan(self.cost), np.inf, self.cost), axis=1, kind="stable")
        ranks = np.zeros(self.cost.shape, np.int64)
        np.put_along_axis(
            ranks, order, np.arange(1, self.cost.shape[1] + 1)[None, :].repeat(len(order), 0), 1
        )
        return np.where(np.isnan(self.cost), 0, ranks)

    @property
    def varied(self) -> tuple[int, ...]:
        """Indices of the keys with more than one value."""
        return tuple(i for i, key in enumerate(self.keys) if len(key.values) > 1)
