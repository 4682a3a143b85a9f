"""Search one corridor, report its cheapest route and certify it."""

from __future__ import annotations

from corridors.domain.results import RouteOption
from corridors.optimise.certify import certify as certified
from corridors.routing.corridor_search import SearchedCorridor, search_row
from corridors.routing.question import Question
from corridors.routing.report import report


def option_of(question: Question, number: int = 0, *, certify: bool = False) -> RouteOption:
    """Return the option of one corridor of a question.

    Parameters
    ----------
    question
        A scenario as posed.
    number
        Which of its corridors.
    certify
        Also certify a route that depends on dates.

    Raises
    ------
    CertificateError
        OR-Tools and the label setting disagree.
    """
    return searched_option(question, number, certify=certify)[1]


def searched_option(
    question: Question, number: int = 0, *, certify: bool = False
) -> tuple[SearchedCorridor, RouteOption]:
    """Return what was searched of one corridor of a question, and its option; see `option_of`."""
    found = search_row(question, number, fronts=False)
    return found, certified(report(found), found, dated=certify)
