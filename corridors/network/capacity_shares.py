"""Which listed capacities a programme passes on a route, and how much of each it would use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corridors.data.parameters import ParameterTable
from corridors.domain.results import CapacityShare
from corridors.network.capacity import USERS, FloatArray
from corridors.network.topology import Topology

MONTHS_A_YEAR, WEEKS_A_YEAR = 12.0, 52.0


class ListedCapacities:
    """The capacities of the tables on one network, for one programme.

    Parameters
    ----------
    topology
        The network.
    parameters
        The tables, with the rows `*.capacity_teu_per_week`.
    teu_per_month
        Of the programme.
    """

    def __init__(
        self, topology: Topology, parameters: ParameterTable, teu_per_month: float
    ) -> None:
        self._teu_per_week = teu_per_month * MONTHS_A_YEAR / WEEKS_A_YEAR
        self._used: list[tuple[str, float, FloatArray]] = []
        for row in parameters.rows:
            if row.parameter in USERS:
                used = USERS[row.parameter](topology, row.scope)
                name = f"{row.parameter.partition('.')[0]} {row.scope}"
                if used.any():
                    self._used.append((name, row.value, used))

    def along(self, arcs: Sequence[int]) -> tuple[CapacityShare, ...]:
        """Return the capacities that arcs use, with the share of each if all TEU take them."""
        found = []
        for name, teu_per_week, used in self._used:
            amount = float(used[list(arcs)].sum())
            if amount > 0.0:
                asked = amount * self._teu_per_week
                # What has no room at all is used whole, however little is asked.
                share = asked / teu_per_week if teu_per_week > 0.0 else float("inf")
                found.append(
                    CapacityShare(
                        place=name,
                        teu_per_week=teu_per_week,
                        asked_teu_per_week=asked,
                        used_share=share,
                    )
                )
        return tuple(found)


def capacity_warnings(shares: Sequence[CapacityShare], most: float) -> Iterator[str]:
    """Yield the capacities of which more than a share would be used."""
    for share in shares:
        if share.used_share > most + 1e-9:
            part = f"{share.used_share:.0%}" if share.teu_per_week > 0.0 else "more than all"
            yield (
                f"{share.place}: {share.asked_teu_per_week:,.0f} TEU per week are {part} of its"
                f" capacity of {share.teu_per_week:,.0f}, above the {most:.0%} that one programme"
                " is assumed to book"
            )
