"""Findings of a certificate: figures or lists of names, and their comparison with a baseline."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median


class Worse(StrEnum):
    """When a finding is worse than the baseline."""

    HIGHER = "higher"
    LOWER = "lower"
    # A name was not in the baseline.
    NEW = "new"
    # The same, but only for names that the baseline knows: a new spur always depends on one leg
    # and on the place where it begins.
    NEW_OF_OLD = "new of old"
    # A name of the baseline is missing.
    LOST = "lost"
    # It is only reported, and not kept in the baseline.
    NEVER = "never"


# Number of the worst that are named; the last printed digit, which may be rounding.
SHOWN = 3
PRINTED = 0.1
NOTHING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A line of the certificate.

    `value` is in `unit`, or the number of `names`. `shown` are the names as printed, the worst
    first. `behind` are the places that depend on a name. `limit` is the maximum allowed whatever
    the baseline; changes up to `slack` are ignored as rounding.
    """

    part: str
    what: str
    value: float
    unit: str
    worse: Worse
    names: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    behind: Mapping[str, Collection[str]] = field(default_factory=dict)
    limit: float | None = None
    slack: float = 0.0

    @property
    def key(self) -> str:
        """Its key in the baseline."""
        return f"{self.part}: {self.what} ({self.unit})"

    @property
    def baseline_entry(self) -> float | list[str]:
        """Its entry in the baseline: its value or its names."""
        if self.worse in (Worse.HIGHER, Worse.LOWER):
            return self.value
        return sorted(self.names)


def listing(
    part: str,
    what: str,
    names: Collection[str],
    *,
    worse: Worse,
    unit: str,
    value: float | None = None,
    shown: Collection[str] = (),
    limit: float | None = None,
) -> Finding:
    """Return a finding that is a list of names. The default value is their number."""
    return Finding(
        part=part,
        what=what,
        value=len(names) if value is None else value,
        unit=unit,
        worse=worse,
        names=tuple(names),
        shown=tuple(shown) or tuple(names),
        limit=limit,
    )


def cutting(what: str, cut: Mapping[str, Collection[str]], *, unit: str) -> Finding:
    """Return the parts without alternative, from the places that their loss cuts off."""
    lost = {name: places for name, places in cut.items() if places}
    order = sorted(lost, key=lambda name: (-len(lost[name]), name))
    return Finding(
        part="without alternative",
        what=what,
        value=len(order),
        unit=unit,
        worse=Worse.NEW_OF_OLD,
        names=tuple(order),
        shown=tuple(f"{name} ({len(lost[name])})" for name in order),
        behind=lost,
    )


def spread(what: str, km: Mapping[str, float], *, worst: str) -> Iterator[Finding]:
    """Yield the median and the worst of lengths in km by name; `worst` names the worst."""
    if not km:
        return
    middle, most = round(median(km.values()), 1), round(max(km.values()), 1)
    names = sorted(km, key=lambda name: (-km[name], name))[:SHOWN]
    shown = tuple(f"{name} ({km[name]:,.1f} km)" for name in names)
    for word, value, where in (("median", middle, ()), (worst, most, shown)):
        yield Finding(
            part="snap",
            what=f"{what}, {word}",
            value=value,
            unit="km",
            worse=Worse.HIGHER,
            shown=where,
            slack=PRINTED,
        )


BaselineEntry = float | list[str]


def regressions(
    findings: Collection[Finding], baseline: Mapping[str, BaselineEntry]
) -> dict[str, tuple[str, ...]]:
    """Return sentences on what is worse than the baseline or beyond a limit, by key.

    Parameters
    ----------
    findings
        Findings of the network.
    baseline
        `Finding.baseline_entry` by key. Other findings are compared with their limit only.

    Returns
    -------
    sentences
        One for each name or figure, and one for each key of the baseline without a finding.
    """
    found: dict[str, tuple[str, ...]] = {}
    known = {
        name
        for finding in findings
        if finding.worse is Worse.LOST
        for name in _names(baseline.get(finding.key))
    }
    for finding in findings:
        sentences = [*_beyond(finding), *_worse(finding, baseline.get(finding.key), known)]
        if sentences:
            found[finding.key] = tuple(f"{finding.part}: {text}" for text in sentences)
    for key in baseline.keys() - {finding.key for finding in findings}:
        found[key] = (f"{key}: in the baseline, and no longer there",)
    return dict(sorted(found.items()))


def _names(kept: BaselineEntry | None) -> list[str]:
    return kept if isinstance(kept, list) else []


def _beyond(finding: Finding) -> list[str]:
    if finding.limit is None or finding.value <= finding.limit:
        return []
    where = f": {', '.join(finding.shown[:SHOWN])}" if finding.shown else ""
    return [f"{finding.what}: {number(finding)}, at most {finding.limit:,g} is allowed{where}"]


def _worse(finding: Finding, kept: BaselineEntry | None, known: Collection[str]) -> list[str]:
    if kept is None:
        return []
    match finding.worse:
        case Worse.HIGHER | Worse.LOWER:
            before = kept if isinstance(kept, (int, float)) else 0.0
            rise = finding.value - before
            loss = rise if finding.worse is Worse.HIGHER else -rise
            if loss <= finding.slack + NOTHING:
                return []
            where = f" ({', '.join(finding.shown[:SHOWN])})" if finding.shown else ""
            return [f"{finding.what}: {number(finding)}{where}, {before:,g} before"]
        case Worse.NEW | Worse.NEW_OF_OLD:
            new = [name for name in finding.names if name not in _names(kept)]
            if finding.worse is Worse.NEW_OF_OLD:
                new = [name for name in new if name in known and _is_old(finding, name, known)]
            shown = {text.split(" ", 1)[0]: text for text in finding.shown}
            return [f"{finding.what}: new {shown.get(name, name)}" for name in new]
        case Worse.LOST:
            return [f"{finding.what}: lost {n}" for n in _names(kept) if n not in finding.names]
        case Worse.NEVER:
            return []


def _is_old(finding: Finding, name: str, known: Collection[str]) -> bool:
    return name not in finding.behind or any(p in known for p in finding.behind[name])


def number(finding: Finding) -> str:
    """Return the value with its unit."""
    return f"{finding.value:,g} {finding.unit}"
