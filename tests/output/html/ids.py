"""Find ids on a page where a reader expects a name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from corridors.config import load_corridors
from corridors.data.access import load_world_titles
from corridors.data.geodata import load_gates, load_services, load_terminals
from corridors.data.paths import configs_dir
from tests.output.html.report.reading import Page

# What a page quotes for programs.
_QUOTED = ("pre", "code", "script", "style")
_SHOWN = ("p", "li", "td", "th", "h1", "h2", "h3", "summary", "caption", "text", "option", "span")
_SAID = ("aria-label", "data-tip", "title")
_WORD = re.compile(r"[A-Za-z0-9][\w./-]*[\w]")


@cache
def ids() -> frozenset[str]:
    """Return the ids that have a name which is another word."""
    places = {terminal.id for terminal in load_terminals().values()}
    gates = {gate.id for gate in load_gates()}
    services = {service.id for service in load_services()}
    corridors = {corridor.id for corridor in load_corridors("shipped")}
    worlds = {name for name in load_world_titles() if not name.isdigit()}
    plans = {path.stem for path in (configs_dir() / "plans").glob("*.yaml")}
    found = plans | places | gates | services | corridors | worlds | {"cy-cy"}
    # A plain word may be just that: suez, cape, current, other.
    return frozenset(name for name in found if re.search(r"[-/]", name))


@cache
def codes() -> frozenset[str]:
    """Return the UN/LOCODEs of shipped terminals."""
    return frozenset(t.unlocode for t in load_terminals().values() if t.unlocode)


def ids_on(html: str) -> set[str]:
    """Return the ids that a page shows or says, but for what it quotes for programs.

    How to reproduce a result, with its command and the keys of its files, is the last section.
    """
    page = Page(html.partition('<section id="reproduce"')[0])
    quoted = [text for tag, _, text in page.elements if tag in _QUOTED]
    texts = []
    for tag, attributes, text in page.elements:
        if tag in _SHOWN:
            said = "".join(text)
            for one in quoted:
                said = said.replace("".join(one), " ")
            texts.append(said)
        texts += [attributes[key] for key in _SAID if key in attributes]
    return ids_in(texts)


def ids_in(texts: Iterable[str]) -> set[str]:
    """Return the ids and codes among the words of texts."""
    words = {word.strip(".,;:()") for text in texts for word in _WORD.findall(text)}
    return words & (ids() | codes())
