"""The report of an investment: what to build, the gain of each project, the budget curve."""

from __future__ import annotations

from corridors.domain.allocation import Marginal
from corridors.output.display_names import (
    SHADOW_PRICE_NOTE,
    capitalised,
    corridor_titles,
    limit_title,
    listed,
)
from corridors.output.html.encode import NOTHING, counted, day_text, element
from corridors.output.html.report.charts import Area, chart_html
from corridors.output.html.report.common import answer_box, licence, reproduce
from corridors.output.html.report.report_page import Section, render_page
from corridors.output.html.report.report_tables import Cell, Column, table_html
from corridors.output.investment_result import Investment
from corridors.units import USD_PER_USD_M

_COLOUR = "#2f5d8a"


def render_investment(investment: Investment, *, command: str = "") -> str:
    """Return the page as HTML text; the same investment gives the same text.

    Parameters
    ----------
    investment
        The result.
    command
        The command line, shown under how to reproduce it.
    """
    plan = investment.plan
    head = (
        element("h1", plan.name)
        + element("p", _asked(investment), class_="muted")
        + answer_box(_answer(investment))
    )
    sections = (
        Section(id="curve", heading="Best set by budget", body=_curve(investment)),
        Section(id="projects", heading="Gain of each project", body=_projects(investment)),
        Section(id="scarce", heading="Binding limits before and after", body=_scarce(investment)),
        Section(
            id="reproduce",
            heading="How to reproduce",
            body=reproduce(command, {}, {}, heading="") + licence(),
        ),
    )
    return render_page(plan.name, head, sections)


def _asked(investment: Investment) -> str:
    plan = investment.plan
    allocation = plan.allocation
    # An allocation written in the same file has the plan's name.
    named = " " in allocation.name and allocation.name != plan.name
    name = f" “{allocation.name}”" if named else ""
    return (
        f"{counted(len(plan.projects), 'project')}, budget {plan.budget_usd_m:,.0f} million USD."
        f" They serve the plan{name} of {allocation.teu:,.0f} TEU in"
        f" {counted(len(allocation.months), 'month')}."
    )


def _answer(investment: Investment) -> list[str]:
    built = investment.built
    if not built:
        first = "Build nothing: no set of projects within the budget makes this plan cheaper."
    else:
        first = (
            f"Build {listed(gain.title for gain in built)} for {investment.cost_usd_m:,.0f}"
            f" million USD. The plan gains {_usd(investment.gain_usd_m_a_year)} million USD a year."
        )
    proof = "proved" if investment.proved else "not proved"
    gains = "The gains apply to this plan only; gains of other shippers are not included."
    return [first, f"This is {proof} to be the best set. {gains}"]


def _curve(investment: Investment) -> str:
    yearly = investment.a_year / USD_PER_USD_M
    steps = investment.curve
    budgets = [0.0, *(round(step.budget_usd_m, 3) for step in steps)]
    titles = {gain.id: gain.title for gain in investment.projects}
    sets = [", ".join(titles[project] for project in step.projects) or "none" for step in steps]
    gains = [0.0, *(round(step.gain_usd * yearly, 3) for step in steps)]
    points = list(zip(budgets, gains, strict=True))
    area = Area.around(points, from_zero=True)
    marks = "".join(
        area.dot(x, y, colour=_COLOUR, tip=f"Budget {x:,.0f}: gain {y:,.2f} a year, {names}")
        for (x, y), names in zip(points[1:], sets, strict=True)
    )
    chart = chart_html(
        "chart-curve",
        area.html(
            area.steps(points, kind="curve") + marks,
            x_label="Budget, million USD",
            y_label="Gain, million USD a year",
        ),
        caption="Yearly gain of this plan from the best set within each budget",
    )
    rows = [
        [
            Cell(text=f"{step.budget_usd_m:,.0f}", sort=step.budget_usd_m),
            names,
            f"{step.cost_usd_m:,.0f}",
            _usd(step.gain_usd * yearly),
            "yes" if step.proved else "no",
        ]
        for step, names in zip(steps, sets, strict=True)
    ]
    columns = (
        Column(title="Budget, million USD", figure=True),
        Column(title="Best set"),
        Column(title="Cost", figure=True),
        Column(title="Gain a year", figure=True),
        Column(title="Proved"),
    )
    return chart + table_html("Best set by budget", columns, rows, hidden_caption=True)


def _projects(investment: Investment) -> str:
    yearly = investment.a_year / USD_PER_USD_M
    rows = [
        [
            Cell(text=gain.title, after=' <span class="star">built</span>' if gain.built else ""),
            day_text(gain.opens),
            Cell(text=f"{gain.cost_usd_m:,.0f}", sort=gain.cost_usd_m),
            Cell(text=_usd(gain.alone_usd * yearly), sort=gain.alone_usd),
            NOTHING
            if gain.in_set_usd is None
            else Cell(text=_usd(gain.in_set_usd * yearly), sort=gain.in_set_usd),
        ]
        for gain in investment.projects
    ]
    columns = (
        Column(title="Project"),
        Column(title="Opens"),
        Column(title="Cost, million USD", figure=True),
        Column(title="Gain alone", figure=True),
        Column(title="Gain in the best set", figure=True, hint="Loss if it is left out"),
    )
    return table_html(
        "Gains in million USD a year", columns, rows, sortable=True, hidden_caption=True
    )


def _scarce(investment: Investment) -> str:
    before, after = (_highest(found.marginals) for found in (investment.before, investment.after))
    rows = [
        [
            capitalised(limit_title(name, corridor_titles())),
            *(f"{found[name]:,.2f}" if name in found else NOTHING for found in (before, after)),
        ]
        for name in sorted({*before, *after})
    ]
    if not rows:
        return "<p>No limit is binding.</p>"
    columns = (
        Column(title="Limit"),
        Column(title="Before, USD per unit", figure=True),
        Column(title="After, USD per unit", figure=True),
    )
    note = element("p", SHADOW_PRICE_NOTE, class_="note")
    return table_html("Shadow prices of limits", columns, rows, hidden_caption=True) + note


def _highest(marginals: tuple[Marginal, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in marginals:
        found[one.name] = max(found.get(one.name, 0.0), one.usd_per_unit)
    return found


def _usd(millions: float) -> str:
    return f"{millions:,.2f}"
