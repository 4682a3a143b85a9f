"""The report of an investment: what to build, the gain of each project, the budget curve."""

from __future__ import annotations

from corridors.data.geodata import line_of, load_land_legs
from corridors.data.parameters import load_sources
from corridors.domain.allocation import Marginal
from corridors.domain.plan import ProjectGain
from corridors.output.display_names import (
    SHADOW_PRICE_NOTE,
    capitalised,
    corridor_titles,
    limit_title,
    listed,
)
from corridors.output.html.map.flow_content import Work
from corridors.output.html.palette import NAVY, NOTHING, counted, element
from corridors.output.html.report.batch_report import Section
from corridors.output.html.report.charts import Area, chart_html
from corridors.output.html.report.report_tables import Cell, headings, numeric, table_html, table_of
from corridors.output.html.start_page import study_page
from corridors.studies.invest.result import PROJECTS, Investment, budget_from, phase_titles
from corridors.units import USD_PER_USD_M, in_percent

_READ = (
    "project_title opens cost_usd_m charge_usd_m_a_year alone_usd_m_a_year npv_usd_m benefit_cost"
    " payback_years in_set_usd_m_a_year with_others_usd_m_a_year with_others_npv_usd_m"
    " with_others_benefit_cost"
)


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
    sections = (
        Section("curve", "Best set by budget", _curve(investment)),
        Section("projects", "Gain of each project", _projects(investment)),
        *_phases(investment),
        Section("money", "Rates and lives", _money(investment)),
        Section("scarce", "Full capacities and limits before and after", _scarce(investment)),
    )
    source = "this plan, with the prices, rules and lines of its months"
    answer = _answer(investment)
    return study_page(
        plan.name, _asked(investment), answer, sections, command=command, source=source
    )


def _asked(investment: Investment) -> str:
    plan = investment.plan
    return (
        f"{counted(len(plan.projects), 'project')}, budget {plan.budget_usd_m:,.0f} million USD."
        f" They serve a plan of {plan.teu:,.0f} TEU in {counted(len(plan.months), 'month')}."
    )


def _answer(investment: Investment) -> list[str]:
    gains = "The gains apply to this plan only; gains of other shippers are not included."
    return [*investment.sentences, f"{investment.proof} {gains}", *investment.after.cautions]


def _curve(investment: Investment) -> str:
    steps = investment.curve
    if not any(step.projects for step in steps):
        return element("p", "No set of projects within the budget pays for itself.")
    budgets = [0.0, *(round(budget_from(investment, n), 3) for n in range(len(steps)))]
    titles = {gain.id: gain.title for gain in investment.projects}
    sets = [", ".join(titles[project] for project in step.projects) or "none" for step in steps]
    gains = [0.0, *(round(step.gain_usd / USD_PER_USD_M, 3) for step in steps)]
    points = list(zip(budgets, gains, strict=True))
    # The last set is best up to the whole budget.
    line = [*points, (round(steps[-1].budget_usd_m, 3), gains[-1])]
    area = Area.around(line, from_zero=True)
    marks = "".join(
        area.dot(x, y, colour=NAVY, tip=f"Budget {x:,.0f}: gain {y:,.2f} a year, {names}")
        for (x, y), names in zip(points[1:], sets, strict=True)
    )
    step = steps[-1]
    chart = chart_html(
        "chart-curve",
        area.html(
            area.steps(line, kind="curve") + marks,
            x_label="Budget, million USD",
            y_label="Gain, million USD a year",
        ),
        finding=f"{sets[-1]}: a gain of {step.gain_usd / USD_PER_USD_M:,.2f} million USD a year.",
        caption="Yearly gain of this plan from the best set within each budget",
    )
    rows = [
        [
            Cell(text=f"{budgets[number + 1]:,.0f}", sort=budgets[number + 1]),
            names,
            f"{step.cost_usd_m:,.0f}",
            _usd(step.gain_usd / USD_PER_USD_M),
            "yes" if step.proved else "no",
        ]
        for number, (step, names) in enumerate(zip(steps, sets, strict=True))
        # More money for the same set is no row of its own.
        if not number or step.projects != steps[number - 1].projects
    ]
    columns = headings(
        numeric("Budget from, million USD"),
        "Best set",
        numeric("Cost", "Gain a year"),
        "Proved",
    )
    return chart + table_html("Best set by budget", columns, rows, hidden_caption=True)


