"""The result of an investment plan: best projects, gains, budget curve; its files."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from corridors.domain.plan import BreakEven, BudgetStep, Plan, ProjectGain, SharedGain
from corridors.output.allocation_result import MARGINALS, NOT_UNIQUE, Allocation, Bounded
from corridors.output.comparison import NO_FORECAST
from corridors.output.display_names import listed
from corridors.output.store import as_text
from corridors.output.tables import Beside, Getter, Table
from corridors.studies.allocate import result as allocated
from corridors.studies.result_base import (
    REPORT_HEIGHT,
    Files,
    Page,
    Terminal,
    Written,
    page_of,
)
from corridors.units import USD_PER_USD_M

if TYPE_CHECKING:
    import pandas as pd

    from corridors.output.html.map.folium_page import DrawnMap


# Half of what two decimals of a million tell.
LEAST_TOLD_USD = 5000.0


@dataclass(frozen=True, kw_only=True, repr=False)
class Investment(Written, Bounded):
    """The set of projects within the budget that minimises the cost of a plan and of building."""

    plan: Plan
    """The plan that was solved."""
    projects: tuple[ProjectGain, ...]
    """The gain of each project, and whether the best set has it."""
    curve: tuple[BudgetStep, ...]
    """The best set by budget, in million USD."""
    years: tuple[int, ...]
    """The first year of each phase; without phases the year of the plan alone."""
    schedule: tuple[tuple[str, ...], ...]
    """The projects open in each of these years."""
    gain_usd: float
    """What the best set saves, less what it costs, in USD as `value_usd`."""
    before: Allocation
    """The allocation of the last phase without projects."""
    after: Allocation
    """The allocation of the last phase with the best set."""
    charge_usd: float
    """The annuity of the best set, in USD a year."""
    value_usd: float
    """The objective: USD a year, or the phases discounted to the first year."""
    bound_usd: float
    """What no affordable set undercuts, in USD as `value_usd`."""
    valued: int
    """How many sets had their allocation solved."""
    shared: SharedGain | None = None
    """What the best set gains in the last phase where boxes choose by shares, if that is asked."""
    booked: str = ""
    """What is booked beside, in a sentence; empty without contracts."""

    _more = ".table and .budget_table are frames; .before, .after, .report(), .map(), .save(folder)"

    @property
    def built(self) -> tuple[ProjectGain, ...]:
        """The projects of the best set."""
        return tuple(project for project in self.projects if project.built)

    @property
    def cost_usd_m(self) -> float:
        """Construction cost of the best set in millions of USD."""
        return sum(project.cost_usd_m for project in self.built)

    @property
    def gain_usd_m_a_year(self) -> float:
        """The gain of the best set in millions of USD a year."""
        return self.gain_usd / USD_PER_USD_M

    @property
    def proof(self) -> str:
        """What is proved, as a sentence with the objective, the bound and the gap in USD."""
        span = "a year" if self.plan.phases is None else "over all phases, discounted"
        found = f"Lowest cost found: USD {self.value_usd:,.0f} {span}"
        tries = f"{self.valued} sets of projects were valued"
        if not math.isfinite(self.bound_usd):
            return f"{found}. The search stopped before a bound was proved; {tries}."
        told = f"{found} (lower bound USD {self.bound_usd:,.0f}, gap USD {self.gap_usd:,.2f})"
        if self.proved:
            return f"{told}. No set of projects within the budget is better; {tries}."
        return f"{told}. The search stopped early: a better set may save up to the gap; {tries}."

    @property
    def sentences(self) -> tuple[str, ...]:
        """What to build, what is in use, what does not pay and why, and gains by volume."""
        booked = filter(None, [self.booked])
        told = (_told(self, one) for one in self.projects)
        return (_advice(self), *booked, *told, *_by_volume(self), *_shared(self))

    @property
    def table(self) -> pd.DataFrame:
        """The projects as a DataFrame, one row each, columns as in `invest.csv`."""
        return PROJECTS.frame(self)

    @property
    def budget_table(self) -> pd.DataFrame:
        """The best set by budget as a DataFrame: budget_usd_m, projects, cost, gain, proved."""
        return BUDGETS.frame(self)

    def report(self) -> Page:
        """Return the report on the projects."""
        return page_of(self._files(), "report.html", self._texts()[0], REPORT_HEIGHT)

    def map(self) -> DrawnMap:
        """Return the map of the flows with the best set built, a `folium.Map`."""
        from corridors.output.html.map.folium_page import DrawnMap

        return DrawnMap(allocated.flows_of(self.after, **self._on_map()))

    def _on_map(self) -> dict[str, Any]:
        from corridors.studies.invest.page import drawn_works, said_of

        return {"said": said_of(self), "works": drawn_works(self)}

    def show(self, terminal: Terminal) -> None:
        """Print what each project is worth, and what is built with how much money."""
        titles = {project.id: project.title for project in self.projects}
        title = f"{self.plan.name}: gains and annuities in million USD per year"
        terminal.table(PROJECTS, self, title=title)
        for text in self.sentences:
            terminal.say(text)
        if self.plan.phases is not None:
            for begins, built in zip(phase_titles(self), self.schedule, strict=True):
                names = ", ".join(titles[project] for project in built)
                terminal.say(f"From {begins}: {names or 'none'}.")
        last: tuple[str, ...] | None = None
        for number, step in enumerate(self.curve):
            if step.projects and step.projects != last:
                names = ", ".join(titles[project] for project in step.projects)
                saved = f"saves {round(step.gain_usd / USD_PER_USD_M, 3)} million USD a year"
                budget_usd_m = budget_from(self, number)
                terminal.say(f"With {budget_usd_m:,.0f} million USD or more: {names}; {saved}.")
            elif step.projects != last:
                why = nothing_text(self, number)
                terminal.say(f"With {step.budget_usd_m:,.0f} million USD: {why}.")
            last = step.projects
        for text in (self.proof, *self.after.cautions):
            terminal.say(text)

    def _texts(self) -> list[str]:
        return [f"Investment for {self.plan.name}", *self.sentences, self.proof]

    def _shown(self) -> pd.DataFrame:
        return PROJECTS.shown(self)

    def _files(self, *, command: str = "") -> Files:
        from corridors.studies.invest.page import render_investment

        return {
            "invest.json": lambda: investment_json(self),
            "invest.csv": lambda: PROJECTS.csv(self),
            "report.html": lambda: render_investment(self, command=command),
            "map.html": lambda: allocated.flows_page(
                self.after, **self._on_map(), report="report.html"
            ),
        }


def _by_volume(investment: Investment) -> Iterator[str]:
    """Yield what each project gains alone at other volumes: small plans use what is free."""
    told = [project for project in investment.projects if project.by_volume]
    if not told:
        return
    factors = [f"{factor:g}" for factor, _ in told[0].by_volume]
    figures = ([f"{usd / USD_PER_USD_M:,.1f}" for _, usd in project.by_volume] for project in told)
    gains = "; ".join(
        f"{project.title} {', '.join(usd)}" for project, usd in zip(told, figures, strict=True)
    )
    year = f" in {investment.years[0]}" if investment.plan.phases is not None else ""
    yield (
        f"Gain alone in million USD a year{year} at {listed(factors)} times the volumes: {gains}."
    )


def _advice(investment: Investment) -> str:
    """Return what to build, with its cost, gain and annuity."""
    built = investment.built
    if not built:
        return "Build nothing: no project within the budget pays for itself in this plan."
    phased = investment.plan.phases is not None
    names = [f"{p.title} in {p.built_in}" if phased else p.title for p in built]
    in_year = f" in {investment.years[-1]}" if phased else ""
    return (
        f"Build {listed(names)}: {investment.cost_usd_m:,.0f} of"
        f" {investment.plan.budget_usd_m:,.0f} million USD. This saves"
        f" {investment.gain_usd_m_a_year:,.2f} million USD a year{in_year}, against an annuity of"
        f" {investment.charge_usd / USD_PER_USD_M:,.2f}."
    )


def _told(investment: Investment, project: ProjectGain) -> str:
    """Return whether a project pays, and if not, what would make it pay."""
    gain, charge = (usd / USD_PER_USD_M for usd in (project.alone_usd, project.charge_usd))
    if project.in_use:
        opened = f"{project.opens.day} {project.opens:%B %Y}"
        return (
            f"{project.title} has been open since {opened} and is part of the plan. Without it the"
            f" plan would cost {gain:,.2f} million USD a year more."
        )
    figures = (
        f"built alone it saves {gain:,.2f} million USD a year, against an annuity of {charge:,.2f}"
    )
    ratio = f"benefit-cost ratio {project.alone.benefit_cost:.2f}"
    net = f"net present value {project.alone.net_present_usd / USD_PER_USD_M:+,.0f} million USD"
    phased = investment.plan.phases is not None
    when = ""
    if phased:
        first = project.pays_from
        when = (
            f" From {first} on it saves more than the annuity."
            if first is not None
            else f" It does not save as much as the annuity by {investment.years[-1]}."
        )
    if project.pays or project.built:
        back = project.alone.payback_years
        years = "" if back is None else f", paid back in {back:,.0f} years"
        verb = "pays" if project.pays else "pays as part of the best set"
        return f"{project.title} {verb}: {figures} ({ratio}, {net}{years}).{when}"
    broken = project.break_even
    would = "" if broken is None else _would_pay(broken, investment.plan.box)
    return f"{project.title} does not pay: {figures} ({ratio}, {net}).{when}{would}"


def _shared(investment: Investment) -> Iterator[str]:
    """Yield what projects gain where boxes choose their way, beside the gain at least cost."""
    told = [one for one in investment.projects if one.shared is not None]
    if told:
        yield (
            "Where boxes choose their way by shares, gains beside those at least cost, in million"
            f" USD a year. {NO_FORECAST}"
        )
    for one in told:
        ratios = ""
        if one.shared_worth is not None:
            ratios = (
                f" (benefit-cost ratio {one.shared_worth.benefit_cost:.2f}, at least cost"
                f" {one.alone.benefit_cost:.2f})"
            )
        yield f"{one.title}{_beside(one.shared, one.alone_usd)}{ratios}."
    if investment.shared is not None:
        yield f"What is built{_beside(investment.shared, investment.gain_usd)}."


def _beside(found: SharedGain | None, least_usd: float) -> str:
    """Return the gain of boxes that choose, with ranges, and that at least cost."""
    if found is None:
        return ""
    changing = ""
    # What overlaps with others counts for less, so that the rest may lose.
    if LEAST_TOLD_USD <= found.switching_usd <= found.gain_usd:
        changing = f", {_millions(found.switching_usd)} of it by boxes that change their way"
    used = f"; {found.users_teu:,.0f} TEU are on ways that become cheaper"
    if found.half_usd is not None and found.users_teu > 0.0:
        used += f", by the rule of a half {_millions(found.half_usd)}"
    adds = "less than 0.01"
    if found.induced_usd >= LEAST_TOLD_USD:
        adds = (
            f"{_millions(found.induced_usd)} ({_millions(found.induced_low_usd)} to"
            f" {_millions(found.induced_high_usd)})"
        )
    return (
        f": {_millions(found.gain_usd)} ({_millions(found.low_usd)} to"
        f" {_millions(found.high_usd)}), at least cost {_millions(least_usd)}{changing}{used};"
        f" induced trade of {found.induced_teu:,.0f} TEU adds {adds}"
    )


def _millions(usd: float) -> str:
    return f"{usd / USD_PER_USD_M:,.2f}"


def _would_pay(broken: BreakEven, box: tuple[float, str]) -> str:
    """Return the subsidy, volume or toll at which a project would pay, as a sentence.

    A toll is that of a `box`, by its TEU and name.
    """
    ways = []
    if broken.subsidy_usd > 0.0:
        ways.append(
            f"with a subsidy of {broken.subsidy_usd / USD_PER_USD_M:,.2f} million USD a year"
        )
    if broken.volume_factor is not None:
        ways.append(f"with {broken.volume_factor:,.1f} times the volumes of this plan")
    toll, worth, most = broken.toll_usd_per_teu, broken.worth_usd_per_teu, ""
    if toll is not None and worth is not None:
        who = f"each {box[1]} of the {broken.teu:,.0f} TEU a year that benefit"
        toll, worth = box[0] * toll, box[0] * worth
        if toll <= worth:
            ways.append(f"with a toll of USD {toll:,.0f} on {who} (it saves them USD {worth:,.0f})")
        else:
            # Nobody pays more than a line is worth: the figure says how far a toll is from enough.
            most = (
                f" No toll would be enough: it would have to be USD {toll:,.0f} on {who}, and the"
                f" project saves them USD {worth:,.0f}."
            )
    if broken.volume_factor is None:
        most = f" Even 8 times the volumes would not be enough.{most}"
    would = f" It would pay {listed(ways, last='or')}." if ways else ""
    return f"{would}{most}"


def _money(of: str) -> Callable[[object], float | None]:
    """Return what takes an amount of a row in millions of USD; None where a part is missing."""

    def millions(row: object) -> float | None:
        value = _part(row, of)
        return None if value is None else value / USD_PER_USD_M

    return millions


def _part(row: object, of: str) -> Any:
    """Return an attribute with dots; None where one on the way is."""
    for name in of.split("."):
        row = None if row is None else getattr(row, name)
    return row


def _worth(kind: str, gain: str, ratio: str) -> dict[str, Getter]:
    """Return the getters of the gain, net present value and benefit-cost ratio of a kind."""
    return {
        f"{gain}usd_m_a_year": _money(f"{kind}.gain_usd"),
        f"{ratio}npv_usd_m": _money(f"{kind}.net_present_usd"),
        f"{ratio}benefit_cost": lambda row: _part(row, f"{kind}.benefit_cost"),
    }


PROJECTS = Table(
    name="invest",
    about="A project; money in millions of USD, gains a year.",
    rows_of=attrgetter("projects"),
    files="project title opens in_use cost_usd_m life_years built built_in charge_usd_m_a_year"
    " alone_usd_m_a_year npv_usd_m benefit_cost payback_years in_set_usd_m_a_year in_set_npv_usd_m"
    " in_set_benefit_cost with_others_usd_m_a_year with_others_npv_usd_m with_others_benefit_cost"
    " pays_from subsidy_usd_m_a_year toll_usd_per_teu worth_usd_per_teu teu_gaining volume_factor"
    " gain_by_volume_usd_m shares_usd_m_a_year shares_low_usd_m_a_year shares_high_usd_m_a_year"
    " switching_usd_m_a_year users_teu half_usd_m_a_year induced_teu induced_usd_m_a_year"
    " shares_npv_usd_m shares_benefit_cost",
    reads="project_title cost_usd_m charge_usd_m_a_year alone_usd_m_a_year in_set_usd_m_a_year"
    " benefit_cost is_built",
    of={
        "project": "id",
        "project_title": "title",
        "is_built": lambda row: "in use" if row.in_use else "yes" if row.built else "",
        "charge_usd_m_a_year": _money("charge_usd"),
        **_worth("alone", "alone_", ""),
        "shares_usd_m_a_year": _money("shared.gain_usd"),
        "shares_low_usd_m_a_year": _money("shared.low_usd"),
        "shares_high_usd_m_a_year": _money("shared.high_usd"),
        "switching_usd_m_a_year": _money("shared.switching_usd"),
        "users_teu": lambda row: _part(row, "shared.users_teu"),
        "half_usd_m_a_year": _money("shared.half_usd"),
        "induced_teu": lambda row: _part(row, "shared.induced_teu"),
        "induced_usd_m_a_year": _money("shared.induced_usd"),
        "shares_npv_usd_m": _money("shared_worth.net_present_usd"),
        "shares_benefit_cost": lambda row: _part(row, "shared_worth.benefit_cost"),
        **_worth("in_set", "in_set_", "in_set_"),
        **_worth("with_others", "with_others_", "with_others_"),
        "payback_years": "alone.payback_years",
        "subsidy_usd_m_a_year": _money("break_even.subsidy_usd"),
        "toll_usd_per_teu": lambda row: _part(row, "break_even.toll_usd_per_teu"),
        "worth_usd_per_teu": lambda row: _part(row, "break_even.worth_usd_per_teu"),
        "teu_gaining": lambda row: _part(row, "break_even.teu"),
        "volume_factor": lambda row: _part(row, "break_even.volume_factor"),
        "gain_by_volume_usd_m": lambda row: {
            f"{factor:g}": usd / USD_PER_USD_M for factor, usd in row.by_volume
        },
    },
)
BUDGETS = Table(
    name="budgets",
    about="The best set of projects with a budget; gains in millions of USD a year.",
    rows_of=attrgetter("curve"),
    files="budget_usd_m projects cost_usd_m gain_usd_m_a_year charge_usd_m_a_year proved",
    of={
        "gain_usd_m_a_year": _money("gain_usd"),
        "charge_usd_m_a_year": _money("charge_usd"),
    },
)
FRAMES = {
    "invest.json": {"table": (PROJECTS, "projects"), "budget_table": (BUDGETS, "budget_curve")}
}
SCHEDULE = Table(
    name="schedule",
    about="The projects open from a year on, and their gains alone.",
    rows_of=lambda investment: [
        Beside(
            None,
            from_year=year,
            projects=open_then,
            alone_usd_m_a_year={
                gain.id: gain.by_phase[number] / USD_PER_USD_M
                for gain in investment.projects
                if not gain.in_use
            },
        )
        for number, (year, open_then) in enumerate(
            zip(investment.years, investment.schedule, strict=True)
        )
    ],
    files="from_year projects alone_usd_m_a_year",
)


def budget_from(investment: Investment, number: int) -> float:
    """Return from which budget on a step of the curve is known to hold, in million USD.

    A set that is best with more money is best as soon as it can be paid. With phases, when money is
    there counts too.
    """
    step = investment.curve[number]
    is_new = not number or investment.curve[number - 1].projects != step.projects
    if is_new and step.projects and investment.plan.phases is None:
        return min(step.budget_usd_m, step.cost_usd_m)
    return step.budget_usd_m


def nothing_text(investment: Investment, number: int) -> str:
    """Return why nothing is built at a step of the curve: no project pays, or none can be paid."""
    cheapest = min(project.cost_usd_m for project in investment.projects if not project.in_use)
    if cheapest > investment.curve[number].budget_usd_m:
        return f"no project can be paid; the cheapest takes {cheapest:,.0f}"
    return "no project pays for itself"


def phase_titles(investment: Investment) -> list[str]:
    """Return when each phase begins, a year or a month."""
    phases = investment.plan.phases
    if phases is None:
        return [str(year) for year in investment.years]
    return [f"{start:%Y}" if start.month == 1 else f"{start:%B %Y}" for start in phases.starts]


def investment_json(investment: Investment) -> str:
    """Return the text of `invest.json`."""
    plan = investment.plan
    bounded = math.isfinite(investment.bound_usd)
    phases = plan.phases
    return as_text(
        {
            "plan": plan.name,
            "allocation": plan.name,
            "objective": plan.objective,
            "months": len(plan.months),
            "budget_usd_m": plan.budget_usd_m,
            "discount_rate": plan.rate,
            "discount_rate_source": plan.rate_source,
            "phases": phases
            and {
                "years": list(phases.years),
                "starts": [start.isoformat() for start in phases.starts],
                "until": phases.until,
                "demand_growth": phases.demand_growth,
                "budgets_usd_m": list(phases.budgets_usd_m),
            },
            "answer": list(investment.sentences),
            "built": [gain.id for gain in investment.built],
            "cost_usd_m": investment.cost_usd_m,
            "gain_usd_m_a_year": investment.gain_usd_m_a_year,
            "charge_usd_m_a_year": investment.charge_usd / USD_PER_USD_M,
            "objective_usd": investment.value_usd,
            "least_objective_usd": investment.bound_usd if bounded else None,
            "gap_usd": investment.gap_usd if bounded else None,
            "proof": investment.proof,
            "proved": investment.proved,
            "sets_valued": investment.valued,
            "projects": PROJECTS.records(investment),
            "schedule": SCHEDULE.records(investment),
            "budget_curve": BUDGETS.records(investment),
            "allocations": {
                name: {
                    "value_usd": found.value_usd,
                    "cost_usd": found.cost_usd,
                    "co2e_t": found.co2e_t,
                    "teu": found.teu,
                    "uncapped": list(found.leaks),
                    "marginal_values": {"note": NOT_UNIQUE, "rows": MARGINALS.records(found)},
                }
                for name, found in (("before", investment.before), ("after", investment.after))
            },
        }
    )
