"""Read a report back: its elements, its words, its scripts, its charts."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = {"meta", "br", "img", "input", "link", "line", "circle"}


class Page(HTMLParser):
    """The elements of a page in order, with the text inside each."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self._open: list[int] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}, []))
        if tag not in _VOID:
            self._open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}, []))

    def handle_endtag(self, tag: str) -> None:
        closed = self._open.pop()
        assert self.elements[closed][0] == tag, f"{self.elements[closed][0]} is closed by {tag}"

    def handle_data(self, data: str) -> None:
        inside = self.elements[self._open[-1]][0] if self._open else ""
        if inside in {"script", "style"}:
            self.elements[self._open[-1]][2].append(data)
            return
        for i in self._open:
            self.elements[i][2].append(data)

    def texts(self, tag: str, class_: str | None = None) -> list[str]:
        """Return the text of each element of a tag, and of a class if one is named."""
        return [
            "".join(text)
            for name, attributes, text in self.elements
            if name == tag and (class_ is None or class_ in attributes.get("class", "").split())
        ]

    def answer(self) -> list[str]:
        """Return the paragraphs of the answer."""
        start = next(
            i for i, (_, a, _) in enumerate(self.elements) if "answer" in a.get("class", "").split()
        )
        texts = []
        for tag, _, text in self.elements[start + 1 :]:
            if tag != "p":
                break
            texts.append("".join(text))
        return texts

    def charts(self) -> list[str]:
        """Return the ids of the charts."""
        return [a["id"] for _, a, _ in self.elements if a.get("class") == "chart"]

    def figures(self, start: str) -> tuple[list[str], list[list[str]]]:
        """Return the headings and the rows of the table of a chart, by how its caption starts."""
        captions = ["".join(text) for tag, _, text in self.elements if tag == "caption"]
        (caption,) = [text for text in captions if text.startswith(start)]
        heads: list[str] = []
        inside = False
        for tag, attributes, text in self.elements:
            if tag == "caption":
                inside = "".join(text) == caption
            elif inside and tag == "th" and attributes.get("scope") == "col":
                heads.append("".join(text))
        return heads, self.rows(caption)

    def scripts(self) -> list[str]:
        """Return the scripts that run."""
        return [
            "".join(text)
            for tag, attributes, text in self.elements
            if tag == "script" and "type" not in attributes
        ]

    def rows(self, caption: str) -> list[list[str]]:
        """Return the body cells of the table with a caption."""
        found: list[list[str]] = []
        inside = body = False
        for tag, _, text in self.elements:
            if tag == "caption":
                inside, body = "".join(text) == caption, False
            elif tag == "tbody":
                body = True
            elif inside and body and tag == "tr":
                found.append([])
            elif inside and body and tag in {"td", "th"}:
                found[-1].append("".join(text))
        return found
