"""Loading corridor files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, Strict, model_validator

from corridors.config.checks import (
    AvoidName,
    CountryName,
    GroupName,
    Many,
    Names,
    PlaceName,
    ServiceName,
    Strictly,
    Word,
    YesNo,
    advice,
    each_named_once,
    fault,
    written_short,
)
from corridors.config.config_files import read_named, shown_as
from corridors.config.faults import Node, place_of, read_yaml, validate
from corridors.config.models import ServiceEntry, declared_in
from corridors.data.parameters import load_country_groups
from corridors.data.paths import cached_while_unchanged, configs_dir
from corridors.domain.places import Family
from corridors.domain.scenario import Corridor, CorridorEnds, CorridorRule, MustPass
from corridors.errors import ConfigError

SHIPPED = "shipped"


class MustPassModel(Strictly):
    """An entry of `must_pass`: a single place, or a named group of alternatives."""

    name: Word | None = None
    """Name of the group, for use in rules."""
    any_of: Annotated[tuple[PlaceName, ...], Many]
    """Terminals or gates. A route must pass at least one."""
    end_in: tuple[GroupName, ...] = ()
    """Applies only if an end of the route lies in these countries or groups, such as EU."""
    unless_end_in: tuple[GroupName, ...] = ()
    """Does not apply if an end of the route lies in these countries or groups."""


class RuleModel(Strictly):
    """Services or countries barred before or after an entry of `must_pass`."""

    services: tuple[ServiceName, ...] = ()
    """Barred services or families."""
    countries: tuple[CountryName, ...] = ()
    """Barred countries."""
    only_after: Word | None = None
    """Barred until the route has passed this entry of `must_pass`."""
    only_before: Word | None = None
    """Barred once the route has passed this entry of `must_pass`."""

    @model_validator(mode="after")
    def one_side(self) -> RuleModel:
        """Check that the rule bars something, before or after one entry."""
        if not self.services and not self.countries:
            msg = "bars nothing, give services or countries"
            raise fault(msg)
        if (self.only_after is None) == (self.only_before is None):
            msg = "give one of only_after and only_before"
            raise fault(msg)
        return self


class MainModel(Strictly):
    """The main carriage of a corridor."""

    services: Annotated[tuple[ServiceName, ...], Many]
    """Service families or services of the main carriage. Others bring boxes there and onward."""


class CarriageModel(Strictly):
    """How boxes reach the main carriage and leave it."""

    must_avoid: tuple[AvoidName, ...] = ()
    """Terminals, gates or countries that pre-carriage and on-carriage may not pass."""


class EndsModel(Strictly):
    """The ends that a corridor is for, by country or group, such as EU."""

    one_in: Annotated[tuple[GroupName, ...], Many]
    """Countries of one end, the origin or the destination."""
    other_in: tuple[GroupName, ...] = ()
    """Countries of the other end. By default any."""


class CorridorModel(Strictly):
    """A corridor file."""

    model_config = ConfigDict(title="Corridor: what a route must pass")

    id: Annotated[Word, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    """Name of the file without `.yaml`: lower-case letters, digits and hyphens."""
    title: Word
    """Name shown in tables, maps and reports."""
    rank: Annotated[int, Strict(), Field(ge=1, le=9999)] = 9999
    """Position in listings, lowest first."""
    colour: Annotated[Word, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
    """Colour on maps and charts, such as #1f6fb4."""
    description: Annotated[str, Strict(), Field(min_length=1, max_length=1000)]
    """Description in a sentence or two."""
    must_pass: Annotated[
        tuple[Annotated[MustPassModel, BeforeValidator(written_short)], ...],
        Field(max_length=5),
    ]
    """Places that every route passes, in order from Asia to Europe (reversed towards Asia)."""
    must_avoid: tuple[AvoidName, ...] = ()
    """Terminals, gates or countries that no route may pass."""
    main: MainModel | None = None
    """The main carriage: places and rules count in it alone."""
    services: Annotated[tuple[ServiceEntry, ...], Many, AfterValidator(each_named_once)] | None = (
        None
    )
    """Services declared to run where the corridor is compared, with `name`, `stops` and
    `frequency`; names alone are an old form of `main: {services: [...]}`."""
    carriage: CarriageModel = CarriageModel()
    """Limits of pre-carriage and on-carriage."""
    reserved_services: tuple[ServiceName, ...] = ()
    """Ids of services that are not default and may be used in this corridor only."""
    rules: tuple[RuleModel, ...] = ()
    """Services or countries barred before or after an entry of `must_pass`."""
    default: YesNo = True
    """Whether `corridors: all` includes it. If false, scenarios must name it."""
    ends: EndsModel | None = None
    """`corridors: all` leaves it out between other ends. Scenarios may name it for any."""

    @model_validator(mode="after")
    def one_main_carriage(self) -> CorridorModel:
        """Check that the services of the main carriage are given once."""
        if (self.main is None) == (not self.service_names):
            msg = "give the services of the main carriage once, as main: {services: [...]}"
            raise fault(msg)
        return self

    @property
    def main_services(self) -> tuple[str, ...]:
        """The services of the main carriage."""
        return self.main.services if self.main is not None else self.service_names

    @property
    def service_names(self) -> tuple[str, ...]:
        """The services that are named, not declared."""
        return tuple(one for one in self.services or () if isinstance(one, str))


