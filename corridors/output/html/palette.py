"""The colours of pages, by what they stand for, for light and dark screens.

No two that one picture may hold are closer than 15 (CIEDE2000) to a reader who sees no green or no
red; a test holds them to it. A page draws `painted` colours, which a dark screen turns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from html import escape
from typing import Any

from corridors.domain.places import Family, family_of
from corridors.domain.results import RouteOption
from corridors.domain.values import ChainPart
from corridors.output.answer import is_known
from corridors.units import in_percent

# Encoding for pages: escaped text, colours, printed figures, packed lines.

LonLat = tuple[float, float]

NOTHING = "—"
# A thousandth of a degree is at most 111 m, finer than the closest zoom of the map.
UNITS_PER_DEG = 1000
# Digits that neither JSON nor markup writes otherwise.
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_PLAIN_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_FALLBACK_COLOUR = "#555555"


def rounded(value: object) -> object:
    """Return lists and mappings with their floats rounded to ten decimals.

    From Python 3.12 on `sum` corrects for what rounding loses; ten decimals are the same in all.
    """
    if isinstance(value, float):
        return round(value, 10)
    if isinstance(value, Mapping):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(one) for one in value]
    return value


def script_json(value: object) -> str:
    """Return JSON for a script element.

    Markup characters and the line separators of Unicode are escaped, so no text can end the
    script or start another.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def safe_colour(colour: str) -> str:
    """Return a colour if it is `#rgb` or `#rrggbb`, else grey."""
    return colour if _PLAIN_COLOUR.fullmatch(colour) else _FALLBACK_COLOUR


def element(tag: str, text: str, **attributes: str) -> str:
    """Return an element around plain text; `class_` is the attribute `class`."""
    named = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
    )
    return f"<{tag}{named}>{escape(text)}</{tag}>"


def usd(value: float | None) -> str:
    """Return money to the dollar: `1,059`."""
    return NOTHING if value is None else f"{value:,.0f}"


def one(value: float | None) -> str:
    """Return a figure to one decimal, as for days."""
    return NOTHING if value is None else f"{value:,.1f}"


def tonnes(kg: float | None) -> str:
    """Return kilograms as tonnes to two decimals."""
    return NOTHING if kg is None else f"{kg / 1000:,.2f}"


def number(value: float) -> str:
    """Return a figure to at least four significant digits, without an exponent."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    text = f"{value:.4g}" if abs(value) >= 1e-4 or value == 0 else f"{value:.7f}"
    return text.replace("-", "\u2212", 1) if text.startswith("-") else text


def day_text(day: date) -> str:
    """Return a date as `20 August 2026`."""
    return f"{day.day} {day:%B %Y}"


def quoted(text: str) -> str:
    """Return a text in quotation marks if it has several words."""
    return f"“{text}”" if " " in text else text


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return `1 scenario`, `1,200 scenarios`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def percent(part: float, whole: float) -> str:
    """Return a share in whole percent; `under 1 %` and `over 99 %` instead of 0 and 100."""
    if not whole:
        return "0 %"
    share = 100 * part / whole
    if 0 < share < 1:
        return "under 1 %"
    if 99 < share < 100:
        return "over 99 %"
    return f"{in_percent(part / whole)} %"


def lat_lon(point: LonLat) -> tuple[float, float]:
    """Return (latitude, longitude), the order of folium and Leaflet.

    Everywhere else the order is (longitude, latitude).
    """
    return point[1], point[0]


class Shared:
    """Values that records have in common, such as texts, each once and by number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._values: list[Any] = []

    def number(self, value: object) -> int:
        """Return the number of a value of plain lists, mappings and scalars, a new one if new."""
        key = json.dumps(value)
        if key not in self._numbers:
            self._numbers[key] = len(self._values)
            self._values.append(value)
        return self._numbers[key]

    def listed(self) -> list[Any]:
        """Return the values by number."""
        return list(self._values)


def tabled(records: Sequence[Mapping[str, object]], texts: Shared) -> dict[str, object]:
    """Return records of the same keys as a table: keys once, texts by number.

    Returns
    -------
    table
        `keys`, and `rows` of values in their order. A key that ends with `@` holds numbers of
        `texts`; a row without a key's value has null. The page makes records of it again.
    """
    keys = list(dict.fromkeys(key for record in records for key in record))
    plain = {key: any(not isinstance(record.get(key), str) for record in records) for key in keys}
    return {
        "keys": [key if plain[key] else f"{key}@" for key in keys],
        "rows": [
            [record.get(key) if plain[key] else texts.number(str(record[key])) for key in keys]
            for record in records
        ],
    }


def packed_line(line: Sequence[LonLat], units_per_deg: int = UNITS_PER_DEG) -> str:
    """Return a line in parts of a degree as text: latitude, longitude, then differences.

    Each number is a run of digits of five bits, the lowest first, all but the last with the sixth
    bit set; numbers below 0 take the odd values. This is two fifths of the length of a list. The
    page adds the differences up again. Points that coincide are dropped, but a line keeps two.
    """
    packed: list[str] = []
    before = (0, 0)
    for i, point in enumerate(line):
        lat, lon = (round(value * units_per_deg) for value in lat_lon(point))
        if i and (lat, lon) == before and not (i == len(line) - 1 and len(packed) == 2):
            continue
        packed += (_digits(lat - before[0]), _digits(lon - before[1]))
        before = (lat, lon)
    return "".join(packed)


@lru_cache(maxsize=4096)
def _digits(number: int) -> str:
    left = 2 * number if number >= 0 else -2 * number - 1
    digits = ""
    while left > 31:
        digits += _DIGITS[left & 31 | 32]
        left >>= 5
    return digits + _DIGITS[left]


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
