"""Changes of valid inputs: of their structure (trees, tables, XML, databases) or bytes."""

from __future__ import annotations

import copy
import json
import random
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from typing import Any

import yaml

Tree = Any
NASTY: tuple[object, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**30, 0.0, -0.0, 1e300, 1e-300),
    *(float("inf"), float("-inf"), float("nan"), "", " ", "\0", "\x1b]0;x\x07", "\u202e", "\ud7ff"),
    *("x" * 201, "x" * 5_000, "9" * 400, "nan", "inf", "1e999", "-", "=1+1", "../../etc/passwd"),
    *(
        "Шанхай",
        "上海",
        "a@b",
        "CN-KZ@",
        "@",
        "{}",
        "[]",
        "%s%n",
        "<a>",
        "2026-02-30",
        "2026-08-20",
    ),
    *("all", "any", "0,0", "181,91", "none.yaml", "/dev/zero", "shanghai-europe", "suez", "rail"),
    *([], {}, [[]], {"a": {}}, [None] * 3, ["x"] * 70, {"": 1}, {"1": [1]}),
)


TOKENS = (
    *("&a ", "*a", "!!python/name:os.system ", "!x ", "---\n", "? [a]\n: 1\n", "\t", "| \n", "#"),
    *(
        '"\\e]0;x\\a"',
        '"\\u202e"',
        "'",
        '"',
        "[",
        "{",
        "}",
        "]",
        ", ",
        ": ",
        "- ",
        "%YAML 9\n",
        "\x7f",
    ),
)


def nasty(draw: random.Random) -> Any:
    """Return a value that loaders may not expect."""
    return copy.deepcopy(draw.choice(NASTY))


def text_changed(content: bytes, draw: random.Random) -> bytes:
    """Return the text of a YAML file with a token put in, or a line doubled or moved."""
    lines = content.decode("utf-8", "replace").splitlines(keepends=True) or [""]
    for _ in range(draw.choice((1, 1, 2))):
        at = draw.randrange(len(lines))
        if draw.random() < 0.6:
            inside = draw.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:inside] + draw.choice(TOKENS) + lines[at][inside:]
        else:
            lines.insert(draw.randrange(len(lines)), lines[at])
    return "".join(lines).encode("utf-8", "replace")


def bytes_changed(content: bytes, draw: random.Random) -> bytes:
    """Return content with a few bytes flipped, removed, doubled or moved."""
    made = bytearray(content)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(made) + 1)
        size = draw.choice((1, 1, 2, 8, 64))
        kind = draw.randrange(6)
        if kind == 0 and at < len(made):
            made[at] ^= 1 << draw.randrange(8)
        elif kind == 1:
            del made[at : at + size]
        elif kind == 2:
            made[at:at] = made[at : at + size] * draw.choice((1, 2, 50))
        elif kind == 3:
            made[at:at] = draw.choice(
                (b"\0", b"\xff", b"\xef\xbb\xbf", b'"', b"\n", b",", b"<", b"]")
            )
        elif kind == 4:
            made[at : at + size] = draw.randbytes(size)
        else:
            del made[at:]
    return bytes(made[:200_000])


def tree_changed(
    tree: Tree, draw: random.Random, *, words: Sequence[str], others: Sequence[Tree]
) -> Tree:
    """Return a tree of mappings, lists and values with one to three parts changed.

    Parameters
    ----------
    words
        Keys and values that the loaders know.
    others
        Trees from which parts are taken.
    """
    made = copy.deepcopy(tree)
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        holder, key = _somewhere(made, draw)
        if holder is None:
            return nasty(draw)
        kind = draw.randrange(9)
        if kind == 0:
            del holder[key]
        elif kind == 1:
            holder[key] = nasty(draw)
        elif kind == 2:
            holder[key] = draw.choice(words)
        elif kind == 3 and isinstance(holder, dict):
            holder[_misspelt(str(key), draw, words)] = holder.pop(key)
        elif kind == 4:
            holder[key] = draw.choice(([holder[key]], {draw.choice(words): holder[key]}))
        elif kind == 5:
            source, at = _somewhere(draw.choice(others), draw)
            if source is not None:
                holder[key] = copy.deepcopy(source[at])
        elif kind == 6 and isinstance(holder, list):
            holder.extend(copy.deepcopy(holder[: draw.choice((1, 3))]) * draw.choice((1, 2, 30)))
        elif (
            kind == 7
            and isinstance(holder[key], (int, float))
            and not isinstance(holder[key], bool)
        ):
            holder[key] = holder[key] * draw.choice((-1, 0, 0.5, 10, 1e6)) + draw.choice((0, 1, -1))
        elif isinstance(holder, dict):
            holder[draw.choice(words)] = draw.choice((nasty(draw), draw.choice(words), 1, 0.5))
    return made


