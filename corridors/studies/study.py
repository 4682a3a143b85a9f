"""What a study declares once: its options, from which the command, Python and HTTP are derived.

The room of a study has a `question.py` with a function and a `STUDY`. The signature of the function
states each option with its type and default, its docstring what it means; `STUDY` adds bounds, and
where a face differs from the others on purpose.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from inspect import cleandoc, signature
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from corridors.errors import ConfigError, OptionError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from corridors.domain.scenario import Scenario
    from corridors.studies.session import Session

GROUP: Final = "corridors.studies"
"""Entry points under which an installed package adds studies: a name, and where its `STUDY` is."""
KINDS: Final = (
    *(
        "str",
        "str | int",
        "int",
        "float",
        "bool",
        "Day",
        "Names",
        "Place",
        "Places",
        "ScenarioLike",
    ),
)
"""The types of options that every face takes; an option of another type is of Python alone."""
SCENARIO: Final = "scenario"
OVER: Final = "over"
_SECTION = re.compile(r"^(\w[\w ]*)\n-+$", re.MULTILINE)
_LAST_RANK = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """What the signature of a question does not say of an option.

    Parameters
    ----------
    flag
        Its name on the command line where that is another: `in` for `countries`.
    member
        Its name in the body of a request where that is another.
    argument
        The command takes it by its place.
    needed
        The command needs it, though Python does not.
    shown
        What stands for its value in a help page: `DATE`.
    completes
        What a shell offers for it, a function of `cli.completion`.
    least, most
        Bounds of a number.
    beyond
        Why it may not be more.
    most_served
        What a server takes at most: of a number itself, of a list its length.
    is_corridor
        A corridor, which may be a file, but not for a server.
    of_python
        Of Python alone: the command decides it.
    unset
        What the command takes where it is not given, in words, in place of Python's default.
    """

    flag: str = ""
    member: str = ""
    argument: bool = False
    needed: bool = False
    shown: str = ""
    completes: str = ""
    least: float | None = None
    most: float | None = None
    beyond: str = ""
    most_served: int | None = None
    is_corridor: bool = False
    of_python: bool = False
    unset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a command does with a result.

    `folder` is where its files are written, if they are; `prints` the format that is printed, and
    `shows` which flags and options were given for what it prints.
    """

    folder: Path | None
    prints: str
    shows: frozenset[str]

    @property
    def writes(self) -> bool:
        """Whether files are written."""
        return self.folder is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionOf:
    """An option of a question with everything that a face must know of it."""

    name: str
    kind: str
    default: Any
    meaning: str
    more: Option


