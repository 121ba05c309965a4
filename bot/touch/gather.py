"""Read the facts of one customer in the unit of work that decides about him."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from bot.crm.company import Company
from bot.crm.company.touch import Touch
from bot.crm.lead import Lead, LeadStatus
from bot.crm.touching import Intent
from bot.crm.user import User
from bot.kit.calendar import Calendar
from bot.rules import content, content_facts
from bot.rules.content import Rendered
from bot.store import consents, touch_addresses, touch_plans, touch_suppressions, touch_windows
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.touch_addresses import Reachable
from bot.store.touch_plans import Counted
from bot.store.touch_suppressions import Suppression
from bot.touch import agreed
from bot.touch.facts import Facts, Waiting, Window
from bot.touch.planner import FARTHEST
from bot.touch.ways import WAYS, Mode

#: Days over which caps look back.
_BACK = 30


async def gather(desk: Desk, intent: Intent, lead: Lead, owner: User | None, *, but: str = "") -> Facts:
    """What is known of him now; `but` the message itself, where it is asked again before it goes."""
    company, tx = desk.company, desk.tx
    if gone := _gone(lead):
        return Facts(gone=gone, has_owner=owner is not None, policy=company.touch)
    zone = zone_of(company, lead)
    today = desk.now.astimezone(ZoneInfo(zone)).date()
    day = today.toordinal()
    said = await consents.all_of(tx, lead.id)
    reach = await touch_addresses.of(desk, lead)
    counted = await touch_plans.counted(
        tx, lead.id, first=day - _BACK, last=day + FARTHEST.days + _BACK, but=but
    )
    library = company.content.get(intent.content)
    known = content_facts.facts(company, lead, owner, intent.words)
    texts = _texts(company, intent.content, known)
    channels = sorted({one.channel for one in WAYS.values()})
    return Facts(
        has_owner=owner is not None and owner.active,
        is_closed=agreed.is_closed(said),
        content_purpose=library.purpose.value if library else "",
        had_content_at=await touch_plans.had_content(tx, lead.id, intent.content, but=but),
        zone=zone,
        on=company.doors.channels,
        addresses=frozenset(reach),
        texts={channel: _says(one) for channel, one in texts.items()},
        consents=agreed.by_channel(said, channels),
        suppressed=_suppressed(await _against(desk, reach), channels, reach),
        windows=await _windows(desk, lead.id),
        grants=await _grants(desk, lead.id, texts),
        counted=Counter(one.day for one in counted),
        counted_on=_by_channel(counted),
        waiting=_waiting(counted),
        holidays=_holidays(company.working_time.calendar, today),
        policy=company.touch,
    )


def zone_of(company: Company, lead: Lead) -> str:
    """The customer's own time zone, if he has one that exists; else the company's."""
    told = lead.custom.get(company.touch.zone_field) if company.touch.zone_field else None
    if isinstance(told, str) and told:
        try:
            return ZoneInfo(told.strip()).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return company.org.timezone
    return company.org.timezone


def rendered(
    company: Company, lead: Lead, owner: User | None, intent: Intent, *, channel: str
) -> Rendered | None:
    """The words of a content for somebody on a channel; None if it has none, or a field is empty."""
    known = content_facts.facts(company, lead, owner, intent.words)
    found = content.render(company, intent.content, channel, known)
    return found if isinstance(found, Rendered) else None


def digest_of(policy: Touch) -> str:
    """Names a version of the rules."""
    return hashlib.sha256(orjson.dumps(body_of(policy), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def body_of(policy: Touch) -> dict[str, object]:
    """The rules as plain JSON."""
    return policy.model_dump(mode="json")


def _holidays(calendar: Calendar, today: date) -> frozenset[int]:
    """Days of rest from now on: those with a name, and the weekend that hangs together with them."""
    days = [today + timedelta(days=n) for n in range(-10, FARTHEST.days + 10)]
    found: set[int] = set()
    run: list[date] = []
    for day in days:
        if not calendar.is_working_day(day):
            run.append(day)
            continue
        if any(calendar.name_of(one) is not None for one in run):
            found |= {one.toordinal() for one in run}
        run = []
    return frozenset(one for one in found if one >= today.toordinal() - 1)


def _gone(lead: Lead) -> str:
    if lead.merged_into is not None:
        return "merged"
    return "invalid" if lead.status is LeadStatus.INVALID else ""


def _texts(company: Company, key: str, known: Mapping[str, object]) -> dict[str, Rendered]:
    found = {}
    for channel in sorted(company.doors.channels):
        one = content.render(company, key, channel, known)
        if isinstance(one, Rendered):
            found[channel] = one
    return found


def _says(one: Rendered) -> str:
    if one.text and one.template:
        return "both"
    return "template" if one.template else "text"


async def _against(desk: Desk, reach: Mapping[str, Reachable]) -> list[tuple[str, Suppression]]:
    """What stands against his addresses, by the kind of address."""
    keys: list[LeadKey] = [one.key for one in reach.values() if one.key is not None]
    return [(one.kind, one) for one in await touch_suppressions.of(desk.tx, keys)]


def _suppressed(
    against: Sequence[tuple[str, Suppression]], channels: Sequence[str], reach: Mapping[str, Reachable]
) -> dict[str, str]:
    """By channel the strongest reason: of its own address there, or one that is for all channels."""
    found: dict[str, str] = {}
    for kind, one in against:
        for channel in channels:
            own = reach[channel].key if channel in reach else None
            is_its = own is not None and own.kind == kind
            if is_its and one.channel in ("", channel):
                found.setdefault(channel, one.reason)
    return found


async def _windows(desk: Desk, lead_id: str) -> dict[str, Window]:
    """By way: the span with messages left that ends first."""
    found: dict[str, Window] = {}
    for one in await touch_windows.open_of(desk.tx, lead_id, desk.now):
        if one.remaining > 0:
            window = Window(id=one.id, expires_at=one.expires_at, remaining=one.remaining)
            found.setdefault(one.way, window)
    return found


async def _grants(desk: Desk, lead_id: str, texts: Mapping[str, Rendered]) -> dict[str, str]:
    """By way: the oldest permission for the template that the content goes by there."""
    found: dict[str, str] = {}
    for one in await touch_windows.grants_of(desk.tx, lead_id):
        way = WAYS.get(one.way)
        if way is None or way.mode is not Mode.TOKEN or way.channel not in texts:
            continue
        if texts[way.channel].template == one.template:
            found.setdefault(one.way, one.id)
    return found


def _by_channel(counted: Sequence[Counted]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for one in counted:
        days = found.setdefault(one.channel, {})
        days[one.day] = days.get(one.day, 0) + 1
    return found


def _waiting(counted: Sequence[Counted]) -> tuple[Waiting, ...]:
    return tuple(
        Waiting(touch_id=one.id, channel=one.channel, day=one.day, priority=one.priority)
        for one in sorted(counted, key=lambda one: one.id)
        if one.is_waiting
    )
