"""Why a message went or did not, in the figures that decided: from what was kept with the decision alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cards.texts import touch as texts
from bot.cards.texts.outreach import FAILURES
from bot.crm.company import Company
from bot.crm.company.touch import Caps, Touch
from bot.crm.touching import PARTLY, Purpose, Refusal, TouchState
from bot.store import touch_asked, touch_plans
from bot.store.desk import Desk
from bot.store.touch_plans import Plan
from bot.touch import facts as spelling
from bot.touch.facts import Facts
from bot.touch.planner import hours_of, since_when
from bot.touch.ways import WAYS, label


@dataclass(frozen=True, slots=True)
class Explained:
    """One message, told."""

    touch_id: str
    at: datetime
    #: What it is, and what became of it.
    title: str
    #: Why, each line one thing that decided.
    lines: tuple[str, ...]


async def explain(desk: Desk, plan: Plan) -> Explained:
    """Tell one of the rows."""
    body = await touch_plans.policy(desk.tx, plan.policy)
    facts = spelling.read(plan.facts, policy_of(body, desk.company))
    return told(desk.company, plan, facts, now=desk.now, lacks=await _lacks(desk, plan))


async def _lacks(desk: Desk, plan: Plan) -> tuple[str, ...]:
    """What its text needed and he does not have, where that kept it back."""
    content = desk.company.content.get(plan.content)
    if content is None or not content.words or Refusal.NO_TEXT not in plan.skipped.values():
        return ()
    whole = await touch_asked.whole(desk, plan.id)
    if whole is None or whole.words is None:
        return ()
    return tuple(
        texts.LACKS.format(what=label) for word, label in content.words.items() if not whole.words.get(word)
    )


def policy_of(body: Mapping[str, object] | None, company: Company) -> Touch:
    """The rules as they were kept; today's for a version that nobody has any more."""
    return Touch.model_validate(body, strict=False) if body is not None else company.touch


def told(
    company: Company, plan: Plan, facts: Facts, *, now: datetime, lacks: Sequence[str] = ()
) -> Explained:
    """As `explain`, of facts that were read; `lacks`: what its text needed and did not get."""
    library = company.content.get(plan.content)
    what = library.name if library else plan.content
    by = label(plan.way) if plan.way else texts.PURPOSES[Purpose(plan.purpose)]
    title = texts.TITLE.format(by=by, what=what, state=texts.STATES[plan.state])
    lines = [*_outcome(plan, facts, now), *_skipped(plan, facts), *lacks, *_wanted_by(company, plan)]
    return Explained(plan.id, plan.ended_at or plan.due_at or plan.decided_at, title, tuple(lines))


def reason(why: Refusal, key: str, facts: Facts, plan: Plan) -> str:
    """One refusal with the figures that decided it; `key` is a way, or a channel that has none."""
    return _REASONS[why](key, facts, plan)


def _outcome(plan: Plan, facts: Facts, now: datetime) -> list[str]:
    if plan.state in _ON_ITS_WAY and plan.due_at is not None:
        due = texts.DUE.format(at=_clock(plan.due_at, ZoneInfo(facts.zone)))
        return [due + _put_off(plan, plan.due_at, facts), *_permitted(plan, facts, now)]
    if plan.state in _WENT:
        return _permitted(plan, facts, now)
    if plan.state is TouchState.SKIPPED:
        return [_at_its_time(plan)]
    if plan.state is TouchState.NOT_SENT:
        return [reason(Refusal(plan.reason), plan.way, facts, plan)] if not plan.skipped else []
    kind, _, figures = plan.detail.partition(":")
    if plan.state is TouchState.UNKNOWN and kind == PARTLY:
        got, _, of = figures.partition("/")
        return [texts.PARTLY.format(got=got, of=of)]
    said = _FIXED.get(plan.state, "")
    return [said.format(why=_failure(plan.detail), task=plan.task_id)] if said else []


def _failure(code: str) -> str:
    """A channel's own word, in ours where there is one."""
    kind, _, rest = code.partition(":")
    said = FAILURES.get(code) or FAILURES.get(f"{kind}:", "").format(rest)
    return said or code or "-"


_ON_ITS_WAY = (TouchState.PLANNED, TouchState.LEASED)
_WENT = (TouchState.SENDING, TouchState.SENT, TouchState.ASKED)
_FIXED: Mapping[TouchState, str] = {
    TouchState.UNKNOWN: texts.UNKNOWN,
    TouchState.FAILED: texts.FAILED,
    TouchState.GIVEN_TO_REP: texts.GIVEN,
}


def _at_its_time(plan: Plan) -> str:
    """What was kept is how it stood when it was planned, and then it was permitted."""
    if plan.detail.startswith("displaced_by:"):
        return texts.DISPLACED
    return texts.AT_ITS_TIME.format(why=texts.REFUSALS[Refusal(plan.reason)])


def _put_off(plan: Plan, due_at: datetime, facts: Facts) -> str:
    """What of our own rules it waits for; nothing is said of what goes at once."""
    way = WAYS.get(plan.way)
    if way is None or due_at <= plan.decided_at:
        return ""
    purpose = Purpose(plan.purpose)
    hours = hours_of(way, purpose, facts)
    if since_when(way, purpose, hours, plan.decided_at, facts.policy) > plan.decided_at:
        return texts.PUT_OFF_BY["asked"]
    days = range(hours.day_of(plan.decided_at), hours.day_of(due_at))
    by = {
        "rest": any(day in hours.rest for day in days),
        "quiet": not replace(hours, rest=frozenset()).may_begin(plan.decided_at),
    }
    found = [texts.PUT_OFF_BY[why] for why, holds in by.items() if holds]
    # The next opening is later than that, or it was open: there was no room on the days before.
    first = next(hours.moments(plan.decided_at, due_at), due_at)
    if first < due_at and plan.counts_on is not None:
        found.append(texts.PUT_OFF_BY["capped"])
    return "".join(found)


