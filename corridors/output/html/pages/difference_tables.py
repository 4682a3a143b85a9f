"""The tables of what differs between two scenarios or results, for terminals, files and pages."""

from __future__ import annotations

from typing import cast

from corridors.data.names import name_of
from corridors.output.html.report.parts import time_title
from corridors.output.records import Record
from corridors.output.tables import Table


def arrow(old: object, new: object) -> str:
    """Return `old -> new`, or one value if both are the same; nothing for None."""
    texts = ["" if value is None else f"{value}" for value in (old, new)]
    return texts[0] if texts[0] == texts[1] else f"{texts[0] or '-'} -> {texts[1] or '-'}"


def has_effect(row: Record) -> bool:
    """Return whether a row of effects tells of one on cost, days or status, or why it cannot."""
    changes = row.get("cost_usd_per_teu_change"), row.get("days_change")
    return row["corridor"] is None or row["status_before"] != row["status_after"] or any(changes)


INPUTS = Table(name="inputs", about="An input that differs.", reads="input a b")
ANSWERS = Table(
    name="answers",
    about="A corridor whose answer differs.",
    reads=" ".join(
        (
            "corridor status rank",
            *(
                f"{name}_old {name}_new {name}_change"
                for name in ("cost_usd_per_teu", "transit_days", "days", "co2e_t_per_teu")
            ),
        )
    ),
    spare="co2e_t_per_teu_old+co2e_t_per_teu_new co2e_t_per_teu_change transit_days_change"
    " transit_days_old+transit_days_new days_old+days_new rank",
    of={
        "status": lambda row: arrow(row["status_old"], row["status_new"]),
        "rank": lambda row: arrow(row["rank_old"], row["rank_new"]),
        **{
            f"co2e_t_per_teu_{end}": f"co2e_wtw_t_per_teu_{end}" for end in ("old", "new", "change")
        },
    },
)
PARTS = Table(
    name="changed_parts",
    about="A cost line or part of the time that differs.",
    reads="part a b change unit",
)
EFFECTS = Table(
    name="input_effects",
    about="The effect of an input on a corridor.",
    files="step input old new corridor name status_before status_after"
    " cost_usd_per_teu_before cost_usd_per_teu_after cost_usd_per_teu_change"
    " days_before days_after days_change recommended_before recommended_after"
    " tied_before tied_after called_before called_after"
    " objective_value_before objective_value_after",
    reads="step input corridor status cost_usd_per_teu_change days_change"
    " cost_usd_per_teu_after days_after",
    of={
        "status": lambda row: row.get("why_not") or arrow(row["status_before"], row["status_after"])
    },
)


def part_rows(row: Record, most: int) -> list[Record]:
    """Return the cost lines and time parts of a corridor that changed most, in hours."""
    made: list[Record] = []
    for key, unit in (("cost_lines", "USD/TEU"), ("time_parts", "hours")):
        for part in cast("list[Record]", row[key])[:most]:
            if unit == "hours":
                name = time_title(str(part["part"]))
            else:
                scope = str(part["scope"])
                name = f"{part['label']} ({name_of(scope)})" if scope else str(part["label"])
            figures = {"a": part["old"], "b": part["new"], "change": part["change"]}
            made.append({"part": name, **figures, "unit": unit})
    return made
