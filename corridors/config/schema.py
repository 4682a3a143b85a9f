"""JSON Schema of the configuration files, for completion and validation in an editor.

It is made from the models and the names of the shipped tables. It does not cover rules between
keys, which only `corridors check` verifies.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from corridors.config import checks
from corridors.config.batch_files import BatchModel, nothing_to_none
from corridors.config.checks import ICE_YEARS, Names
from corridors.config.corridors import CorridorModel
from corridors.config.faults import resolved
from corridors.config.models import ScenarioModel
from corridors.config.plan_models import PlanModel
from corridors.config.projects import ProjectModel, day_alone
from corridors.domain.scenario import DEPARTURE

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MODELS: Mapping[str, type[BaseModel]] = {
    "scenario": ScenarioModel,
    "corridor": CorridorModel,
    "batch": BatchModel,
    "project": ProjectModel,
    "plan": PlanModel,
}
Schema = dict[str, Any]
# The page of keys does not print lists this long or longer.
LONGEST_LIST = 9


def schema_of(kind: str) -> Schema:
    """Return the JSON Schema of a kind of file, in draft 2020-12.

    Parameters
    ----------
    kind
        A key of `MODELS`.
    """
    return published(MODELS[kind])


def published(model: type[BaseModel]) -> Schema:
    """Return the JSON Schema of a model, with a description for every key."""
    made = model.model_json_schema(schema_generator=_Generator)
    defs = made.pop("$defs", {})
    for shape in (made, *defs.values()):
        _tidy(shape, defs)
    for part in defs.values():
        part.pop("title")
    head = {"$schema": DIALECT, "title": made.pop("title"), "description": made.pop("description")}
    return head | made | ({"$defs": defs} if defs else {})


def schema_rows(kind: str, schema: Schema) -> list[dict[str, object]]:
    """Return one row per key: `file`, `key`, `required`, `default`, `takes`, `description`.

    Nested keys are dotted, such as `shipment.cargo`.
    """
    rows: list[dict[str, object]] = []

    def visit(shape: Mapping[str, Any], before: str) -> None:
        for key, inner in shape.get("properties", {}).items():
            rows.append(
                {
                    "file": kind,
                    "key": before + key,
                    "required": key in shape.get("required", ()),
                    "default": inner.get("default"),
                    "takes": _takes(inner),
                    "description": inner["description"],
                }
            )
            part = _part(inner, schema.get("$defs", {}))
            if part is not None:
                visit(part, f"{before}{key}.")

    visit(schema, "")
    return rows


def keys_table(kind: str) -> str:
    """Return the keys of a kind of file as a table in Markdown, for the documentation."""
    lines = ["| key | default | takes | meaning |", "|---|---|---|---|"]
    for row in schema_rows(kind, schema_of(kind)):
        default = "required" if row["required"] else _written(row["default"])
        lines.append(f"| `{row['key']}` | {default} | {row['takes']} | {row['description']} |")
    return "\n".join(lines)


def _written(default: object) -> str:
    """Return a default for display, empty if there is none."""
    if default is None or isinstance(default, (list, dict)):
        return ""
    return f"`{f'{default:g}' if isinstance(default, float) else str(default).lower()}`"


def _takes(shape: Schema) -> str:
    """Return the values a key accepts: a short list of words, or the bounds of a number."""
    if len(shape.get("enum", ())) in range(1, LONGEST_LIST):
        return ", ".join(f"`{word}`" for word in shape["enum"])
    bounds = (("exclusiveMinimum", "above"), ("minimum", "from"), ("maximum", "to"))
    limits = [f"{word} {shape[key]:.10g}" for key, word in bounds if key in shape]
    if limits:
        return " ".join(limits)
    branches = (_takes(inner) for inner in shape.get("anyOf", ()))
    return ", ".join(dict.fromkeys(text for text in branches if text))


class _Generator(GenerateJsonSchema):
    """Adds descriptions of keys, and what the models' validators know: names, short lists."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        words = _descriptions(schema["cls"])
        for key, inner in made["properties"].items():
            if key in words:
                inner["description"] = words[key]
        return made

    def function_after_schema(
        self, schema: core_schema.AfterValidatorFunctionSchema
    ) -> JsonSchemaValue:
        check = schema["function"]["function"]
        if check is checks.checked_ice_year:
            return _ice_years()
        return super().function_after_schema(schema) | _allowed(check)

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        made = super().tagged_union_schema(schema)
        return {"anyOf": made["oneOf"]}

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        short = _SHORT_FORMS.get(schema["function"]["function"])
        return inner if short is None else {"anyOf": [*short(inner), inner]}


