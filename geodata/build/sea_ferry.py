"""Write the legs of ferry, container and river lines with ports of their own, and their lines.

Run `python geodata/build/sea_ferry.py`. Reads `line_legs_in.csv`, the `ferry` and `river` tracks of
`sea_tracks.csv`, and the ports of `terminals.csv`; writes `ferry_legs.csv` and `ferry_lines.npz`.
A leg has its published length, else that of the drawn line.
"""

from __future__ import annotations

import numpy as np
from common import BUILD, NETWORK, line_km, read_rows, write_rows

COLUMNS = "id,from_id,to_id,service,length_km,published_km,status,source,note,project"


def main() -> None:
    """Write the table and the lines, each from the first terminal to the second."""
    places = {
        r["id"]: (float(r["lon"]), float(r["lat"])) for r in read_rows(NETWORK / "terminals.csv")
    }
    tracks = read_rows(BUILD / "sea_tracks.csv")
    rows, lines = [], []
    for leg in read_rows(BUILD / "line_legs_in.csv"):
        track, start, end = leg["track_id"], leg["from_id"], leg["to_id"]
        line = [(float(r["lon"]), float(r["lat"])) for r in tracks if r["track_id"] == track]
        line[0], line[-1] = places[start], places[end]
        drawn = round(line_km(line), 1)
        published = float(leg["published_km"]) if leg["published_km"] else ""
        length = published or drawn
        told = (leg["status"], leg["source"], leg["note"], "")
        rows.append([f"{start}--{end}", start, end, leg["service"], length, published, *told])
        lines.append(line)
        print(track, length, "drawn", drawn)
    write_rows(NETWORK / "ferry_legs.csv", COLUMNS.split(","), rows)
    points = np.array([p for line in lines for p in line], dtype=np.float32)
    np.savez_compressed(
        NETWORK / "ferry_lines.npz",
        offsets=np.cumsum([0, *map(len, lines)]).astype(np.int32),
        lon=points[:, 0],
        lat=points[:, 1],
    )


if __name__ == "__main__":
    main()
