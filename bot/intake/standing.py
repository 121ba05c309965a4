"""Codes and links that hang somewhere for long (活码, 获客链接): made when asked for, kept up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

import structlog

from bot.chat.outbound import ChangeContactWay, CreateContactLink, CreateContactWay
from bot.crm.company.contact_ways import StandingWay
from bot.crm.pool import pool_of, regions_of
from bot.intake.contact_way import PLATFORMS
from bot.kit.ids import keyed
from bot.store import contact_ways, outbox, standing_ways, users
from bot.store.desk import Desk
from bot.store.standing_ways import Standing

_log = structlog.get_logger()
#: Colleagues behind one code.
_MOST = 100
_ASKED_FOR = timedelta(hours=1)
CODE, LINK, SCENE, FORM = "code", "link", "scene", "form"


@dataclass(frozen=True, slots=True)
class Made:
    """How far it is: `url` is empty while the platform makes it; `is_lost` if it will not."""

    standing: Standing
    url: str = ""
    is_lost: bool = False


async def ensure(desk: Desk, way: StandingWay) -> Made | None:
    """Have it made, or changed to whom the file names now; None if nobody behind it can be added."""
    for platform in PLATFORMS:
        people = await _people(desk, way, platform)
        if people:
            return await _ensured(desk, way, platform, people)
    return None


async def look(desk: Desk, state: str) -> Made | None:
    """How far it is now; None for a word that is none of ours."""
    standing = await standing_ways.find(desk.tx, state)
    return None if standing is None else await _made(desk, standing)


def link(standing: Standing, url: str) -> str:
    """What is given to people: a link carries our word behind it, a code has it inside."""
    if standing.kind != LINK:
        return url
    return f"{url}{'&' if '?' in url else '?'}customer_channel={quote(standing.state)}"


async def _people(desk: Desk, way: StandingWay, platform: str) -> tuple[str, ...]:
    ids = way.reps
    if way.pool is not None:
        pool = pool_of(desk.company, way.pool)
        ids = tuple(one.id for one in await users.reps(desk.tx, regions=regions_of(desk.company, pool)))
    able = [one for one in ids if await contact_ways.accounts(desk.tx, platform, [one])]
    return tuple(sorted(able[:_MOST]))


async def _ensured(desk: Desk, way: StandingWay, platform: str, people: tuple[str, ...]) -> Made:
    state = "st" + keyed(desk.vault.key("standing_way"), platform, way.kind, way.name)
    source, campaign = way.source, way.campaign or ""
    is_new = await standing_ways.add(
        desk, state, platform=platform, name=way.name, kind=way.kind, source=source, campaign=campaign,
        user_ids=people,
    )  # fmt: skip
    standing = await _found(desk, state)
    if is_new:
        await _ask(desk, standing)
        return Made(standing)
    made = await _made(desk, standing)
    is_other = set(standing.user_ids) != set(people)
    if is_other or made.is_lost or (standing.source, standing.campaign) != (source, campaign):
        version = standing.version + (is_other or made.is_lost)
        await standing_ways.change(
            desk.tx, state, user_ids=people, version=version, source=source, campaign=campaign
        )
        standing = await _found(desk, state)
        if is_other or made.is_lost:
            await _ask(desk, standing)
        made = await _made(desk, standing)
    return made


async def _found(desk: Desk, state: str) -> Standing:
    standing = await standing_ways.find(desk.tx, state)
    if standing is None:
        raise KeyError(state)
    return standing


async def _made(desk: Desk, standing: Standing) -> Made:
    if standing.url:
        return Made(standing, standing.url)
    lane, key = _lane(standing), _key(standing)
    if await outbox.is_lost(desk.tx, lane, key):
        return Made(standing, is_lost=True)
    result = await outbox.result(desk.tx, lane, key) or {}
    config_id, url = result.get("config_id", ""), result.get("qr_code", "") or result.get("url", "")
    if not url:
        return Made(standing)
    # Kept here: what was sent is forgotten one day, and the code hangs on.
    await standing_ways.made(desk.tx, standing.state, config_id=config_id, url=url)
    return Made(await _found(desk, standing.state), url)


async def _ask(desk: Desk, standing: Standing) -> None:
    accounts = await contact_ways.accounts(desk.tx, standing.platform, standing.user_ids)
    is_link = standing.kind == LINK
    outgoing: ChangeContactWay | CreateContactLink | CreateContactWay
    if standing.config_id:
        outgoing = ChangeContactWay(config_id=standing.config_id, user_ids=accounts, link=is_link)
    elif is_link:
        outgoing = CreateContactLink(name=standing.name, user_ids=accounts)
    else:
        outgoing = CreateContactWay(state=standing.state, user_ids=accounts, remark=standing.name)
    await outbox.effect(
        desk, platform=standing.platform, outgoing=outgoing, key=_key(standing), lane_key=_lane(standing),
        topic="", expires_at=desk.now + _ASKED_FOR,
    )  # fmt: skip
    _log.info("standing_way.asked_for", kind=standing.kind, people=len(accounts), version=standing.version)


def _lane(standing: Standing) -> str:
    return f"way:{standing.state}"


def _key(standing: Standing) -> str:
    return f"standing_way:{standing.state}:{standing.version}"
