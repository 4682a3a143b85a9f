"""Explain the option of one corridor."""

from __future__ import annotations

from dataclasses import replace

from corridors.config import load_corridors
from corridors.data.parameters import load_sources
from corridors.domain.scenario import OTHER, PriceBasis, Scenario
from corridors.routing.report import run_warnings
from corridors.studies.explain.result import Explained
from corridors.studies.result_base import option_of
from corridors.studies.session import Session


def explain_option(
    scenario: Scenario, corridor: str, *, session: Session | None = None
) -> Explained:
    """Return the option of one corridor, which the scenario need not list.

    Parameters
    ----------
    scenario
        The scenario.
    corridor
        Id of a shipped corridor, or the path of a corridor file.
    session
        Keeps networks and tables between scenarios; a new one by default.

    Raises
    ------
    ConfigError
        A place, corridor, service or parameter is unknown.
    """
    asked, session = replace(scenario, corridors=(corridor,)), session or Session()
    # Whether it is by price or by cost is judged as in a comparison, by all of its corridors.
    listed = session.corridors_of(scenario) if scenario.price_basis is PriceBasis.PRICE else ()
    (own,) = load_corridors([corridor])
    others = session.free if any(one.id == OTHER for one in listed) else listed
    question = session.pose(scenario, (own, *(one for one in others if one.id != own.id)))
    option = option_of(question)
    return Explained(
        scenario=asked,
        option=option,
        warnings=run_warnings(question, (option,)) if option.usable else (),
        sources=load_sources(),
    )
