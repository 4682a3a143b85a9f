"""Run the notebooks of docs/notebooks/ and make pages of them: `python docs/tools/notebooks.py`.

They are committed without outputs, which change with every figure. `make notebooks` runs them with
nbclient and writes build/notebooks/: each as a notebook with its outputs and as a page in Markdown,
with its pictures beside it. `make docs` does the same for the site.
"""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "docs/notebooks"
MADE = ROOT / "build/notebooks"
STYLE = re.compile(r"<style.*?</style>\s*", re.DOTALL)
FRAME = re.compile(r'<table border="1" class="dataframe">')
INDEX_NAME = re.compile(
    r"<th>[^<]*</th>((?:(?!</tr>).)*</tr>)\s*<tr>\s*<th>([^<]+)</th>\s*"
    r"(?:<th></th>\s*)+</tr>(?=\s*</thead>)",
    re.DOTALL,
)
SECONDS = 600


def main() -> int:
    """Run every notebook and write its page."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        write_page(path, MADE / f"{path.stem}.md")
        sys.stdout.write(f"{(MADE / path.name).relative_to(ROOT)}\n")
    return 0


def write_page(path: Path, page: Path) -> None:
    """Run a notebook; write it with its outputs beside a page in Markdown.

    Parameters
    ----------
    path
        The notebook, without outputs.
    page
        The page; its pictures are called after it.
    """
    import nbformat

    page.parent.mkdir(parents=True, exist_ok=True)
    ran = run(path)
    nbformat.write(ran, page.with_suffix(".ipynb"))
    parts = [part for number, cell in enumerate(ran.cells) for part in parts_of(cell, number, page)]
    parts.append(f"[Download this notebook]({path.name}), with its outputs.")
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def run(path: Path) -> Any:
    """Return a notebook with the outputs of its cells; raises where a cell fails."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    with TemporaryDirectory() as folder:
        # What a cell writes goes with the folder.
        client = NotebookClient(
            notebook,
            timeout=SECONDS,
            # Errors only: a kernel warns of the ports of this machine that it is reached by.
            extra_arguments=["--IPKernelApp.log_level=40"],
            record_timing=False,
            resources={"metadata": {"path": folder}},
        )
        return client.execute()


def parts_of(cell: Any, number: int, page: Path) -> Iterator[str]:
    """Yield the parts of a cell in Markdown; pictures are written beside the page."""
    if cell.cell_type == "markdown":
        yield cell.source
        return
    yield f"```python\n{cell.source}\n```"
    for place, output in enumerate(cell.outputs):
        data = output.get("data", {})
        if "image/png" in data:
            picture = page.with_name(f"{page.stem}-{number}-{place}.png")
            picture.write_bytes(base64.b64decode(data["image/png"]))
            yield f"![{described(cell.source)}]({picture.name})"
        elif "text/html" in data:
            yield plain_table(data["text/html"])
        elif text := (output.get("text") or data.get("text/plain", "")).rstrip():
            # The site folds its lines, which are sentences.
            yield f"``` {{ .text .output }}\n{text}\n```"


def plain_table(frame: str) -> str:
    """Return the table of a frame like the others of the site, with one line of heads.

    The name of the index, which pandas writes on a line of its own, goes into the corner.
    """
    plain = FRAME.sub("<table>", STYLE.sub("", frame))
    return INDEX_NAME.sub(r"<th>\2</th>\1", plain)


def described(source: str) -> str:
    """Return what a picture is called for who cannot see it: the call that draws it."""
    drawn = next((line for line in source.splitlines() if "plot" in line), "a plot")
    return f"Plot made by {drawn.strip().rstrip(';')}".replace("[", "(").replace("]", ")")


if __name__ == "__main__":
    sys.exit(main())
