"""The chances that docs/explanation/uncertainty.md states, drawn by the program."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from corridors.config import load_scenario
from corridors.domain.scenario import Scenario
from corridors.domain.simulation import Fan, OptionChances
from corridors.studies.decided import decided
from corridors.studies.session import Session
from corridors.studies.simulate.run import sample
from tests.docs.founding import CHANGES, DAY_WORTH, WORLDS, day_text

DRAWS = 4_000
"""The sampling error of a share of one half is then 0.8 % of all draws."""
ARCTIC, RAIL = "northern-sea-route", "kazakhstan-moscow-kazan"
SIX = ("suez", "cape", ARCTIC, "kazakhstan-dostyk", RAIL, "trans-siberian")
MONTHS = (7, 8, 9, 10)
AUGUST = date(2026, 8, 15)
BREAK_EVEN = 84
"""USD a day at which rail costs what Suez does in 2034, as the founding questions have it."""


def asked(
    name: str, corridors: Sequence[str], departure: date | None, *set_values: str
) -> Scenario:
    """Return a shipped scenario with these corridors and values."""
    listed = f"corridors=[{', '.join(corridors)}]"
    return load_scenario(name, set_values=[listed, *set_values], departure=departure)


def worth_a_day(usd: float) -> tuple[str, str]:
    """Return the values by which a day counts."""
    return ("objective=generalised", f"shipment.value_of_time_usd_per_teu_day={usd}")


def drawn(scenario: Scenario, session: Session) -> dict[str, OptionChances]:
    """Return what `simulate --draws 4000` says of each corridor."""
    made = decided(scenario, session=session)
    sampled = sample(made, draws=DRAWS, seed=1, session=session)
    return {option.corridor: option for option in sampled.options(None)}


def percent(share: float) -> str:
    """Return a share as the page writes it."""
    return f"{100.0 * share:.0f} %"


def arctic_row(session: Session, day: date) -> str:
    """Return how often the Arctic is best for electronics, in both worlds, by cost and by price."""
    cells = []
    for world in WORLDS:
        days = worth_a_day(DAY_WORTH["electronics"])
        found = drawn(asked("shanghai-europe", SIX, day, f"world={world}", *days), session)[ARCTIC]
        cells += [percent(found.best), percent(found.best_on_other_basis)]
    return f"| {day_text(day)} | {' | '.join(cells)} |"


def arctic_rows(session: Session) -> list[str]:
    """Return the rows of the Arctic by month, and what other widths make of one of them."""
    rows = [arctic_row(session, date(2026, month, 15)) for month in MONTHS]
    half, twice = (
        percent(
            drawn(
                asked(
                    "shanghai-europe",
                    SIX,
                    AUGUST,
                    f"draws.width={width}",
                    *worth_a_day(DAY_WORTH["electronics"]),
                ),
                session,
            )[ARCTIC].best
        )
        for width in (0.5, 2.0)
    )
    text = (
        f"With ranges half as wide it wins in {half} of draws on 15 August, with twice as wide in"
        f" {twice}"
    )
    return [*rows, text]


def change_rows(session: Session) -> list[str]:
    """Return how often rail beats Suez in 2034, by cost and by price."""
    rows = []
    for name, changes in CHANGES.items():
        scenario = asked(
            *("shanghai-europe", ("suez", RAIL), date(2034, 8, 20)),
            *(*changes, *worth_a_day(BREAK_EVEN)),
        )
        found = drawn(scenario, session)[RAIL]
        rows.append(f"| {name} | {percent(found.best)} | {percent(found.best_on_other_basis)} |")
    return rows


def kaliningrad_texts(session: Session) -> list[str]:
    """Return how often each ship is best from Shanghai to Kaliningrad."""
    found = drawn(asked("shanghai-kaliningrad", SIX, None), session)
    arctic, cape, suez = (percent(found[name].best) for name in (ARCTIC, "cape", "suez"))
    return [f"the Northern Sea Route is best in {arctic}, the Cape in {cape}, Suez in {suez}"]


def desk_texts(session: Session) -> list[str]:
    """Return the transit days that a freight desk would check."""
    suez = _transit(asked("shanghai-europe", ("suez",), None), "suez", session)
    late = _transit(asked("shanghai-europe", ("suez",), None, "draws.width=0"), "suez", session)
    return [
        f"Suez, Shanghai to Hamburg: {suez.p50:.0f} transit days in the middle, {suez.p90:.0f} with"
        f" 90 %, {late.p90:.0f} if ships are late and nothing else is drawn",
        train_text(session),
    ]


def train_text(session: Session) -> str:
    """Return the transit days of a train among those that a freight desk would check."""
    rail = "kazakhstan-dostyk"
    train = _transit(asked("chongqing-duisburg", (rail,), None), rail, session)
    return (
        f"Chongqing to Duisburg by Dostyk: {train.p10:.0f} to {train.p90:.0f} transit days from 10"
        f" to 90 %, {train.p50:.0f} in the middle"
    )


def _transit(scenario: Scenario, corridor: str, session: Session) -> Fan:
    fans = drawn(scenario, session)[corridor].booked
    assert fans is not None
    return fans.transit_days
