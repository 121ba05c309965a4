"""A foreseen message in words: it goes, it goes later, a colleague has it, or nobody says it; and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cards.texts import touch as texts
from bot.crm.touching import Purpose, Refusal, TouchState
from bot.journeys.simulate_touch import Foreseen
from bot.touch import explain
from bot.touch.planner import hours_of, since_when
from bot.touch.ways import WAYS, label

GOES, LATER = " → 发{by}", " → 改到{at}发{by}（{why}）"
TO_REP, NOT_SENT = " → 给负责人建任务，由他联系（{why}）", " → 不发：{why}"
SHORT_GOES, SHORT_REP, SHORT_NOT = "{at}发{by}", "转给负责人", "不发：{why}"
QUIET, RESTS, FULL = "免打扰时段", "节假日不发营销", "次数到上限"
#: Colleagues are asked once a day.
ASKED_ONCE = "每天 {at} 一起请同事发"
_MOST = 3


def decided(found: Foreseen) -> str:
    """What becomes of it."""
    plan = found.plan
    match plan.state:
        case TouchState.PLANNED:
            return _goes(found)
        case TouchState.GIVEN_TO_REP:
            return TO_REP.format(why=why(found))
        case _:
            return NOT_SENT.format(why=why(found))


def why(found: Foreseen) -> str:
    """Why no way of ours is permitted: each reason once, the ways that it is about before it."""
    plan, facts = found.plan, found.facts
    if not plan.skipped:
        return explain.reason(Refusal(plan.reason), plan.way, facts, plan)
    by_reason: dict[str, list[str]] = {}
    # What is not set up here is the last thing that anybody wants to know of this customer.
    ordered = sorted(plan.skipped.items(), key=lambda one: one[1] == Refusal.CHANNEL_OFF)
    for key, refusal in ordered:
        said = explain.reason(Refusal(refusal), key, facts, plan)
        by_reason.setdefault(said, []).append(label(key))
    parts = [f"{'、'.join(ways)}：{said}" for said, ways in by_reason.items()]
    return "；".join(parts[:_MOST])


def _goes(found: Foreseen) -> str:
    plan = found.plan
    by = label(plan.way)
    if plan.due_at is None or plan.due_at <= plan.decided_at:
        return GOES.format(by=by)
    zone = ZoneInfo(found.facts.zone)
    at = _when(plan.due_at, plan.decided_at, zone)
    return LATER.format(at=at, by=by, why="、".join(_put_off(found)))


def _put_off(found: Foreseen) -> Iterator[str]:
    """What kept it from going at once."""
    plan, facts = found.plan, found.facts
    way = WAYS[plan.way]
    purpose = Purpose(plan.purpose)
    hours = hours_of(way, purpose, facts)
    since = max(plan.decided_at, since_when(way, purpose, hours, plan.decided_at, facts.policy))
    if since > plan.decided_at:
        yield ASKED_ONCE.format(at=f"{since.astimezone(hours.zone):%H:%M}")
    if hours.day_of(since) in hours.rest:
        yield RESTS
    elif not hours.may_begin(since):
        yield QUIET
    if plan.due_at is not None and next(hours.moments(since, plan.due_at), plan.due_at) < plan.due_at:
        yield FULL


def _when(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    is_today = local.date() == now.astimezone(zone).date()
    return f" {local:%H:%M} " if is_today else f" {local.month}月{local.day}日 {local:%H:%M} "


def short(found: Foreseen) -> str:
    """In as few words as a picture has room for."""
    plan = found.plan
    match plan.state:
        case TouchState.PLANNED:
            zone = ZoneInfo(found.facts.zone)
            late = plan.due_at is not None and plan.due_at > plan.decided_at
            at = _when(plan.due_at or plan.decided_at, plan.decided_at, zone).strip() if late else ""
            return SHORT_GOES.format(at=at, by=label(plan.way))
        case TouchState.GIVEN_TO_REP:
            return SHORT_REP
        case _:
            first = plan.reason or next(iter(plan.skipped.values()), "")
            return SHORT_NOT.format(why=texts.REFUSALS[Refusal(first)])
