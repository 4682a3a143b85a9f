"""The command of a study, made of what its question declares: flags, help, files, exit code."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial, wraps
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corridors.cli import completion
from corridors.cli.arguments import reserve
from corridors.cli.output import (
    ChoiceOption,
    ContractsOption,
    DepartureOption,
    FolderOption,
    Format,
    FormatOption,
    OutOption,
    OwnDataOption,
    PlanArgument,
    PlanSetOption,
    ScenarioArgument,
    SchedulesOption,
    SetOption,
    SpeedOption,
    TimeLimitOption,
    lines_of_table,
    print_result_table,
    progress,
)
from corridors.cli.publishing import INDEX, command_line, publish
from corridors.cli.tables import print_table, say
from corridors.errors import OptionError
from corridors.studies.study import OptionOf, Study, Use, plain

if TYPE_CHECKING:
    from corridors.domain.answer import Answer
    from corridors.domain.scenario import Scenario
    from corridors.output.tables import Table

NOTHING_USABLE = 3
_TYPES: Mapping[str, Any] = {
    "str": str,
    "str | int": str,
    "int": int,
    "float": float,
    "bool": bool,
    "Day": datetime,
    "Names": list[str],
    "Place": str,
    "Places": list[str],
    "ScenarioLike": str,
}
_DAYS = ["%Y-%m-%d"]
# What the command itself takes, by the name of its own argument.
_OWN = {"set_values": SetOption, "departure": DepartureOption}
# What the command takes besides of a study that names them in `keys`.
_KEYS = {
    "choice": ChoiceOption,
    "speed": SpeedOption,
    "own_data": OwnDataOption,
    "contracts": ContractsOption,
    "schedules": SchedulesOption,
}
_OF_PLANS = {"set_values": PlanSetOption, "time_limit": TimeLimitOption}


class Printer:
    """Prints results to standard output, as tables and sentences of its width.

    Parameters
    ----------
    command
        The command line that gives the result again.
    shown
        What was asked to be shown besides, by its flag.
    """

    def __init__(self, command: str = "", shown: Collection[str] = ()) -> None:
        self._command, self._shown = command, frozenset(shown)

    def shows(self, flag: str) -> bool:
        """Return whether a flag or an option asks for more."""
        return flag in self._shown

    def answer(self, answer: Answer, table: Table | None = None, *rows: object) -> None:
        """Print an answer, with a table in place of its rows: the first of `rows` that fits."""
        from corridors.cli.tables import print_answer

        tables = [partial(lines_of_table, table, some) for some in rows] if table else []
        print_answer(answer, command=self._command, notes=self.shows("notes"), tables=tables)

    rows = staticmethod(print_table)
    table = staticmethod(print_result_table)
    say = staticmethod(say)
    echo = staticmethod(typer.echo)


def command_of(study: Study) -> Callable[..., None]:
    """Return the command of a study: it parses its options, asks, prints and writes."""

    def command(context: typer.Context, **given: Any) -> None:
        how, out = given["how"], given.get("out")
        taken = (*study.asked, *study.asked_over)
        options = {one.name: _value(one, given[one.name]) for one in taken}
        shown = frozenset(name for name in (*study.shows, *options) if given[name])
        try:
            study.check(options)
            if not study.writes_itself:
                reserve(out, (*study.files_of(options), INDEX))
            about = [_scenario(given)] if study.takes_scenario else []
            if study.takes_plan:
                about, limit_s = [given["plan"]], given["time_limit"]
                options["set_values"] = given["set_values"] or []
                options |= {} if limit_s is None else {"time_limit_s": limit_s}
            with progress(study.step, bar=study.writes_itself) as show:
                from corridors.studies.session import Session

                use = Use(folder=out, prints=how.value, shows=shown)
                result = study.answer(Session(progress=show), *about, use=use, **options)
        except OptionError as error:
            raise error.naming(study.flag_of) from None
        if result is None:
            typer.echo(study.nothing, err=True)
            raise typer.Exit(NOTHING_USABLE)
        command = command_line(context)
        into = None if study.writes_itself else out
        publish(how, result, command=command, out=into, terminal=Printer(command, shown))
        if not result._is_usable:
            raise typer.Exit(NOTHING_USABLE)

    parameters = _parameters(study)
    command.__name__, command.__doc__ = study.name, study.help
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return command


def with_flags(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command whose faults call its options by their flags."""

    @wraps(command)
    def run(*args: Any, **given: Any) -> None:
        try:
            command(*args, **given)
        except OptionError as error:
            raise error.naming(_flag) from None

    return run


