"""Explain the difference of two scenarios or results, and how much each input accounts for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from corridors.config.checks import Names
from corridors.data.paths import data_root
from corridors.domain.places import Family, family_of
from corridors.domain.scenario import Scenario
from corridors.errors import CorridorsError
from corridors.output.drawn_lines import DrawnLine, unwrapped_lines
from corridors.output.store import build_manifest
from corridors.progress import Progress, quiet
from corridors.studies.compare.run import compare
from corridors.studies.diff.ends import (
    DATA_AND_PROGRAM,
    Change,
    Effect,
    End,
    Keys,
    Outcome,
    applied,
    changes,
    keys_of,
    outcome_of,
    scenario_of,
)
from corridors.studies.diff.result import Difference
from corridors.studies.session import Session

Ask = Callable[[Scenario], Outcome]


def explain(
    old: End, new: End, *, session: Session | None = None, progress: Progress = quiet
) -> Difference:
    """Return what differs between two ends, and which input accounts for it.

    The inputs that differ are changed one by one, in the order of the file of `new`, and the
    scenario is answered after each change. Each input is also changed alone in `old`. If a recorded
    result differs from today's answer, data and program get a row.

    Parameters
    ----------
    old, new
        From `read_end`.
    session
        Keeps networks and tables between scenarios; a new one by default.
    progress
        Called with the current input, how many are done and how many there are.

    Raises
    ------
    CorridorsError
        One of the two scenarios cannot be answered.
    """
    # Each step is asked once: the networks of the step before and of the start are those it needs.
    session = session or Session(pairs=2)
    old, new = _by_answered(old, new, session), _by_answered(new, old, session)
    keys, towards = keys_of(old.scenario), keys_of(new.scenario)
    asked = changes(keys, towards, order=new.order)
    inputs = (*asked, *_manifest_changes(old, new))
    ask = _asking(session)
    scenarios = old.scenario, new.scenario
    drawn = partial(recommended_lines, *scenarios, session=session)
    made = partial(Difference, inputs=inputs, scenarios=scenarios, _lines_of_routes=drawn)
    if not inputs and old.recorded == new.recorded:
        # Nothing to replay: equal questions, or records of one answer.
        same = old.recorded or Outcome(corridors={}, recommended="none")
        return made(old=same, new=same)
    progress("A", 0, 2 * len(asked))
    first = ask(old.scenario)
    last = ask(new.scenario)
    before, after = old.recorded or first, new.recorded or last
    walk = Walk(start=old.scenario, end=new.scenario, keys=keys, towards=towards)
    return made(
        old=before,
        new=after,
        accounted=(
            *_remainder(before, first, recorded=old.manifest, to_installed=True),
            *walk.in_order(asked, ask, progress=progress),
            *_remainder(last, after, recorded=new.manifest, to_installed=False),
        ),
        alone=walk.alone(asked, ask, progress=progress),
    )


def _by_answered(end: End, other: End, session: Session) -> End:
    """Return a scenario on the basis of its answer where a result beside it is on another.

    Where nothing is quoted the answer is by cost, and a result records that: its question is no
    other one for it.
    """
    same_basis = end.scenario.price_basis is other.scenario.price_basis
    if end.recorded is not None or other.recorded is None or same_basis:
        return end
    basis = compare(end.scenario, session=session, figures_only=True).scenario.price_basis
    return replace(end, scenario=replace(end.scenario, price_basis=basis))


class Walk:
    """The steps from one scenario to another, one changed input at a time."""

    def __init__(self, *, start: Scenario, end: Scenario, keys: Keys, towards: Keys) -> None:
        self.start = start
        self.end = end
        self.keys = keys
        self.towards = towards
        self.names = Names()

    def in_order(
        self, asked: Sequence[Change], ask: Ask, *, progress: Progress = quiet
    ) -> tuple[Effect, ...]:
        """Return the effect of each input after the ones before it.

        If a scenario in between is not valid (its two places are the same, say), the input is
        changed together with the next one.
        """
        keys, before = self.keys, ask(self.start)
        effects: list[Effect] = []
        together: list[Change] = []
        for number, change in enumerate(asked):
            progress(change.key, number, 2 * len(asked))
            keys = applied(keys, change, towards=self.towards)
            together.append(change)
            try:
                arrived = number == len(asked) - 1
                after = ask(self.end if arrived else scenario_of(keys, self.names))
            except CorridorsError:
                if arrived:
                    raise
                continue
            effects.append(Effect(changes=tuple(together), before=before, after=after))
            before, together = after, []
        return tuple(effects)

    def alone(
        self, asked: Sequence[Change], ask: Ask, *, progress: Progress = quiet
    ) -> tuple[Effect, ...]:
        """Return the effect of each input changed alone, or why it cannot be."""
        before = ask(self.start)
        effects = []
        for number, change in enumerate(asked):
            progress(change.key, len(asked) + number, 2 * len(asked))
            after, why_not = None, ""
            try:
                keys = applied(self.keys, change, towards=self.towards)
                after = ask(self.end if len(asked) == 1 else scenario_of(keys, self.names))
            except CorridorsError as error:
                why_not = str(error).splitlines()[0]
            effects.append(Effect(changes=(change,), before=before, after=after, why_not=why_not))
        return tuple(effects)


def recommended_lines(
    old: Scenario, new: Scenario, *, session: Session
) -> tuple[tuple[DrawnLine, ...], tuple[DrawnLine, ...]]:
    """Return the routes that two scenarios recommend now, leg by leg; empty if there is none."""

    def lines(scenario: Scenario) -> tuple[DrawnLine, ...]:
        best = compare(scenario, session=session, fronts=False).recommended
        legs = [s for s in best.legs if len(s.lon_lat) > 1] if best is not None else []
        at_sea = [family_of(leg.service) is Family.SEA for leg in legs]
        return tuple(zip(unwrapped_lines(legs), at_sea, strict=True))

    return lines(old), lines(new)


def _asking(session: Session) -> Ask:
    """Return a function that answers scenarios, each once; their names do not matter."""
    answered: dict[Scenario, Outcome] = {}

    def ask(scenario: Scenario) -> Outcome:
        question = replace(scenario, name="", source_path="")
        if question not in answered:
            comparison = compare(scenario, session=session, figures_only=True)
            answered[question] = outcome_of(comparison.record)
        return answered[question]

    return ask


def _manifest_changes(old: End, new: End) -> tuple[Change, ...]:
    """Return the versions and hashes that differ; a scenario has the installed ones."""
    if old.manifest is None and new.manifest is None:
        return ()
    installed = _installed(old.scenario)
    were, are = old.manifest or installed, new.manifest or installed
    return tuple(
        Change(
            key=key,
            old=were.get(key),
            new=are.get(key),
            kind="data" if key.startswith("sha256.") else "program",
        )
        for key in dict.fromkeys((*are, *were))
        if were.get(key) != are.get(key)
    )


def _installed(scenario: Scenario) -> Mapping[str, str]:
    manifest = build_manifest(scenario, data_root())
    return {
        "sha256.geodata": manifest.geodata_sha256,
        "sha256.parameters": manifest.parameters_sha256,
        **{f"versions.{name}": version for name, version in manifest.versions.items()},
    }


def _remainder(
    before: Outcome, after: Outcome, *, recorded: Mapping[str, str] | None, to_installed: bool
) -> tuple[Effect, ...]:
    """Return what no input accounts for: how the recorded result differs from today's answer."""
    if recorded is None or before == after:
        return ()
    ends = ("as recorded in A", "as installed")
    if not to_installed:
        ends = ("as installed", "as recorded in B")
    change = Change(key=DATA_AND_PROGRAM, old=ends[0], new=ends[1], kind="program")
    return (Effect(changes=(change,), before=before, after=after),)
