"""The result of `route`."""

from __future__ import annotations

from dataclasses import dataclass

from corridors.domain.results import RouteOption
from corridors.output.line_notes import doubt_of
from corridors.studies.one_route import OneRoute


@dataclass(frozen=True, kw_only=True, repr=False)
class Route(OneRoute):
    """The cheapest route between two places.

    `quickest` is the quickest one, None if it saves less than a day. `elsewhere` is the cheapest in
    the other world, `current` or `reference-open`, None where it passes the same places.
    """

    quickest: RouteOption | None = None
    elsewhere: RouteOption | None = None

    def _texts(self) -> list[str]:
        hurried, texts = self.quickest, super()._texts()
        if hurried is not None:
            texts.append(
                f"The quickest takes {hurried.days or 0.0:.1f} days and costs"
                f" USD {hurried.printed_usd_per_teu or 0.0:,.0f} per TEU (.quickest)"
                f"{doubt_of(hurried)}."
            )
        return [text for text in texts if text]
