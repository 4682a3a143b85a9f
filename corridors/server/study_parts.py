"""Studies as the page shows them: an answer in sentences, and the sections of their own pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from corridors.server.replies import Reply, compact

if TYPE_CHECKING:
    from corridors.output.catchment_records import Catchments
    from corridors.output.driver_moves import BreakEven
    from corridors.output.html.report.report_page import Section
    from corridors.output.simulated import Simulation


def simulation_parts(found: Simulation) -> Reply:
    """Return what draws say of the options."""
    from corridors.output.display_names import capitalised
    from corridors.output.html.pages.simulate_page import simulation_sections
    from corridors.output.simulated import answers

    return _parts(map(capitalised, answers(found)), simulation_sections(found))


def break_even_parts(found: BreakEven, asked: str) -> Reply:
    """Return where another option becomes the best; `asked` is the key of what moves."""
    from corridors.output.html.pages.breakeven_parts import break_even_sections
    from corridors.server.start import SLIDERS, VALUE_OF_A_DAY

    driver = dict(SLIDERS).get(asked)
    says = found.sentences_of(f"{driver}:") if driver else found.sentences
    sections = break_even_sections(found, driver=driver or VALUE_OF_A_DAY, colours=_colours())
    return _parts(says, sections)


def catchment_parts(found: Catchments) -> Reply:
    """Return the best corridor to each destination."""
    from corridors.output.html.pages.catchments_page import catchment_answer, catchment_sections

    return _parts(catchment_answer(found), catchment_sections(found, colours=_colours()))


@lru_cache(maxsize=1)
def _colours() -> dict[str, str]:
    from corridors.config import load_corridors

    return {corridor.id: corridor.colour for corridor in load_corridors("shipped")}


def _parts(answer: Iterable[str], sections: Sequence[Section]) -> Reply:
    kept = [
        {"id": one.id, "heading": one.heading, "html": one.body} for one in sections if one.body
    ]
    return Reply(body=compact({"answer": list(answer), "sections": kept}))
