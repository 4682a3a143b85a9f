"""Compare a scenario for departures in successive months."""

from __future__ import annotations

from dataclasses import replace

from corridors.config import fault
from corridors.domain.scenario import PriceBasis, Scenario
from corridors.domain.windows import months_later
from corridors.errors import ConfigError
from corridors.optimise.candidates import BY_COST
from corridors.output.comparison import Comparison
from corridors.progress import Progress, quiet
from corridors.studies.compare import compare
from corridors.studies.session import Session

MONTHS = 12


def by_month(
    scenario: Scenario,
    *,
    session: Session | None = None,
    count: int = MONTHS,
    first: Comparison | None = None,
    progress: Progress = quiet,
) -> tuple[Comparison, ...]:
    """Return the comparisons of a scenario for the same day of successive months.

    Prices are those of each month's departure unless the scenario names a month, and the ice is
    that of the scenario's year: both as in a comparison of that day alone.

    Parameters
    ----------
    scenario
        The scenario; its departure is in the first month.
    session
        Keeps networks between months; a new one by default.
    count
        Months, >= 1.
    first
        The comparison of the first month where it is made already.
    progress
        Called with the month, how many are done and how many there are.

    Raises
    ------
    ConfigError
        As `compare` does.
    """
    if scenario.robust is not None:
        text = "a row a month is chosen by its figures; compare each month alone, or leave it out"
        raise ConfigError(fault(scenario, "robust", text))
    session = session or Session(keeps_searches=False)
    found: list[Comparison] = []
    for number in range(count):
        day = months_later(scenario.departure, number)
        progress(f"{day:%B %Y}", number, count)
        if number == 0 and first is not None:
            found.append(first)
        else:
            asked = replace(scenario, departure=day)
            found.append(compare(asked, session=session, fronts=False))
    # One basis for all: what is quoted in one month stands beside no cost of another.
    unpriced = [one for one in found if one.scenario.price_basis is PriceBasis.COST]
    if unpriced and len(unpriced) < len(found):
        at_cost = replace(scenario, price_basis=PriceBasis.COST)
        named = f"{unpriced[0].scenario.departure:%B %Y}"
        note = f"{BY_COST}: in {named} the best way has none"
        return tuple(
            replace(one, warnings=(*one.warnings, note))
            for one in by_month(at_cost, session=session, count=count, progress=progress)
        )
    return tuple(found)
