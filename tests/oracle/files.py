"""Read what defines a corridor's chain: its file, the bounds of carriage and the trunk places."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

BOUND = "carriage.max_km"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Places of which the main carriage passes one; `end_in` are countries, empty for any ends."""

    name: str
    any_of: tuple[str, ...]
    end_in: tuple[str, ...] = ()
    not_of: tuple[str, ...] = ()
    """Countries whose boxes need not pass it: `unless_end_in` of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Services or countries that the main carriage may use on one side of an entry only."""

    entry: str
    after: bool
    services: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A corridor as its file has it, entries and rules in the direction of the file."""

    id: str
    main_services: tuple[str, ...]
    entries: tuple[Entry, ...] = ()
    avoid: tuple[str, ...] = ()
    carriage_avoid: tuple[str, ...] = ()
    reserved: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()


def groups_in(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Return the countries of each group of a table with columns `group` and `countries`."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["group"]: tuple(row["countries"].split(";")) for row in csv.DictReader(file)}


def chain_in(path: Path, groups: Mapping[str, tuple[str, ...]]) -> Chain:
    """Return the chain that a corridor file describes."""
    text = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return chain_of(text, groups)


def chain_of(text: Mapping[str, Any], groups: Mapping[str, tuple[str, ...]]) -> Chain:
    """Return the chain of a corridor's keys and values."""
    return Chain(
        id=text["id"],
        main_services=tuple(text["main"]["services"]),
        entries=tuple(_entry(item, groups) for item in text.get("must_pass", ())),
        avoid=tuple(text.get("must_avoid", ())),
        carriage_avoid=tuple((text.get("carriage") or {}).get("must_avoid", ())),
        reserved=tuple(text.get("reserved_services", ())),
        rules=tuple(_rule(item) for item in text.get("rules", ())),
    )


def _entry(item: Any, groups: Mapping[str, tuple[str, ...]]) -> Entry:
    if isinstance(item, str):
        return Entry(name=item, any_of=(item,))

    def codes(key: str) -> tuple[str, ...]:
        return tuple(c for name in item.get(key, ()) for c in groups.get(name, (name,)))

    places = tuple(item["any_of"])
    return Entry(
        # A rule names an entry that has no name by its single place.
        name=item.get("name") or places[0],
        any_of=places,
        end_in=codes("end_in"),
        not_of=codes("unless_end_in"),
    )


def _rule(item: Mapping[str, Any]) -> Rule:
    after = "only_after" in item
    return Rule(
        entry=item["only_after" if after else "only_before"],
        after=after,
        services=tuple(item.get("services", ())),
        countries=tuple(item.get("countries", ())),
    )


def bounds_of(rows: Sequence[tuple[str, float]], services: Sequence[str]) -> dict[str, float]:
    """Return the greatest km of carriage by service that may be carriage.

    Parameters
    ----------
    rows
        Scope and value of each row `carriage.max_km`; the scope is a service or a family.
    services
        Ids of services. The row of the service wins over that of its family.
    """
    scopes = dict(rows)
    return {
        service: scopes.get(service, scopes.get(service.split("/")[0], 0.0))
        for service in services
        if service in scopes or service.split("/")[0] in scopes
    }


def trunks_in(path: Path) -> dict[str, frozenset[str]]:
    """Return the trunk places and the countries whose carriage may touch each."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["place"]: frozenset(code for code in row["serves"].split(";") if code)
            for row in csv.DictReader(file)
        }
