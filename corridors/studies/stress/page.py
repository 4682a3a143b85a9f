"""`stress.html`: what the closure of each place on the best route does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corridors.domain.scenario import Scenario
from corridors.output.display_names import (
    capitalised,
    in_sentence,
    listed,
    scenario_title,
)
from corridors.output.html.encode import counted, element, one
from corridors.output.html.pages.point_map import Spot, point_map
from corridors.output.html.pages.study_page import study_page
from corridors.output.html.palette import NAVY, ORANGE
from corridors.output.html.question_sentence import question
from corridors.output.html.report.charts import Bar, stacked_bars
from corridors.output.html.report.report_page import Section
from corridors.output.html.report.report_tables import table_of
from corridors.output.records import Record, number
from corridors.output.tables import Table
from corridors.studies.result_base import Shown
from corridors.units import in_percent

_COST, _NONE = ORANGE, NAVY
_OUTCOME = ("corridor", "usd_per_teu", "days")
SMALLEST_PX, LARGEST_PX = 4.0, 15.0


def render_stress(
    scenario: Scenario,
    rows: Sequence[Record],
    *,
    table: Table,
    usual: Record,
    measure: str,
    spots: Mapping[str, tuple[float, float]],
    severed: str,
    against: str = "",
    command: str = "",
) -> str:
    """Return the page of a stress test as HTML text.

    Parameters
    ----------
    scenario
        The scenario.
    rows
        Closures as records of `table`, those without a route first, then the worst.
    table
        The table of closures.
    usual
        Corridor, USD per TEU and days of the best route with everything open.
    measure
        What closures are ranked by, in a sentence.
    spots
        Longitude and latitude by the key of a place.
    severed
        What severs the ends by land, in a sentence.
    against
        That the comparison recommends another option than the usual one, and why.
    command
        The command line.
    """
    single = [row for row in rows if " + " not in str(row["place"])]
    money = Shown.of_money(scenario)
    return study_page(
        f"Stress test: {scenario_title(scenario)}",
        question(scenario),
        [*_answer(single, usual, money), *filter(None, (against,)), measure],
        (
            Section(id="map", heading="Where it hurts", body=_map(single, spots, money)),
            Section(id="places", heading="How bad each closure is", body=_bars(single, money)),
            Section(
                id="closures",
                heading="All closures",
                body=_table(table.given.boxed(scenario.shipment.equipment), rows),
            ),
            Section(id="land", heading="By land", body=element("p", f"{capitalised(severed)}.")),
        ),
        command=command,
    )


def _answer(single: Sequence[Record], usual: Record, money: Shown) -> list[str]:
    lost = [str(row["name"]) for row in single if row["corridor"] is None]
    paid = [row for row in single if row["extra_usd_per_teu"] is not None]
    texts = []
    if lost:
        texts.append(f"No route is left if {listed(lost, 'or')} is closed.")
    if paid:
        worst = max(paid, key=lambda row: number(row["worse_share"]))
        alike = [row for row in paid if all(row[key] == worst[key] for key in _OUTCOME)]
        names = listed((str(row["name"]) for row in alike), "or")
        start = "Of the others, the worst closure" if lost else "The worst closure"
        texts.append(
            f"{start} is that of {names}: {_more(worst, money)}. The best way is then"
            f" {in_sentence(str(worst['title']))}."
        )
    texts.append(
        f"With everything open, {in_sentence(str(usual['title']))} is best:"
        f" {money.text(number(usual['usd_per_teu']))} and {one(number(usual['days']))} days."
    )
    return texts


def _more(row: Record, money: Shown) -> str:
    days, extra = number(row["extra_days"]), number(row["extra_usd_per_teu"])
    longer = f"{one(abs(days))} days {'longer' if days >= 0.0 else 'sooner'}"
    return f"{money.text(abs(extra), said='more' if extra >= 0.0 else 'less')} and {longer}"


def _map(single: Sequence[Record], spots: Mapping[str, tuple[float, float]], money: Shown) -> str:
    most = max((number(row["worse_share"] or 0.0) for row in single), default=0.0) or 1.0
    drawn = []
    for row in single:
        place = spots.get(str(row["place"]))
        if place is None:
            continue
        more = row["worse_share"]
        share = 1.0 if more is None else max(number(more) / most, 0.0)
        drawn.append(
            Spot(
                place=place,
                name=str(row["name"]),
                tip=f"{row['name']}: {'no route is left' if more is None else _more(row, money)}",
                colour=_NONE if more is None else _COST,
                radius_px=SMALLEST_PX + (LARGEST_PX - SMALLEST_PX) * share**0.5,
            )
        )
    says = "Places of the best route, larger where their closure is worse"
    return point_map(drawn, says=says)


def _bars(single: Sequence[Record], money: Shown) -> str:
    paid = [row for row in single if row["worse_share"] is not None]
    worst = max(paid, key=lambda row: number(row["worse_share"]), default=None)
    finding = "" if worst is None else f"Without {worst['name']}: {_more(worst, money)}."
    return stacked_bars(
        "chart-places",
        [
            Bar(
                name=str(row["name"]),
                parts={"Worse by": float(in_percent(number(row["worse_share"]), 1))},
            )
            for row in sorted(paid, key=lambda row: -number(row["worse_share"]))
        ],
        {"Worse by": _COST},
        finding=finding,
        caption="How much worse, in percent of the route with everything open",
        unit="%",
        digits=1,
        of="Closed",
    )


def _table(table: Table, rows: Sequence[Record]) -> str:
    return table_of(
        table,
        rows,
        f"{counted(len(rows), 'closure')} of one place or two, worst first",
        marked={"title": lambda row: str(row["title"] or "no route is left")},
        sortable=True,
    )
