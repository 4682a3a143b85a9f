"""The errors a user can meet; each says where it is, what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence


class CorridorsError(Exception):
    """Any error in the input; the command line prints it and exits with code 2."""


class ConfigError(CorridorsError):
    """Errors in a scenario, corridor or other configuration file.

    Parameters
    ----------
    faults
        One sentence per error: `file:line: key: what is wrong, what to write instead`.
    """

    def __init__(self, faults: Sequence[str] | str) -> None:
        self.faults: tuple[str, ...] = (faults,) if isinstance(faults, str) else tuple(faults)
        super().__init__("\n".join(self.faults))


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


class CertificateError(Exception):
    """OR-Tools disagrees with the label setting: an error in the program, exit code 1."""
