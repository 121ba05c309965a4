"""What was asked of the numbers: one figure, a question back, or a hint."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from bot.chat.card import Button, Card
from bot.crm.commands import Ask, ShowHelp

KIND = "answer"
BELOW = "结果见下一条消息。"
ROWS = "明细"
EXPORT = "点「明细」打开，页面上可以存成 csv 或 Excel。"
NO_EXPORT = "导出要打开网页，还没有设置网页地址，请管理员设置 LEADBELL_PUBLIC_URL。"
PICK = "点一个，或回复序号："
HELP = "帮助"
NOT_HERE = "这个只能私聊问我。群里可以问全公司或大区的总数，例如：本月新增线索。"
#: By why a number is not said before others.
_NOT_HERE: Mapping[str, str] = {
    "speaker": "数字请私聊问我。",
    "names_people": "涉及个人和小组的数字，请私聊问我。群里可以问全公司或大区的总数。",
    "too_few": "这个范围里的人太少，总数会等于某个人的数字，请私聊问我。",
    "too_fine": "群里只说总数，细分到这么小请私聊问我。可以按大区、按月看。",
    "not_everybodys": "花费、ROI和触达的数字不在群里说，请私聊问我。",
}
NOT_ALLOWED = "这个数字不在你的查看范围内。"
#: As many as a card takes, the last one for help.
_AT_MOST, _SUGGESTIONS = 6, 5
#: Letters that the smallest card shows of a title, and of a button.
_TITLE, _BUTTON = 26, 10
_SPAN = re.compile(r"(\d{4}-\d{2}-\d{2})至(\d{4}-\d{2}-\d{2})")
#: Between the parts of how a question was understood.
_COMMA = "，"


def not_here(why: str) -> str:
    """What is said instead before others; nothing of the question is repeated."""
    return _NOT_HERE.get(why, NOT_HERE)


def figure(name: str, value: str, *, words: str, notes: Sequence[str], footnotes: Sequence[str]) -> Card:
    """One number alone, as large as the card can."""
    return Card(
        kind=KIND,
        title=words,
        note="；".join(notes),
        emphasis=(value, name),
        text="\n".join(footnotes),
    )


def below(words: str, *, url: str = "") -> Card:
    """Beside a list that follows as a message, or in place of a pressed card."""
    return with_rows(Card(kind=KIND, title=words, note=BELOW), url)


def with_rows(card: Card, url: str) -> Card:
    """The same card, leading to the records that were counted."""
    return replace(card, buttons=(*card.buttons, Button(ROWS, url=url))) if url else card


def exported(words: str, *, url: str) -> Card:
    """The way to the records, where they can be had as a file."""
    return with_rows(Card(kind=KIND, title=words, text=EXPORT if url else NO_EXPORT), url)


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
        buttons=tuple(
            Button(label, Ask(option))
            for label, option in zip(_short(options), options[:_AT_MOST], strict=False)
        ),
    )


def _short(options: Sequence[str]) -> list[str]:
    """What tells one from the other, by its number: a whole reading is too long for a button."""
    if all(len(one) <= _BUTTON for one in options):
        return list(options)
    parts = [one.split(_COMMA) for one in options]
    shared = set(parts[0]).intersection(*parts[1:]) if len(parts) > 1 else set()
    own = [_COMMA.join(one for one in own if one not in shared) or own[-1] for own in parts]
    return [f"{place}. {one}" for place, one in enumerate(_apart([_dates(one) for one in own]), 1)]


def _dates(said: str) -> str:
    """2026-10-20至2026-11-18 as 10.20-11.18: a year that all share would be all that is seen."""
    return _SPAN.sub(lambda found: f"{_day(found[1])}-{_day(found[2])}", said)


def _day(iso: str) -> str:
    _, month, day = iso.split("-")
    return f"{int(month)}.{int(day)}"


def _apart(labels: Sequence[str]) -> Sequence[str]:
    """Without what all of them begin with, if they would be cut before they differ."""
    alike = (len(set(letters)) == 1 for letters in zip(*labels, strict=False))
    begins = sum(1 for _ in takewhile(bool, alike))
    cut = _BUTTON - len("1. ")
    is_hidden = len(labels) > 1 and begins and len({one[:cut] for one in labels}) < len(labels)
    return [one[begins:] or one for one in labels] if is_hidden else labels


def hint(reply: str, suggestions: Sequence[str]) -> Card:
    """Not understood: what can be asked, and help."""
    asks = tuple(Button(one, Ask(one)) for one in suggestions[:_SUGGESTIONS] if one != HELP)
    # A title is cut where it is too long: the first sentence there, what can be asked below it.
    head, _, rest = reply.partition("。")
    if len(head) > _TITLE and "：" in head:  # a definition is read to its end
        head, _, rest = reply.partition("：")
    return Card(kind=KIND, title=head, text=rest, buttons=(*asks, Button(HELP, ShowHelp())))
