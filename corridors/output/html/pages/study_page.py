"""What pages of studies share: the frame, styles and scripts of a report, and their own."""

from __future__ import annotations

from collections.abc import Sequence

from corridors.output.html.encode import element
from corridors.output.html.report.common import answer_box, licence, reproduce
from corridors.output.html.report.report_page import Section, render_page

OWN_SOURCE = (
    "this study, with the prices, rules and lines of its dates; the report of"
    " `corridors compare` cites each"
)


def study_page(
    title: str,
    asked: str,
    answer: Sequence[str],
    sections: Sequence[Section],
    *,
    command: str,
    scripts: Sequence[str] = (),
    warn: bool = False,
    source: str = "",
) -> str:
    """Return the page of a study as HTML text; the same study gives the same text.

    Parameters
    ----------
    title
        Heading and window title, plain text.
    asked
        What was asked, in a sentence.
    answer
        Sentences, the most important first.
    sections
        In order; the last one, how to reproduce it, is added.
    command
        The command line.
    scripts
        Script assets beside those of a report.
    warn
        Whether the answer is that there is none.
    source
        What its charts rest on; by default where the sources of its figures are.
    """
    last = Section(
        id="reproduce",
        heading="How to reproduce",
        body=reproduce(command, {}, {}, heading="") + licence(),
    )
    head = element("h1", title) + element("p", asked, class_="asked")
    return render_page(
        title,
        head + answer_box(answer, warn=warn),
        [*sections, last],
        scripts=("report.js", *scripts),
        source=source or OWN_SOURCE,
    )
