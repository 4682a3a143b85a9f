"""Correct the positions of ports, by the table `port_positions.csv`.

Run `python geodata/build/port_positions.py` after a change of the table: it moves the ports
of `geodata/network/ports.csv` that the table names. `ports.py` reads the same table.
"""

from __future__ import annotations

import sys

from common import BUILD, NETWORK, Point, read_rows, write_rows

TABLE = BUILD / "port_positions.csv"


def read_positions() -> dict[str, Point]:
    """Return the corrected (lon, lat) of ports, in degrees, by UN/LOCODE."""
    return {row["unlocode"]: (float(row["lon"]), float(row["lat"])) for row in read_rows(TABLE)}


def main() -> None:
    """Move the ports of `ports.csv` to their corrected positions."""
    ports, positions = read_rows(NETWORK / "ports.csv"), read_positions()
    lost = sorted({*positions} - {row["unlocode"] for row in ports})
    if lost:
        sys.exit(f"{TABLE.name}: not among the ports: {', '.join(lost)}")
    moved = 0
    for row in ports:
        if row["unlocode"] in positions:
            old = (row["lon"], row["lat"])
            row["lon"], row["lat"] = map(str, positions[row["unlocode"]])
            moved += old != (row["lon"], row["lat"])
    columns = list(ports[0])
    write_rows(NETWORK / "ports.csv", columns, [[row[c] for c in columns] for row in ports])
    print(f"{moved} of {len(ports)} ports moved")


if __name__ == "__main__":
    main()
