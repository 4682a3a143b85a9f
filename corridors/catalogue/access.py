"""Dated facts about access, as they stand in a state of the world."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from corridors.catalogue.paths import kept_while_unchanged, parameters_dir, read_rows
from corridors.domain.places import AccessRule
from corridors.errors import ConfigError, GeodataError

_COLUMNS = ("id", "worlds", "what", "key", "effect", "first_day", "last_day", "text")
_WHAT = ("place", "leg", "border", "country", "service")
_EFFECT = ("closed", "warning")


def load_worlds(folder: Path | None = None) -> tuple[str, ...]:
    """Return the ids of the world states a scenario may name."""
    return _worlds((folder or parameters_dir()) / "worlds.csv")


@kept_while_unchanged
def _worlds(path: Path) -> tuple[str, ...]:
    return tuple(cells["id"] for cells in read_rows(path, ("id", "title")))


def load_access(world: str, folder: Path | None = None) -> tuple[AccessRule, ...]:
    """Return the rules that hold in a world state.

    Parameters
    ----------
    world
        A row of `worlds.csv`. A rule holds where its `worlds` lists it, or is `*`.
    folder
        Folder of the CSV files; the shipped one where None.

    Raises
    ------
    ConfigError
        The world is unknown.
    GeodataError
        A rule has an unknown effect, or a day that is no ISO date.
    """
    worlds = load_worlds(folder)
    if world not in worlds:
        import difflib

        near = difflib.get_close_matches(world, worlds, n=1, cutoff=0.4)
        hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(worlds)}"
        msg = f"world: unknown world '{world}', {hint}"
        raise ConfigError(msg)
    rules = _rules((folder or parameters_dir()) / "access.csv")
    return tuple(rule for held_in, rule in rules if "*" in held_in or world in held_in)


@kept_while_unchanged
def _rules(path: Path) -> tuple[tuple[frozenset[str], AccessRule], ...]:
    """Return every rule with the worlds in which it holds."""
    rules = []
    for cells in read_rows(path, _COLUMNS):
        _check(cells)
        rule = AccessRule(
            id=cells["id"],
            what=cells["what"],
            key=cells["key"],
            effect=cells["effect"],
            first_day=cells["first_day"],
            last_day=cells["last_day"],
            text=cells["text"],
            source_id=cells["source_id"],
            status=cells["status"],
            as_of=cells["as_of"],
        )
        rules.append((frozenset(cells["worlds"].split(";")), rule))
    return tuple(rules)


def _check(cells: dict[str, str]) -> None:
    where = f"access.csv:{cells['__line__']}: {cells['id']}"
    if cells["what"] not in _WHAT:
        msg = f"{where}: unknown kind '{cells['what']}', use {', '.join(_WHAT)}"
        raise GeodataError(msg)
    if cells["effect"] not in _EFFECT:
        msg = f"{where}: unknown effect '{cells['effect']}', use closed or warning"
        raise GeodataError(msg)
    for name in ("first_day", "last_day", "as_of"):
        try:
            if cells[name]:
                date.fromisoformat(cells[name])
        except ValueError as error:
            msg = f"{where}: {name}: {error}"
            raise GeodataError(msg) from error
