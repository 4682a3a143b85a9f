"""Text that stays text in a page: JSON inside a script element, a colour inside a style."""

from __future__ import annotations

import json
import re

_PLAIN_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_FALLBACK_COLOUR = "#555555"


def script_json(value: object) -> str:
    """Return JSON that can stand inside a script element.

    Markup characters and the two line separators of Unicode are written as escapes, so no text
    can end the script or start another.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def safe_colour(colour: str) -> str:
    """Return a colour as it is when it is `#rgb` or `#rrggbb`, else grey."""
    return colour if _PLAIN_COLOUR.fullmatch(colour) else _FALLBACK_COLOUR
