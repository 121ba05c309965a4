"""Whether a message may go, over which way and when: one pure function of what is wanted and known.

Ways are tried in their order; the first that is permitted wins, and each one before it has its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.crm.company.touch import Caps, Touch, read_hours, read_moment
from bot.crm.touching import Intent, Purpose, Refusal
from bot.touch.facts import Facts
from bot.touch.hours import Hours
from bot.touch.ways import ORDERS, WAYS, Mode, Says, Way, named

#: Days that a decision looks ahead at most: what is good for longer is asked again.
FARTHEST = timedelta(days=30)
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What comes of it: a way and a moment, or a task for the owner, or nothing."""

    way: Way | None = None
    at: datetime | None = None
    #: Why not over the ways tried before, or over any.
    skipped: Mapping[str, Refusal] = field(default_factory=dict)
    #: What decided, where it goes by no way of ours.
    reason: Refusal | None = None
    gives_to_rep: bool = False
    #: The day on which it counts under the caps; None if it does not count.
    day: int | None = None
    #: A less urgent message that makes room.
    displaces: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """When it may go, and what it takes."""

    at: datetime
    day: int | None
    displaces: str = ""


def purpose_of(intent: Intent, facts: Facts) -> Purpose:
    """What it counts as: what the library calls marketing is marketing, whatever anybody says."""
    return Purpose.MARKETING if facts.content_purpose == Purpose.MARKETING else intent.purpose


def plan(intent: Intent, facts: Facts, now: datetime) -> Decision:
    """Decide."""
    if (whole := _for_all(intent, facts, now)) is not None:
        return Decision(reason=whole)
    purpose = purpose_of(intent, facts)
    skipped: dict[str, Refusal] = {}
    for said, way in _tried(intent, purpose, facts):
        if way is None:
            skipped[said] = Refusal.NOT_FOR_PURPOSE
            continue
        found = permitted(way, intent, facts, now)
        if isinstance(found, Refusal):
            skipped[way.key] = found
            continue
        return Decision(way=way, at=found.at, day=found.day, skipped=skipped, displaces=found.displaces)
    return _by_nobody(skipped, intent, facts, now)


def permitted(way: Way, intent: Intent, facts: Facts, now: datetime) -> Found | Refusal:
    """When it may go over this way, or the first thing that forbids it."""
    purpose = purpose_of(intent, facts)
    standing = _standing(way, purpose, facts) or _opened(way, facts, now)
    return standing if standing is not None else _when(way, intent, facts, now, decided_at=now)


def recheck(
    way: Way, intent: Intent, facts: Facts, now: datetime, *, decided_at: datetime
) -> Found | Refusal:
    """As `permitted`, for a message whose time has come: a moment after `now` is when to ask again.

    The span or permission is taken already: `facts` hold that span alone, if it was one.
    """
    facts = replace(facts, waiting=())
    if (whole := _for_all(intent, facts, now)) is not None:
        return whole
    standing = _standing(way, purpose_of(intent, facts), facts)
    if standing is None and way.mode is Mode.WINDOW and way.key not in facts.windows:
        standing = Refusal.NO_WINDOW
    return standing if standing is not None else _when(way, intent, facts, now, decided_at=decided_at)


def farthest(not_after: datetime | None, policy: Touch, decided_at: datetime) -> datetime:
    """Until when our own rules may put it off; what is good for longer, for as long as that."""
    until = decided_at + timedelta(days=policy.put_off_days, hours=12)
    return until if not_after is None else max(until, min(not_after, decided_at + FARTHEST))


def good_until(intent: Intent, at: datetime | None, now: datetime) -> datetime | None:
    """After when it says nothing any more, if it is to go at `at`.

    What our own rules make it wait is no lateness: that is counted from the moment they let it go.
    """
    if intent.not_after is None or at is None:
        return intent.not_after
    return intent.not_after + (at - now)


def hours_of(way: Way, purpose: Purpose, facts: Facts) -> Hours:
    """What a message keeps to; who wrote just now is not disturbed by an answer."""
    rules, is_quiet = facts.policy, purpose in facts.policy.quiet_for
    only = rules.hours_of.get(way.channel)
    rests = purpose is Purpose.MARKETING and rules.holidays == "rest"
    return Hours(
        zone=ZoneInfo(facts.zone),
        quiet=read_hours(rules.quiet) if is_quiet else None,
        only=read_hours(only) if only else None,
        rest=facts.holidays if rests else frozenset(),
    )


