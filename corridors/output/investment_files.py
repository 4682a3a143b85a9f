"""The files of an investment: JSON and CSV."""

from __future__ import annotations

from corridors.output.allocation_files import NOT_UNIQUE, marginal_rows
from corridors.output.as_json import as_text
from corridors.output.csv import csv_text
from corridors.output.investment import Investment
from corridors.units import USD_PER_USD_M

PROJECT_COLUMNS = (
    *("project", "title", "opens", "cost_usd_m", "built", "alone_usd_m_a_year"),
    *("in_set_usd_m_a_year", "charge_usd_m_a_year", "never_dearer"),
)


def project_rows(investment: Investment) -> list[dict[str, object]]:
    """Return the projects as plain rows; gains in millions of USD a year."""
    yearly = investment.a_year / USD_PER_USD_M
    return [
        {
            "project": gain.id,
            "title": gain.title,
            "opens": gain.opens.isoformat(),
            "cost_usd_m": gain.cost_usd_m,
            "built": gain.built,
            "alone_usd_m_a_year": gain.alone_usd * yearly,
            "in_set_usd_m_a_year": None if gain.in_set_usd is None else gain.in_set_usd * yearly,
            "charge_usd_m_a_year": gain.charge_usd * yearly,
            "never_dearer": gain.never_dearer,
        }
        for gain in investment.projects
    ]


def curve_rows(investment: Investment) -> list[dict[str, object]]:
    """Return the budget curve as plain rows; gains in millions of USD a year."""
    yearly = investment.a_year / USD_PER_USD_M
    return [
        {
            "budget_usd_m": step.budget_usd_m,
            "projects": list(step.projects),
            "cost_usd_m": step.cost_usd_m,
            "gain_usd_m_a_year": step.gain_usd * yearly,
            "charge_usd_m_a_year": step.charge_usd * yearly,
            "proved": step.proved,
        }
        for step in investment.curve
    ]


def investment_csv(investment: Investment) -> str:
    """Return the text of `invest.csv`: a row a project."""
    return csv_text(project_rows(investment), PROJECT_COLUMNS)


def investment_json(investment: Investment) -> str:
    """Return the text of `invest.json`."""
    plan = investment.plan
    return as_text(
        {
            "plan": plan.name,
            "allocation": plan.allocation.name,
            "objective": plan.allocation.objective,
            "months": len(plan.allocation.months),
            "budget_usd_m": plan.budget_usd_m,
            "annuity": None
            if plan.annuity is None
            else {"rate": plan.annuity.rate, "years": plan.annuity.years},
            "built": [gain.id for gain in investment.built],
            "cost_usd_m": investment.cost_usd_m,
            "gain_usd_m_a_year": investment.gain_usd_m_a_year,
            "charge_usd_m_a_year": investment.charge_usd * investment.a_year / USD_PER_USD_M,
            "least_objective_usd": investment.least_usd,
            "proved": investment.proved,
            "exact": investment.cut == 0,
            "method": investment.method,
            "sets_valued": investment.valued,
            "assumed_never_dearer": list(investment.assumed),
            "projects": project_rows(investment),
            "budget_curve": curve_rows(investment),
            "allocations": {
                name: {
                    "value_usd": found.value_usd,
                    "cost_usd": found.cost_usd,
                    "co2e_t": found.co2e_t,
                    "teu": found.teu,
                    "marginal_values": {"note": NOT_UNIQUE, "rows": marginal_rows(found)},
                }
                for name, found in (("before", investment.before), ("after", investment.after))
            },
        }
    )
