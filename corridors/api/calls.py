"""What every function of Python shares: its signature by keyword, and errors in Python's words."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import wraps
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar, get_type_hints

from corridors.api.scenario_keys import ENDS, RouteKeys, ScenarioKeys, advice_on
from corridors.errors import ConfigError, CorridorsError

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

# Messages name options as the command line writes them; these have another name in Python.
RENAMED = MappingProxyType(
    {
        "in": "countries",
        "from": "first",
        "to": "last",
        "to_value": "last",
        "out": "folder",
        "max": "max_scenarios",
        "dask": "workers",
    }
)
_OPTION = re.compile(r"(?<![\w-])--([a-z][a-z-]*)(?![\w-])")
_SET = re.compile(r"(?<![\w-])--set (?=[\w.@]+: )")


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
        except TypeError:
            _refuse_keywords(ask, name, args, kwargs)
            raise
        except CorridorsError as error:
            _refuse_keywords(ask, name, args, kwargs)
            _reword(error)
            raise

    ask.__signature__ = _by_name(method)  # type: ignore[attr-defined]
    return ask


def signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """Return the signature of a function of Python, with the keys of a scenario."""
    return inspect.signature(function)


def _by_name(method: Callable[..., Any]) -> inspect.Signature:
    signature = inspect.signature(method)
    parameters = list(signature.parameters.values())
    if not parameters or parameters[-1].kind is not inspect.Parameter.VAR_KEYWORD:
        return signature
    shared = RouteKeys if "RouteKeys" in str(parameters[-1].annotation) else ScenarioKeys
    hints = get_type_hints(shared)
    keys = sorted(hints, key=lambda key: key not in ENDS)
    added = [
        inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=..., annotation=hints[key])
        for key in keys
    ]
    return signature.replace(parameters=[*parameters[:-1], *added])


def _refuse_keywords(
    function: Callable[..., Any], name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    """Raise a ConfigError if the arguments do not fit the signature of a function."""
    signature = signature_of(function)
    known = [key for key in signature.parameters if key != "self"]
    unknown = [key for key in kwargs if key not in known]
    if unknown:
        msg = [f"{name}: unknown keyword '{key[:80]}', {advice_on(key, known)}" for key in unknown]
        raise ConfigError(msg) from None
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        msg = [f"{name}: {error}; it takes {', '.join(known)}"]
        raise ConfigError(msg) from None


def _reword(error: CorridorsError) -> None:
    """Let an error name keywords where it names options of the command line."""
    if isinstance(error, ConfigError):
        error.faults = tuple(map(in_python, error.faults))
    error.args = tuple(in_python(text) if isinstance(text, str) else text for text in error.args)


def in_python(text: str) -> str:
    """Return a message that names keywords of Python in place of options of the command line."""

    def keyword(found: re.Match[str]) -> str:
        name = found[1].replace("-", "_")
        return RENAMED.get(name, name)

    return _OPTION.sub(keyword, _SET.sub("", text))
