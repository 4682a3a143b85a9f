"""The errors a user can meet: where, what, and what would do."""

from __future__ import annotations

from collections.abc import Sequence


class CorridorsError(Exception):
    """Any fault of the input; the command line prints it and ends with exit code 2."""


class ConfigError(CorridorsError):
    """A scenario, corridor or other configuration file is wrong; one fault a line.

    Parameters
    ----------
    faults
        Sentences of the form `file:line: key: what is wrong, what would do`.
    """

    def __init__(self, faults: Sequence[str] | str) -> None:
        self.faults: tuple[str, ...] = (faults,) if isinstance(faults, str) else tuple(faults)
        super().__init__("\n".join(self.faults))


class PlaceError(CorridorsError):
    """A place is unknown, ambiguous, or too far from the network."""


class ParameterError(CorridorsError):
    """A parameter is missing, out of range, or in the wrong unit."""


class GeodataError(CorridorsError):
    """The shipped or supplied network data is inconsistent."""


class CertificateError(Exception):
    """OR-Tools disagrees with the label setting: a fault of the program, exit code 1."""