def _flag(option: str) -> str:
    return f"--{option.replace('_', '-')}"


def _scenario(given: Mapping[str, Any]) -> Scenario:
    from corridors.config import load_scenario

    day = given["departure"]
    keys = [f"{key}={given[key]}" for key in ("speed", "choice") if given.get(key) is not None]
    return load_scenario(
        given["scenario"],
        set_values=[*(given["set_values"] or ()), *keys],
        departure=day.date() if day else None,
        own_data=given.get("own_data") or (),
        contracts=given.get("contracts") or (),
        schedules=given.get("schedules") or (),
    )


def _value(one: OptionOf, value: Any) -> Any:
    """Return the value of an option as the question takes it."""
    if isinstance(value, datetime):
        return value.date()
    return () if value is None and isinstance(one.default, tuple) else value


def _parameters(study: Study) -> list[Parameter]:
    """Return the parameters of a command: arguments, its options, then those of all commands."""
    found = [_parameter("context", typer.Context)]
    found += [_parameter("scenario", ScenarioArgument)] * study.takes_scenario
    found += [_parameter("plan", PlanArgument)] * study.takes_plan
    found += [_asked(one, study.flag_of(one.name)) for one in study.asked if one.more.argument]
    others = (one for one in (*study.asked, *study.asked_over) if not one.more.argument)
    found += [_asked(one, study.flag_of(one.name)) for one in others]
    found += [
        _parameter(flag, Annotated[bool, typer.Option(_flag(flag), help=text)], default=False)
        for flag, text in study.shows.items()
    ]
    if study.writes_itself:
        found.append(_parameter("out", FolderOption))
    found += [_parameter("out", OutOption, None)] * bool(study.outputs)
    if study.takes_scenario:
        found += [_parameter(name, kind, None) for name, kind in _OWN.items()]
        found += [_parameter(name, _KEYS[name], None) for name in study.keys]
    if study.takes_plan:
        found += [_parameter(name, kind, None) for name, kind in _OF_PLANS.items()]
    if study.order:
        found[1:] = sorted(found[1:], key=lambda one: study.order.split().index(one.name))
    return [*found, _parameter("how", FormatOption, Format.TABLE)]


def _asked(one: OptionOf, flag: str) -> Parameter:
    """Return an option of a study as typer declares it."""
    kind, more = _TYPES[one.kind], one.more
    help_text = plain(one.meaning)
    given: dict[str, Any] = {"metavar": more.shown or None}
    if more.completes:
        given["autocompletion"] = getattr(completion, more.completes)
    default = Parameter.empty if more.needed else None if more.unset else one.default
    help_text += f" Default: {more.unset}." * bool(more.unset)
    if one.kind in ("Names", "Places"):
        default = list(one.default) or None
        help_text += " Repeatable."
    if one.kind == "Day":
        given["formats"] = _DAYS
    if default is None or default == "":
        kind, default = kind | None, None
    if more.argument:
        made = typer.Argument(help=help_text, **given)
    elif one.kind == "bool" and default:
        made = typer.Option(f"{flag}/--no-{flag.removeprefix('--')}", help=help_text)
    else:
        made = typer.Option(flag, help=help_text, **given)
    if default is Parameter.empty:
        return _parameter(one.name, Annotated[kind, made])
    return _parameter(one.name, Annotated[kind, made], default)


def _parameter(name: str, kind: Any, default: Any = Parameter.empty) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind, default=default)
