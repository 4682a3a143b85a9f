"""What every function of Python shares: its signature by keyword, and errors in Python's words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from numbers import Integral, Real
from pathlib import Path
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar, get_type_hints

import numpy as np

from corridors.errors import ConfigError, CorridorsError, fault_list
from corridors.studies.scenario_keys import ENDS, KeysOfRoutes, ScenarioKeys, advice_on

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

# What the parts of an annotation take, and what a fault calls it.
PLAIN: Mapping[str, tuple[tuple[type, ...], str]] = MappingProxyType(
    {
        "int": ((Integral,), "a whole number"),
        "float": ((Real,), "a number"),
        "bool": ((bool, np.bool_), "True or False"),
        "str": ((str,), "text"),
        "Path": ((Path,), "a path"),
        "None": ((type(None),), ""),
    }
)
_SET = "--set "


def question(method: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Return a function that takes the keywords of a scenario by name and speaks of keywords.

    Its signature lists the keys of a scenario where it takes them. A wrong keyword is a
    `CorridorsError` that says which one may be meant, and so is a fault that speaks of options.
    """
    name = f"{method.__name__}()"

    @wraps(method)
    def ask(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        try:
            return method(*args, **kwargs)
        except (TypeError, ValueError, AttributeError):
            # Looked at only now, so that a distance takes no longer for it.
            _refuse_arguments(ask, name, args, kwargs)
            raise
        except CorridorsError as error:
            _refuse_arguments(ask, name, args, kwargs)
            _reword(error)
            raise

    ask.__signature__ = _by_name(method)  # type: ignore[attr-defined]
    return ask


def _by_name(method: Callable[..., Any]) -> inspect.Signature:
    """Return the signature of a method, with the keys of a scenario that it takes."""
    signature = inspect.signature(method)
    *parameters, last = signature.parameters.values()
    shared = next((one for one in (KeysOfRoutes, ScenarioKeys) if one.__name__ in str(last)), None)
    if shared is None:
        return signature
    hints = get_type_hints(shared)
    added = [
        inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=..., annotation=hints[key])
        for key in sorted(hints, key=lambda key: key not in ENDS)
    ]
    return signature.replace(parameters=[*parameters, *added])


def _refuse_arguments(
    function: Callable[..., Any], name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    """Raise a ConfigError if the arguments do not fit the signature of a function."""
    signature = inspect.signature(function)
    parameters = {key: one for key, one in signature.parameters.items() if key != "self"}
    takes_others = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
    unknown = [key for key in kwargs if key not in parameters and not takes_others]
    if unknown:
        known = list(parameters)
        msg = [f"{name}: unknown keyword '{key[:80]}', {advice_on(key, known)}" for key in unknown]
        raise ConfigError(msg) from None
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        plain = [key for key, one in parameters.items() if one.kind is not one.KEYWORD_ONLY]
        takes = ", ".join(plain) or "nothing"
        text = f"{name}: {error}; without a keyword it takes {takes}"
        raise ConfigError(text) from None
    faults = [
        f"{key}: must be {' or '.join(wanted)}, got {value!r:.80}"
        for key, value in bound.arguments.items()
        if key in parameters and (wanted := _not_as(parameters[key].annotation, value))
    ]
    if faults:
        raise ConfigError(faults) from None


def _not_as(annotation: object, value: object) -> list[str]:
    """Return what a plain annotation such as `float | None` wants, empty if the value is such."""
    parts = str(annotation).split(" | ")
    if not all(part in PLAIN for part in parts) or isinstance(
        value, tuple(kind for part in parts for kind in PLAIN[part][0])
    ):
        return []
    return [PLAIN[part][1] for part in parts if PLAIN[part][1]]


def _reword(error: CorridorsError) -> None:
    """Let a fault of a value begin with its key alone: keywords are read as `--set` reads them."""
    if isinstance(error, ConfigError):
        error.faults = tuple(fault.removeprefix(_SET) for fault in error.faults)
        error.args = ("\n".join(fault_list(error.faults)),)