def drawn_works(investment: Investment) -> tuple[Work, ...]:
    """Return the legs that projects open, as drawn on the map; none of what opens no leg."""
    legs = load_land_legs()
    return tuple(
        Work(title=gain.title, is_built=gain.built or gain.in_use, lines=lines)
        for gain in investment.projects
        if (lines := [line_of(leg) for leg in legs if leg.project == gain.id])
    )


def said_of(investment: Investment) -> dict[str, object]:
    """Return what the panel of the map says of an investment, by the names of `PanelText`."""
    built = [gain.title for gain in investment.built]
    figures = (
        ("Cost, million USD", f"{investment.cost_usd_m:,.0f}", ""),
        ("Gain a year", f"{investment.gain_usd_m_a_year:,.2f}", ""),
        ("Annuity", f"{investment.charge_usd / USD_PER_USD_M:,.2f}", ""),
    )
    named = {work.title for work in drawn_works(investment)}
    others = [gain.title for gain in investment.projects if gain.title not in named]
    without = f"Without a leg of their own: {listed(others)}." if others else ""
    return {
        "finding": f"Build {listed(built)}" if built else "Build nothing",
        "lead": _asked(investment),
        "figures": figures,
        "changed": "Each project alone",
        "changes": [
            (
                gain.title,
                "in use" if gain.in_use else "built" if gain.built else "not built",
                f"gains {_usd(gain.alone.gain_usd / USD_PER_USD_M)} million USD a year"
                f", costs {gain.cost_usd_m:,.0f} million",
                -1,
            )
            for gain in investment.projects
        ],
        "rests": f"{investment.proof} {without}".strip(),
    }


def _projects(investment: Investment) -> str:
    def title(gain: ProjectGain) -> Cell:
        mark = "in use" if gain.in_use else "built" if gain.built else ""
        return Cell(text=gain.title, after=f' <span class="star">{mark}</span>' if mark else "")

    return table_of(
        PROJECTS.reading(_READ).counted_in(investment.plan.box),
        investment,
        "Gains in million USD a year",
        marked={"project_title": title},
        sortable=True,
        hidden_caption=True,
    )


def _millions(usd: float) -> Cell:
    return Cell(text=_usd(usd / USD_PER_USD_M), sort=usd)


def _phases(investment: Investment) -> tuple[Section, ...]:
    """Return the section of the schedule, if the plan has phases."""
    if investment.plan.phases is None:
        return ()
    new = [gain for gain in investment.projects if not gain.in_use]
    titles = {gain.id: gain.title for gain in new}
    rows: list[list[Cell | str]] = [
        [
            title,
            ", ".join(titles[project] for project in open_then) or "none",
            *(_millions(gain.by_phase[number]) for gain in new),
        ]
        for number, (title, open_then) in enumerate(
            zip(phase_titles(investment), investment.schedule, strict=True)
        )
    ]
    columns = headings(
        "From",
        "Open",
        numeric(*(gain.title for gain in new), hint="Gain alone, million USD a year"),
    )
    table = table_html("Open projects and gains by phase", columns, rows, hidden_caption=True)
    return (Section("phases", "Phases", table),)


def _money(investment: Investment) -> str:
    """Return the discount rate, the lives and the growth, with their sources."""
    plan = investment.plan
    by_life: dict[float, list[str]] = {}
    for gain in investment.projects:
        by_life.setdefault(gain.life_years, []).append(gain.title)
    lives = "; ".join(f"{years:g} years: {listed(names)}" for years, names in by_life.items())
    source = source_title(plan.rate_source)
    text = f"The discount rate is {in_percent(plan.rate, 1)}% a year ({source})."
    text += f" Costs are repaid over {lives}."
    if plan.phases is not None:
        text += (
            f" Volumes grow by {in_percent(plan.phases.demand_growth, 1)}% a year from"
            f" {plan.phases.years[0]}; gains count until {plan.phases.until}."
        )
    return element("p", text)


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
        return "<p>No capacity is full and no limit changes the plan.</p>"
    columns = headings("Limit", numeric("Before, USD per unit", "After, USD per unit"))
    note = element("p", SHADOW_PRICE_NOTE, class_="note")
    return table_html("Shadow prices of limits", columns, rows, hidden_caption=True) + note


def _highest(marginals: tuple[Marginal, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in marginals:
        found[one.name] = max(found.get(one.name, 0.0), one.usd_per_unit)
    return found


def source_title(source: str) -> str:
    """Return the title of a source, or the text itself if it is none."""
    known = load_sources().get(source)
    return source if known is None else f"{known.author}: {known.title}"


def _usd(millions: float) -> str:
    return f"{millions:,.2f}"
