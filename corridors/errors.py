"""The errors a user can meet; each says where it is, what is wrong and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

MOST_SHOWN = 20
"""Faults that are printed; the others are counted."""
LONGEST_FAULT = 500
"""Characters of a fault as it is printed."""
_HEAD, _TAIL = 300, 190
STEERING = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    r"\ud800-\udfff\U000e0000-\U000e007f"
)
"""What no text may hold, as a class of a pattern: control characters, which move a terminal's
cursor; line ends; marks of direction, which turn a text around; half a surrogate pair, which cannot
be printed at all; and hidden letters. A tab and a line feed are not among them."""
UNPRINTABLE = re.compile(rf"[{STEERING}\t\n]")
"""The same with a tab and a line feed: what a text on one line may not hold."""


_MARKED = re.compile(r"`([\w-]+)`")


def printable(text: str) -> str:
    """Return a text on one line that moves no cursor and sends nothing to a terminal.

    What `UNPRINTABLE` matches is escaped as in a string of Python.
    """
    return UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


def fault_text(text: str) -> str:
    """Return a fault as it is printed: one line of at most 500 characters, without its middle."""
    shown = printable(text)
    return shown if len(shown) <= LONGEST_FAULT else f"{shown[:_HEAD]} ... {shown[-_TAIL:]}"


def fault_list(faults: Sequence[str]) -> list[str]:
    """Return the first 20 faults as they are printed, and how many more there are."""
    shown = [fault_text(fault) for fault in faults[:MOST_SHOWN]]
    more = len(faults) - len(shown)
    return [*shown, f"and {more:,} more error{'s'[: more > 1]}"] if more else shown


class CorridorsError(Exception):
    """Any error in the input; the command line prints it and exits with code 2.

    Parameters
    ----------
    message
        What is wrong and what would do, a fault per line.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__("\n".join(fault_list(message.splitlines())))


class ConfigError(CorridorsError):
    """Errors in a scenario, corridor or other configuration file.

    `faults` holds all of them, the text of the error the first 20 and the number of the others.

    Parameters
    ----------
    faults
        One sentence per error: `file:line: key: what is wrong, what to write instead`.
    """

    def __init__(self, faults: Sequence[str] | str) -> None:
        given = (faults,) if isinstance(faults, str) else faults
        self.faults: tuple[str, ...] = tuple(fault_text(fault) for fault in given)
        Exception.__init__(self, "\n".join(fault_list(self.faults)))


class OptionError(ConfigError):
    """A fault of the options of a question, which every face calls by its own names.

    Its text has the names of Python: `ice_class`, not `--ice-class`.

    Parameters
    ----------
    text
        One sentence, with each option between backticks.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        super().__init__(_MARKED.sub(r"\1", text))

    def naming(self, name: Callable[[str], str]) -> OptionError:
        """Return the error with other names of the options."""
        return OptionError(_MARKED.sub(lambda found: f"`{name(found[1])}`", self._text))

    @property
    def key(self) -> str:
        """The option that it names first."""
        found = _MARKED.search(self._text)
        return found[1] if found else ""


def faults_of(error: CorridorsError) -> tuple[str, ...]:
    """Return every fault of an error."""
    return error.faults if isinstance(error, ConfigError) else tuple(str(error).splitlines())


class StoppedError(Exception):
    """Work on many parts stopped early; finished parts are kept."""


class EarlyEndError(CorridorsError):
    """A command ends before it is done, or is interrupted; the text says what is kept."""


class PlaceError(CorridorsError):
    """A place is unknown, ambiguous, or too far from the network."""


class EndError(PlaceError):
    """An end of a shipment that its services do not reach.

    Parameters
    ----------
    message
        What is wrong and what would do.
    key
        The end: `origin` or `destination`.
    """

    def __init__(self, message: str, *, key: str) -> None:
        self.key = key
        super().__init__(message)


class ParameterError(CorridorsError):
    """A parameter is missing, out of range, or in the wrong unit."""


class GeodataError(CorridorsError):
    """The shipped or supplied network data is inconsistent."""


class SessionError(CorridorsError):
    """A session was asked by a thread that it does not belong to."""


class MissingPackageError(CorridorsError):
    """A package that not everybody needs is not installed."""


def needed(package: str, *, by: str, extra: str) -> Any:
    """Return a package that comes with an extra, for those who need it.

    Parameters
    ----------
    package
        Its name: `pyarrow`.
    by
        What needs it, as the fault begins: `a batch`.
    extra
        What installs it: `batch`.

    Raises
    ------
    MissingPackageError
        It is not installed.
    """
    try:
        return import_module(package)
    except ImportError:
        msg = f"{by} needs {package}, which is not installed: pip install 'corridors[{extra}]'"
        raise MissingPackageError(msg) from None


class CertificateError(Exception):
    """OR-Tools disagrees with the label setting: an error in the program, exit code 1."""
