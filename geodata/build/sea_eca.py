"""Measure the shipped sea legs inside emission control areas.

Run `python geodata/build/sea_eca.py` after `sea_network.py` or a change of `network/eca.csv`, with
`corridors` importable. Writes `geodata/network/sea_eca.npz`: nautical miles, a row a leg, a column
an area.
"""

from __future__ import annotations

import numpy as np
from common import NETWORK

from corridors.data.geodata import load_sea_legs
from corridors.data.sea_areas import load_eca_areas, shares_inside
from corridors.network.sea.sea_ways import shipped_line


def main() -> None:
    """Measure and write."""
    areas, legs = load_eca_areas(), load_sea_legs()
    shares = [shares_inside(shipped_line(row), areas) for row in range(len(legs.leg_nm))]
    leg_eca_nm = np.array(shares) * legs.leg_nm.astype(float)[:, None]
    np.savez_compressed(NETWORK / "sea_eca.npz", leg_eca_nm=leg_eca_nm.astype(np.float32))
    for area, nm in zip(areas, leg_eca_nm.T, strict=True):
        print(f"{area.id}: {int((nm > 0).sum())} legs")


if __name__ == "__main__":
    main()
