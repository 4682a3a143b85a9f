"""What is asked, as far as the front of the server knows it: keys, bounds, own files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

SCENARIO_FILE = "scenario.yaml"
_KEY_CHARACTERS = 32

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """The folder with own data that the server was started with, and the names in it.

    They are listed once: a question names one of them, and nothing else is ever opened.
    """

    folder: Path | None = None
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, folder: Path | None) -> OwnFiles:
        """Return the files and folders directly in a folder, without hidden ones and links."""
        if folder is None:
            return cls()
        root = folder.resolve()
        listed = (path for path in root.iterdir() if not path.is_symlink())
        return cls(root, frozenset(path.name for path in listed if path.name[0] != "."))

    @property
    def shown(self) -> str:
        """The path of a scenario beside them, which names of files are relative to."""
        return SCENARIO_FILE if self.folder is None else str(self.folder / SCENARIO_FILE)


def key_of(values: Values) -> str:
    """Return a key of a question: the same keys and values, in any order, have the same."""
    text = json.dumps(values, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:_KEY_CHARACTERS]
