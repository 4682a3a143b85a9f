"""Dated access rules of a world."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from corridors.data.lines import load_legs_without_line
from corridors.data.paths import cached_while_unchanged, listed, parameters_dir, read_rows, shipped
from corridors.domain.places import AccessKind, AccessRule, Effect, Heading
from corridors.domain.windows import window_of
from corridors.errors import ConfigError, GeodataError

_COLUMNS = (
    *("id", "worlds", "what", "key", "direction", "cargo", "effect"),
    *("first_day", "last_day", "text", "source_id", "status", "as_of", "unless_end_in"),
)
_ONE_OF = {
    "what": tuple(kind for kind in AccessKind if kind is not AccessKind.ANY),
    "direction": tuple(Heading),
    "effect": tuple(Effect),
}


@shipped(parameters_dir, "worlds.csv")
def load_worlds(path: Path) -> tuple[str, ...]:
    """Return the ids of the worlds that a scenario may name."""
    return tuple(cells["id"] for cells in read_rows(path, ("id", "title")))


@shipped(parameters_dir, "worlds.csv")
def load_world_titles(path: Path) -> Mapping[str, tuple[str, str]]:
    """Return the title and the note of each world by id."""
    rows = read_rows(path, ("id", "title", "note"))
    return MappingProxyType({cells["id"]: (cells["title"], cells["note"]) for cells in rows})


def war_risk_is_dated(world: str, folder: Path | None = None) -> bool:
    """Return whether a world uses the war-risk premiums of the year of departure."""
    rows = read_rows((folder or parameters_dir()) / "worlds.csv", ("id", "war_risk_dated"))
    return any(cells["id"] == world and cells["war_risk_dated"] == "1" for cells in rows)


@shipped(parameters_dir, "worlds.csv")
def load_worlds_of_lines(path: Path) -> frozenset[str]:
    """Return the worlds that recommend only what is known to be scheduled or chartered."""
    rows = read_rows(path, ("id", "known_lines"))
    return frozenset(cells["id"] for cells in rows if cells["known_lines"] == "1")


def load_access(world: str, folder: Path | None = None) -> tuple[AccessRule, ...]:
    """Return the rules of a world.

    Parameters
    ----------
    world
        A row of `worlds.csv`. A rule applies if its `worlds` lists it; `*` is every world, and
        `*;!2019` every world but one. Worlds that recommend known lines also close the sea legs
        that no line is known to sail.
    folder
        Folder of the CSV files. None for the shipped one.

    Raises
    ------
    ConfigError
        The world is unknown.
    GeodataError
        A rule has an unknown kind, direction or effect, or its days are neither ISO dates nor both
        yearly (`--10-16`).
    """
    worlds = load_worlds(folder)
    if world not in worlds:
        import difflib

        near = difflib.get_close_matches(world, worlds, n=1, cutoff=0.4)
        hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(worlds)}"
        msg = f"world: unknown world '{world}', {hint}"
        raise ConfigError(msg)
    rules = _rules((folder or parameters_dir()) / "access.csv")
    found = tuple(
        rule
        for held_in, rule in rules
        if world in held_in or ("*" in held_in and f"!{world}" not in held_in)
    )
    if world not in load_worlds_of_lines(folder):
        return found
    return (*found, *load_legs_without_line(folder))


def rules_for(
    rules: Sequence[AccessRule], *, direction: Heading, cargo: str, ends: Collection[str] = ()
) -> tuple[AccessRule, ...]:
    """Return the rules that apply to boxes of a cargo preset travelling in a direction.

    `ends` are the country codes of origin and destination.
    """
    return tuple(
        rule
        for rule in rules
        if rule.direction in (Heading.ANY, direction)
        and (not rule.cargo or cargo in rule.cargo)
        and not set(rule.unless_end_in) & set(ends)
    )


@cached_while_unchanged
def _rules(path: Path) -> tuple[tuple[frozenset[str], AccessRule], ...]:
    """Return every rule with its worlds."""
    rules = []
    for cells in read_rows(path, _COLUMNS):
        _check(cells)
        rule = AccessRule(
            id=cells["id"],
            what=AccessKind(cells["what"]),
            key=cells["key"],
            effect=Effect(cells["effect"]),
            first_day=cells["first_day"],
            last_day=cells["last_day"],
            text=cells["text"],
            source_id=cells["source_id"],
            status=cells["status"],
            as_of=cells["as_of"],
            direction=Heading(cells["direction"]),
            cargo=listed(cells["cargo"]),
            unless_end_in=listed(cells["unless_end_in"]),
        )
        rules.append((frozenset(listed(cells["worlds"])), rule))
    return tuple(rules)


def _check(cells: dict[str, str]) -> None:
    where = f"access.csv:{cells['__line__']}: {cells['id']}"
    for name, known in _ONE_OF.items():
        if cells[name] not in known:
            msg = f"{where}: unknown {name} '{cells[name]}', use {', '.join(known)}"
            raise GeodataError(msg)
    first, last = cells["first_day"], cells["last_day"]
    windows = [("first_day", (first, "")), ("last_day", ("", last))]
    if first.startswith("--") and last.startswith("--"):
        windows = [("first_day, last_day", (first, last))]
    for name, days in (*windows, ("as_of", (cells["as_of"], ""))):
        try:
            window_of(*days)
        except ValueError as error:
            msg = f"{where}: {name}: {error}"
            raise GeodataError(msg) from error