def _somewhere(tree: Tree, draw: random.Random) -> tuple[Any, Any]:
    """Return a random mapping or list of a tree that is not empty, and a key in it."""
    found: list[tuple[Any, Any]] = []

    def visit(node: Tree, depth: int) -> None:
        if depth > 8:
            return
        keys = (
            list(node)
            if isinstance(node, dict)
            else range(len(node))
            if isinstance(node, list)
            else ()
        )
        for key in keys:
            found.append((node, key))
            visit(node[key], depth + 1)

    visit(tree, 0)
    return draw.choice(found) if found else (None, None)


def _misspelt(word: str, draw: random.Random, words: Sequence[str]) -> str:
    if not word or draw.random() < 0.3:
        return draw.choice(words)
    at = draw.randrange(len(word))
    return word[:at] + draw.choice(("", word[at] * 2, "x", "_", " ", "\n")) + word[at + 1 :]


def tree_text(tree: Tree, draw: random.Random) -> bytes:
    """Return a tree as YAML: mostly in flow style, which is quick, else in blocks."""
    if draw.random() < 0.8:
        return json.dumps(
            tree, indent=draw.choice((None, 1)), ensure_ascii=False, default=str
        ).encode("utf-8", "surrogatepass")
    with suppress(yaml.YAMLError):
        return yaml.dump(tree, Dumper=yaml.CSafeDumper, allow_unicode=True).encode(
            "utf-8", "replace"
        )
    return str(tree).encode("utf-8", "replace")


def table_changed(
    rows: Sequence[Sequence[str]], draw: random.Random, *, words: Sequence[str]
) -> bytes:
    """Return the rows of a table, header first, as CSV with a cell, row or column changed."""
    made = [list(row) for row in rows]
    for _ in range(draw.choice((1, 1, 2, 4))):
        row = draw.choice(made)
        kind = draw.randrange(8)
        at = draw.randrange(len(row)) if row else 0
        if kind == 0:
            made.insert(draw.randrange(len(made)), list(row) * draw.choice((1, 1, 2)))
        elif kind == 1 and len(made) > 1:
            made.remove(row)
        elif kind == 2:
            for each in made:
                del each[at : at + 1]
        elif kind == 3:
            for each in made:
                each.insert(at, draw.choice(words))
        elif kind == 4:
            made[0] = [draw.choice(words) if draw.random() < 0.2 else cell for cell in made[0]]
        elif row:
            row[at] = str(draw.choice((*NASTY, draw.choice(words), *made[-1])))
        made = [each for each in made if each] or [[""]]
    quote = draw.random() < 0.9
    lines = (",".join(_cell(cell) if quote else cell for cell in row) for row in made)
    end = draw.choice(("\n", "\n", "\n", "\r\n", "\r"))
    return end.join(lines).encode("utf-8", "surrogatepass")


def _cell(text: str) -> str:
    if any(c in text for c in ',"\n\r'):
        return '"' + text.replace('"', '""') + '"'
    return text


