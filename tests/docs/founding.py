"""The rows of the tables of docs/findings/founding-questions.md, calculated by the program."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import corridors
from corridors.config import load_scenario
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Scenario
from corridors.studies.compare.run import compare
from corridors.studies.session import Session

# What a day is worth, 15 % of the value of the goods a year, as in configs/batches/arctic-months.
DAY_WORTH = {"electronics": 33, "machinery": 25, "apparel": 16, "chemicals": 10}
WORLDS = ("reference-open", "red-sea-closed")
ICE_YEARS = ("best", "mean", "worst")


CHANGES = {
    "as it stands": [],
    "Moscow-Kazan line": ["projects=[moscow-kazan-hsr]"],
    "China joins the customs union": ["customs.extend_to=[CN]"],
    "projects in Kazakhstan": [
        "projects=[dostyk-moyynty, bakhty-ayagoz, khorgos-second-terminal, aktau-alat-ferries]"
    ],
}


def cost(option: RouteOption) -> float:
    """Return USD per TEU of a usable option."""
    assert option.cost_usd_per_teu is not None
    return option.cost_usd_per_teu


def days(option: RouteOption) -> float:
    """Return days from gate-in to gate-out of a usable option."""
    assert option.days is not None
    return option.days


def day_text(day: date) -> str:
    """Return a day as the page writes it: 15 August."""
    return f"{day.day} {day:%B}"


def change_texts(session: Session) -> list[str]:
    """Return the rows of what changes in 2034 do by Dostyk and Kazan, and the text on customs."""
    rows, worths = [], {}
    for name, changes in CHANGES.items():
        asked = load_scenario("shanghai-europe", set_values=[*changes, "departure=2034-08-20"])
        both = replace(asked, corridors=("suez", "kazakhstan-moscow-kazan"))
        found = {o.corridor: o for o in compare(both, session=session, figures_only=True).routes}
        rail, sea = found["kazakhstan-moscow-kazan"], found["suez"]
        worths[name] = round((cost(rail) - cost(sea)) / (days(sea) - days(rail)))
        rows.append(f"| {name} | {cost(rail):.0f} | {days(rail):.1f} | {worths[name]} |")
    customs, usual = worths["China joins the customs union"], worths["as it stands"]
    return [*rows, f"worth {customs} USD per TEU instead of {usual}"]


def arctic_rows(session: Session) -> list[str]:
    """Return the rows of the Arctic by month."""
    return [arctic_row(session, date(2026, month, 15)) for month in (7, 8, 9, 10, 11)]


def arctic_row(session: Session, day: date) -> str:
    """Return by cargo above what value of a day the Arctic wins: Suez open / Red Sea closed."""
    cells = []
    for cargo, own in DAY_WORTH.items():
        pair = [_arctic_worth(session, day, cargo=cargo, world=world) for world in WORLDS]
        cells.append(" / ".join(_marked(worth, own) for worth in pair))
    return f"| {day_text(day)} | {' | '.join(cells)} |"


def ice_row(session: Session, day: date) -> str:
    """Return for electronics by ice year above what value of a day the Arctic wins."""
    cells = []
    for year in ICE_YEARS:
        pair = [
            _arctic_worth(session, day, cargo="electronics", world=world, ice=year)
            for world in WORLDS
        ]
        cells.append(" / ".join(_marked(worth, DAY_WORTH["electronics"]) for worth in pair))
    return f"| {day_text(day)} | {' | '.join(cells)} |"


def _marked(worth: float | None, own: float) -> str:
    if worth is None:
        return "closed"
    shown = f"{worth:.0f}".replace("-0", "0") if abs(worth) < 0.5 else f"{worth:.0f}"
    return f"**{shown}**" if worth < own else shown


def _arctic_worth(
    session: Session, day: date, *, cargo: str, world: str, ice: str = "mean"
) -> float | None:
    """Return the value of a day at which the Arctic costs as much as Suez, or else the Cape."""
    asked = load_scenario(
        "shanghai-europe",
        departure=day,
        set_values=[f"shipment.cargo={cargo}", f"world={world}", f"ice_year={ice}"],
    )
    found = _usable(session, replace(asked, corridors=("suez", "cape", "northern-sea-route")))
    if "northern-sea-route" not in found:
        return None
    arctic, other = found["northern-sea-route"], found.get("suez", found["cape"])
    return (cost(arctic) - cost(other)) / (days(other) - days(arctic))


def _usable(session: Session, scenario: Scenario) -> dict[str, RouteOption]:
    found = compare(scenario, session=session, figures_only=True)
    return {option.corridor: option for option in found.usable}


def kaliningrad_rows(session: Session, origin: str, destination: str, day: date) -> list[str]:
    """Return by what boxes go as a day is worth more, from nothing on: the value ladder."""
    asked = load_scenario(
        "shanghai-kaliningrad",
        departure=day,
        set_values=[f"origin={origin}", f"destination={destination}"],
    )
    return [
        f"| from {origin}, {day_text(day)} | {step.from_usd_per_day:.0f} | `{step.corridor}` |"
        f" {step.cost_usd_per_teu:.0f} | {step.days:.1f} |"
        for step in compare(asked, session=session).ladder
    ]


def kaliningrad_texts(session: Session) -> list[str]:
    """Return the rows between Kaliningrad and Shanghai, both ways in summer and winter."""
    return [
        row
        for ends in (("Kaliningrad", "Shanghai"), ("Shanghai", "Kaliningrad"))
        for day in (date(2026, 8, 20), date(2026, 2, 20))
        for row in kaliningrad_rows(session, *ends, day)
    ]


def project_rows() -> list[str]:
    """Return what each project of the shipped plan costs and gains, alone and in the best set."""
    found = corridors.invest("invest-founding")
    return [
        f"| {gain.title} | {gain.cost_usd_m:.0f} | {gain.alone_usd / 1e6:.1f} |"
        f" {'-' if gain.in_set_usd is None else f'{gain.in_set_usd / 1e6:.1f}'} |"
        for gain in found.projects
    ]


def growth_rows() -> list[str]:
    """Return what new lines cost and gain a year as volumes grow, and from when they pay."""
    found = corridors.invest("invest-growth")
    return [
        f"| {gain.title} | {gain.charge_usd / 1e6:.0f} | {gain.by_phase[0] / 1e6:.1f} |"
        f" {gain.by_phase[-1] / 1e6:.1f} | {gain.alone.benefit_cost:.3f} |"
        f" {'never' if gain.pays_from is None else gain.pays_from} |"
        for gain in found.projects
    ]


def path_texts(_: Session) -> list[str]:
    """Return what one more TEU between Kazan and Moscow is worth in the shipped plan."""
    marginals = corridors.allocate("allocate-moscow-kazan").marginals
    (marginal,) = (one for one in marginals if one.name.startswith("rail "))
    return [f"the shadow price of one TEU there is {marginal.usd_per_unit:.0f} USD"]
