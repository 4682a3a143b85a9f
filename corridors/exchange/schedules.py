"""Files of sailings: Commercial Schedules of the DCSA, and tables of trips.

Of DCSA's Commercial Schedules 1.0.3 point-to-point routes give a trip a leg, and vessel schedules
one from each call to every later one of the same round; port schedules give those of the ships
that call at several of their ports. Trucks are hired and need no timetable. A table, CSV or Excel,
has a trip a row.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from corridors.data.spreadsheets import EXCEL, MOST_BYTES, Cell, read_sheets, sheets_of
from corridors.domain.contracts import RefusedRow, Schedule, Trip
from corridors.domain.places import Family
from corridors.errors import ConfigError, PlaceError
from corridors.exchange.rates.rate_cells import day_of_cell, order_of, plain_word
from corridors.exchange.rates.rate_files import why_unknown
from corridors.files import read_whole
from corridors.network.lines.declared import passed
from corridors.units import MINUTES_PER_DAY, MINUTES_PER_HOUR

Known = Callable[[str], str]
"""Returns why a place is unknown, nothing if it is known."""
MOST_DAYS = 200
"""The longest trip that is believed."""
MOST_TRIPS = 100_000

COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("service", "", "Loop or train, such as FE1."),
    ("operator", "", "Who runs it."),
    ("mode", "sea", "sea, rail, ferry or river."),
    ("from", "required", "Port, terminal or city where it departs: a UN/LOCODE, an id or a name."),
    ("to", "required", "Where it arrives, written likewise."),
    (
        "departs",
        "required",
        "2026-08-20, or 2026-08-20 18:00, or 2026-08-20T18:00+08:00.",
    ),
    ("arrives", "required", "Written likewise; times are those of the place."),
    ("cut-off", "departs", "Until when boxes must be at the terminal."),
    ("vessel", "", "The ship with its voyage, or the train; the column may be called train."),
    ("way", "any", "Gates, borders and terminals that it passes, with ; between them: Suez."),
    ("status", "scheduled", "blanked (or cancelled) if it does not leave."),
    ("actual departs", "", "When it really left."),
    ("actual arrives", "", "When it really came, by which operators are judged."),
)
"""The columns of a table of trips: heading, what holds where it is empty, meaning."""
_OTHERS = {
    "train": "vessel", "vessel or train": "vessel", "ship": "vessel", "cutoff": "cut-off",
    "actual departure": "actual departs", "actual arrival": "actual arrives",
    "departure": "departs", "arrival": "arrives", "line": "service", "carrier": "operator",
}  # fmt: skip
_REQUIRED = tuple(head for head, empty, _ in COLUMNS if empty == "required")
_STATUS = {
    **dict.fromkeys(("", "scheduled", "planned", "confirmed", "departed", "arrived"), False),
    **dict.fromkeys(("blanked", "blank", "cancelled", "canceled", "void", "omitted"), True),
}  # fmt: skip
_MODES = {
    "": Family.SEA, "sea": Family.SEA, "vessel": Family.SEA, "ship": Family.SEA,
    "rail": Family.RAIL, "train": Family.RAIL, "ferry": Family.FERRY, "river": Family.RIVER,
    "barge": Family.RIVER,
}  # fmt: skip
_TIME = re.compile(r"(.*?)[T ](\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?")
_MADE_UP = (
    ("Made-up 1", "Made-up Rail", "rail", "Xi'an", "Malaszewicze", "2026-08-25", "2026-09-06",
     "2026-08-23", "MU-101", "", "", "", ""),
    ("Made-up 1", "Made-up Rail", "rail", "Xi'an", "Malaszewicze", "2026-09-01", "2026-09-13",
     "2026-08-30", "MU-102", "", "blanked", "", ""),
    ("Loop M", "Made-up Line", "sea", "CNSHA", "DEHAM", "2026-08-27 20:00", "2026-10-09 06:00",
     "2026-08-25 18:00", "Made Up 001W", "Cape of Good Hope", "", "", ""),
)  # fmt: skip


class _RefusedError(ValueError):
    """Why a row is not used."""


def _field(cell: Cell) -> str:
    """Return the column that a heading names, empty for none."""
    word = plain_word(cell).replace("- ", "-")
    named = {head.replace("-", ""): head for head, _, _ in COLUMNS} | {
        other.replace("-", ""): head for other, head in _OTHERS.items()
    }
    return named.get(word.replace("-", ""), "")


def is_schedule(path: Path) -> bool:
    """Return whether a file is one of sailings: JSON, or a table whose heading has both times."""
    suffix = path.suffix.lower()
    if suffix == ".json":
        return True
    if suffix not in {*EXCEL, ".csv"} or not path.is_file():
        return False
    try:
        return any(_heading(sheet.rows) is not None for sheet in read_sheets(path, shown=path.name))
    except ConfigError:
        return False


def read_schedule(path: Path, *, shown: str, known: Known = why_unknown) -> Schedule:
    """Return the trips of a file, and its rows that are not used.

    Parameters
    ----------
    path
        JSON of the DCSA, CSV or Excel.
    shown
        Its name in errors.
    known
        Says why a place is unknown.

    Raises
    ------
    ConfigError
        The file cannot be read, or is no schedule.
    """
    content = b""
    if path.suffix.lower() in {*EXCEL, ".csv", ".json"}:
        content = read_whole(path, shown=shown, most=MOST_BYTES)
    return schedule_in(content, name=path.name, shown=shown, known=known)


def schedule_in(content: bytes, *, name: str, shown: str, known: Known = why_unknown) -> Schedule:
    """Return the same of the content of a file, which is nowhere written."""
    reasons: dict[str, str] = {}

    def unknown(place: str) -> str:
        if place not in reasons:
            reasons[place] = known(place)
        return reasons[place]

    if name.lower().endswith(".json"):
        made, refused = _of_dcsa(_parsed(content, shown), shown)
    else:
        made, refused = _of_tables(content, name, shown)
    trips: dict[tuple[object, ...], Trip] = {}
    for row, given in made:
        try:
            trip = _trip(given, unknown)
        except _RefusedError as error:
            refused.append(RefusedRow(row=row, reason=str(error)))
            continue
        key = (
            *(trip.mode, trip.origin, trip.destination, trip.departs, trip.arrives),
            *(trip.service, trip.vehicle, trip.way),
        )
        # Of a trip that stands twice, that which does not leave counts.
        if trip.blanked or key not in trips:
            trips[key] = replace(trip, file=name, row=row)
        if len(trips) > MOST_TRIPS:
            msg = f"{shown}: more than {MOST_TRIPS:,} trips; split the file"
            raise ConfigError(msg)
    ordered = sorted(trips.values(), key=lambda trip: (trip.departs, trip.arrives))
    return Schedule(file=name, trips=tuple(ordered), refused=tuple(refused))


_Given = Mapping[str, Any]
_Made = tuple[list[tuple[str, _Given]], list[RefusedRow]]


def _trip(given: _Given, unknown: Known) -> Trip:
    """Return the trip of a row: its fields by column, times as text or read already."""
    missing = [head for head in _REQUIRED if not given.get(head)]
    if missing:
        msg = f"no {', '.join(missing)}"
        raise _RefusedError(msg)
    mode = _MODES.get(plain_word(given.get("mode")))
    if mode is None:
        msg = f"mode '{given['mode']}': give sea, rail, ferry or river"
        raise _RefusedError(msg)
    status = plain_word(given.get("status"))
    if status not in _STATUS:
        msg = f"status '{given['status']}': give scheduled or blanked"
        raise _RefusedError(msg)
    ends = [str(given[side]).strip() for side in ("from", "to")]
    for side, place in zip(("from", "to"), ends, strict=True):
        if why := unknown(place):
            msg = f"{side}: {why}"
            raise _RefusedError(msg)
    if ends[0].casefold() == ends[1].casefold():
        msg = f"it departs and arrives at {ends[0]}"
        raise _RefusedError(msg)
    times = {
        head: _time(given.get(head), head, given.get("month_first"))
        for head in ("departs", "arrives", "cut-off", "actual departs", "actual arrives")
    }
    departs, arrives = times["departs"], times["arrives"]
    if departs is None or arrives is None:
        msg = "no departs or arrives"
        raise _RefusedError(msg)
    minutes = _between(departs, arrives)
    if minutes <= 0:
        msg = f"it arrives {arrives:%Y-%m-%d %H:%M}, not after it departs {departs:%Y-%m-%d %H:%M}"
        raise _RefusedError(msg)
    if minutes > MOST_DAYS * MINUTES_PER_DAY:
        days = f"{minutes / MINUTES_PER_DAY:.0f} days"
        msg = f"{days} from departure to arrival: give {MOST_DAYS} at most"
        raise _RefusedError(msg)
    cut_off = times["cut-off"]
    if cut_off is not None and _between(cut_off, departs) < 0:
        msg = f"its cut-off {cut_off:%Y-%m-%d %H:%M} is after it departs {departs:%Y-%m-%d %H:%M}"
        raise _RefusedError(msg)
    came, planned = times["actual arrives"], given.get("planned arrives") or arrives
    late = None if came is None else _between(planned, came) / MINUTES_PER_HOUR
    way = [part.strip() for part in str(given.get("way") or "").split(";") if part.strip()]
    for part in way:
        try:
            passed(part)
        except PlaceError as error:
            msg = f"way: {error}"
            raise _RefusedError(msg) from None
    plain = {name: None if one is None else one.replace(tzinfo=None) for name, one in times.items()}
    return Trip(
        origin=ends[0],
        destination=ends[1],
        departs=departs.replace(tzinfo=None),
        arrives=arrives.replace(tzinfo=None),
        minutes=minutes,
        mode=mode,
        service=str(given.get("service") or "").strip(),
        operator=str(given.get("operator") or "").strip(),
        vehicle=str(given.get("vessel") or "").strip(),
        cut_off=plain["cut-off"],
        way=tuple(way),
        blanked=_STATUS[status],
        left=plain["actual departs"],
        came=plain["actual arrives"],
        came_late_hours=late,
    )


def _between(one: datetime, other: datetime) -> int:
    """Return the minutes between two times; without an offset of both they count as of one zone."""
    if one.tzinfo is None or other.tzinfo is None:
        one, other = one.replace(tzinfo=None), other.replace(tzinfo=None)
    return round((other - one).total_seconds() / 60)


def _time(cell: object, head: str, month_first: object = None) -> datetime | None:
    """Return the time of a cell, the start of its day where it has none."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, datetime):
        return cell
    text, clock, zone = cell, time(), None
    if isinstance(cell, str) and (found := _TIME.fullmatch(cell.strip())):
        text = found[1]
        try:
            clock = time(int(found[2]), int(found[3]))
            if found[4]:
                zone = datetime.fromisoformat(f"2000-01-01T00:00{found[4]}").tzinfo
        except ValueError:
            msg = f"{head}: '{cell}' is no time; write it like 2026-08-20 18:00"
            raise _RefusedError(msg) from None
    order = month_first if isinstance(month_first, bool) else None
    try:
        day = day_of_cell(text if isinstance(text, date) else str(text), month_first=order)
    except ValueError as error:
        msg = f"{head}: {error}"
        raise _RefusedError(msg) from None
    return datetime.combine(day, clock, zone)


