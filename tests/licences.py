"""Print what the package needs at run time: version, pin and licence (`make licences`).

The exit code is 1 if a library is under the GPL, has no licence that is known, or is not pinned in
`constraints.txt` to the version that is installed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
SERVERS = ("serve", "assistants")
"""The extras that run where others ask; the rest are for development or a single command."""
CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"
# The GPL and the AGPL; not the LGPL, which does not extend to what links with a library.
GPL = re.compile(r"(?<![LA-Z])A?GPL|(?<!LESSER )GENERAL PUBLIC LICENSE")
LONGEST = 40
# Names of licences in the text of packages that give the whole text instead.
TEXTS = {
    "Permission is hereby granted, free of charge": "MIT",
    "Redistribution and use in source and binary forms": "BSD",
    "Apache License": "Apache-2.0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """A library that is needed at run time."""

    name: str
    version: str
    pin: str
    licence: str
    by: str

    @property
    def faults(self) -> list[str]:
        """What is wrong with it."""
        found = []
        if not self.licence:
            found.append(f"{self.name}: no licence is given")
        if GPL.search(self.licence.upper()):
            found.append(f"{self.name}: under the GPL ({self.licence})")
        if self.pin != self.version:
            found.append(
                f"{self.name}: {self.version} is installed, pinned is {self.pin or 'none'}"
            )
        return found


def licence_of(package: Distribution) -> str:
    """Return the licence that a package gives: its expression, its name, or its classifiers."""
    told = package.metadata
    if expression := told.get_all("License-Expression"):
        return str(expression[0])
    classes = [
        line.rpartition(" :: ")[2]
        for line in told.get_all("Classifier") or ()
        if line.startswith("License :: ") and not line.endswith("OSI Approved")
    ]
    name = str((told.get_all("License") or [""])[0]).strip()
    for text, meant in TEXTS.items():
        if text in name:
            name = meant
    if name and len(name) <= LONGEST and "\n" not in name:
        return name
    return "; ".join(classes) or name.partition("\n")[0][:LONGEST]


def pins() -> dict[str, str]:
    """Return the versions of `constraints.txt` by name."""
    lines = (line.strip() for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines())
    pairs = (line.split("==") for line in lines if "==" in line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


def needed(root: str = "corridors") -> Iterator[Needed]:
    """Yield the libraries that the package and its servers need, and those that they need."""
    held = pins()
    seen = {canonicalize_name(root)}
    waiting = [(text, root) for text in distribution(root).requires or ()]
    extras = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    waiting += [(text, f"{root}[{extra}]") for extra in SERVERS for text in extras[extra]]
    while waiting:
        text, by = waiting.pop(0)
        asked = Requirement(text)
        name = canonicalize_name(asked.name)
        if name in seen or (asked.marker and not asked.marker.evaluate({"extra": ""})):
            continue
        seen.add(name)
        package = distribution(asked.name)
        yield Needed(
            name=name,
            version=package.version,
            pin=held.get(name, ""),
            licence=licence_of(package),
            by=by,
        )
        waiting += [(inner, name) for inner in package.requires or ()]


def main() -> int:
    """Print the libraries; return 1 if anything is wrong."""
    found = sorted(needed(), key=lambda one: one.name)
    lines = [f"{'library':20} {'version':14} {'pin':14} {'needed by':16} licence"]
    lines += [f"{n.name:20} {n.version:14} {n.pin:14} {n.by:16} {n.licence}" for n in found]
    faults = [fault for one in found for fault in one.faults]
    lines.append(f"{len(found)} libraries, {len(faults) or 'nothing'} wrong")
    print("\n".join([*lines, *faults]))  # noqa: T201
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
