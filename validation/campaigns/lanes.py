"""Hold the shipped sea lanes to references that were not made from them.

`make check-lanes` runs every part; `python -m validation.campaigns.lanes gates land` runs some. It
returns 1 only where a bound fails that the lanes hold today; how far they lie from a reference is
printed and judged by the reader. Parts `water`, `near` and `land` need the land of Natural Earth
1:10m (`validation/campaigns/land.py` says how to get it) and are skipped without it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from validation.campaigns.land import HOW, Land, read_land
from validation.campaigns.lane_arctic import arctic_section
from validation.campaigns.lane_gates import gates_section
from validation.campaigns.lane_land import land_section
from validation.campaigns.lane_near import near_section
from validation.campaigns.lane_published import published_section
from validation.campaigns.lane_regions import REGIONS
from validation.campaigns.lane_tables import Section
from validation.campaigns.lane_water import water_section

RAW = Path(__file__).parents[2] / "geodata" / "build" / "raw"
SEED = 29
ON_LAND: Mapping[str, str] = {
    "water": "Shortest ways over water",
    "near": "Near ports that open water joins",
    "land": "Land under the lanes",
}
PARTS = ("published", "arctic", "gates", "land", "near", "water")

Part = Callable[[], Section]


def parts(asked: argparse.Namespace, land: Land | None) -> dict[str, Part]:
    """Return what to run, by name."""
    found: dict[str, Part] = {
        "published": lambda: published_section(count=asked.worst),
        "arctic": arctic_section,
        "gates": lambda: gates_section(ports=asked.ports, seed=asked.seed),
    }
    if land is None:
        return found | {name: partial(skipped, title) for name, title in ON_LAND.items()}
    regions = [region for region in REGIONS if not asked.regions or region.name in asked.regions]
    return found | {
        "land": lambda: land_section(land, count=2 * asked.worst),
        "near": lambda: near_section(land, count=asked.worst, file=asked.near_list),
        "water": lambda: water_section(
            land,
            regions,
            sources=asked.sources,
            goals=asked.goals,
            count=asked.worst,
            seed=asked.seed,
        ),
    }


def skipped(title: str) -> Section:
    """Return a part that the missing map keeps from running."""
    return Section(title=title, lines=HOW)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts asked for and print them; return 1 if a bound does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--land", type=Path, default=RAW, help="folder with Natural Earth's land")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--worst", type=int, default=10, help="worst pairs to print")
    parser.add_argument("--ports", type=int, default=50, help="ports drawn for the gates")
    parser.add_argument("--sources", type=int, default=8, help="ports to search from, by region")
    parser.add_argument("--goals", type=int, default=40, help="ports to reach from each of them")
    parser.add_argument("--regions", nargs="*", help="regions of the part `water`, by name")
    parser.add_argument("--near-list", type=Path, help="file for every near pair over 1.25")
    asked = parser.parse_args(arguments)
    chosen = asked.parts or PARTS
    if unknown := sorted(set(chosen) - set(PARTS)):
        parser.error(f"unknown part {', '.join(unknown)}: it is one of {', '.join(PARTS)}")
    holds = True
    known = parts(asked, read_land(asked.land))
    for name in chosen:
        section = known[name]()
        sys.stdout.write(f"{section}\n\n")
        sys.stdout.flush()
        holds &= not section.failures
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
