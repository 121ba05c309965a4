"""What was asked of the numbers: one figure, a question back, or a hint."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.card import Button, Card
from bot.crm.commands import Ask, ShowHelp

KIND = "answer"
BELOW = "结果见下一条消息。"
PICK = "点一个，或回复序号："
HELP = "帮助"
NOT_HERE = "数字只能私聊问我。"
NOT_ALLOWED = "这个数字不在你的查看范围内。"
#: As many as a card takes, the last one for help.
_AT_MOST, _SUGGESTIONS = 6, 5


def figure(name: str, value: str, *, words: str, notes: Sequence[str], footnotes: Sequence[str]) -> Card:
    """One number alone, as large as the card can."""
    return Card(
        kind=KIND,
        title=words,
        note="；".join(notes),
        emphasis=(value, name),
        text="\n".join(footnotes),
    )


def below(words: str) -> Card:
    """In place of a pressed card, when the answer is a list that follows as a message."""
    return Card(kind=KIND, title=words, note=BELOW)


def said(reply: str) -> Card:
    """In place of a pressed card: a sentence."""
    return Card(kind=KIND, title=reply)


def asks_back(question: str, options: Sequence[str]) -> Card:
    """Ambiguous: each way out is a button; those beyond the buttons are said by their number."""
    listed = "\n".join(f"{place}. {option}" for place, option in enumerate(options, 1))
    return Card(
        kind=KIND,
        title=question,
        text=f"{PICK}\n{listed}" if options else "",
        buttons=tuple(Button(option, Ask(option)) for option in options[:_AT_MOST]),
    )


def hint(reply: str, suggestions: Sequence[str]) -> Card:
    """Not understood: what can be asked, and help."""
    asks = tuple(Button(one, Ask(one)) for one in suggestions[:_SUGGESTIONS] if one != HELP)
    # A title is cut where it is too long: the first sentence there, what can be asked below it.
    head, _, rest = reply.partition("。")
    return Card(kind=KIND, title=head, text=rest, buttons=(*asks, Button(HELP, ShowHelp())))