def xml_changed(lines: Sequence[str], draw: random.Random, *, words: Sequence[str]) -> bytes:
    """Return the lines of an XML file, an element each, with an element or attribute changed."""
    made = list(lines)
    for _ in range(draw.choice((1, 1, 2, 4))):
        at = draw.randrange(len(made))
        line = made[at]
        kind = draw.randrange(8)
        if kind == 0:
            del made[at]
        elif kind == 1:
            made.insert(at, draw.choice(made))
        elif kind == 2:
            made[at], other = draw.choice(made), line
            made[draw.randrange(len(made))] = other
        elif kind in (3, 4) and '"' in line:
            parts = line.split('"')
            parts[draw.randrange(1, len(parts))] = str(nasty(draw))[:500]
            made[at] = '"'.join(parts)
        elif kind == 5 and ">" in line:
            made[at] = line.replace(">", f">{draw.choice(words)}", 1)
        elif kind == 6:
            made[at] = line + draw.choice(
                ("<!DOCTYPE a>", "<!-- x -->", "<a>", "</a>", "&x;", "&#x1;", "<![CDATA[x]]>")
            )
        else:
            made[at] = line.replace(draw.choice(words), draw.choice(words))
        made = made or [""]
    text = "\n".join(made)
    if draw.random() < 0.05:
        name = draw.choice(("utf-16", "latin-1", "klingon", "rot13", "cp1252", "ascii"))
        encoding = name if name in ("utf-16", "latin-1", "cp1252") else "utf-8"
        return f'<?xml version="1.0" encoding="{name}"?>{text}'.encode(encoding, "replace")
    return text.encode("utf-8", "replace")


def database_changed(content: bytes, draw: random.Random, *, words: Sequence[str]) -> bytes:
    """Return a GeoPackage with a cell, column, table or geometry changed by SQL."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(content)
        tables = [
            str(name)
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for _ in range(draw.choice((1, 1, 2, 3))):
            table = draw.choice(tables)
            with suppress(sqlite3.Error, UnicodeEncodeError, OverflowError):
                _change_table(database, table, draw, words)
        database.commit()
        made = bytearray(database.serialize())
    made[68:72] = content[68:72]
    return bytes(made)


def _change_table(
    database: sqlite3.Connection, table: str, draw: random.Random, words: Sequence[str]
) -> None:
    columns = [str(row[1]) for row in database.execute(f'PRAGMA table_info("{table}")')]
    column = draw.choice(columns)
    kind = draw.randrange(9)
    if kind <= 3:
        value = nasty(draw)
        given: object = (
            value
            if isinstance(value, (str, float)) or (isinstance(value, int) and abs(value) < 2**63)
            else None
        )
        if kind == 3:
            (old,) = database.execute(f'SELECT "{column}" FROM "{table}" LIMIT 1').fetchone() or (
                None,
            )
            given = bytes_changed(old if isinstance(old, bytes) else str(old).encode(), draw)
        elif kind == 2:
            given = draw.choice(words)
        database.execute(f'UPDATE "{table}" SET "{column}" = ?', (given,))
    elif kind == 4:
        database.execute(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')
    elif kind == 5:
        database.execute(
            f'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO "{draw.choice(words)}"'
        )
    elif kind == 6:
        # A row of a file is as long as the defaults of its columns, which are written once.
        given = "x" * draw.choice((0, 9, 9_000, 300_000))
        named = draw.choice(words)
        database.execute(f'ALTER TABLE "{table}" ADD COLUMN "{named}" TEXT DEFAULT "{given}"')
    elif kind == 7:
        database.execute(f'DELETE FROM "{table}"')
    else:
        old = "_old"
        database.execute(f'ALTER TABLE "{table}" RENAME TO "{old}"')
        database.execute(f'CREATE VIEW "{table}" AS SELECT * FROM "{old}"')


def arguments_changed(
    arguments: Sequence[str], draw: random.Random, *, words: Sequence[str]
) -> list[str]:
    """Return the arguments of a command with one to three changed."""
    made = list(arguments)
    for _ in range(draw.choice((1, 1, 2, 3))):
        at = draw.randrange(len(made)) if made else 0
        kind = draw.randrange(6)
        value = str(draw.choice((*NASTY, *words[:50]))).replace("\0", "")
        if kind == 0 and made:
            del made[at]
        elif kind == 1:
            made.insert(at, value)
        elif kind == 2 and made:
            made.insert(at, draw.choice(made))
        elif kind == 3:
            made.append(
                draw.choice(("--set", "--out", "--format", "--departure", "--debugg", "--", "-x"))
            )
        elif made:
            made[at] = (
                value if draw.random() < 0.5 else made[at][: draw.randrange(len(made[at]) + 1)]
            )
    return made


Mutator = Callable[[random.Random], tuple[bytes, bool]]
