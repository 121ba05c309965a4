"""A journey before it runs: whom it would concern, messages, what is not sent, whose work it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.cards.texts import journey_trials as texts
from bot.cards.texts import touch
from bot.chat.card import Button, Card, Field
from bot.crm.journey_commands import ShowJourney
from bot.crm.touching import Refusal
from bot.crm.trial_commands import BacktestJourney

BACK, PAST = "看这个旅程", "如果上个月就有它"
_MOST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What it would come to; numbers stand for everybody, `walked` says of how many they were reckoned."""

    name: str
    is_past: bool
    days: int
    since: date
    until: date
    #: A segment's name, or empty.
    whom: str
    looked_at: int
    is_partly: bool
    concerned: int
    entered: int
    walked: int
    is_sampled: bool
    not_in: Mapping[str, int]
    #: By day, in their order, those without any too.
    per_day: Sequence[tuple[date, int]]
    by_channel: Mapping[str, int]
    put_off: int
    most_each: int
    not_sent: Mapping[str, int]
    #: By colleague's name; empty for nobody. Totals alone for whoever may not see who.
    tasks: Mapping[str, int]
    names_people: bool
    instead: int
    told: int
    asked: int
    coupons: Mapping[str, int] = field(default_factory=dict)
    reached: int = 0
    bought: int = 0
    really: int = 0


def card(found: Tried, *, url: str = "") -> Card:
    """All of it."""
    note = (
        texts.BACK_NOTE.format(days=found.days, since=found.since.isoformat(), until=found.until.isoformat())
        if found.is_past
        else texts.TRY_NOTE.format(
            days=found.days, whom=texts.OF_SEGMENT.format(name=found.whom) if found.whom else ""
        )
    )
    title = texts.BACK_TITLE if found.is_past else texts.TRY_TITLE
    buttons = [Button(BACK, ShowJourney(found.name))]
    if not found.is_past:
        buttons.append(Button(PAST, BacktestJourney(found.name)))
    if url:
        buttons.append(Button(texts.PAGE, url=url))
    return Card(
        kind="journey",
        title=title.format(name=found.name),
        note=note,
        fields=tuple(one for one in _fields(found) if one.value),
        text="；".join(_remarks(found)) + "。",
        buttons=tuple(buttons),
    )


def _fields(found: Tried) -> list[Field]:
    entering = texts.ENTERED_PAST if found.is_past else texts.ENTER_NOW
    return [
        Field(texts.ENTERS, entering.format(n=f"{found.entered:,}", looked=f"{found.looked_at:,}")),
        Field(texts.NOT_IN, _counted({texts.WHY.get(why, why): n for why, n in found.not_in.items()})),
        Field(texts.MESSAGES, _messages(found)),
        Field(
            texts.NOT_SENT, _counted({touch.REFUSALS[Refusal(why)]: n for why, n in found.not_sent.items()})
        ),
        Field(texts.TASKS, _tasks(found)),
        Field(texts.TOLD, _told(found)),
        Field(texts.COUPONS, _counted(found.coupons)),
        Field(texts.BOUGHT, _bought(found)),
        Field(texts.REALLY, texts.REALLY_SAID.format(n=f"{found.really:,}") if found.really else ""),
    ]


def _messages(found: Tried) -> str:
    total = sum(n for _, n in found.per_day)
    if not total:
        return texts.NO_MESSAGES if found.not_sent or found.instead else ""
    day, most = max(found.per_day, key=lambda one: one[1])
    said = texts.MESSAGES_SAID.format(
        about=_about(found), n=f"{total:,}", most=f"{most:,}", day=f"{day.month}月{day.day}日",
        each=found.most_each,
    )  # fmt: skip
    parts = [said, _counted(found.by_channel)]
    if found.put_off:
        parts.append(texts.PUT_OFF.format(n=f"{found.put_off:,}"))
    return "；".join(part for part in parts if part)


def _tasks(found: Tried) -> str:
    total = sum(found.tasks.values())
    if not total:
        return ""
    if found.names_people:
        named = {name or texts.NO_OWNER: n for name, n in found.tasks.items()}
        said = texts.TASKS_SAID.format(n=f"{_about(found)}{total:,}", who=_counted(named))
    else:
        most = max(found.tasks.values())
        said = texts.TASKS_TOTAL.format(n=f"{_about(found)}{total:,}", people=len(found.tasks), most=most)
    return said + (texts.TASKS_INSTEAD.format(n=f"{found.instead:,}") if found.instead else "")


def _told(found: Tried) -> str:
    parts = (texts.TOLD_SAID.format(n=found.told), texts.ASKED_SAID.format(n=found.asked))
    return "，".join(part for part, n in zip(parts, (found.told, found.asked), strict=True) if n)


def _bought(found: Tried) -> str:
    if not found.is_past or not found.reached:
        return ""
    return texts.BOUGHT_SAID.format(reached=f"{found.reached:,}", n=f"{found.bought:,}")


def _remarks(found: Tried) -> list[str]:
    said = [texts.PAST_NOTE if found.is_past else texts.AHEAD_NOTE]
    if found.is_sampled:
        said.append(texts.SAMPLED.format(walked=found.walked))
    if found.is_partly:
        said.append(texts.PARTLY.format(n=f"{found.looked_at:,}"))
    return said


def _counted(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    shown = [f"{name} {n:,}" for name, n in ordered[:_MOST]]
    rest = sum(n for _, n in ordered[_MOST:])
    return "、".join([*shown, *([f"其他 {rest:,}"] if rest else [])])


def _about(found: Tried) -> str:
    return texts.ABOUT if found.is_sampled else ""
