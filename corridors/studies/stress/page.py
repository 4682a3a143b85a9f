"""`stress.html` and its map: what the closure of each place on the best route does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from corridors.domain.scenario import Scenario
from corridors.output.display_names import (
    capitalised,
    in_sentence,
    listed,
    scenario_title,
)
from corridors.output.html.map.map_frame import MapPage
from corridors.output.html.map.panel import PanelText
from corridors.output.html.map.study_map import Row, Thing, ends_of, study_map
from corridors.output.html.page_shell import question
from corridors.output.html.palette import ORANGE, counted, element, one
from corridors.output.html.report.batch_report import Section
from corridors.output.html.report.charts import Bar, stacked_bars
from corridors.output.html.report.report_tables import table_of
from corridors.output.html.start_page import study_page
from corridors.output.store import Record, number
from corridors.output.tables import Table
from corridors.studies.result_base import DisplayUnit
from corridors.units import in_percent

if TYPE_CHECKING:
    from corridors.studies.stress.result import Stress, StressRow

_COST = ORANGE
_OUTCOME = ("corridor", "usd_per_teu", "days")
SMALLEST_PX, LARGEST_PX = 4.0, 13.0
# What stands under the figures of the map.
MOST_CHANGES = 3


def render_stress(
    scenario: Scenario,
    rows: Sequence[Record],
    *,
    table: Table,
    usual: Record,
    measure: str,
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
    severed
        What severs the ends by land, in a sentence.
    against
        That the comparison recommends another option than the usual one, and why.
    command
        The command line.
    """
    single = [row for row in rows if " + " not in str(row["place"])]
    money = DisplayUnit.of_money(scenario)
    return study_page(
        f"Stress test: {scenario_title(scenario)}",
        question(scenario),
        [*_answer(single, usual, money), *filter(None, (against,)), measure],
        (
            Section("places", "How bad each closure is", _bars(single, money)),
            Section(
                "closures",
                "All closures",
                _table(table.given.boxed(scenario.shipment.equipment), rows),
            ),
            Section("land", "By land", element("p", f"{capitalised(severed)}.")),
        ),
        command=command,
    )


def _answer(single: Sequence[Record], usual: Record, money: DisplayUnit) -> list[str]:
    lost = [str(row["name"]) for row in single if row["corridor"] is None]
    paid = [row for row in single if row["extra_usd_per_teu"] is not None]
    texts = []
    if lost:
        texts.append(f"No route is left if {listed(lost, 'or', most=2)} is closed.")
    if paid:
        worst = max(paid, key=lambda row: number(row["worse_share"]))
        alike = [row for row in paid if all(row[key] == worst[key] for key in _OUTCOME)]
        names = listed((str(row["name"]) for row in alike), "or", most=2)
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


def _more(row: Record, money: DisplayUnit) -> str:
    days, extra = number(row["extra_days"]), number(row["extra_usd_per_teu"])
    longer = f"{one(abs(days))} days {'longer' if days >= 0.0 else 'sooner'}"
    return f"{money.text(abs(extra), said='more' if extra >= 0.0 else 'less')} and {longer}"


def stress_map(found: Stress, *, linked: bool = False) -> MapPage:
    """Return the map of a stress test: the best route, its places, and the ways around them.

    A place is the larger the worse it is to lose. The way around it is drawn while its row or dot
    is pointed at. `linked` says that the page of the test stands beside it.
    """
    money = found.money
    alone = [row for row in found.rows if len(row.closed) == 1]
    most = max((row.worse_share or 0.0 for row in alone), default=0.0) or 1.0
    usual = f"{money.text(found.usd_per_teu)}, {one(found.days)} days"
    things = [
        *(_place(row, found, most) for row in alone),
        Thing(
            name=capitalised(in_sentence(found.title)),
            role="sea" if any(at_sea for _, at_sea in found.lines) else "rail",
            in_focus=True,
            says=usual,
            lines=found.lines,
            tip=f"The best route with everything open: {usual}",
        ),
        *ends_of(found.scenario, found.lines),
    ]
    # Rows in the order of the test; of those with the same result the first says it for all.
    told: dict[tuple[object, ...], int] = {}
    for at, row in enumerate(alone):
        told.setdefault((row.corridor, row.usd_per_teu, row.days), at)
    changes = [
        (
            f"Without {alone[at].name}",
            capitalised(in_sentence(alone[at].title or "no way is left")),
            "" if alone[at].corridor is None else _more_of(alone[at], found),
            at,
        )
        for at in list(told.values())[:MOST_CHANGES]
    ]
    lost = [row.name for row in alone if row.corridor is None]
    paid = next((row for row in alone if row.corridor is not None), None)
    finding = "No place on the best route can be closed"
    if lost:
        finding = f"No way is left without {listed(lost[:2], 'or')}"
    elif paid is not None:
        finding = f"Worst to lose: {paid.name}, {_usd_of(paid, found)}"
    said = PanelText(
        asked=question(found.scenario),
        finding=finding,
        lead=f"With everything open, {in_sentence(found.title)} is best: {usual}.",
        figures=(
            ("Places on it", f"{len(alone)}", ""),
            ("Leave no way", f"{len(lost)}", ""),
            ("By land", f"{found.severed.size}", "sever"),
        ),
        changes=changes,
        rows="Each place closed alone",
        axis=f"worse by %, {money.unit} more",
        keys=(("rail", "Worse, by size"), ("none", "No way is left")),
        notes=tuple(filter(None, (found.against,))),
        rests=f"{found.measure} By land: {found.severed.text}.",
    )
    return study_map(
        f"Stress test: {scenario_title(found.scenario)}",
        said,
        things,
        report="stress.html" if linked else "",
    )


def _place(row: StressRow, found: Stress, most: float) -> Thing:
    """Return a place that may be closed, with its row and the way around it."""
    spot = found.spots.get(row.closed[0].key)
    share = 1.0 if row.worse_share is None else max(row.worse_share / most, 0.0)
    is_lost = row.corridor is None
    then = "no way is left" if is_lost else _more_of(row, found)
    worse = "" if is_lost else f"{in_percent(row.worse_share or 0.0, 1)}"
    return Thing(
        name=capitalised(row.name),
        role="none" if is_lost else "rail",
        hidden=True,
        lines=row.lines,
        spots=(spot,) if spot else (),
        radius_px=SMALLEST_PX + (LARGEST_PX - SMALLEST_PX) * share**0.5,
        tip=f"Without {row.name}: {then}",
        facts=() if is_lost else (("Best way then", capitalised(in_sentence(row.title or ""))),),
        row=Row(
            value=worse,
            side="" if is_lost else found.money.text(row.extra_usd_per_teu or 0.0, unit=False)[4:],
            group="No way is left" if is_lost else "",
            mark="",
            against=then,
        ),
    )


def _more_of(row: StressRow, found: Stress) -> str:
    extra: Record = {"extra_days": row.extra_days, "extra_usd_per_teu": row.extra_usd_per_teu}
    return _more(extra, found.money)


def _usd_of(row: StressRow, found: Stress) -> str:
    return _more_of(row, found).split(" and ")[0]


def _bars(single: Sequence[Record], money: DisplayUnit) -> str:
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
