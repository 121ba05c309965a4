"""Answers that a platform's limit holds back: that they will come, and what each of them answers."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.chat.card import Card

WAIT = "稍等，你问得快，平台限制每分钟发的条数。后面的回答约 {seconds} 秒后按顺序发，会写明是哪一句的。"
ANSWERS = "你问的：「{asked}」"
#: Signs of a question that are quoted.
_MOST = 24
#: What he wrote of somebody is masked where it is shown again, as everywhere.
_NUMBER, _MAIL = re.compile(r"\d(?:[ -]?\d){6,}"), re.compile(r"[\w.+-]+@(?=[\w-]+\.)")


def wait(seconds: int) -> str:
    """Said at once, in place of an answer."""
    return WAIT.format(seconds=max(seconds, 1))


def quoted(asked: str, text: str) -> str:
    """Before the words of an answer."""
    return f"{_quote(asked)}\n{text}"


def of(asked: str, card: Card) -> Card:
    """On the card that is an answer."""
    return replace(card, note="\n".join(part for part in (_quote(asked), card.note) if part))


def _quote(asked: str) -> str:
    said = _MAIL.sub("***@", _NUMBER.sub(_masked, " ".join(asked.split())))
    return ANSWERS.format(asked=said if len(said) <= _MOST else f"{said[:_MOST]}…")


def _masked(number: re.Match[str]) -> str:
    return f"{number[0][:3]}****{number[0][-4:]}"
