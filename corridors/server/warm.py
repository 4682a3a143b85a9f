"""What workers share: the program, the tables and a warm session, made once before they part.

The process that workers are forked from imports this module, so a new worker is warm at once, and
what is loaded here is in the memory of all of them once. Nothing that starts a thread belongs here.
"""

from __future__ import annotations

import gc

from corridors.server.answering import Answers

WARM = Answers()
WARM.warm()
gc.collect()
# So that the first collection in a worker does not copy all of it.
gc.freeze()
