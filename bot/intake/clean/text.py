"""Text as people type it, without what cannot be seen and could mislead."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\n{3,}")
#: Joiners hold emoji and some scripts together; everything else of this kind only hides.
_JOINERS = "\u200c\u200d"


def line(text: str) -> str:
    """One line: composed, single spaces, nothing invisible. Markup stays the letters it is."""
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        # Nearly all that people type; no space but the plain one is printable.
        return (_SPACES.sub(" ", text) if "  " in text else text).strip()
    return _SPACES.sub(" ", _visible(text).replace("\n", " ")).strip()


def paragraph(text: str) -> str:
    """Several lines, each as `line`; at most one empty line in a row."""
    lines = (_SPACES.sub(" ", one).strip() for one in _visible(text).split("\n"))
    return _LINES.sub("\n\n", "\n".join(lines)).strip()


def _visible(text: str) -> str:
    """Without control characters, direction marks, tags and lone surrogates; NFC."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return unicodedata.normalize("NFC", "".join(map(_shown, text)))


def _shown(sign: str) -> str:
    if sign.isascii():
        return sign if sign.isprintable() or sign == "\n" else (" " if sign == "\t" else "")
    match unicodedata.category(sign):
        case "Cf":
            return sign if sign in _JOINERS else ""
        case "Cc" | "Cs" | "Co" | "Cn":
            return ""
        case "Zs":
            return " "
        case _:
            return sign