# Tables: CSV and Excel.


def _heading(rows: Sequence[Sequence[Cell]]) -> tuple[int, dict[str, int]] | None:
    """Return the row of a heading with both ends and times, and its columns by field."""
    for number, row in enumerate(rows[:20]):
        fields = {_field(cell): column for column, cell in reversed([*enumerate(row)]) if cell}
        if set(_REQUIRED) <= fields.keys():
            return number, fields
    return None


def _of_tables(content: bytes, name: str, shown: str) -> _Made:
    made: list[tuple[str, _Given]] = []
    if Path(name).suffix.lower() not in {*EXCEL, ".csv"}:
        msg = f"{shown}: give sailings as .json, .csv or .xlsx"
        raise ConfigError(msg)
    sheets = sheets_of(content, name=name, shown=shown)
    for sheet in sheets:
        found = _heading(sheet.rows)
        if found is None:
            continue
        top, fields = found
        below = sheet.rows[top + 1 :]
        columns = {
            head: [row[fields[head]] if fields[head] < len(row) else None for row in below]
            for head in fields
            if head
        }
        orders = [order_of(columns.get(head, ())) for head in ("departs", "arrives", "cut-off")]
        month_first = next((one for one in orders if one is not None), None)
        alone = len(sheets) == 1 and name.lower().endswith(".csv")
        for number, row in enumerate(below):
            if not any(cell is not None and str(cell).strip() for cell in row):
                continue
            given = {head: column[number] for head, column in columns.items()}
            line = str(top + number + 2)
            at = line if alone else f"{sheet.name}!{line}"
            made.append((at, {**given, "month_first": month_first}))
    if not made and all(_heading(sheet.rows) is None for sheet in sheets):
        msg = (
            f"{shown}: no heading with {', '.join(_REQUIRED)}; `corridors new schedules` writes a"
            " table to fill in"
        )
        raise ConfigError(msg)
    return made, []