def has_room(counted: Mapping[int, int], day: int, caps: Caps) -> bool:
    """Whether one more on this day stays within the caps, in every span of days around it."""
    return all(
        sum(counted.get(one, 0) for one in range(first, first + days)) < most
        for most, days in caps.spans()
        for first in range(day - days + 1, day + 1)
    )


def fits(day: int, channel: str, facts: Facts) -> bool:
    """Whether there is room under the caps of all channels together and of this one."""
    on_it = facts.counted_on.get(channel, {})
    rules = facts.policy
    return has_room(facts.counted, day, rules.caps) and has_room(on_it, day, rules.caps_on(channel))


def _for_all(intent: Intent, facts: Facts, now: datetime) -> Refusal | None:
    """What forbids the message as a whole, whatever the way."""
    purpose = purpose_of(intent, facts)
    if facts.gone:
        return Refusal.GONE
    if facts.is_closed and purpose is not Purpose.REPLY:
        return Refusal.SUPPRESSED
    if intent.not_after is not None and now > intent.not_after:
        return Refusal.TOO_LATE
    had = facts.had_content_at
    if purpose in (Purpose.MARKETING, Purpose.ADDED) and had is not None:
        days = facts.policy.again_after_days.get(intent.content, 0)
        if not days or now < had + timedelta(days=days):
            return Refusal.SAME_CONTENT
    return None


def _tried(intent: Intent, purpose: Purpose, facts: Facts) -> list[tuple[str, Way | None]]:
    """The ways in their order; None for a channel that has none for this purpose."""
    usual = facts.policy.orders.get(purpose) or ORDERS[purpose]
    tried: dict[str, Way | None] = {}
    for said in intent.channels or usual:
        found = named(purpose, said)
        tried |= {one.key: one for one in found} if found else {said: None}
    return list(tried.items())


def _standing(way: Way, purpose: Purpose, facts: Facts) -> Refusal | None:
    """What forbids a way for as long as nothing changes."""
    channel = way.channel
    if way.key in facts.before:
        return Refusal(facts.before[way.key])
    if purpose not in way.purposes:
        return Refusal.NOT_FOR_PURPOSE
    if channel not in facts.on:
        return Refusal.CHANNEL_OFF
    if (unwilling := _unwilling(channel, purpose, facts)) is not None:
        return unwilling
    if way.mode in (Mode.AUTO, Mode.REP) and channel not in facts.addresses:
        return Refusal.NO_ADDRESS
    return None if _says(way, facts.texts.get(way.version, "")) else Refusal.NO_TEXT


def _unwilling(channel: str, purpose: Purpose, facts: Facts) -> Refusal | None:
    """What the customer, or his address, says to this channel."""
    if channel in facts.suppressed and _forbids(facts.suppressed[channel], purpose):
        return Refusal.SUPPRESSED
    if purpose is Purpose.MARKETING and not facts.consents.get(channel, False):
        return Refusal.SUPPRESSED if channel in facts.consents else Refusal.NO_CONSENT
    return None


def _says(way: Way, there: str) -> bool:
    """Whether the content has what this way takes."""
    return bool(there) and (way.says is Says.EITHER or there in (way.says.value, "both"))


def _forbids(reason: str, purpose: Purpose) -> bool:
    """Who said stop means advertising; an address that bounces or complained gets nothing."""
    return reason != "unsubscribed" or purpose is Purpose.MARKETING


def _opened(way: Way, facts: Facts, now: datetime) -> Refusal | None:
    """Whether the customer's own doing lets us in."""
    if way.mode is Mode.WINDOW:
        span = facts.windows.get(way.key)
        return None if span and span.remaining > 0 and now < span.expires_at else Refusal.NO_WINDOW
    if way.mode is Mode.TOKEN:
        return None if way.key in facts.grants else Refusal.NO_GRANT
    return None


def _when(way: Way, intent: Intent, facts: Facts, now: datetime, *, decided_at: datetime) -> Found | Refusal:
    """The first moment that hours, holidays and caps leave."""
    purpose = purpose_of(intent, facts)
    hours, counts = hours_of(way, purpose, facts), purpose is Purpose.MARKETING
    since = max(now, since_when(way, purpose, hours, decided_at, facts.policy))
    until, ends_with = _until(way, intent, facts, decided_at)
    is_full = False
    for at in hours.moments(since, until):
        day = hours.day_of(at)
        if not counts:
            return Found(at, None)
        if fits(day, way.channel, facts):
            return Found(at, day)
        if other := _gives_way(way, intent, facts, day):
            return Found(at, day, other)
        is_full = True
    return Refusal.CAPPED if is_full else ends_with