@dataclass(frozen=True, kw_only=True)
class Study:
    """A study as its faces need it.

    Parameters
    ----------
    ask
        The question: takes a session, a scenario or plan if the study is of one, and the options.
    example
        A command line, for help.
    rank
        Where it stands in the list of commands.
    step
        What a terminal shows while it runs.
    outputs
        The files that it writes, without the start page; none if it writes none.
    over, outputs_over
        The question that the command asks where its option `over` is given, and its files.
    for_use
        The question as the command asks it, with a `Use`, where less is made for a table than for
        files.
    outputs_with
        The files that an option adds.
    more_help
        A sentence of the command alone.
    nothing
        What the command says where the question has no result.
    options
        What the signature does not say, by option.
    shows
        Flags of the command that change what it prints, and what each shows.
    keys
        Keys of the scenario that the command takes as options of their own.
    order
        The arguments of the command in the order of its help; by default its own come first.
    writes_itself
        It writes its files while it runs, into a folder that the command needs, and shows how far
        it is.
    is_served
        Whether a server answers it.
    streams
        Whether a server may send its progress, since it takes seconds.
    """

    ask: Callable[..., Any]
    example: str
    rank: int = _LAST_RANK
    step: str = "Searching"
    outputs: tuple[str, ...] = ()
    over: Callable[..., Any] | None = None
    outputs_over: tuple[str, ...] = ()
    for_use: Callable[..., Any] | None = None
    outputs_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    more_help: str = ""
    nothing: str = "no corridor is usable on this date"
    options: Mapping[str, Option] = field(default_factory=dict)
    shows: Mapping[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    order: str = ""
    writes_itself: bool = False
    is_served: bool = True
    streams: bool = True

    @property
    def name(self) -> str:
        """The name of the command, the function and the address."""
        return self.ask.__name__

    @property
    def summary(self) -> str:
        """What it does, in a sentence."""
        return self._doc.partition("\n\n")[0].replace("\n", " ")

    @property
    def help(self) -> str:
        """What it does, as the command says it."""
        text = _SECTION.split(self._doc)[0].strip()
        return plain("\n\n".join(filter(None, (text, self.more_help))))

    @property
    def takes_scenario(self) -> bool:
        """Whether the question is about a scenario."""
        return SCENARIO in signature(self.ask).parameters

    @property
    def takes_plan(self) -> bool:
        """Whether the question is about a plan."""
        return "plan" in signature(self.ask).parameters

    @cached_property
    def asked(self) -> tuple[OptionOf, ...]:
        """Its options that all faces take, in the order of the signature."""
        return tuple(self._options_of(self.ask))

    @cached_property
    def asked_over(self) -> tuple[OptionOf, ...]:
        """What the command takes besides: the options of `over` alone, none of which it needs."""
        own = {one.name for one in self.asked}
        more = () if self.over is None else self._options_of(self.over)
        return tuple(
            replace(one, default=None, meaning=one.meaning + " With --over." * (one.name != OVER))
            for one in more
            if one.name not in own
        )

    def _options_of(self, ask: Callable[..., Any]) -> Iterator[OptionOf]:
        meanings = meanings_of(cleandoc(ask.__doc__ or ""))
        for name, given in signature(ask).parameters.items():
            kind = str(given.annotation).removesuffix(" | None")
            more = self.options.get(name, Option())
            if kind in KINDS and name != SCENARIO and not more.of_python:
                yield OptionOf(
                    name=name,
                    kind=kind,
                    default=given.default,
                    meaning=meanings.get(name, ""),
                    more=more,
                )

    def files_of(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the files that a command line writes."""
        if self._moves(values):
            return self.outputs_over
        added = (files for name, files in self.outputs_with.items() if values[name])
        return (*self.outputs, *chain.from_iterable(added))

    def _moves(self, values: Mapping[str, Any]) -> bool:
        return self.over is not None and values.get(OVER) is not None

    def answer(self, session: Session, *about: Scenario | str, use: Use, **values: Any) -> Any:
        """Return the result for what a command line gives, `about` a scenario or a plan.

        Raises
        ------
        OptionError
            An option goes with `over` alone.
        """
        if self.over is not None and self._moves(values):
            given = {name: value for name, value in values.items() if value is not None}
            return self.over(session, *about, **given)
        over = {one.name: values.pop(one.name) for one in self.asked_over}
        given = {name: value for name, value in over.items() if value is not None}
        if given:
            named = ", ".join(f"`{name}`" for name in given)
            msg = f"{named}: goes with `{OVER}`, which names what is moved"
            raise OptionError(msg)
        if self.for_use is not None:
            values["use"] = use
        return (self.for_use or self.ask)(session, *about, **values)

    def check(self, values: Mapping[str, Any]) -> None:
        """Check that numbers are within their bounds.

        Raises
        ------
        OptionError
            One is not.
        """
        for one in (*self.asked, *self.asked_over):
            value, least, most = values.get(one.name), one.more.least, one.more.most
            if value is None or (least is None and most is None):
                continue
            if (least is None or value >= least) and (most is None or value <= most):
                continue
            bounds = f"{least:,} or more" if most is None else f"from {least or 0:,} to {most:,}"
            msg = f"`{one.name}` must be {bounds}, got {value:,}"
            if one.more.beyond and most is not None and value > most:
                msg += f": {one.more.beyond}"
            raise OptionError(msg)

    def flag_of(self, name: str) -> str:
        """Return an option as the command line writes it: `--ice-class`."""
        more = self.options.get(name)
        return f"--{(more and more.flag) or name.replace('_', '-')}"

    @property
    def _doc(self) -> str:
        return cleandoc(self.ask.__doc__ or "")


def meanings_of(docstring: str) -> dict[str, str]:
    """Return what the parameters of a docstring mean, on one line each."""
    parts = _SECTION.split(docstring)
    section = dict(zip(parts[1::2], parts[2::2], strict=True)).get("Parameters", "")
    found: dict[str, str] = {}
    names: list[str] = []
    for line in section.strip().splitlines():
        if line.startswith(" "):
            for name in names:
                found[name] = f"{found.get(name, '')} {line.strip()}".strip()
        elif line:
            names = line.split(", ")
    return found


def plain(text: str) -> str:
    """Return the text of a docstring without its marks."""
    return text.replace("`", "")


def room_names() -> tuple[str, ...]:
    """Return the names of the rooms, each a folder beside this file with a `question.py`."""
    return tuple(sorted(file.parent.name for file in Path(__file__).parent.glob("*/question.py")))


def installed_studies() -> dict[str, EntryPoint]:
    """Return the studies that installed packages add, by name."""
    if not _any_may_add():
        return {}
    from importlib.metadata import entry_points

    rooms = room_names()
    return {one.name: one for one in entry_points(group=GROUP) if one.name not in rooms}


def _any_may_add() -> bool:
    """Return whether a package on the path names the group, or cannot be looked into.

    The module that reads entry points takes ten times as long to import.
    """
    folders = {*map(Path, sys.path)}
    files = (found for one in folders for found in one.glob("*-info/entry_points.txt"))
    return any(one.is_file() for one in folders) or any(
        f"[{GROUP}]" in file.read_text(encoding="utf-8", errors="replace") for file in files
    )


def study_named(name: str) -> Study | None:
    """Return the study of a name, None if there is no such.

    Raises
    ------
    ConfigError
        What an installed package adds under this name is no study of it.
    """
    if name in room_names():
        found: Study = import_module(f"corridors.studies.{name}.question").STUDY
        return found
    point = installed_studies().get(name)
    return None if point is None else _loaded(point)


def every_study() -> dict[str, Study]:
    """Return the studies by name, in the order of the list of commands."""
    names = (*room_names(), *installed_studies())
    found = {name: study for name in names if (study := study_named(name)) is not None}
    return dict(sorted(found.items(), key=lambda one: (one[1].rank, one[0])))


def _loaded(point: EntryPoint) -> Study:
    made = point.load()
    if not isinstance(made, Study) or made.name != point.name:
        package = point.dist.name if point.dist else "a package"
        msg = (
            f"{package}: the entry point '{point.name}' of {GROUP} names {point.value}, which is no"
            f" Study called {point.name}"
        )
        raise ConfigError(msg)
    return made
