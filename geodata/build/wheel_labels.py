"""A step of building a wheel: say that hub labels of sea distances are missing.

They are made by the package itself (`make labels`), so not while its wheel is built.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class LabelsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Warns about a wheel without hub labels."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Look before the wheel is built; an editable install is told by `corridors`."""
        labels = Path(self.root, "geodata", "derived", "sea_labels.npz")
        if version != "editable" and not labels.exists():
            self.app.display_warning(
                f"{labels.name} is missing, so with this wheel each distance by sea takes some"
                " milliseconds: run `make labels` and build it again"
            )
