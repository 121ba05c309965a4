"""Who had a customer first, by what, and who met him since: evidence, without what is the owner's alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.texts import quality as texts
from bot.cards.texts.intake import since
from bot.chat.card import Button, Card, Field
from bot.crm.commands import ClaimLead, EnterLead, ReassignLead, ShowLead
from bot.crm.lead import LEAD_STATUS_LABELS, Lead, LeadStatus
from bot.crm.quality_commands import ShowTimeline

TITLE, TITLES, NONE = "{lead_id} 已在系统里", "{said}：已有 {count} 条", "没有重复：{said}"
NONE_HINT = "可以录入。手机号、邮箱要写全，公司写常用名即可。"
OWNER, PLACE, FIRST, OWNED, LAST, BY, STATUS = "负责人", "所在", "先到", "负责自", "最近跟进", "依据", "状态"
CAME, SAME, NEVER = "{at}，来自{source}", "{what}相同", "还没有跟进"
POOL, LINE, NOBODY = "公海", "{owner}，录入于 {created}，最近跟进 {followed}", "没人"
HINT = "有疑问请找负责人或大区经理；经理可以改派。"
EVIDENCE, HAD, MET = "撞单证据：{who}", "{owner}（{how}）", "{at} {name}{how}，{matched}相同"
NO_ONE_ELSE = "没有别人撞到这位客户。"
SHOW, CLAIM, GIVE, LOOK, ENTER = "看 {id}", "领取 {id}", "改派", "时间线", "录线索"
_SAID = 16


@dataclass(frozen=True, slots=True)
class Line:
    """One lead of an answer, as far as the reader may know of it."""

    lead: Lead
    owner: str
    #: The pool it lies in, if nobody owns it.
    pool: str
    matched: str
    may_see: bool = False
    may_claim: bool = False


def none(said: str) -> Card:
    """Nobody has it."""
    title = NONE.format(said=said[:_SAID])
    return Card(kind="collision", title=title, text=NONE_HINT, buttons=(Button(ENTER, EnterLead()),))


def one(line: Line, *, now: datetime, note: str = "") -> Card:
    """One person's own key matched: whose he is, since when, by what; `now` is in the company's zone."""
    lead = line.lead
    fields = (
        Field(OWNER, line.owner) if line.owner else Field(PLACE, line.pool or POOL),
        Field(OWNED, _at(lead.owned_at, now) if line.owner else ""),
        Field(FIRST, CAME.format(at=_at(lead.created_at, now), source=lead.source)),
        Field(LAST, _at(lead.last_follow_up_at, now) or NEVER),
        Field(BY, SAME.format(what=texts.MATCHED.get(line.matched, line.matched))),
        Field(STATUS, LEAD_STATUS_LABELS[lead.status]),
        Field("原因", lead.invalid_reason or "" if lead.status is LeadStatus.INVALID else ""),
    )
    return Card(
        kind="collision",
        title=TITLE.format(lead_id=lead.id),
        note=note,
        fields=tuple(field for field in fields if field.value),
        text="" if line.may_see else HINT,
        buttons=_buttons(line),
    )


def several(said: str, lines: Sequence[Line], *, now: datetime) -> Card:
    """A firm or a switchboard: each lead in a line, nobody's name or number in it."""
    fields = [
        Field(
            line.lead.id,
            LINE.format(
                owner=line.owner or line.pool or POOL, created=_at(line.lead.created_at, now),
                followed=_at(line.lead.last_follow_up_at, now) or NEVER,
            ),
        )
        for line in lines
    ]  # fmt: skip
    return Card(
        kind="collision",
        title=TITLES.format(said=said[:_SAID], count=len(lines)),
        note=SAME.format(what=texts.MATCHED.get(lines[0].matched, "")),
        fields=tuple(fields),
        text=HINT,
        buttons=tuple(button for line in lines for button in _buttons(line))[:6],
    )


def evidence(
    lead: Lead,
    *,
    had: Sequence[tuple[datetime, str, str]],
    met: Sequence[tuple[datetime, str, str, str]],
    may_give: bool,
    now: datetime,
) -> Card:
    """For who decides. `had`: since, owner, how; `met`: at, name, how, matched."""
    fields = [Field(FIRST, CAME.format(at=_at(lead.created_at, now), source=lead.source))]
    fields += [Field(_at(at, now), HAD.format(owner=owner, how=how)) for at, owner, how in had]
    lines = [
        MET.format(
            at=_at(at, now),
            name=name,
            how=texts.HOW.get(how, how),
            matched=texts.MATCHED.get(matched, matched),
        )
        for at, name, how, matched in met
    ]
    give = (Button(GIVE, ReassignLead(lead.id)),) if may_give else ()
    return Card(
        kind="collision",
        source=lead.id,
        title=EVIDENCE.format(who=lead.display),
        fields=tuple(fields),
        text="\n".join(lines) or NO_ONE_ELSE,
        buttons=(*give, Button(LOOK, ShowTimeline(lead.id))),
    )


def _buttons(line: Line) -> tuple[Button, ...]:
    if line.may_claim:
        return (Button(CLAIM.format(id=line.lead.id), ClaimLead(line.lead.id), style="primary"),)
    return (Button(SHOW.format(id=line.lead.id), ShowLead(line.lead.id)),) if line.may_see else ()


def _at(at: datetime | None, now: datetime) -> str:
    return since(at.astimezone(now.tzinfo), now) if at is not None else ""
