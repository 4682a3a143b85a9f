"""A corridor made on the fly: the cheapest route that passes the places a user names, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corridors.data.geodata import gate_named, load_gates
from corridors.data.names import name_of
from corridors.data.own import Overlay
from corridors.domain.scenario import Corridor, MustPass, is_border
from corridors.errors import OptionError, PlaceError
from corridors.network.locate import locate, suggestion
from corridors.output.display_names import listed
from corridors.routing.question import ANY_CORRIDOR

MOST_VIA = 5


def corridor_via(names: Sequence[str], overlay: Overlay) -> Corridor:
    """Return the corridor of any services that passes these places in this order.

    Parameters
    ----------
    names
        Gates by id or name (`gate-suez`, `suez`, `Suez Canal`), borders (`BY-PL`), terminals by
        id, or cities, of which any terminal does.
    overlay
        The terminals and legs, with those of the user.

    Raises
    ------
    ConfigError
        There are more than five, two are the same, or one is none of these.
    """
    if len(names) > MOST_VIA:
        msg = f"`via`: at most {MOST_VIA} places, got {len(names)}"
        raise OptionError(msg)
    entries = tuple(_entry(name, overlay) for name in names)
    titles = [entry.name for entry in entries]
    twice = next((title for title in titles if titles.count(title) > 1), None)
    if twice is not None:
        msg = f"`via`: {twice} is named twice; keep one"
        raise OptionError(msg)
    title = f"Cheapest route via {listed(titles)}"
    return replace(ANY_CORRIDOR, id="via", title=title, must_pass=entries, one_way=True)


def _entry(name: str, overlay: Overlay) -> MustPass:
    """Return what a route passes at a place that a user names."""
    text = name.strip()
    gates = load_gates()
    meant = gate_named(text)
    for gate in gates:
        if gate.id == meant:
            return MustPass(name=gate.name, any_of=(gate.id,))
    if is_border(text.upper()):
        return MustPass(name=_border(text.upper(), overlay), any_of=(text.upper(),))
    try:
        place = locate(text, overlay.terminals)
    except PlaceError as error:
        near = suggestion(text, [known for gate in gates for known in (gate.id, gate.name)])
        what = f"unknown place '{text}'{near}" if near else str(error)
        msg = f"`via`: {what}"
        raise OptionError(msg) from None
    ids = tuple(one.id for one in place.members or (place,) if one.terminal is not None)
    if not ids:
        msg = (
            f"`via`: {place.name} has no terminal of the network, where a route could pass; name a"
            " gate, a border such as BY-PL, a terminal or a city with terminals (corridors list)"
        )
        raise OptionError(msg)
    return MustPass(name=place.name, any_of=ids)


def _border(pair: str, overlay: Overlay) -> str:
    """Return the name of a border that legs over land cross."""
    known = {frozenset(leg.countries) for leg in overlay.legs if len(leg.countries) == 2}
    if frozenset(pair.split("-")) not in known:
        msg = f"`via`: no leg over land crosses the border {pair} ({name_of(pair)})"
        raise OptionError(msg)
    return f"the border {name_of(pair)}"