def load_corridors(
    ids: Sequence[str] | str = "all", *, names: Names | None = None
) -> tuple[Corridor, ...]:
    """Return corridors by id, `all` for the default ones by rank.

    Parameters
    ----------
    ids
        `all` for the shipped corridors that are default, `shipped` for every shipped one, or ids
        of shipped corridors and paths of corridor files (ending in `.yaml`).
    names
        The names their files may use. None for those of the shipped data.

    Returns
    -------
    corridors
        In the order of `ids`; by the rank in their files for `all` and `shipped`.

    Raises
    ------
    ConfigError
        An id is unknown, or a file has faults. All faults of all files are listed.
    """
    if isinstance(ids, str):
        ranked = _shipped(configs_dir() / "corridors") if names is None else _read(names)
        chosen = [pair for pair in ranked if pair[1].default or ids == SHIPPED]
        chosen.sort(key=lambda pair: (pair[0], pair[1].id))
        return tuple(corridor for _, corridor in chosen)
    return tuple(corridor for _, corridor in _read(names or Names(), ids))


@cached_while_unchanged
def _shipped(_: Path) -> tuple[tuple[int, Corridor], ...]:
    """Return the shipped corridors with their ranks, of the folder that the data root has."""
    return _read(Names())


def _read(names: Names, ids: Sequence[str] | None = None) -> tuple[tuple[int, Corridor], ...]:
    """Return corridors with their ranks, by default every shipped one."""
    return tuple(
        read_named(
            names.corridors if ids is None else ids,
            "corridor",
            known=names.corridors,
            read=lambda path, shown: names.once(
                path, lambda: read_corridor(path, shown=shown, names=names)
            ),
        )
    )


def for_ends(
    corridors: Sequence[Corridor], default: Collection[str], *, origin: str, destination: str
) -> tuple[Corridor, ...]:
    """Return the corridors to compare between two ends.

    Parameters
    ----------
    corridors
        The corridors of a scenario.
    default
        Ids of `corridors: all`. Only if all of them are listed is a corridor left out; a scenario
        that names a few compares them for any ends.
    origin, destination
        Countries of the ends.
    """
    if not {corridor.id for corridor in corridors} >= set(default):
        return tuple(corridors)
    return tuple(c for c in corridors if c.ends is None or c.ends.hold(origin, destination))


def load_corridor_file(path: Path | str, *, names: Names | None = None) -> Corridor:
    """Return the corridor a file describes.

    Raises
    ------
    ConfigError
        With every fault of the file.
    """
    return read_corridor(Path(path), shown=shown_as(Path(path)), names=names or Names())[1]


def read_corridor(path: Path, *, shown: str, names: Names) -> tuple[int, Corridor]:
    """Return the rank and the corridor of a file, checked for contradictions."""
    node = read_yaml(path, shown=shown)
    model = validate(CorridorModel, node, shown=shown, names=names)
    entries = tuple(
        MustPass(
            name=entry.name or " or ".join(entry.any_of),
            any_of=entry.any_of,
            end_in=expanded(entry.end_in),
            unless_end_in=expanded(entry.unless_end_in),
        )
        for entry in model.must_pass
    )
    faults = inconsistent(model, entries=entries, node=node, shown=shown, stem=path.stem)
    if faults:
        raise ConfigError(faults)
    corridor = Corridor(
        id=model.id,
        title=model.title,
        colour=model.colour.lower(),
        description=" ".join(model.description.split()),
        must_pass=entries,
        must_avoid=model.must_avoid,
        main_services=model.main_services,
        rules=tuple(CorridorRule(**dict(rule)) for rule in model.rules),
        reserved_services=model.reserved_services,
        carriage_must_avoid=model.carriage.must_avoid,
        default=model.default,
        ends=to_ends(model.ends),
        declared=declared_in(model.services),
        source_path=shown,
    )
    return model.rank, corridor


def to_ends(model: EndsModel | None) -> CorridorEnds | None:
    """Return the ends that a corridor is for, with groups written out."""
    if model is None:
        return None
    return CorridorEnds(one_in=expanded(model.one_in), other_in=expanded(model.other_in))


def inconsistent(
    model: CorridorModel, *, entries: Sequence[MustPass], node: Node, shown: str, stem: str
) -> list[str]:
    """Return the contradictions between the keys of a corridor."""
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
    """Return country codes with groups such as EU written out."""
    groups = load_country_groups()
    members = (groups.get(code, (code,)) for code in countries)
    return tuple(sorted({code for group in members for code in group}))
