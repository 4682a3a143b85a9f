"""Scenario and corridor files: read with bounds, validated, turned into domain values."""

from corridors.config.config_files import find_file, shown_as
from corridors.config.corridors import for_ends, load_corridor_file, load_corridors
from corridors.config.projects import load_projects
from corridors.config.scenario import fault, given_scenario, load_scenario, where

__all__ = [
    "fault",
    "find_file",
    "for_ends",
    "given_scenario",
    "load_corridor_file",
    "load_corridors",
    "load_projects",
    "load_scenario",
    "shown_as",
    "where",
]