def _permitted(plan: Plan, facts: Facts, now: datetime) -> list[str]:
    """What let it through."""
    way = WAYS.get(plan.way)
    if way is None:
        return []
    if Purpose(plan.purpose) is Purpose.MARKETING:
        caps = _figures(facts.counted, plan.counts_on or 0, facts.policy.caps)
        return [texts.AGREED, *([texts.BEFORE.format(caps=caps)] if caps else [])]
    if plan.window_id and way.key in facts.windows:
        span = facts.windows[way.key]
        until = _clock(span.expires_at, ZoneInfo(facts.zone))
        if now >= span.expires_at:
            return [texts.WINDOW_OVER.format(until=until)]
        return [texts.IN_WINDOW.format(until=until, left=span.remaining)]
    return [texts.BY_GRANT] if plan.grant_id else [texts.NO_CONSENT_NEEDED]


def _skipped(plan: Plan, facts: Facts) -> list[str]:
    return [f"{label(key)}：{reason(Refusal(why), key, facts, plan)}" for key, why in plan.skipped.items()]


def _wanted_by(company: Company, plan: Plan) -> list[str]:
    if not plan.journey:
        return []
    journey = company.journeys.get(plan.journey)
    return [texts.BY_JOURNEY.format(journey=journey.name if journey is not None else plan.journey)]


def _no_coupon(key: str, facts: Facts, plan: Plan) -> str:
    del key, facts, plan
    return texts.NO_COUPON


def _clock(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def _figures(counted: Mapping[int, int], day: int, caps: Caps) -> str:
    """`当天 1/1、7天内 3/3`: what there was already, and what is allowed."""
    names = {1: "当天", 7: "近7天", 30: "近30天"}
    return "、".join(
        f"{names[days]} {sum(counted.get(one, 0) for one in range(day - days + 1, day + 1))}/{most}"
        for most, days in caps.spans()
    )


def _channel(key: str) -> str:
    return key.partition(".")[0]


def _no_address(key: str, facts: Facts, plan: Plan) -> str:
    del facts, plan
    return texts.ADDRESSES.get(_channel(key), texts.REFUSALS[Refusal.NO_ADDRESS])


def _no_consent(key: str, facts: Facts, plan: Plan) -> str:
    del key, facts, plan
    return texts.NEVER_AGREED


def _suppressed(key: str, facts: Facts, plan: Plan) -> str:
    del plan
    if facts.is_closed:
        return texts.WANTS_NOTHING
    if why := facts.suppressed.get(_channel(key)):
        return texts.SUPPRESSED.get(why, why)
    return texts.TOOK_BACK


def _capped(key: str, facts: Facts, plan: Plan) -> str:
    day = plan.decided_at.astimezone(ZoneInfo(facts.zone)).date().toordinal()
    whole = _figures(facts.counted, day, facts.policy.caps)
    own = _figures(facts.counted_on.get(_channel(key), {}), day, facts.policy.caps_on(_channel(key)))
    return texts.CAPPED.format(caps="；".join(one for one in (whole, f"本渠道 {own}" if own else "") if one))


def _same(key: str, facts: Facts, plan: Plan) -> str:
    del key, plan
    at = facts.had_content_at
    return (
        texts.SAME.format(at=_clock(at, ZoneInfo(facts.zone))) if at else texts.REFUSALS[Refusal.SAME_CONTENT]
    )


def _no_window(key: str, facts: Facts, plan: Plan) -> str:
    del facts, plan
    return texts.NO_WELCOME if key == "wecom.welcome" else texts.NO_WINDOW


def _not_for(key: str, facts: Facts, plan: Plan) -> str:
    del facts
    return texts.NOT_FOR.format(purpose=texts.PURPOSES[Purpose(plan.purpose)], by=label(key))


def _too_late(key: str, facts: Facts, plan: Plan) -> str:
    del key
    until = plan.not_after
    rules = facts.policy
    hours = texts.HOURS.format(quiet=rules.quiet)
    put_off = plan.decided_at + timedelta(days=rules.put_off_days)
    if until is not None and (until < plan.decided_at or until > put_off):
        return texts.TOO_LATE.format(until=_clock(until, ZoneInfo(facts.zone)), hours=hours)
    return texts.PUT_OFF.format(days=rules.put_off_days, hours=hours)


def _gone(key: str, facts: Facts, plan: Plan) -> str:
    del key
    if plan.journey and not facts.gone:
        return texts.LEFT_JOURNEY
    return texts.GONE.get(facts.gone, texts.REFUSALS[Refusal.GONE])


def _plain(why: Refusal) -> Callable[[str, Facts, Plan], str]:
    return lambda _key, _facts, _plan: texts.REFUSALS[why]


_REASONS: Mapping[Refusal, Callable[[str, Facts, Plan], str]] = {
    **{why: _plain(why) for why in Refusal},
    Refusal.NO_ADDRESS: _no_address,
    Refusal.NO_CONSENT: _no_consent,
    Refusal.SUPPRESSED: _suppressed,
    Refusal.CAPPED: _capped,
    Refusal.SAME_CONTENT: _same,
    Refusal.NO_WINDOW: _no_window,
    Refusal.NOT_FOR_PURPOSE: _not_for,
    Refusal.TOO_LATE: _too_late,
    Refusal.GONE: _gone,
    Refusal.NO_COUPON: _no_coupon,
}