# Commercial Schedules of the DCSA, as JSON.


def _parsed(content: bytes, shown: str) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        msg = f"{shown}: not JSON: {error}"
        raise ConfigError(msg) from None


def _of_dcsa(content: object, shown: str) -> _Made:
    entries = content if isinstance(content, list) else [content]
    made: list[tuple[str, _Given]] = []
    refused: list[RefusedRow] = []
    ports: dict[str, dict[str, Any]] = {}
    for number, entry in enumerate(entries):
        at = f"[{number}]"
        if isinstance(entry, dict) and isinstance(entry.get("legs"), list):
            made += _of_route(entry, at, refused)
        elif isinstance(entry, dict) and "carrierServiceCode" in entry:
            made += _of_service(entry, at, refused)
        elif isinstance(entry, dict) and "location" in entry and "vesselSchedules" in entry:
            ports[at] = entry
        else:
            reason = (
                "none of point-to-point route (legs), vessel schedule (carrierServiceCode) and port"
                " schedule (location)"
            )
            refused.append(RefusedRow(row=at, reason=reason))
    made += _of_ports(ports, refused)
    if not made and len(refused) >= len(entries):
        why = refused[0].reason if refused else "it is empty"
        msg = f"{shown}: no schedule of DCSA's Commercial Schedules: {why}"
        raise ConfigError(msg)
    return made, refused


