"""What a scenario can refer to, as frames, and the results of `distances` and `sea_way`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corridors.network.sea import sea_distances, sea_ways
from corridors.output import listings
from corridors.studies.result_base import text_of
from corridors.units import km_from_nm

if TYPE_CHECKING:
    import geopandas
    import pandas as pd


# The results of `distances` and `sea_way`.

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


def corridors() -> pd.DataFrame:
    """Return a row per shipped corridor; `corridor` is its id, as `corridors=` takes it."""
    return listings.CORRIDORS.frame(None).rename(columns={"id": "corridor"})


def terminals() -> pd.DataFrame:
    """Return a row per terminal, with its services and gauges; `place` is its id."""
    return listings.TERMINALS.frame(None).rename(columns={"id": "place"})


def places(text: str, *, limit: int = 20) -> pd.DataFrame:
    """Return a row per place that a text may mean, the likeliest first.

    A text counts from the beginning of any word of a name, in English or in the place's own script;
    `name` is what `origin`, `destination` and lists of places take, and `place` the id.

    Parameters
    ----------
    text
        What is typed, such as `hamb`.
    limit
        How many rows at most.

    Examples
    --------
    >>> corridors.places("hamb")["name"].iloc[0]
    'Hamburg'
    """
    from corridors.output.listings import places_like

    return listings.PLACES.frame(places_like(text, limit=limit))


def parameters(prefix: str = "", *, status: str | Sequence[str] = ()) -> pd.DataFrame:
    """Return a row per parameter and scope, with its range, source and bounds.

    Parameters
    ----------
    prefix
        Only names that begin so, such as `fuel.`.
    status
        Only these: `found`, `computed`, `copied`, `recalled`, `assumption`.
    """
    kept = [status] if isinstance(status, str) else status
    return listings.PARAMETERS.given.frame(listings.parameter_rows(kept, prefix=prefix))


def worlds() -> pd.DataFrame:
    """Return a row per world that a scenario may name; `world` is its id."""
    return listings.WORLDS.frame(None).rename(columns={"id": "world"})
