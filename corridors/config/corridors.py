"""Loading corridor files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corridors.config.faults import place_of, validate
from corridors.config.files import read_named, shown_as
from corridors.config.models import CorridorModel
from corridors.config.names import EU, Names, advice
from corridors.config.nodes import Node, read_yaml
from corridors.domain.places import Family
from corridors.domain.scenario import Corridor, CorridorRule, MustPass
from corridors.errors import ConfigError

SHIPPED = "shipped"


def load_corridors(
    ids: Sequence[str] | str = "all", *, names: Names | None = None
) -> tuple[Corridor, ...]:
    """Return corridors by id, `all` for the default ones by rank.

    Parameters
    ----------
    ids
        `all` for the shipped corridors that are compared unless others are named, `shipped` for
        every shipped one, or ids of shipped corridors and paths of corridor files (ending in
        `.yaml`).
    names
        The names their files may use; those of the shipped data where None.

    Returns
    -------
    corridors
        In the order of `ids`; by the rank in their files for `all` and `shipped`.

    Raises
    ------
    ConfigError
        An id is unknown, or a file is at fault; every fault of every file is told.
    """
    names = names or Names()
    known = names.corridors
    ranked = read_named(
        known if isinstance(ids, str) else ids,
        "corridor",
        known=known,
        read=lambda path, shown: read_corridor(path, shown=shown, names=names),
    )
    if isinstance(ids, str):
        ranked = [pair for pair in ranked if pair[1].default or ids == SHIPPED]
        ranked.sort(key=lambda pair: (pair[0], pair[1].id))
    return tuple(corridor for _, corridor in ranked)


def load_corridor_file(path: Path | str, *, names: Names | None = None) -> Corridor:
    """Return the corridor a file describes.

    Raises
    ------
    ConfigError
        With every fault of the file.
    """
    return read_corridor(Path(path), shown=shown_as(Path(path)), names=names or Names())[1]


def read_corridor(path: Path, *, shown: str, names: Names) -> tuple[int, Corridor]:
    """Return the rank and the corridor of a file, its parts checked against each other."""
    node = read_yaml(path, shown=shown)
    model = validate(CorridorModel, node, shown=shown, names=names)
    entries = tuple(
        MustPass(
            name=entry.name or " or ".join(entry.any_of),
            any_of=entry.any_of,
            end_in=expanded(entry.end_in),
        )
        for entry in model.must_pass
    )
    faults = inconsistent(model, entries=entries, node=node, shown=shown, stem=path.stem)
    if faults:
        raise ConfigError(faults)
    rules = tuple(
        CorridorRule(
            services=rule.services,
            countries=rule.countries,
            only_after=rule.only_after,
            only_before=rule.only_before,
        )
        for rule in model.rules
    )
    corridor = Corridor(
        id=model.id,
        title=model.title,
        colour=model.colour.lower(),
        description=" ".join(model.description.split()),
        must_pass=entries,
        must_avoid=model.must_avoid,
        services=model.services,
        rules=rules,
        reserved_services=model.reserved_services,
        default=model.default,
        source_path=shown,
    )
    return model.rank, corridor


def inconsistent(
    model: CorridorModel, *, entries: Sequence[MustPass], node: Node, shown: str, stem: str
) -> list[str]:
    """Return what contradicts itself in a corridor whose parts are each sound."""
    faults = []

    def add(key: tuple[str | int, ...], what: str) -> None:
        faults.append(f"{place_of(node, key, shown=shown)[1]}{what}")

    for index, name in enumerate(model.reserved_services):
        if name in tuple(Family) and name != Family.ROAD:
            add(("reserved_services", index), f"'{name}' is a family; name one of its services")
    if model.id != stem:
        add(("id",), f"'{model.id}' must match the name of its file, '{stem}'")
    known = [entry.name for entry in entries]
    for index, name in enumerate(known):
        if name in known[:index]:
            add(("must_pass", index), f"'{name}' is required twice; keep one")
        avoided = set(entries[index].any_of) & set(model.must_avoid)
        if avoided == set(entries[index].any_of):
            add(("must_avoid",), f"'{name}' is also in must_pass; keep one")
    for index, rule in enumerate(model.rules):
        for key in ("only_after", "only_before"):
            name = getattr(rule, key)
            if name is not None and name not in known:
                add(("rules", index, key), f"no entry '{name}' in must_pass, {advice(name, known)}")
    return faults


def expanded(countries: Sequence[str]) -> tuple[str, ...]:
    """Return country codes with EU written out."""
    members = (EU if code == "EU" else (code,) for code in countries)
    return tuple(sorted({code for group in members for code in group}))