def _each(given: object) -> Iterator[dict[str, Any]]:
    for one in given if isinstance(given, list) else ():
        if isinstance(one, dict):
            yield one


def _dict(given: object) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _place_of(location: object) -> str:
    """Return a location by its UN/LOCODE, else by a name."""
    here = _dict(location)
    city = _dict(here.get("address")).get("city")
    names = (here.get("UNLocationCode"), city, here.get("locationName"), here.get("facilityName"))
    return next((name.strip() for name in names if isinstance(name, str) and name.strip()), "")


def _cut_off(given: object) -> object:
    """Return the time until which a full box may be brought: that of boxes, else of the port."""
    by_code = {one.get("cutOffDateTimeCode"): one.get("cutOffDateTime") for one in _each(given)}
    return by_code.get("FCO") or by_code.get("PCO")


_BY = {"VESSEL": "sea", "BARGE": "river", "RAIL": "rail", "TRUCK": ""}


def _of_route(
    route: dict[str, Any], at: str, refused: list[RefusedRow]
) -> Iterator[tuple[str, _Given]]:
    """Yield the legs of a point-to-point route that a ship, barge or train runs."""
    first_cut_off = _cut_off(route.get("cutOffTimes"))
    legs = route["legs"]
    for number, leg in enumerate(legs):
        row = f"{at}.legs[{number}]"
        if not isinstance(leg, dict):
            refused.append(RefusedRow(row=row, reason="no leg"))
            continue
        transport = _dict(leg.get("transport"))
        named = str(transport.get("modeOfTransport") or "VESSEL")
        mode = _BY.get(named)
        if mode is None:
            reason = f"modeOfTransport {named} is not one mode: give {', '.join(_BY)}"
            refused.append(RefusedRow(row=row, reason=reason))
            continue
        cut_off = _cut_off(leg.get("cutOffTimes")) or (first_cut_off if mode else None)
        if not mode:
            continue  # a truck: the cut-off is that of the ship after it
        first_cut_off = None
        partner = next(_each(transport.get("servicePartners")), {})
        vessel = _dict(transport.get("vessel") or transport.get("barge"))
        voyage = partner.get("carrierExportVoyageNumber") or transport.get(
            "universalExportVoyageReference"
        )
        leaves, comes = _dict(leg.get("departure")), _dict(leg.get("arrival"))
        yield (
            row,
            {
                "service": partner.get("carrierServiceName")
                or partner.get("carrierServiceCode")
                or transport.get("universalServiceReference"),
                "operator": partner.get("carrierCode") or vessel.get("operatorCarrierCode"),
                "mode": mode,
                "from": _place_of(leaves.get("location")),
                "to": _place_of(comes.get("location")),
                "departs": leaves.get("dateTime"),
                "arrives": comes.get("dateTime"),
                "cut-off": cut_off,
                "vessel": " ".join(filter(None, (vessel.get("name"), voyage))),
            },
        )


def _of_service(
    service: dict[str, Any], at: str, refused: list[RefusedRow]
) -> Iterator[tuple[str, _Given]]:
    """Yield the trips of the ships of a service."""
    name = service.get("carrierServiceName") or service["carrierServiceCode"]
    for number, ship in enumerate(_each(service.get("vesselSchedules"))):
        row = f"{at}.vesselSchedules[{number}]"
        calls = [
            (f"{row}.transportCalls[{n}]", call)
            for n, call in enumerate(_each(ship.get("transportCalls")))
        ]
        if len(calls) < 2:
            refused.append(RefusedRow(row=row, reason="fewer than two calls"))
        yield from _of_calls(str(name), _dict(ship.get("vessel")), calls)


