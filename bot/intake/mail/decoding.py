"""Headers and bodies of mails as people send them: any charset, declared rightly, wrongly or not at all."""

from __future__ import annotations

import re
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from html.parser import HTMLParser

from bot.intake.clean.text import line, paragraph

#: Whoever says GB2312 means what his machine calls so, which is larger.
_CHINESE = frozenset({"gb2312", "gbk", "x-gbk", "cp936", "gb_2312-80", "gb18030", "hz-gb-2312"})
_SILENT = frozenset({"script", "style", "head", "title", "template"})
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote", "hr"})
_MOST_HTML = 400_000
_WORD = re.compile(r"=\?[^?]+\?[bBqQ]\?[^?]*\?=")


def text_of(raw: bytes, charset: str | None) -> str:
    """Decode what claims to be in a charset; what is in none is read as far as it can be."""
    named = (charset or "").strip("\"' ").lower()
    tries = ["gb18030"] if named in _CHINESE else [named] if named not in ("", "us-ascii", "ascii") else []
    for one in (*tries, "utf-8", "gb18030"):
        try:
            return raw.decode(one)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("utf-8", "replace")


def header(mail: Message, name: str) -> str:
    """A header in one line, its encoded words decoded; empty if there is none."""
    value = mail.get(name)
    if value is None:
        return ""
    try:
        # What holds bytes beyond ASCII is no text here, but still knows its bytes.
        parts = (
            decode_header(value)
            if _WORD.search(str(value)) or not isinstance(value, str)
            else [(value, None)]
        )
    except (ValueError, UnicodeError):
        # An encoded word that is none stays as it was written.
        parts = [(str(value), None)]
    return line("".join(_part(one, charset) for one, charset in parts))


def addresses(mail: Message, *names: str) -> list[tuple[str, str]]:
    """Name and address, in lower case, of each mailbox in these headers."""
    found = getaddresses([header(mail, name) for name in names if mail.get(name)])
    return [(line(who), where.strip().lower()) for who, where in found if "@" in where]


def body(part: Message) -> str:
    """The words of one part."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else _bytes(str(part.get_payload()))
    charset = part.get_content_charset()
    text = text_of(raw, charset)
    return paragraph(_from_html(text) if part.get_content_type() == "text/html" else text)


def _part(value: bytes | str, charset: str | None) -> str:
    return value if isinstance(value, str) else text_of(value, charset)


def _bytes(text: str) -> bytes:
    """The bytes as they came: the parser keeps what is no ASCII as lone surrogates."""
    return text.encode("utf-8", "surrogateescape")


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        if tag in _BREAKS:
            self.words.append("\n")
        elif tag == "td":
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._silent:
            self._silent -= 1
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(re.sub(r"\s+", " ", data))


def _from_html(text: str) -> str:
    reader = _Plain()
    reader.feed(text[:_MOST_HTML])
    return re.sub(r"\n\s*\n+", "\n", "".join(reader.words))
