"""The questions that a worker answers, by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from corridors.progress import Progress
from corridors.server import answering, asked_studies
from corridors.server.answering import Answers, Given
from corridors.server.replies import Reply

Answering = Callable[[Answers, Given, Progress], Reply]
KINDS: Mapping[str, Answering] = {
    "figures": answering.figures,
    "page": answering.page,
    "compare": answering.whole,
    "details": answering.details,
    "map": answering.drawn_map,
    "lines": answering.lines,
    "file": answering.file,
    "route": asked_studies.route,
    "distances": asked_studies.distances,
    "season": asked_studies.season,
    "explain": asked_studies.explain,
    "simulate": asked_studies.simulate,
    "breakeven": asked_studies.breakeven,
    "phase": asked_studies.phase,
    "catchments": asked_studies.catchments,
    "month": asked_studies.month,
    "scenario": asked_studies.scenario,
}
