"""Reading untrusted XML element by element: no document type, no entities, little nesting."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl, Locator

from corridors.errors import ConfigError
from corridors.files import told_as

MAX_DEPTH = 12
MAX_TEXT_CHARACTERS = 5_000_000
Name = tuple[str | None, str]


class Elements(ContentHandler):
    """Gets the elements of a file one after the other; memory does not grow with the file.

    Parameters
    ----------
    shown
        Name of the file in faults.
    """

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.shown = shown
        self.above: list[Name] = []
        self._text: list[str] = []
        self._characters = 0

    def begin(self, name: Name, attributes: Mapping[str, str]) -> None:
        """Take the start of an element: its namespace and name, and attributes without one."""

    def end(self, name: Name, text: str) -> None:
        """Take the end of an element, with the text since the last start or end of one."""

    @property
    def line(self) -> int:
        """The line that is being read, from 1."""
        # Set by the parser before the first element.
        locator: Locator = self._locator  # type: ignore[attr-defined]
        return locator.getLineNumber() or 1

    def refuse(self, what: str, *, line: int | None = None) -> NoReturn:
        """Raise a ConfigError `file:line: what`."""
        msg = f"{self.shown}:{self.line if line is None else line}: {what}"
        raise ConfigError(msg)

    def startElementNS(  # noqa: N802 - a name of the interface
        self, name: Name, _qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        """Take the start of an element from the parser."""
        if len(self.above) >= MAX_DEPTH:
            self.refuse(f"nested deeper than {MAX_DEPTH} levels")
        self._text, self._characters = [], 0
        plain = {local: value for (space, local), value in attrs.items() if not space}
        self.begin(name, plain)
        self.above.append(name)

    def endElementNS(self, name: Name, _qname: str | None) -> None:  # noqa: N802
        """Take the end of an element from the parser."""
        self.above.pop()
        self.end(name, "".join(self._text))
        self._text, self._characters = [], 0

    def characters(self, content: str) -> None:
        """Take a piece of text from the parser."""
        self._characters += len(content)
        if self._characters > MAX_TEXT_CHARACTERS:
            self.refuse(f"more than {MAX_TEXT_CHARACTERS:,} characters of text")
        self._text.append(content)


def read_elements(path: Path, elements: Elements) -> None:
    """Read an XML file from its start to its end.

    Raises
    ------
    ConfigError
        The file cannot be read, is not XML in an encoding that is known, declares a document type
        or entities in any encoding, or `elements` refuses what it holds.
    """
    import defusedxml.sax
    from defusedxml import DefusedXmlException

    shown = elements.shown
    parser = defusedxml.sax.make_parser()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(elements)
    with told_as(shown), path.open("rb") as stream:
        try:
            parser.parse(stream)
        except DefusedXmlException:
            elements.refuse("a document type or entities are not allowed")
        except SAXParseException as error:
            elements.refuse(f"not valid XML: {error.getMessage()}", line=error.getLineNumber() or 1)
        except (SAXException, LookupError, ValueError) as error:
            # Names of encodings that Python does not know, or knows as no encoding of text.
            elements.refuse(f"not valid XML: {' '.join(str(error).split()) or 'unknown'}")