def _of_ports(
    ports: Mapping[str, dict[str, Any]], refused: list[RefusedRow]
) -> Iterator[tuple[str, _Given]]:
    """Yield the trips of the ships that call at several ports: at each its row and schedule."""
    ships: dict[tuple[object, ...], list[tuple[datetime, str, dict[str, Any]]]] = {}
    for at, port in ports.items():
        for number, call in enumerate(_each(port.get("vesselSchedules"))):
            row = f"{at}.vesselSchedules[{number}]"
            partner = next(_each(call.get("servicePartners")), {})
            vessel = _dict(call.get("vessel"))
            voyage = partner.get("carrierExportVoyageNumber")
            name = partner.get("carrierServiceName") or partner.get("carrierServiceCode") or ""
            stamps = _moments(call, "DEPA") or _moments(call, "ARRI")
            try:
                when = _time(next(iter(stamps.values()), None), "timestamps")
            except _RefusedError as error:
                refused.append(RefusedRow(row=row, reason=str(error)))
                continue
            if when is None:
                refused.append(RefusedRow(row=row, reason="no timestamps"))
                continue
            when = when if when.tzinfo else when.replace(tzinfo=UTC)
            # A ship that has no name yet is known by its voyage.
            ship = vessel.get("vesselIMONumber") or vessel.get("name") or voyage
            here = {"location": port["location"], "carrierExportVoyageNumber": voyage}
            # The operator of a ship without one is the partner who publishes its call.
            operated = {"operatorCarrierCode": partner.get("carrierCode"), **vessel}
            ships.setdefault((name, ship), []).append((when, row, {**call, **here, "by": operated}))
    for (name, _), listed in ships.items():
        calls = [(row, call) for _, row, call in sorted(listed, key=lambda one: one[0])]
        if len(calls) < 2:
            reason = (
                "a ship that calls at one port of the file: put the port schedules of where it"
                " goes into the same file, or take its vessel schedule"
            )
            refused.append(RefusedRow(row=calls[0][0], reason=reason))
        yield from _of_calls(str(name), calls[0][1]["by"], calls)


def _of_calls(
    name: str, vessel: Mapping[str, Any], calls: Sequence[tuple[str, dict[str, Any]]]
) -> Iterator[tuple[str, _Given]]:
    """Yield the trips of a ship: from each call, with its row, to the later ones of its round."""
    for start, (row, call) in enumerate(calls):
        here = _place_of(call.get("location"))
        left = _moments(call, "DEPA")
        if not left:
            continue  # the last call of what is known
        for at, later in calls[start + 1 :]:
            there = _place_of(later.get("location"))
            came = _moments(later, "ARRI")
            if there == here:
                break
            if not came:
                continue
            # What has come is judged by what was planned, what comes goes by the estimate.
            planned = came.get("PLN") or came.get("EST") or came.get("ACT")
            named = (vessel.get("name"), call.get("carrierExportVoyageNumber"))
            yield (
                f"{row} to {at}",
                {
                    "service": name,
                    "operator": vessel.get("operatorCarrierCode"),
                    "mode": "sea",
                    "from": here,
                    "to": there,
                    "departs": left.get("EST") or left.get("PLN") or left.get("ACT"),
                    "arrives": planned if came.get("ACT") else came.get("EST") or planned,
                    "cut-off": _cut_off(call.get("cutOffTimes")),
                    "vessel": " ".join(filter(None, named)),
                    "actual departs": left.get("ACT"),
                    "actual arrives": came.get("ACT"),
                },
            )


def _moments(call: dict[str, Any], what: str) -> dict[str, Any]:
    """Return by classifier (`PLN`, `EST`, `ACT`) when a ship arrives (`ARRI`) or departs there."""
    return {
        str(one.get("eventClassifierCode")): one.get("eventDateTime")
        for one in _each(call.get("timestamps"))
        if one.get("eventTypeCode") == what
    }


def form_of_schedules(name: str) -> bytes:
    """Return a CSV table of trips to fill in, with made-up rows.

    Raises
    ------
    ConfigError
        The name is not that of a CSV file.
    """
    if Path(name).suffix.lower() != ".csv":
        msg = f"{name}: schedules are written as CSV; give a name that ends with .csv"
        raise ConfigError(msg)
    out = io.StringIO()
    heads = [head for head, _, _ in COLUMNS]
    csv.writer(out, lineterminator="\n").writerows([heads, *_MADE_UP])
    return out.getvalue().encode()
