"""The API in words: each address with what it takes, as rows and as a page of this server."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, NamedTuple

KINDS: Mapping[str, str] = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
}
SCENARIO = "a scenario"
HEAD = ("name", "where", "takes", "required")
_LINES = "<!-- addresses -->"
_EXAMPLE = """curl -s {root}api/compare -H 'Content-Type: application/json' -d '{{
  "scenario": {{"origin": "Shanghai", "destination": "Hamburg", "departure": "2026-08-20"}}}}'"""


class Address(NamedTuple):
    """An address: how it is asked, what for, and its members: name, where, what they take."""

    method: str
    path: str
    summary: str
    members: tuple[tuple[str, str, str, str], ...]


def addresses(described: Mapping[str, Any]) -> Iterator[Address]:
    """Yield the addresses of a description of the API (OpenAPI)."""
    shapes = described["components"]["schemas"]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            shape = shapes.get(body.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
            required = shape.get("required", ())
            members = [
                (one["name"], f"in the {one['in']}", taken(one["schema"]), "")
                for one in operation.get("parameters", ())
            ]
            members += [
                (name, "in the body", taken(one), "yes" if name in required else "")
                for name, one in shape.get("properties", {}).items()
            ]
            yield Address(method.upper(), path, operation["summary"], tuple(members))


def taken(shape: Mapping[str, Any]) -> str:
    """Return what a member of a request takes, in words."""
    if "$ref" in shape:
        return SCENARIO
    either = shape.get("anyOf")
    if either:
        return " or ".join(taken(one) for one in either if one.get("type") != "null")
    words = KINDS.get(shape.get("type", ""), "")
    if "prefixItems" in shape:
        words = "[lon, lat]"
    elif shape.get("type") == "array":
        words = f"a list, each {taken(shape['items'])}, at most {shape.get('maxItems', 'any')}"
    bounds = [str(shape[key]) for key in ("minimum", "maximum") if key in shape]
    if len(bounds) == 2:
        words += f" from {bounds[0]} to {bounds[1]}"
    if "default" in shape and shape["default"] not in ("", [], None):
        words += f", {shape['default']} by default"
    return words + (f": {shape['description']}" if "description" in shape else "")


def api_page(template: str, described: Mapping[str, Any], root: str) -> str:
    """Return the page of the API: an example, then a section for each address.

    Parameters
    ----------
    template
        The page with a comment where they stand.
    described
        The description of the API.
    root
        The address of this server, for the example.
    """
    sections = (_section(one) for one in addresses(described))
    example = f"<pre>{escape(_EXAMPLE.format(root=root))}</pre>"
    return template.replace(_LINES, "\n".join((example, *sections)))


def _section(address: Address) -> str:
    name = f"{address.method} {address.path}"
    head = "".join(f'<th scope="col">{text}</th>' for text in HEAD)
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(one)}</code></th>'
        f"<td>{escape(where)}</td><td>{_marked(takes)}</td><td>{needed}</td></tr>"
        for one, where, takes, needed in address.members
    )
    table = (
        f'<div class="wide" tabindex="0" role="group" aria-label="What {escape(name)} takes">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
    return f"<h2>{escape(name)}</h2><p>{_marked(address.summary)}.</p>" + (table if rows else "")


def _marked(text: str) -> str:
    """Return a text as markup, what stands between back quotes as code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))
