"""Read the facts of customers in the unit of work that decides about them, many at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from bot.crm.company import Company
from bot.crm.company.touch import Touch
from bot.crm.lead import Lead, LeadStatus
from bot.crm.touching import Intent
from bot.crm.user import User
from bot.rules import content, content_facts
from bot.rules.content import Rendered
from bot.store import consents, touch_addresses, touch_plans, touch_suppressions, touch_windows
from bot.store.consents import Said
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.touch_addresses import Reachable
from bot.store.touch_plans import Counted
from bot.store.touch_suppressions import Suppression
from bot.store.touch_windows import Grant, OpenSpan
from bot.touch import agreed
from bot.touch.alike import BACK, Alike, Known
from bot.touch.facts import Facts
from bot.touch.planner import FARTHEST
from bot.touch.speaking import Speaker
from bot.touch.ways import WAYS

_CHANNELS = tuple(sorted({one.channel for one in WAYS.values()}))


@dataclass(frozen=True, slots=True)
class Asked:
    """One message that is wanted, and for whom."""

    intent: Intent
    lead: Lead
    owner: User | None


async def gather(desk: Desk, intent: Intent, lead: Lead, owner: User | None, *, but: str = "") -> Facts:
    """What is known of him now; `but` the message itself, where it is asked again before it goes."""
    return (await gather_all(desk, [Asked(intent, lead, owner)], but=but))[0]


async def gather_all(desk: Desk, asked: Sequence[Asked], *, but: str = "") -> list[Facts]:
    """What is known of each; all who are alike have the same facts, the very same."""
    gathering = _Gathering(desk, await _read(desk, asked, but))
    return [gathering.of(one) for one in asked]


@dataclass(frozen=True, slots=True)
class _Read:
    """What the tables say of all of them, by lead."""

    said: Mapping[str, Sequence[Said]]
    reach: Mapping[str, Mapping[str, Reachable]]
    against: Mapping[LeadKey, Sequence[Suppression]]
    counted: Mapping[str, Sequence[Counted]]
    had: Mapping[tuple[str, str], datetime]
    windows: Mapping[str, Sequence[OpenSpan]]
    grants: Mapping[str, Sequence[Grant]]


async def _read(desk: Desk, asked: Sequence[Asked], but: str) -> _Read:
    """One query for each table, however many they are."""
    tx, leads = desk.tx, [one.lead for one in asked if not _gone(one.lead)]
    if not leads:
        return _Read({}, {}, {}, {}, {}, {}, {})
    ids, today = [lead.id for lead in leads], desk.now.date().toordinal()
    contents = sorted({one.intent.content for one in asked})
    reach = await touch_addresses.of_each(desk, leads)
    keys = [one.key for of in reach.values() for one in of.values() if one.key is not None]
    # Wherever on earth somebody is, his day is that of UTC or the one beside it; he may have been elsewhere.
    first, last = today - 2 - BACK, today + 2 + FARTHEST.days + BACK
    return _Read(
        said=await consents.all_of_each(tx, ids),
        reach=reach,
        against=await touch_suppressions.of_each(tx, keys),
        counted=await touch_plans.counted_each(tx, ids, first=first, last=last, but=but),
        had=await touch_plans.had_content_each(tx, ids, contents, but=but),
        windows=await touch_windows.open_of_each(tx, ids, desk.now),
        grants=await touch_windows.grants_of_each(tx, ids),
    )


class _Gathering:
    """Puts together what was read."""

    def __init__(self, desk: Desk, read: _Read) -> None:
        self._company, self._read = desk.company, read
        self._alike = Alike(desk.company, desk.now)
        self._speakers: dict[str, Speaker] = {}
        self._consents: dict[tuple[tuple[str, bool], ...], tuple[tuple[tuple[str, bool], ...], bool]] = {}

    def of(self, asked: Asked) -> Facts:
        """The facts of one."""
        lead, content_key, read = asked.lead, asked.intent.content, self._read
        if gone := _gone(lead):
            return self._alike.facts(Known(gone=gone, has_owner=asked.owner is not None))
        reach, zone = read.reach[lead.id], zone_of(self._company, lead)
        consents_, is_closed = self._agreed(read.said[lead.id])
        known = Known(
            has_owner=asked.owner is not None and asked.owner.active,
            is_closed=is_closed,
            content=content_key,
            had_content_at=read.had.get((lead.id, content_key)),
            zone=zone,
            addresses=tuple(reach),
            sayable=self._speaker(content_key).to(lead, asked.owner, asked.intent.words),
            consents=consents_,
            suppressed=self._suppressed(reach),
            counted=self._counted(read.counted.get(lead.id, ()), zone),
            windows=tuple(read.windows.get(lead.id, ())),
            grants=tuple(read.grants.get(lead.id, ())),
        )
        return self._alike.facts(known)

    def _counted(self, those: Sequence[Counted], zone: str) -> tuple[Counted, ...]:
        """By the days of where he is now, if that can change: what went stays at its moment."""
        if not self._company.touch.zone_field:
            return tuple(those)
        here = ZoneInfo(zone)
        return tuple(
            one if one.sent_at is None else replace(one, day=one.sent_at.astimezone(here).date().toordinal())
            for one in those
        )

    def _speaker(self, key: str) -> Speaker:
        found = self._speakers.get(key)
        if found is None:
            found = self._speakers[key] = Speaker(self._company, key)
        return found

    def _agreed(self, said: Sequence[Said]) -> tuple[tuple[tuple[str, bool], ...], bool]:
        """What his words of consent mean; who said the same in the same order means the same."""
        if [one for one in said if one.merged_at is not None]:
            return _meant(said)
        words = tuple([(one.consent.purpose, one.consent.given) for one in said])
        found = self._consents.get(words)
        if found is None:
            found = self._consents[words] = _meant(said)
        return found

    def _suppressed(self, reach: Mapping[str, Reachable]) -> tuple[tuple[str, str], ...]:
        """By channel the strongest reason: of its own address there, or one that is for all channels."""
        if not self._read.against:
            return ()
        keys = [one.key for one in reach.values() if one.key is not None]
        against = [(key.kind, one) for key in keys for one in self._read.against.get(key, ())]
        found: dict[str, str] = {}
        for kind, one in sorted(against, key=lambda each: touch_suppressions.weakness(each[1])):
            for channel in _CHANNELS:
                own = reach[channel].key if channel in reach else None
                is_its = own is not None and own.kind == kind
                if is_its and one.channel in ("", channel):
                    found.setdefault(channel, one.reason)
        return tuple(found.items())


def _meant(said: Sequence[Said]) -> tuple[tuple[tuple[str, bool], ...], bool]:
    return tuple(agreed.by_channel(said, _CHANNELS).items()), agreed.is_closed(said)


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


def _gone(lead: Lead) -> str:
    if lead.merged_into is not None:
        return "merged"
    if lead.is_erased:
        return "erased"
    return "invalid" if lead.status is LeadStatus.INVALID else ""
