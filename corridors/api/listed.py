"""What a scenario can refer to, as frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from corridors.output import listings

if TYPE_CHECKING:
    import pandas as pd


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
