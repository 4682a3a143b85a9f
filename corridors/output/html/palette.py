"""The colours of pages, by what they stand for, for light and dark screens.

No two that one picture may hold are closer than 15 (CIELAB) to a reader who sees no green or no
red; a test holds them to it. A page draws `painted` colours, which a dark screen turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from corridors.domain.places import Family
from corridors.domain.results import RouteOption
from corridors.output.html.encode import safe_colour

# By role on maps: what is known to sail, by mode; what nobody is known to run; all else.
ROLES: Mapping[str, tuple[str, str]] = {
    "sea": ("#0b57a4", "#6db3f2"),
    "rail": ("#b8451a", "#f08a4b"),
    "nobody": ("#5b6770", "#aab4bb"),
    "context": ("#b3bcc2", "#566068"),
}
NAVY, ORANGE, GREEN, PURPLE, PINK, BLUE, YELLOW, PEACH, GREY, WINE, MIST = (
    *("#00285c", "#bc5612", "#23663c", "#633fab", "#b04886", "#60a6e4", "#ffc861", "#f6b793"),
    *("#bdadb1", "#3d0012", "#e3dfea"),
)
# What stands in a chart, light and dark; lines and areas take them in this order.
SERIES: Mapping[str, str] = {
    NAVY: "#5068b0",
    ORANGE: "#da650d",
    GREEN: "#60a765",
    PURPLE: "#987aff",
    PINK: "#f27fb4",
    BLUE: "#90e2ff",
    YELLOW: "#ffdb81",
    PEACH: "#fdedde",
    GREY: "#6d6e67",
    WINE: "#93142f",
    MIST: "#3f5266",
}
IDENTITIES = (NAVY, ORANGE, GREEN, PURPLE, PINK, BLUE, YELLOW, PEACH)
"""Colours of options; those that no colour is left for are grey."""
# From the first rank to those below the fifth.
RANKS: Mapping[str, str] = {
    NAVY: SERIES[NAVY],
    "#2c66a3": "#7296d8",
    BLUE: SERIES[BLUE],
    "#a3cdf2": "#f0faff",
    MIST: SERIES[MIST],
    "#8a7f84": "#8d8a92",
}
# The capacity of a place: full, filling, free; and what lies idle.
CAPACITY: Mapping[str, tuple[str, str]] = {
    "full": ("#7a1022", "#ff7b86"),
    "filling": ("#e0a72e", "#ffd98a"),
    "free": ("#5aa0d6", "#3f7fb5"),
    "idle": ("#c3cacf", "#566068"),
}
# A half month of a route through ice.
SEASON: Mapping[str, tuple[str, str]] = {
    "open": ("#9fd0f2", "#3f86bb"),
    "escorted": ("#f6c453", "#c08a1e"),
    "closed": ("#59646c", "#3a444b"),
}
_TURNED = {**SERIES, **RANKS} | dict((*ROLES.values(), *CAPACITY.values(), *SEASON.values()))


def painted(colour: str) -> str:
    """Return a colour for a style: one of the palette is another on a dark screen."""
    kept = safe_colour(colour)
    return f"var(--c{kept[1:]},{kept})" if kept in _TURNED else kept


def role_of(option: RouteOption) -> str:
    """Return the role of an option on a page: `nobody` is known to run it, or by `rail` or sea."""
    offer = option.offer
    if offer is not None and offer.sections and not offer.known:
        return "nobody"
    by_rail = (option.km(Family.RAIL) or 0.0) > (option.km(Family.SEA) or 0.0)
    return "rail" if by_rail else "sea"


def role_colour(option: RouteOption) -> str:
    """Return the colour of an option's role, that of the context if it has no route."""
    return ROLES[role_of(option) if option.usable else "context"][0]


def inked(colour: str) -> str:
    """Return black or white for a style, whichever is easier to read on a painted colour."""
    kept = safe_colour(colour)
    return f"var(--i{kept[1:]},{ink_on(kept)})" if kept in _TURNED else ink_on(kept)


def ink_on(colour: str) -> str:
    """Return black or white, whichever is easier to read on a colour: its contrast is the higher.

    References
    ----------
    WCAG 2.1, relative luminance and contrast ratio.
    """
    digits = safe_colour(colour)[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    shares = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    # Contrast with black is (luminance + 0.05) / 0.05, with white 1.05 / (luminance + 0.05).
    return "#000000" if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "#ffffff"


def swatch(colour: str) -> str:
    """Return a small square of a colour."""
    return f'<span class="swatch" style="background:{painted(colour)}"></span>'


def identities(names: Iterable[str]) -> dict[str, str]:
    """Return a colour by name in the order given, the most distinct first, grey for the last."""
    kept = dict.fromkeys(names)
    return {
        name: IDENTITIES[number] if number < len(IDENTITIES) else GREY
        for number, name in enumerate(kept)
    }


def dark_style() -> str:
    """Return the style sheet that turns painted colours on a dark screen."""
    turned = "".join(
        f"--c{light[1:]}:{dark};--i{light[1:]}:{ink_on(dark)};" for light, dark in _TURNED.items()
    )
    return f"@media screen and (prefers-color-scheme:dark){{:root{{{turned}}}}}"