def _descriptions(model: type) -> Mapping[str, str]:
    """Return by key of a model the string under it, of its own or inherited.

    The strings of a model made from a frozen value stand in the class of that value.
    """
    texts: dict[str, str] = {}
    for base in reversed(model.__mro__):
        declared = vars(base).get("declared_in") or base
        strings = _strings_under_keys(declared.__module__).get(declared.__name__, {})
        own = vars(base).get("__annotations__", {})
        texts |= {key: words for key, words in strings.items() if key in own}
    return texts


@lru_cache
def _strings_under_keys(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return by class of a module, and by key, the string under it."""
    if not module.startswith((f"{__package__}.", "corridors.domain.")):
        return {}
    return {
        node.name: {
            key.target.id: inspect.cleandoc(under.value.value)
            for key, under in pairwise(node.body)
            if isinstance(key, ast.AnnAssign)
            and isinstance(key.target, ast.Name)
            and isinstance(under, ast.Expr)
            and isinstance(under.value, ast.Constant)
            and isinstance(under.value.value, str)
        }
        for node in ast.parse(inspect.getsource(sys.modules[module])).body
        if isinstance(node, ast.ClassDef)
    }


def _allowed(check: object) -> Schema:
    """Return the names that a validator accepts, empty if it checks no names."""
    if isinstance(check, checks.NameCheck):
        if check.kind == "source":
            return {}  # hundreds, and a user adds to them
        names = {"enum": list(Names().of(check.kind))}
        more = r"\.yaml$" if check.kind in checks.FILES else "^[^@]+@.+$"
        if check.kind in (*checks.FILES, "parameter"):
            return {"anyOf": [names, {"pattern": more}]}
        return names
    if check is checks.checked_price_month:
        return {"pattern": f"^(?:{DEPARTURE}|{checks.PRICE_MONTH})$"}
    return {}


def _ice_years() -> Schema:
    """Return the ice years, which YAML may read as numbers."""
    years = [int(year) for year in ICE_YEARS if year.isdecimal()]
    return {
        "anyOf": [
            {"type": "string", "enum": list(ICE_YEARS)},
            {"type": "integer", "minimum": min(years), "maximum": max(years)},
        ]
    }


def _one(array: Schema) -> list[Schema]:
    return [array["items"]] if "items" in array else []


# What may stand for a list or a mapping, by the validator that turns it into one.
_SHORT_FORMS: Mapping[object, Callable[[Schema], Sequence[Schema]]] = {
    checks.all_or_many: lambda array: [{"const": "all"}, *_one(array)],
    checks.all_projects: lambda array: [{"const": "all"}, *_one(array)],
    checks.project_alone: lambda _: [{"type": "string", **_allowed(checks.NameCheck("project"))}],
    checks.one_or_many: _one,
    day_alone: lambda _: [{"type": "string", "format": "date"}],
    checks.written_short: lambda _: [
        {"type": "string", **_allowed(checks.NameCheck("terminal or gate"))}
    ],
    nothing_to_none: lambda _: [{"type": "null"}],
}


def _tidy(shape: Schema, parts: Mapping[str, Schema]) -> None:
    """Put the description of every key last, and remove titles that only repeat the key."""
    for key, inner in shape.get("properties", {}).items():
        inner.pop("title", None)
        _bound_lists(inner)
        # Pydantic omits a key's description if it equals that of its part.
        words = inner.pop("description", None)
        part = parts.get(inner.get("$ref", "").rpartition("/")[2], {})
        words = words or part.get("description") or f"{key.replace('_', ' ')}."
        inner["description"] = " ".join(words.split())
    shape["description"] = " ".join(shape["description"].split())


def _bound_lists(shape: Schema) -> None:
    """Move the bound of a list with short forms from the union to the list."""
    most = shape.pop("maxLength", None) if "anyOf" in shape else None
    for inner in shape.get("anyOf", ()):
        if most is not None and inner.get("type") == "array":
            inner["maxItems"] = most


def _part(shape: Schema, parts: Mapping[str, Schema]) -> Mapping[str, Any] | None:
    """Return the nested schema of a key, through lists and unions; None for plain values."""
    inner = resolved(shape, parts)
    if isinstance(inner.get("items"), dict):
        return _part(inner["items"], parts)
    return inner if "properties" in inner else None
