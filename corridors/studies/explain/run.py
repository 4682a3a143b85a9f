"""Explain the option of one corridor."""

from __future__ import annotations

from dataclasses import replace

from corridors.config import load_corridors
from corridors.data.parameters import load_sources
from corridors.domain.scenario import OTHER, PriceBasis, Scenario
from corridors.errors import ConfigError
from corridors.routing.report import run_warnings
from corridors.studies import decided
from corridors.studies.explain.result import Explained
from corridors.studies.option_tables import contract_rows, is_contract
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
        Id of a shipped corridor, the path of a corridor file, or the id of a contract's row.
    session
        Keeps networks and tables between scenarios; a new one by default.

    Raises
    ------
    ConfigError
        A place, corridor, service or parameter is unknown, or no contract has that row.
    """
    session = session or Session()
    if is_contract(corridor):
        return _explained_contract(scenario, corridor, session)
    asked = replace(scenario, corridors=(corridor,))
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


def _explained_contract(scenario: Scenario, corridor: str, session: Session) -> Explained:
    """Return the option of a contract's row, as a comparison has it."""
    listed = session.corridors_of(scenario)
    others = session.free if any(one.id == OTHER for one in listed) else listed
    question = session.pose(scenario, others)
    rows = {row.corridor.id: row for row in contract_rows(question, session).found}
    if corridor not in rows:
        msg = f"no contract has the row '{corridor}'; rows: {', '.join(rows) or 'none'}"
        raise ConfigError(msg)
    option = decided.option_of(rows[corridor], session=session, figures_only=False)
    return Explained(
        scenario=scenario,
        option=option,
        warnings=run_warnings(question, (option,)),
        sources=load_sources(),
    )
