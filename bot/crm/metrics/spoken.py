"""Word lists, written so that they can be read."""

from __future__ import annotations


def spoken(text: str) -> tuple[str, ...]:
    """The words of a list parted by blanks; an underscore is a blank inside a word."""
    return tuple(word.replace("_", " ") for word in text.split())
