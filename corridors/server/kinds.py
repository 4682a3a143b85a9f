"""The questions that a worker answers, by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from corridors.progress import Progress
from corridors.server import answers, studied
from corridors.server.answers import Answers, Given
from corridors.server.replies import Reply

Answering = Callable[[Answers, Given, Progress], Reply]
KINDS: Mapping[str, Answering] = {
    "figures": answers.figures,
    "compare": answers.whole,
    "details": answers.details,
    "map": answers.drawn_map,
    "lines": answers.lines,
    "file": answers.file,
    "route": studied.route,
    "distances": studied.distances,
    "season": studied.season,
    "explain": studied.explain,
    "simulate": studied.simulate,
    "breakeven": studied.breakeven,
    "phase": studied.phase,
    "catchments": studied.catchments,
    "month": studied.month,
    "scenario": studied.scenario,
}
