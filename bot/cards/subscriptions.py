"""What comes to somebody by itself: one that he has just chosen, the list of all, and which one he means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.texts import digests as texts
from bot.chat.card import Button, Card, Field
from bot.crm.digest_commands import (
    ChangeSubscription,
    ListSubscriptions,
    SendNow,
    StopSubscription,
    Subscribe,
)

KIND, LIST = "subscription", "subscription_list"
#: Lines of one page: each with its button, and one to turn it.
PAGE = 5
_BUTTONS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One of them, in words."""

    id: str
    #: 周报, or the question.
    what: str
    #: 每周一 09:00
    when: str
    is_stopped: bool = False
    #: The group it goes to, by its name; empty for himself.
    group: str = ""
    #: Local day until which it is muted; empty if it is not.
    muted: str = ""
    about: str = ""


def begun(line: Line, *, title: str, reading: str, first: str, from_group: bool = False) -> Card:
    """He asked for it: what was understood, when it comes first, and the way out.

    `from_group`: said before others, and yet for himself alone.
    """
    say = texts.SAY_TO_GROUP.format(when=line.when.replace(" ", ""), what=line.what)
    aside = f"{texts.ONLY_TO_YOU.format(say=say)}\n" if from_group and not line.group else ""
    fields = [Field("下次", first), Field("内容", reading or line.about or line.what)]
    return Card(
        kind=KIND,
        title=title,
        fields=tuple(fields),
        text=aside + texts.HOW_TO_CHANGE.format(what=line.what),
        buttons=(
            *((Button(texts.NOW, SendNow(line.id)),) if not line.group else ()),
            Button(texts.STOP, StopSubscription(line.id)),
        ),
    )


def place(line: Line) -> str:
    """To whom it comes, after 发: 给你, 到华东公海群."""
    return texts.TO_GROUP.format(group=line.group) if line.group else texts.TO_ME


def said(title: str, note: str = "") -> Card:
    """A sentence in place of a pressed card."""
    return Card(kind=KIND, title=title, note=note)


def stopped(line: Line, *, is_ours: bool) -> Card:
    """It comes no more, and how to get it again."""
    note = texts.RESUME_HINT.format(what=line.what) if is_ours else texts.RESUBSCRIBE_HINT
    resume = (Button(texts.RESUME_BUTTON.format(what=""), Subscribe("", line.what)),) if is_ours else ()
    return Card(kind=KIND, title=texts.STOPPED.format(what=line.what), note=note, buttons=resume)


def listed(lines: Sequence[Line], *, page: int, pages: int, total: int) -> Card:
    """All that he gets; those of ours that he stopped come last, with a way back."""
    if not lines:
        return Card(kind=LIST, title=texts.LIST_EMPTY, text=texts.LIST_HINT)
    ahead = Button(texts.MORE, ListSubscriptions(str(page + 1)))
    turn = (ahead if page < pages else Button(texts.FIRST_PAGE, ListSubscriptions("1")),) if pages > 1 else ()
    return Card(
        kind=LIST,
        title=texts.LIST_TITLE.format(total=total),
        note=f"第 {page}/{pages} 页" if pages > 1 else "",
        fields=tuple(Field(line.id, _said(line)) for line in lines),
        text=texts.LIST_HINT,
        buttons=(*(_button(line) for line in lines), *turn),
    )


def which(lines: Sequence[Line], when: str = "") -> Card:
    """Several fit: each is a button; with `when` its time is meant to change, else it is to stop."""
    return Card(
        kind=LIST,
        title=texts.WHICH,
        fields=tuple(Field(line.id, _said(line)) for line in lines[:_BUTTONS]),
        buttons=tuple(
            Button(line.id, ChangeSubscription(line.id, when) if when else StopSubscription(line.id))
            for line in lines[:_BUTTONS]
        ),
    )


def choose(question: str, pairs: Sequence[tuple[str, Subscribe]]) -> Card:
    """Ambiguous: each way to take it is a button."""
    return Card(
        kind=KIND,
        title=question.split("\n", 1)[0],
        text="\n".join(f"{at}. {label}" for at, (label, _) in enumerate(pairs, 1)),
        buttons=tuple(Button(label, command) for label, command in pairs[:_BUTTONS]),
    )


def _said(line: Line) -> str:
    if line.is_stopped:
        return texts.STOPPED_NOTE.format(what=line.what)
    goes = texts.IN_GROUP.format(group=line.group) if line.group else ""
    marks = [mark for mark in (goes, _muted(line)) if mark]
    said = texts.LIST_LINE.format(when=line.when, what=line.what)
    return f"{said}（{'，'.join(marks)}）" if marks else said


def _muted(line: Line) -> str:
    return texts.PAUSED_MARK.format(until=line.muted) if line.muted else ""


def _button(line: Line) -> Button:
    if line.is_stopped:
        return Button(texts.RESUME_BUTTON.format(what=f" {line.id}"), Subscribe("", line.what))
    return Button(texts.STOP_BUTTON.format(id=line.id), StopSubscription(line.id))
