"""Ways by sea as GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from corridors.network.sea.sea_ways import SeaWay
from corridors.output.drawn_lines import split_at_antimeridian
from corridors.units import km_from_nm

DIGITS = 5
"""Of coordinates in degrees: a metre."""


def geojson_text(ways: Sequence[SeaWay]) -> str:
    """Return ways as a FeatureCollection, each a MultiLineString that is split at 180 degrees.

    Properties are names and ids of both ends, `nm`, `km` and the ids of the gates. Ways that closed
    gates cut off are left out.
    """
    features = [
        {
            "type": "Feature",
            "properties": {
                "from": way.origin.name,
                "to": way.destination.name,
                "from_id": way.origin.id,
                "to_id": way.destination.id,
                "nm": round(way.nm, 1),
                "km": round(km_from_nm(way.nm), 1),
                "gates": list(way.gates),
            },
            "geometry": {
                "type": "MultiLineString",
                "coordinates": [
                    [[round(lon, DIGITS), round(lat, DIGITS)] for lon, lat in part]
                    for part in split_at_antimeridian(way.line)
                ],
            },
        }
        for way in ways
        if way.line
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False) + "\n"
