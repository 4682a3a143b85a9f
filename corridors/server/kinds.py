"""The questions that a worker answers, by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from corridors.progress import Progress
from corridors.server import answering, asked_studies
from corridors.server.answering import Answers, Given
from corridors.server.described import answer_of, served_studies
from corridors.server.guard import Reply

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
    "month": asked_studies.month,
    "scenario": asked_studies.scenario,
    **{name: answer_of(study) for name, study in served_studies().items()},
}
