"""How a lead is told on its cards: the same lines in the same order everywhere."""

from __future__ import annotations

from datetime import datetime

from bot.chat.card import Field
from bot.crm.lead import Lead
from bot.crm.lead_sheet import LeadSheet

SCRIPT, ADVICE = "话术：{script}", "建议：{advice}"
BY, OTHERS = "{at} 前", "其他 {points:+d}"
#: Told one by one; the others as a sum, so that the points add up.
_REASONS = 3
COLLECTED = "点了先登记，{seconds} 秒后按规则揭晓归谁，不看手快"


def clock(at: datetime, now: datetime) -> str:
    """10:02 today, 11月19日 10:02 on another day; both in the company's zone."""
    spelled = f"{at:%H:%M}"
    return spelled if at.date() == now.date() else f"{at.month}月{at.day}日 {spelled}"


def exact(at: datetime, now: datetime) -> str:
    """As `clock` with seconds, for races."""
    return clock(at, now) + at.strftime(":%S")


def who(lead: Lead) -> str:
    """Position and place, under the title."""
    place = lead.city or lead.province
    return " · ".join(part for part in (lead.title, place, lead.industry) if part)


def source(sheet: LeadSheet) -> str:
    """Its number and its pool, small above the title."""
    return " · ".join(part for part in (sheet.lead.id, sheet.pool) if part)


def fields(sheet: LeadSheet) -> tuple[Field, ...]:
    """From where, how warm and why, what it did last, until when to answer."""
    lead = sheet.lead
    origin = " · ".join(part for part in (lead.source, sheet.form, lead.campaign) if part)
    score = f"{lead.score} 分" + (f"，{sheet.tier}" if sheet.tier else "")
    shown = [f"{reason.text} {reason.points:+d}" for reason in sheet.reasons[:_REASONS]]
    rest = sum(reason.points for reason in sheet.reasons[_REASONS:])
    why = "，".join((*shown, *((OTHERS.format(points=rest),) if rest else ())))
    found = [Field("来源", origin), Field("评分", score), Field("原因", why)]
    found.append(Field("最近", _behaviour(sheet)))
    found.append(Field("标签", "、".join(sheet.tags)))
    if sheet.due_at is not None:
        found.append(Field("首次响应", BY.format(at=clock(sheet.due_at, sheet.now))))
    return tuple(field for field in found if field.value)


def refused(sheet: LeadSheet) -> tuple[Field, ...]:
    """What he wants to hear no more, if anything."""
    return (Field("已退订", sheet.refused),) if sheet.refused else ()


def collected(sheet: LeadSheet) -> str:
    """How it is given away, where the first tap does not decide."""
    return COLLECTED.format(seconds=sheet.reveal_seconds) if sheet.reveal_seconds else ""


def script(sheet: LeadSheet) -> str:
    """The one line to say; what its score suggests too, once nobody waits for a first answer."""
    said = (
        SCRIPT.format(script=sheet.script) if sheet.script else "",
        ADVICE.format(advice=sheet.advice) if sheet.advice and sheet.due_at is None else "",
    )
    return "\n".join(line for line in said if line)


def _behaviour(sheet: LeadSheet) -> str:
    lead = sheet.lead
    if not lead.last_behaviour:
        return ""
    if lead.last_behaviour_at is None:
        return lead.last_behaviour
    at = lead.last_behaviour_at.astimezone(sheet.now.tzinfo)
    return f"{clock(at, sheet.now)} {lead.last_behaviour}"
