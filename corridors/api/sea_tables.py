"""The results of `distances` and `sea_way`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corridors.network.sea import sea_distances, sea_ways
from corridors.studies.result_base import text_of
from corridors.units import km_from_nm

if TYPE_CHECKING:
    import geopandas
    import pandas as pd

CRS = "EPSG:4326"


@dataclass(frozen=True, kw_only=True, repr=False)
class Distances(sea_distances.DistanceMatrix):
    """Distances by sea between places, in nautical miles.

    `table` is a square frame by name and `pairs` a row per pair.
    """

    asked: tuple[str, ...] = ()
    """The places as they were given."""

    @property
    def table(self) -> pd.DataFrame:
        """Distances in nautical miles by the names of places; infinite where gates cut them off."""
        import pandas as pd

        names = pd.Index(self.names)
        return pd.DataFrame(self.nm, index=names.rename("from (nm)"), columns=names.rename("to"))

    @property
    def pairs(self) -> pd.DataFrame:
        """One row per pair: the places as given and as understood, nm and km.

        `origin` and `destination` are the texts that were given, `from` and `to` the names of what
        they mean, `from_id` and `to_id` their ids.
        """
        import numpy as np
        import pandas as pd

        rows, columns = np.triu_indices(len(self.places), 1)
        nm, asked = self.nm[rows, columns], self.asked or self.names
        return pd.DataFrame(
            {
                "from": [self.names[i] for i in rows],
                "to": [self.names[i] for i in columns],
                "nm": nm,
                "km": km_from_nm(1.0) * nm,
                "origin": [asked[i] for i in rows],
                "destination": [asked[i] for i in columns],
                "from_id": [self.places[i].id for i in rows],
                "to_id": [self.places[i].id for i in columns],
            }
        )

    def __repr__(self) -> str:
        shown = self.table.round(1)
        return f"Distances by sea in nautical miles\n{shown.to_string(max_rows=10, max_cols=8)}"

    def _repr_html_(self) -> str:
        shown = self.table.round(1)
        html = shown.to_html(max_rows=20, max_cols=12, border=0)
        return f"<p><b>Distances by sea in nautical miles</b></p>{html}"


@dataclass(frozen=True, kw_only=True, repr=False)
class SeaWay(sea_ways.SeaWay):
    """The shortest way by sea between two places: its length, gates and line."""

    @property
    def gate_names(self) -> tuple[str, ...]:
        """The names of the canals, straits and capes that it passes, in their order."""
        from corridors.data.cities import name_of

        return tuple(map(name_of, self.gates))

    @property
    def geometry(self) -> geopandas.GeoSeries:
        """The line as a GeoSeries in EPSG:4326, split at 180 degrees."""
        import geopandas
        import shapely

        from corridors.output.drawn_lines import split_at_antimeridian

        shape = shapely.MultiLineString(split_at_antimeridian(self.line) if self.line else [])
        return geopandas.GeoSeries([shape], crs=CRS)

    def __repr__(self) -> str:
        ends = f"{self.origin.name} to {self.destination.name}"
        if not self.line:
            return f"Way by sea, {ends}: none, closed gates cut them off"
        passed = ", ".join(self.gate_names) or "no canal or strait"
        return text_of([f"Way by sea, {ends}: {self.nm:,.0f} nm", f"by {passed}"])
