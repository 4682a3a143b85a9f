"""One corridor's option: search it, report its cheapest route, certify it."""

from __future__ import annotations

from corridors.domain.results import RouteOption
from corridors.optimise.certify import certify as certified
from corridors.routing.found import search
from corridors.routing.question import Question
from corridors.routing.report import report


def option_of(
    question: Question, number: int = 0, *, certify: bool = False, fast: bool = True
) -> RouteOption:
    """Return the option of one corridor of a question.

    Parameters
    ----------
    question
        A scenario as posed.
    number
        Which of its corridors.
    certify
        Certify a route that meets dated changes too.
    fast
        Compile the search, which a command that wants one route does without.

    Raises
    ------
    CertificateError
        OR-Tools finds another cost or other hours than the label setting.
    """
    found = search(question, number, fronts=False, fast=fast)
    return certified(report(found), found, dated=certify)
