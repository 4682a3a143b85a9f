"""What workers share: the program, the tables and a warm session, made once before they part.

The process that workers are forked from imports this module, so a new worker is warm at once, and
what is loaded here is in the memory of all of them once. Nothing that starts a thread belongs here.
"""

from __future__ import annotations

import gc

# Nothing that is made here goes before the process does: looking for garbage takes a tenth longer.
gc.disable()

from corridors.output.html import planner_parts  # noqa: E402, F401 - what an answer is shown with
from corridors.server import kinds  # noqa: E402, F401
from corridors.server.answering import Answers  # noqa: E402

WARM = Answers()
WARM.warm()
# So that the first collection in a worker does not copy all of it.
gc.freeze()
gc.enable()
