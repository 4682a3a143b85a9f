"""Sentences on who is known to sail: what was left out for want of a line, what is not listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from corridors.domain.results import (
    Decision,
    KnownLine,
    Listing,
    Offer,
    RouteOption,
    Sails,
)
from corridors.domain.values import Note, Status
from corridors.output.display_names import in_sentence, name_by

NO_LINE_FOUND = "no line found"
CALLS_NOT_LISTED = "calls not listed"
# Longer intervals between departures are told of: liner ships leave weekly.
SELDOM_DAYS = 8.0
NEEDS_NO_LINE = "needs no line"
NO_LINE = (
    "no line is known to sail any corridor; `--set world=reference-open` compares what is open"
)


def sails_text(option: RouteOption) -> str:
    """Return `scheduled`, `chartered`, `declared` or `no line found`; empty if closed.

    `calls not listed` where lines are counted by region. A route by truck or barge needs none.
    """
    if option.offer is None or option.sails is None:
        return ""
    if not option.offer.sections:
        return NEEDS_NO_LINE
    if option.offer.listing is Listing.COUNTED:
        return CALLS_NOT_LISTED
    return NO_LINE_FOUND if option.sails is Sails.NONE_KNOWN else option.sails.value


def sailings_text(option: RouteOption) -> str:
    """Return how often it sails, as `16 a week` or `14 a season, chartered`, else `sails_text`."""
    if not option.sailings or option.sails in (None, Sails.NONE_KNOWN):
        return sails_text(option)
    return option.sailings + f", {option.sails}" * (option.sails is not Sails.SCHEDULED)


def departures_text(sailings: str) -> str:
    """Return sailings such as `16 a week` as `16 departures a week`."""
    if not sailings:
        return "an unknown number of departures"
    count, _, per = sailings.removeprefix("less than ").partition(" ")
    start = "less than " if sailings.startswith("less than ") else ""
    return f"{start}{count} departure{'' if count == '1' else 's'} {per}"


def line_notes(
    routes: Sequence[RouteOption], decision: Decision, *, lines_hold: bool
) -> Iterator[str]:
    """Yield warnings of a run: options left out for want of a line, and a trade without lines.

    Only `routes`, those that a table shows, are named. Where lines hold in its world, also that the
    recommended option leaves seldom.
    """
    offers = {route.corridor: route.offer for route in routes if route.offer is not None}
    if not offers:
        return
    searched = on_day(next(iter(offers.values())).searched)
    titles = {route.corridor: name_by(route) for route in routes}
    if named := ", ".join(titles[name] for name in decision.without_line if name in titles):
        text = f"{named}: {NO_LINE_FOUND} on this date (searched {searched}), so not recommended"
        yield Note(text, "no line found")
    chosen = offers.get(decision.recommended or "")
    title = titles.get(decision.recommended or "", decision.recommended or "")
    if chosen is not None:
        yield from offer_notes(title, chosen, lines_hold=lines_hold)


def offer_notes(title: str, offer: Offer, *, lines_hold: bool) -> Iterator[str]:
    """Yield whether a route that is the answer can be booked, as far as lines are known.

    `title` is what the sentence calls the route. Nothing is said of one whose lines are known,
    unless it leaves seldom, or its lines are counted by region, and lines hold in its world.
    """
    searched = on_day(offer.searched)
    if not offer.sections:
        return
    if offer.known:
        if lines_hold and (offer.wait_days or 0.0) > SELDOM_DAYS / 2.0:
            yield Note(
                f"{title}: {departures_text(offer.sailings)} known on this date; a box that misses"
                f" one waits about {2.0 * (offer.wait_days or 0.0):.0f} days for the next",
                "leaves seldom",
            )
        if names := ", ".join(offer.names_of(Listing.DECLARED)):
            declared = (line_text(line) for line in offer.lines if line.status is Status.SCENARIO)
            text = f"{title}: {names} only on {', '.join(declared)}; no line was found"
            yield Note(text, "only as declared")
        if lines_hold and (names := ", ".join(offer.names_of(Listing.COUNTED))):
            yield Note(
                f"{title}: the lines of the trade are counted, and which of them call at both ends"
                f" is not listed ({names}); boxes may change ships at a hub, whose days and"
                " handling are not counted",
                "calls not listed",
            )
        return
    names = ", ".join(offer.names_of(offer.listing))
    yield Note(
        f"No line is listed that goes this way from {names} (searched {searched}), so whether"
        f" {in_sentence(title)} can be booked is not known",
        "no line found",
    )


def line_text(line: KnownLine, *, unknown: str = "") -> str:
    """Return a line in words: its name, operator, sailings, and when it was last seen if long ago.

    `unknown` takes the place of sailings that are not known.

    Swan 2025 (MSC), 1 a week; All trains through Khorgos 2025 (...), 187 a week in all.
    """
    often = often_text(line) or unknown
    seen = f", last seen {line.last_seen or 'on no known date'}" if line.stale else ""
    return f"{line.loop} ({line.operator}){f', {often}' if often else ''}{seen}"


def often_text(line: KnownLine) -> str:
    """Return the sailings of a line, as `1 a week`; empty if unknown."""
    if line.sailings is None:
        return ""
    return f"{line.sailings:g} a {line.per}{' in all' if line.is_sum else ''}"


def on_day(day: date) -> str:
    """Return a day as in `29 November 2026`."""
    return f"{day.day} {day:%B %Y}"
