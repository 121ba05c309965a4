"""The QR code by which a lead adds one of us: made when somebody looks, taken back when it has served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.chat.outbound import CreateContactWay, DeleteContactWay
from bot.crm.lead import Lead, LeadStatus
from bot.crm.pool import pool_of, regions_of
from bot.crm.signals import ContactWayExpired
from bot.kit.ids import keyed
from bot.store import contact_ways, incidents, outbox, timers, users
from bot.store.contact_ways import ContactWay
from bot.store.desk import Desk

_log = structlog.get_logger()
_KEPT_FOR = timedelta(days=30)
#: The platform is asked for a code for so long; after it nobody looks at the page any more.
_ASKED_FOR = timedelta(hours=1)
_PREFIX = "lb"
#: Whose QR codes customers can scan, the first that is on.
PLATFORMS = ("wecom",)
#: Colleagues behind one code; the platform chooses among them.
_MOST = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: a picture, or none yet, of the code `state`."""

    state: str
    picture: str


async def wanted(desk: Desk, lead: Lead, platform: str) -> tuple[str, tuple[str, ...]] | None:
    """The code that the lead should see now, and whose: its owner's, else of those on duty for its pool."""
    if lead.status is LeadStatus.INVALID or lead.wechat_added_at is not None:
        return None
    ids = (lead.owner_id,) if lead.owner_id else await _on_duty(desk, lead)
    able = [one for one in ids if await contact_ways.accounts(desk.tx, platform, [one])]
    if not able:
        return None
    chosen = tuple(able[:_MOST])
    return _state(desk, lead, platform, chosen), chosen


async def shown(desk: Desk, state: str) -> Shown | None:
    """The code of this word if it was asked for: with its picture as soon as the platform made one."""
    way = await contact_ways.find(desk.tx, state)
    if way is None or way.deleted_at is not None:
        return None
    if await outbox.is_lost(desk.tx, _lane(way.lead_id), _made_key(state)):
        return None
    made = await result(desk, way)
    return Shown(state, made.get("qr_code", ""))


async def ask_for(desk: Desk, lead: Lead, platform: str) -> None:
    """Have the code made that the lead should see, once."""
    found = await wanted(desk, lead, platform)
    if found is None:
        return
    state, user_ids = found
    if not await contact_ways.add(desk, state, platform=platform, lead_id=lead.id, user_ids=user_ids):
        return
    accounts = await contact_ways.accounts(desk.tx, platform, user_ids)
    await outbox.effect(
        desk,
        platform=platform,
        outgoing=CreateContactWay(state=state, user_ids=accounts, remark=lead.id),
        key=_made_key(state),
        lane_key=_lane(lead.id),
        topic=lead.topic,
        expires_at=desk.now + _ASKED_FOR,
    )
    await _end_at(desk, state, lead.id, after=_KEPT_FOR)
    _log.info("contact_way.asked_for", lead=lead.id, people=len(user_ids))


async def served(desk: Desk, way: ContactWay) -> None:
    """A customer came by this code: all codes of his lead have served."""
    await contact_ways.used(desk, way.state)
    for one in await contact_ways.live(desk.tx, way.lead_id):
        await _end_at(desk, one.state, one.lead_id, after=timedelta())


async def take_back(desk: Desk, state: str) -> None:
    """Let a code lead nowhere; one that the platform never made is only forgotten."""
    way = await contact_ways.find(desk.tx, state)
    if way is None:
        await incidents.count(desk.tx, "contact_way.skipped", "unknown_state", desk.now)
        return
    made = await result(desk, way)
    config_id = made.get("config_id", "")
    if not await contact_ways.deleted(desk, state, config_id=config_id, qr_url=made.get("qr_code", "")):
        return
    if not config_id:
        await incidents.count(desk.tx, "contact_way.skipped", "never_made", desk.now)
        return
    await outbox.effect(
        desk,
        platform=way.platform,
        outgoing=DeleteContactWay(config_id=config_id),
        key=f"contact_way_end:{state}",
        lane_key=_lane(way.lead_id),
        topic=f"lead:{way.lead_id}",
    )


async def result(desk: Desk, way: ContactWay) -> Mapping[str, str]:
    """What the platform gave for it; empty while it has not."""
    return await outbox.result(desk.tx, _lane(way.lead_id), _made_key(way.state)) or {}


async def _on_duty(desk: Desk, lead: Lead) -> tuple[str, ...]:
    pool = pool_of(desk.company, lead.pool_id)
    regions = regions_of(desk.company, pool)
    return tuple(one.id for one in await users.on_duty(desk.tx, now=desk.now, regions=regions))


async def _end_at(desk: Desk, state: str, lead_id: str, *, after: timedelta) -> None:
    await timers.set_timer(
        desk,
        lane_key=_lane(lead_id),
        command=ContactWayExpired(state),
        key=state,
        due_at=desk.now + after,
    )


def _state(desk: Desk, lead: Lead, platform: str, user_ids: tuple[str, ...]) -> str:
    """28 characters that nobody guesses; the same as long as it is the same people's code."""
    spelled = keyed(desk.vault.key("contact_way"), platform, lead.id, str(lead.epoch), *user_ids)
    return f"{_PREFIX}{spelled}"


def _made_key(state: str) -> str:
    return f"contact_way:{state}"


def _lane(lead_id: str) -> str:
    return f"lead:{lead_id}"
