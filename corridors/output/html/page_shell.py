"""The shell of every page: inlined style and scripts, under a policy that loads nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from html import escape
from importlib.resources import files

from corridors.domain.scenario import Scenario
from corridors.output.display_names import SCOPES, end_title, world_title
from corridors.output.html.palette import day_text

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def page_html(title: str, body: str, *, style: str, policy: str) -> str:
    """Return a page as HTML text.

    Parameters
    ----------
    title
        Window title, plain text.
    body
        Markup with escaped text; scripts last.
    style
        Text of the style sheet.
    policy
        From `policy_of` or `policy_of_style`.
    """
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n{policy}\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n"
        f"<body>\n{body}</body>\n</html>\n"
    )


def policy_of(html: str, *, images: Sequence[str] = ()) -> str:
    """Return a policy that allows the scripts of a page and nothing else.

    Parameters
    ----------
    html
        The page, or the part with its scripts.
    images
        Addresses from which images may be loaded.
    """
    hashes = " ".join(_hash(script) for script in _SCRIPT.findall(html))
    pictures = " ".join(("data:", *images))
    return _policy(f"script-src {hashes}; style-src 'unsafe-inline'; img-src {pictures}")


def policy_of_style(style: str) -> str:
    """Return a policy for a page without scripts and inline styles."""
    return _policy(f"style-src {_hash(style)}")


def asset(kind: str, name: str) -> str:
    """Return the text of a style or script of `report`, `map` or `gallery`."""
    folder = files("corridors.output.html") / kind / "assets"
    return (folder / name).read_text(encoding="utf-8")


def _policy(allowed: str) -> str:
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">'


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# The question of a scenario in a sentence.


def question(scenario: Scenario) -> str:
    """Return origin, destination, departure, shipment, scope and world of a scenario."""
    shipment = scenario.shipment
    origin, destination = end_title(scenario.origin), end_title(scenario.destination)
    known_on = scenario.known_on
    world = world_title(scenario.world, scenario.departure, known_on=known_on)
    known = f", as known on {day_text(known_on)}" if known_on else ""
    return (
        f"{origin} to {destination}, departing {day_text(scenario.departure)};"
        f" {shipment.teu_per_month:g} TEU a month ({shipment.cargo}, {shipment.equipment.value}),"
        f" {SCOPES[scenario.scope]}. World: {world}{known}."
    )
