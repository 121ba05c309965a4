"""A message as people type it becomes the plain text that the grammar reads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from bot.insight.ask.traditional import SIMPLIFY

#: Longer than any honest question; the rest would only cost time.
LONGEST = 200

_MENTION = re.compile(r"@([^\s@,]{1,30})(?=[\s,]|$)")
_FACE = re.compile(r"\[[\u4e00-\u9fff]{1,4}\]")
_ENDS = re.compile(r"[?!。;:…\"'“”‘’「」『』《》()【】<>*#`_|\\^{}\[\]$]+")
_THIN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff\ufe0f\u2060"))
_BOT = re.compile(r"机器人|助手|小助理|bot|leadbell|客铃|小铃|crm", re.IGNORECASE)
_DASHES = str.maketrans(
    {
        "—": "-",
        "–": "-",
        "―": "-",
        "−": "-",
        "~": "~",
        "～": "~",
        "〜": "~",
        "→": "-",
        "✕": "×",
        "✖": "×",
        "╳": "×",
    }
)


@dataclass(frozen=True, slots=True)
class Plain:
    """Text without spaces, and where they were: before the characters at these places."""

    text: str
    gaps: frozenset[int] = frozenset()


def fold(text: str) -> str:
    """One way to write each character: full width, case, traditional."""
    wide = unicodedata.normalize("NFKC", text.translate(_THIN).translate(_DASHES))
    return wide.translate(SIMPLIFY).lower()


def normalise(text: str, mentionable: Collection[str] = frozenset()) -> Plain:
    """Read a message; a mention of somebody in `mentionable` stays as his name, the bot's goes."""
    bare = _FACE.sub(" ", text[:LONGEST].translate(_THIN))
    folded = fold(_without_symbols(_ENDS.sub(" ", fold(bare).replace("、", "、"))))
    named = _MENTION.sub(lambda m: _mention(m[1], mentionable), folded).replace("@", " ")
    return _squeeze(named)


def squeeze(text: str) -> str:
    """A lexicon's word in the same shape as the text it is looked for in."""
    return _squeeze(fold(text)).text


def _mention(name: str, mentionable: Collection[str]) -> str:
    if name in mentionable:
        return f" {name} "
    return " " if _BOT.search(name) else f" {name} "


def _without_symbols(text: str) -> str:
    return "".join(
        " " if unicodedata.category(char) in {"So", "Sk", "Cc", "Cf", "Cs"} else char for char in text
    )


def _squeeze(text: str) -> Plain:
    """Drop spaces and commas except where two Latin words or numbers would run together."""
    kept: list[str] = []
    gaps: set[int] = set()
    for part in re.split(r"[\s,]+", text.strip()):
        if not part:
            continue
        if kept and _is_latin(kept[-1][-1]) and _is_latin(part[0]):
            kept.append(" ")
        elif kept:
            gaps.add(sum(map(len, kept)))
        kept.append(part)
    return Plain("".join(kept), frozenset(gaps))


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
