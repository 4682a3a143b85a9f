"""The words of rate sheets in several languages, from `rate_words.csv`."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

FILE = Path(__file__).with_name("rate_words.csv")


def plain_word(text: object) -> str:
    """Return a text as words are compared: small letters, one space, no marks at its ends."""
    folded = unicodedata.normalize("NFKC", "" if text is None else str(text)).casefold()
    return re.sub(r"[\s_]+", " ", folded.replace("\u2019", "'")).strip(" .:*()-")


@cache
def words(kind: str) -> Mapping[str, str]:
    """Return the words of a kind, each with what it means; the longer ones first.

    Kinds are `heading`, `box`, `charge`, `basis`, `scope`, `mode`, `counts` (which day does),
    `answer` (`included`, `apart`, `nothing`, `all boxes`), `currency`, `month` and `between` (signs
    that part two days, or places).
    """
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == kind]
    found = {word: row["means"] for row in rows for word in row["words"].split("|")}
    return MappingProxyType(dict(sorted(found.items(), key=lambda one: -len(one[0]))))


def heading_word(cell: object) -> str:
    """Return the field that a heading names, empty for none."""
    return words("heading").get(plain_word(cell), "")


def answer_word(cell: object) -> str:
    """Return what a cell answers: `included`, `apart`, `nothing`, `all boxes`; empty for none."""
    word = plain_word(cell)
    return words("answer").get(word, "") if word else "nothing"


def charge_code(text: object) -> str:
    """Return the code of a charge: that of a word, `BASE` for the base rate, else its own."""
    known = words("charge").get(plain_word(text))
    return known or re.sub(r"\s+", " ", str(text)).strip().upper()
