"""The report of an investment: what to build, what each project gains, the budget curve."""

from __future__ import annotations

from corridors.domain.allocation import Marginal
from corridors.output.html.encode import NOTHING, counted, day_text, element, listed
from corridors.output.html.report.common import answer_box, licence, reproduce
from corridors.output.html.report.page import Section, chart_html, render_page
from corridors.output.html.report.plot import Plot
from corridors.output.html.report.tables import Cell, Column, table_html
from corridors.output.investment import Investment
from corridors.units import USD_PER_USD_M

_CURVE_HEIGHT = 320
_COLOUR = "#2f5d8a"


def render_investment(investment: Investment, *, command: str = "") -> str:
    """Return the page as HTML text; it asks the network for nothing. Same investment, same text.

    Parameters
    ----------
    investment
        What was found.
    command
        What was typed, shown so that it can be done again.
    """
    plan = investment.plan
    head = (
        element("h1", plan.name)
        + element("p", _asked(investment), class_="muted")
        + answer_box(_answer(investment))
    )
    sections = (
        Section(id="curve", heading="Best set by budget", body=_curve(investment)),
        Section(id="projects", heading="What each project gains", body=_projects(investment)),
        Section(id="scarce", heading="What is scarce, before and after", body=_scarce(investment)),
        Section(
            id="reproduce",
            heading="Reproduce",
            body=reproduce(command, {}, {}, heading="") + licence(),
        ),
    )
    return render_page(plan.name, head, sections)


def _asked(investment: Investment) -> str:
    plan = investment.plan
    return (
        f"{counted(len(plan.projects), 'project')}, {plan.budget_usd_m:,.0f} million USD, for "
        f"{plan.allocation.name}: {plan.allocation.teu:,.0f} TEU in "
        f"{counted(len(plan.allocation.months), 'month')}"
    )


def _answer(investment: Investment) -> list[str]:
    built = investment.built
    if not built:
        first = "Build none: no set within the budget makes this plan cheaper."
    else:
        first = (
            f"Build {listed(gain.title for gain in built)}: {investment.cost_usd_m:,.0f} million "
            f"USD, which gain this plan {_usd(investment.gain_usd_m_a_year)} million USD a year."
        )
    proof = "It is proved to be the best set." if investment.proved else "It is not proved."
    gains = "Gains are this plan's alone; what others gain by the same works is not in them."
    if investment.cut:
        gains += f" {counted(investment.cut, 'departure')} were not proved to the last route."
    return [first, f"{proof} {gains}"]


def _curve(investment: Investment) -> str:
    plot = Plot(x_label="Budget, million USD", y_label="Gain, million USD a year",
                height=_CURVE_HEIGHT)  # fmt: skip
    yearly = investment.a_year / USD_PER_USD_M
    steps = investment.curve
    budgets = [0.0, *(round(step.budget_usd_m, 3) for step in steps)]
    gains = [0.0, *(round(step.gain_usd * yearly, 3) for step in steps)]
    plot.glyph("Step", {"x": budgets, "y": gains}, x="@x", y="@y", mode="after",
               line_color=_COLOUR, line_width=2)  # fmt: skip
    plot.glyph(
        "Scatter",
        {
            "x": budgets[1:],
            "y": gains[1:],
            "set": [", ".join(step.projects) or "none" for step in steps],
            "cost": [round(step.cost_usd_m, 3) for step in steps],
        },
        (
            ("Budget", "@x{0,0}"),
            ("Gain a year", "@y{0,0.00}"),
            ("Spent", "@cost{0,0}"),
            ("Set", "@set"),
        ),
        x="@x",
        y="@y",
        size=8,
        fill_color=_COLOUR,
        line_color="#ffffff",
    )
    chart = chart_html(
        plot, "chart-curve", caption="What the best set within a budget gains this plan in a year"
    )
    rows = [
        [
            Cell(text=f"{step.budget_usd_m:,.0f}", sort=step.budget_usd_m),
            ", ".join(step.projects) or "none",
            f"{step.cost_usd_m:,.0f}",
            _usd(step.gain_usd * yearly),
            "yes" if step.proved else "no",
        ]
        for step in steps
    ]
    columns = (
        Column(title="Budget, million USD", figure=True),
        Column(title="Best set"),
        Column(title="Costs", figure=True),
        Column(title="Gains a year", figure=True),
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
        Column(title="Costs, million USD", figure=True),
        Column(title="Gains alone, a year", figure=True),
        Column(title="In the best set", figure=True, hint="What the set would lose without it"),
    )
    return table_html(
        "Gains in million USD a year", columns, rows, sortable=True, hidden_caption=True
    )


def _scarce(investment: Investment) -> str:
    before, after = (_dearest(found.marginals) for found in (investment.before, investment.after))
    rows = [
        [name, *(f"{found[name]:,.2f}" if name in found else NOTHING for found in (before, after))]
        for name in sorted({*before, *after})
    ]
    if not rows:
        return "<p>Nothing: no limit holds the plan.</p>"
    columns = (
        Column(title="Limit"),
        Column(title="USD for one more, before", figure=True),
        Column(title="with the set built", figure=True),
    )
    note = element("p", "At the dearest month. Dual values: others may be as right.", class_="note")
    return table_html("What limits are worth", columns, rows, hidden_caption=True) + note


def _dearest(marginals: tuple[Marginal, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in marginals:
        found[one.name] = max(found.get(one.name, 0.0), one.usd_per_unit)
    return found


def _usd(millions: float) -> str:
    return f"{millions:,.2f}"
