"""Text that stays text in markup, and figures as printed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from html import escape

from corridors.output.inert import safe_colour

NOTHING = "—"


def swatch(colour: str) -> str:
    """Return a small square of a colour."""
    return f'<span class="swatch" style="background:{safe_colour(colour)}"></span>'


def element(tag: str, text: str, **attributes: str) -> str:
    """Return an element around plain text; `class_` stands for the attribute class."""
    named = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
    )
    return f"<{tag}{named}>{escape(text)}</{tag}>"


def usd(value: float | None) -> str:
    """Return money to the dollar: `1,059`."""
    return NOTHING if value is None else f"{value:,.0f}"


def one(value: float | None) -> str:
    """Return a figure to a tenth, as days are printed."""
    return NOTHING if value is None else f"{value:,.1f}"


def tonnes(kg: float | None) -> str:
    """Return kilograms as tonnes to a hundredth."""
    return NOTHING if kg is None else f"{kg / 1000:,.2f}"


def number(value: float) -> str:
    """Return any figure to four significant digits at least, without an exponent."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    text = f"{value:.4g}" if abs(value) >= 1e-4 or value == 0 else f"{value:.7f}"
    return text.replace("-", "\u2212", 1) if text.startswith("-") else text


def day_text(day: date) -> str:
    """Return a date as `20 August 2026`."""
    return f"{day.day} {day:%B %Y}"


def listed(names: Iterable[str], last: str = "and") -> str:
    """Return names as a sentence holds them: `a, b and c`."""
    every = list(names)
    if len(every) < 2:
        return "".join(every)
    return f"{', '.join(every[:-1])} {last} {every[-1]}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return `1 scenario`, `1,200 scenarios`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def percent(part: float, whole: float) -> str:
    """Return a share in whole percent; `under 1 %` and `over 99 %` where rounding would lie."""
    if not whole:
        return "0 %"
    share = 100 * part / whole
    if 0 < share < 1:
        return "under 1 %"
    if 99 < share < 100:
        return "over 99 %"
    return f"{share:.0f} %"