def since_when(way: Way, purpose: Purpose, hours: Hours, now: datetime, policy: Touch) -> datetime:
    """From when on: colleagues are asked once a day, and tomorrow for whom the welcome did not reach."""
    if way.mode is not Mode.REP or purpose is Purpose.REPLY:
        return now
    local, minute = now.astimezone(hours.zone), read_moment(policy.ask_at)
    if purpose is Purpose.ADDED:
        local, minute = local + timedelta(days=1), 9 * 60
    if minute is None:
        return now
    at = local.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0)
    # Within that minute it is not over yet.
    at = at if at.date() > now.astimezone(hours.zone).date() or at + _MINUTE > local else at + _DAY
    return at.astimezone(now.tzinfo)


def _until(way: Way, intent: Intent, facts: Facts, decided_at: datetime) -> tuple[datetime, Refusal]:
    """Until when, and what it means that it comes to no moment before."""
    until = farthest(intent.not_after, facts.policy, decided_at)
    span = facts.windows.get(way.key) if way.mode is Mode.WINDOW else None
    if span is not None and span.expires_at <= until:
        return span.expires_at - timedelta(seconds=1), Refusal.NO_WINDOW
    return until, Refusal.TOO_LATE


def _gives_way(way: Way, intent: Intent, facts: Facts, day: int) -> str:
    """A planned message of lower priority without which there would be room; the least urgent, the last."""
    rules = facts.policy
    for other in sorted(facts.waiting, key=lambda one: (one.priority, -one.day, one.touch_id)):
        if other.priority >= intent.priority:
            break
        less = _without(facts.counted, other.day)
        on_it = facts.counted_on.get(way.channel, {})
        less_on_it = _without(on_it, other.day) if other.channel == way.channel else on_it
        if has_room(less, day, rules.caps) and has_room(less_on_it, day, rules.caps_on(way.channel)):
            return other.touch_id
    return ""


def _without(counted: Mapping[int, int], day: int) -> dict[int, int]:
    return {**counted, day: counted.get(day, 0) - 1}


def _by_nobody(skipped: Mapping[str, Refusal], intent: Intent, facts: Facts, now: datetime) -> Decision:
    """No way is permitted: the owner has it, unless the customer wants none or has had enough."""
    reasons = tuple(skipped.values())
    final = _final(skipped, intent, facts, now)
    if final is None and facts.has_owner:
        return Decision(skipped=skipped, gives_to_rep=True, reason=reasons[0] if reasons else None)
    last = final or (reasons[0] if reasons else Refusal.NOT_FOR_PURPOSE)
    return Decision(skipped=skipped, reason=last)


def _final(skipped: Mapping[str, Refusal], intent: Intent, facts: Facts, now: datetime) -> Refusal | None:
    """What a colleague's call would not mend; None if it may."""
    reasons = frozenset(skipped.values())
    today = now.astimezone(ZoneInfo(facts.zone)).date().toordinal()
    if Refusal.CAPPED in reasons and not has_room(facts.counted, today, facts.policy.caps):
        return Refusal.CAPPED
    if purpose_of(intent, facts) is not Purpose.MARKETING:
        return None
    if Refusal.TOO_LATE in reasons:
        return Refusal.TOO_LATE
    if _said_stop(skipped, facts):
        # A colleague who calls about it in our name is no better.
        return Refusal.SUPPRESSED
    return None


def _said_stop(skipped: Mapping[str, Refusal], facts: Facts) -> bool:
    """Whether he himself ended it on a channel that was tried; an address that bounces says nothing."""
    stopped = {one for one, agreed in facts.consents.items() if not agreed}
    stopped |= {one for one, why in facts.suppressed.items() if why in ("unsubscribed", "complained")}
    return any(why is Refusal.SUPPRESSED and key.partition(".")[0] in stopped for key, why in skipped.items())


def way_of(key: str) -> Way | None:
    """A way by its key; None for one that is no more."""
    return WAYS.get(key)
