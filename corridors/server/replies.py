"""What a question over HTTP is answered with: bytes, or a problem in the words of the program."""

from __future__ import annotations

import gzip
import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from corridors.errors import CorridorsError, EndError, OptionError, faults_of, printable

LOG = logging.getLogger("corridors.server")
JSON = "application/json"
PROBLEM = "application/problem+json"
SCENARIO = "scenario"
"""What faults of a question's scenario begin with."""
BAD_INPUT, GONE, SUPERSEDED, OUR_FAULT, BUSY = 422, 404, 409, 500, 503
RETRY_SECONDS = 5
PROGRAM_ERROR = "this is an error in the program, and its log says where; the question is not wrong"
LEAST_PACKED = 1_000
"""Bytes of a body from which it is compressed."""
PACKING = 5
"""Of nine: an answer is packed in a third of the time of the smallest, and 2 % larger."""
_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
_KEY = re.compile(r"[a-z_]+(?:[.@\[][^ :]*)?")
TITLES: Mapping[int, str] = {
    400: "The request cannot be read",
    403: "Not from this page",
    404: "Not there",
    405: "Not this way",
    409: "Superseded",
    413: "Too much text",
    415: "Not JSON",
    421: "Not this server's name",
    422: "The question has a fault",
    500: "An error in the program",
    503: "Busy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to a request: its status, its bytes and their type."""

    body: bytes
    media: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    gzipped: bytes = b""
    """The body compressed, where that was done beforehand."""

    def packed(self) -> Reply:
        """Return it with its body compressed as small as can be."""
        return replace(self, gzipped=gzip.compress(self.body, mtime=0))

    def sent_as(self, accepted: str) -> Reply:
        """Return it as a client takes it, by its `Accept-Encoding`: compressed if that pays."""
        if len(self.body) < LEAST_PACKED:
            return self
        headers = {**self.headers, "Vary": "Accept-Encoding"}
        if not _GZIP.search(accepted.lower()):
            return replace(self, headers=headers)
        body = self.gzipped or gzip.compress(self.body, PACKING, mtime=0)
        return replace(self, body=body, headers={**headers, "Content-Encoding": "gzip"})


def compact(value: object) -> bytes:
    """Return plain values as JSON without blanks."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def problem(status: int, detail: str, *, name: str = "", **more: object) -> Reply:
    """Return a problem of RFC 9457.

    Parameters
    ----------
    status
        Of HTTP.
    detail
        What is wrong and what would do, in a sentence.
    name
        Its kind where the status alone does not say it.
    more
        Other members, such as `field`.
    """
    title = TITLES.get(status, "Refused")
    record: dict[str, object] = {
        "type": f"urn:corridors:{name}" if name else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        **{key: value for key, value in more.items() if value},
    }
    headers = {"Retry-After": str(RETRY_SECONDS)} if status == BUSY else {}
    # Half a surrogate pair in a text that is quoted has no form in UTF-8.
    body = json.dumps(record, separators=(",", ":")).encode()
    return Reply(body=body, media=PROBLEM, status=status, headers=headers)


def problem_of(error: CorridorsError) -> Reply:
    """Return the faults of a question as a problem: all sentences, and the key of the first."""
    told = [field_of(fault) for fault in faults_of(error)] or [("", "this cannot be answered")]
    if isinstance(error, EndError | OptionError):
        told[0] = error.key, told[0][1]
    faults = [{"field": key, "detail": text} for key, text in told]
    return problem(
        BAD_INPUT,
        told[0][1],
        name="fault",
        field=next((key for key, _ in told if key), ""),
        faults=faults if len(faults) > 1 else None,
    )


def field_of(fault: str) -> tuple[str, str]:
    """Return the key that a fault is about, empty for none, and its sentence."""
    text = fault.removeprefix(f"{SCENARIO}: ")
    key, colon, _ = text.partition(": ")
    return (key if colon and _KEY.fullmatch(key) else ""), text


def unreadable(errors: Sequence[Mapping[str, Any]]) -> Reply:
    """Return the first fault that pydantic finds in a request as a problem."""
    first = errors[0] if errors else {}
    if first.get("type") == "json_invalid":
        return problem(400, "the body is not JSON")
    at = [
        printable(str(part)[:80])
        for part in first.get("loc", ())
        if part not in ("body", "query", "path")
    ]
    field = ".".join(at)
    text = ": ".join(filter(None, (field, str(first.get("msg", "cannot be read")))))
    return problem(BAD_INPUT, text, name="fault", field=field)
