"""Write the Caspian ferry legs and their drawn lines.

Run `python geodata/build/sea_ferry.py`. Reads the `ferry` tracks of `sea_tracks.csv` and
the ports of `terminals.csv`; writes `ferry_legs.csv` and `ferry_lines.npz`.
"""

from __future__ import annotations

import numpy as np
from common import BUILD, NETWORK, line_km, read_rows, write_rows

LEGS = {
    "ferry-aktau-baku": ("kz-aktau", "az-baku"),
    "ferry-aktau-alat": ("kz-aktau", "az-alat"),
    "ferry-kuryk-alat": ("kz-kuryk", "az-alat"),
    "ferry-turkmenbashi-baku": ("tm-turkmenbashi", "az-baku"),
    "ferry-turkmenbashi-alat": ("tm-turkmenbashi", "az-alat"),
}
PUBLISHED = {
    "ferry-aktau-alat": (
        508.0,
        "TITR core section: 4,256 km rail and 508 km sea (silkroute.news / Yicai, 2025)",
    ),
}
COLUMNS = "id,from_id,to_id,service,length_km,published_km,status,source,note,project"


def main() -> None:
    """Write the table and the lines, each from the first terminal to the second."""
    places = {
        r["id"]: (float(r["lon"]), float(r["lat"])) for r in read_rows(NETWORK / "terminals.csv")
    }
    tracks = read_rows(BUILD / "sea_tracks.csv")
    rows, lines = [], []
    for track, (start, end) in LEGS.items():
        line = [(float(r["lon"]), float(r["lat"])) for r in tracks if r["track_id"] == track]
        line[0], line[-1] = places[start], places[end]
        drawn = round(line_km(line), 1)
        published, source = PUBLISHED.get(track, ("", "digitised line, recalled positions"))
        length = published or drawn
        note = (
            f"drawn line {drawn} km; Baku's ferries berth at Alat since 2018"
            if published
            else ("the old city port; most ferries now berth at Alat" if end == "az-baku" else "")
        )
        status = "found" if published else "computed"
        rows.append(
            [
                f"{start}--{end}",
                start,
                end,
                "ferry/caspian",
                length,
                published,
                status,
                source,
                note,
                "",
            ]
        )
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
