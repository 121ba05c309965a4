"""Segments: all with their sizes, or one with what it means and a few of its people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.card import Button, Card, Field
from bot.crm.commands import ShowLead
from bot.crm.marketing_commands import ListSegments

NOT_HERE = "分群人数只能私聊问我。"
NOT_YOURS = "你是管理员，看不到客户数据。"
TITLE, NONE = "分群", "还没有分群，在 config/segments.yaml 里写"
HINT = "发「分群 {name}」看条件、人数和样例。"
OWN, REGION, ALL = "只算你名下的线索", "只算{region}的线索", ""
LINE, LINE_UNCOUNTED = "· {name}：{size} 人", "· {name}"
TOO_MANY = "线索多，人数请逐个看。"
UNKNOWN = "没有“{name}”这个分群{meant}。\n现有的：{known}"
MEANT = "，是不是“{name}”？"
SIZE = "{size} 人"
CAME = "近 7 天进 {came}，出 {went}"
MEANS = "条件：{said}"
PERSON = "{who} · {score} 分 · {contact}"
SHOW, BACK = "看 {id}", "所有分群"
#: As many people as a card shows as lines; two of its six buttons are for the way on.
AT_MOST = 4


@dataclass(frozen=True, slots=True)
class Person:
    """One for example; phone and e-mail masked."""

    lead_id: str
    who: str
    score: int
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One segment as somebody may see it."""

    name: str
    size: int
    #: Its condition in words, and what it is for.
    said: str
    about: str = ""
    #: Whose leads were counted, if not everybody's.
    scope: str = ""
    people: tuple[Person, ...] = ()
    #: Who came and went of late; None for one that is worked out when it is asked for.
    moved: tuple[int, int] | None = None


def everyone(lines: Sequence[tuple[str, int | None]], *, scope: str) -> str:
    """All segments; without sizes where counting would take too long."""
    if not lines:
        return NONE
    said = [
        LINE_UNCOUNTED.format(name=name) if size is None else LINE.format(name=name, size=f"{size:,}")
        for name, size in lines
    ]
    uncounted = [TOO_MANY] if any(size is None for _, size in lines) else []
    head = f"{TITLE}（{scope}）" if scope else TITLE
    return "\n".join((head, *said, *uncounted, HINT.format(name=lines[0][0])))


def one(shown: Shown) -> Card:
    """One segment before it is used: how many, by what condition, who for example."""
    notes = [shown.about, shown.scope]
    fields = [Field("人数", SIZE.format(size=f"{shown.size:,}"))]
    if shown.moved is not None:
        came, went = shown.moved
        fields.append(Field("变动", CAME.format(came=came, went=went)))
    fields += [
        Field(
            person.lead_id,
            PERSON.format(who=person.who, score=person.score, contact=person.contact).removesuffix(" · "),
        )
        for person in shown.people
    ]
    buttons = [Button(SHOW.format(id=person.lead_id), ShowLead(person.lead_id)) for person in shown.people]
    return Card(
        kind="segment_list",
        title=f"{TITLE}：{shown.name}",
        note="；".join(note for note in notes if note),
        fields=tuple(fields),
        text=MEANS.format(said=shown.said),
        buttons=(*buttons, Button(BACK, ListSegments())),
    )


def unknown(name: str, meant: str | None, known: Sequence[str]) -> str:
    """No such segment."""
    guess = MEANT.format(name=meant) if meant else ""
    return UNKNOWN.format(name=name, meant=guess, known="、".join(known))
