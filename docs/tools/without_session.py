"""What the pages of Python leave out of a question of a study: the session that it is given."""

from __future__ import annotations

from typing import Any

# Only the build of the documentation has it.
from griffe import Extension, Function  # type: ignore[import-not-found]

ROOM = "corridors.studies."


class WithoutSession(Extension):  # type: ignore[misc]
    """Drops the first parameter of a question, which no caller gives: the method has it."""

    def on_function_instance(self, *, func: Function, **_: Any) -> None:
        """Change a function once it is read."""
        is_question = func.path.startswith(ROOM) and func.module.name == "question"
        if is_question and "session" in func.parameters:
            del func.parameters["session"]
