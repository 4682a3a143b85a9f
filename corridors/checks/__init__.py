"""The checks of `corridors check`: configuration files and the shipped geodata."""

from corridors.checks.configs import check_configs, check_files
from corridors.checks.shipped_data import case_faults, check_geodata

__all__ = ["check_configs", "check_files", "check_geodata", "check_shipped"]


def check_shipped() -> tuple[int, tuple[str, ...]]:
    """Check all shipped files. Return the number of files and rows, and the faults."""
    checked, faults = check_geodata()
    more, others = check_configs()
    return checked + more, tuple(dict.fromkeys((*faults, *others, *case_faults())))
