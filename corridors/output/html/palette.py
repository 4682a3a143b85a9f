"""The colours of pages, by what they stand for, for light and dark screens.

No two that one picture may hold are closer than 15 (CIEDE2000) to a reader who sees no green or no
red; a test holds them to it. A page draws `painted` colours, which a dark screen turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from corridors.domain.places import Family, family_of
from corridors.domain.results import RouteOption
from corridors.domain.values import ChainPart
from corridors.output.answer import is_known
from corridors.output.html.encode import safe_colour

# By role, as `page.css` has them: what is known to sail, by mode; what nobody is known to run; all
# else.
ROLES: Mapping[str, tuple[str, str]] = {
    "sea": ("#0b5cad", "#3f8fe0"),
    "rail": ("#b93a06", "#ff9d5c"),
    "none": ("#6b7780", "#b4bfc7"),
    "other": ("#8d99a2", "#7d8b95"),
}
NAVY, ORANGE, GREEN, PURPLE, PINK, BLUE, YELLOW, PEACH, GREY, WINE, MIST = (
    *("#112355", "#c47206", "#00633d", "#5835bc", "#a5597c", "#5798ee", "#ffdb54", "#d8a388"),
    *("#baa1b0", "#2f0e0a", "#dcebe4"),
)
# What stands in a chart, light and dark; lines and areas take them in this order.
SERIES: Mapping[str, str] = {
    NAVY: "#625caa",
    ORANGE: "#e94f00",
    GREEN: "#509b6c",
    PURPLE: "#9583ff",
    PINK: "#ef8bb4",
    BLUE: "#8be8ff",
    YELLOW: "#f0ca6f",
    PEACH: "#fff8e5",
    GREY: "#736970",
    WINE: "#93142f",
    MIST: "#343b55",
}
IDENTITIES = (NAVY, ORANGE, GREEN, PURPLE, PINK, BLUE, YELLOW, PEACH)
"""Colours of options; those that no colour is left for are grey."""
# From the first rank to those below the fifth.
RANKS: Mapping[str, str] = {
    "#000740": "#183a97",
    "#055da5": "#6083ee",
    "#449ef1": "#94e0fd",
    "#abeffe": "#f9ffe9",
    "#ffffdd": "#2b3530",
    "#9a8782": "#968788",
}
# A half month of a route through ice.
SEASON: Mapping[str, tuple[str, str]] = {
    "open": ("#acdbff", "#509ad4"),
    "escorted": ("#f6c453", "#c08a1e"),
    "closed": ("#4b5b62", "#2d3636"),
}
_TURNED = {**SERIES, **RANKS} | dict((*ROLES.values(), *SEASON.values()))


def painted(colour: str) -> str:
    """Return a colour for a style: one of the palette is another on a dark screen."""
    kept = safe_colour(colour)
    return f"var(--c{kept[1:]},{kept})" if kept in _TURNED else kept


def role_of(option: RouteOption) -> str:
    """Return what an option is drawn as: `sea`, `rail`, or `none` if nobody is known to run it.

    Of its main carriage counts what it goes furthest by.
    """
    if not is_known(option):
        return "none"
    km = {"sea": 0.0, "rail": 0.0}
    for step in option.legs:
        at_sea = family_of(step.service) in (Family.SEA, Family.FERRY, Family.RIVER)
        if step.part is ChainPart.MAIN:
            km["sea" if at_sea else "rail"] += step.km
    return "sea" if km["sea"] >= km["rail"] else "rail"


def role_colour(option: RouteOption) -> str:
    """Return the colour of an option's role, that of the context if it has no route."""
    return ROLES[role_of(option) if option.usable else "other"][0]


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
