"""What the workers of a batch share: the program and the tables, loaded once before they part.

The server that workers are forked from imports this module (`workers.py`), so what is loaded here
is in the memory of all of them once. Nothing that starts a thread belongs here.
"""

from __future__ import annotations

import corridors.studies.batch.workers  # noqa: F401 - the program, for the workers
from corridors.data.geodata import load_land_legs, load_sea_lanes, load_sea_legs, load_terminals
from corridors.data.parameters import load_parameters
from corridors.data.sea_areas import load_ice_table, load_leg_eca_nm

TABLES = (
    load_terminals,
    load_sea_lanes,
    load_sea_legs,
    load_leg_eca_nm,
    load_land_legs,
    load_ice_table,
    load_parameters,
)
"""Read-only tables that every comparison needs; each keeps what it read."""

for _load in TABLES:
    _load()
