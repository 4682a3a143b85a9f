"""How an arc depends on the day it is begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from corridors.domain.rates import IceState

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How an arc depends on the day it is begun: figures per km, -1 minutes where closed.

    `through`: it must stay open until the arc is done (ice), else only at its start. `reasons`
    explains the closed days; `states` the ice, where there is any.
    """

    minutes_per_km: FloatArray
    cents_per_km: FloatArray
    grams_per_km: FloatArray
    fixed_cents: FloatArray
    fixed_grams: FloatArray
    through: bool
    reasons: tuple[tuple[date, date, str], ...] = ()
    states: Sequence[IceState] = ()

    @property
    def change_days(self) -> tuple[int, ...]:
        """Days, counted from the first, on which something differs from the day before."""
        columns = np.stack(
            [self.minutes_per_km, self.cents_per_km, self.fixed_cents, self.grams_per_km]
        )
        return tuple((np.flatnonzero((np.diff(columns) != 0).any(axis=0)) + 1).tolist())
