"""Read and write the plain XML of callbacks: elements and text, nothing else.

It is read before anything is proved, so whatever makes XML dangerous is refused at the
parser: document types, entities, instructions, comments, attributes, other encodings,
and more of anything than a callback needs. Text stays text: a user id may begin with a
zero, and a message id has more digits than a float.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias
from xml.parsers import expat
from xml.sax.saxutils import escape

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of it is still a callback."""

    size: int
    depth: int
    elements: int


#: The envelope: three or four values under one root.
ENVELOPE = Limits(size=256 * 1024, depth=2, elements=16)
#: The message inside, which is signed: long approvals repeat a lot.
MESSAGE = Limits(size=1024 * 1024, depth=12, elements=20_000)


@dataclass(slots=True)
class Element:
    """One element: either text or children, the children by name and in order."""

    text: str = ""
    children: dict[str, list[Element]] = field(default_factory=dict)

    def all(self, name: str) -> Sequence[Element]:
        """Every child of this name, none included."""
        return self.children.get(name, ())

    def one(self, name: str) -> Element | None:
        """The child of this name, if there is one; ValueError if there are several."""
        found = self.children.get(name)
        if not found:
            return None
        if len(found) > 1:
            msg = f"{name} comes {len(found)} times"
            raise ValueError(msg)
        return found[0]

    def value(self, name: str) -> str:
        """The text of the child of this name, empty if there is none."""
        found = self.one(name)
        return found.text if found else ""


class _Reader:
    """Builds elements while expat walks."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._count = 0
        self._text: list[str] = []
        self._open: list[tuple[str, Element]] = []
        self.root: Element | None = None

    def parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.XmlDeclHandler = self.declared
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.ExternalEntityRefHandler = _refuse
        parser.ProcessingInstructionHandler = _refuse
        parser.CommentHandler = _refuse
        parser.StartElementHandler = self.started
        parser.EndElementHandler = self.ended
        parser.CharacterDataHandler = self._text.append
        return parser

    def declared(self, version: str, encoding: str | None, standalone: int) -> None:
        del version, standalone
        if encoding is not None and encoding.lower() != "utf-8":
            msg = "not declared as utf-8"
            raise ValueError(msg)

    def started(self, name: str, attributes: Mapping[str, str]) -> None:
        self._count += 1
        if attributes or self._count > self._limits.elements or len(self._open) >= self._limits.depth:
            msg = "attributes, or too many or too deep elements"
            raise ValueError(msg)
        self._no_stray_text()
        element = Element()
        if self._open:
            self._open[-1][1].children.setdefault(name, []).append(element)
        else:
            self.root = element
        self._open.append((name, element))

    def ended(self, name: str) -> None:
        del name
        _, element = self._open.pop()
        if element.children:
            self._no_stray_text()
        else:
            element.text = "".join(self._text)
            self._text.clear()

    def _no_stray_text(self) -> None:
        if self._text:
            if "".join(self._text).strip():
                msg = "text beside elements"
                raise ValueError(msg)
            self._text.clear()


def _refuse(*_: object) -> NoReturn:
    msg = "a document type, entity, instruction or comment"
    raise ValueError(msg)


def parse(body: bytes, limits: Limits = MESSAGE) -> Element:
    """Give the root of a document; ValueError for anything but elements and text."""
    if len(body) > limits.size or not body.lstrip(b" \t\r\n").startswith(b"<"):
        msg = "too large, or not XML"
        raise ValueError(msg)
    reader = _Reader(limits)
    try:
        reader.parser().Parse(body, True)
    except expat.ExpatError as exc:
        msg = f"not well-formed: {expat.errors.messages.get(exc.code, exc.code)}"
        raise ValueError(msg) from exc
    if reader.root is None:
        msg = "no root element"
        raise ValueError(msg)
    return reader.root


def parse_envelope(body: bytes) -> dict[str, str]:
    """Give the values directly under the root; ValueError if a name comes twice."""
    root = parse(body, ENVELOPE)
    return {name: root.value(name) for name in root.children}


#: What `render` writes: text, elements by name, or a list for a name that repeats.
Tree: TypeAlias = "str | Mapping[str, Tree] | Sequence[Tree]"


def render(tree: Mapping[str, Tree], *, root: str = "xml") -> bytes:
    """Write a document; text goes into CDATA unless it is a number. A list repeats its name."""
    return "".join(_rendered(root, tree)).encode()


def _rendered(name: str, tree: Tree) -> list[str]:
    if not _NAME.fullmatch(name):
        msg = f"{name!r} is no element name"
        raise ValueError(msg)
    if isinstance(tree, str):
        return [f"<{name}>{_text(tree)}</{name}>"]
    if isinstance(tree, Mapping):
        inner = [part for key, value in tree.items() for part in _rendered(key, value)]
        return [f"<{name}>", *inner, f"</{name}>"]
    return [part for item in tree for part in _rendered(name, item)]


def _text(text: str) -> str:
    """Write text so that it is read back whole; CDATA where the platform uses it."""
    if text.isascii() and text.isdigit():
        return text
    if "\r" in text or "]]>" in text:
        # A parser turns a bare carriage return into a newline, and CDATA cannot hold its own end.
        return escape(text, {"\r": "&#13;"})
    return f"<![CDATA[{text}]]>"
