"""The QR code of a lead as a picture in its owner's chat, as soon as the platform has made it."""

from __future__ import annotations

import enum
from datetime import timedelta

import structlog

from bot.cards.texts import contact_way as texts
from bot.chat.outbound import Image, Notice
from bot.crm.lead import Lead
from bot.crm.signals import ContactWayAwaited
from bot.crm.user import User
from bot.intake.contact_way import PLATFORMS, Shown, ask_for, shown, wanted
from bot.store import contact_ways, incidents, outbox, timers
from bot.store.desk import Desk

_AGAIN, _TRIES = timedelta(seconds=1), 30
#: A picture that could not be shown for so long is of no use any more: the customer has gone.
_GOOD_FOR = timedelta(minutes=10)

_log = structlog.get_logger()


class Asked(enum.Enum):
    """What became of a wish to see it."""

    SHOWN = "shown"
    COMING = "coming"
    ALREADY_ADDED = "already_added"
    NOT_ABLE = "not_able"


async def show(desk: Desk, lead: Lead, to: User) -> Asked:
    """Show the code that the lead's customer should scan; have it made if there is none yet."""
    if lead.wechat_added_at is not None:
        return Asked.ALREADY_ADDED
    for platform in PLATFORMS:
        found = await wanted(desk, lead, platform)
        if found is None:
            continue
        code = await shown(desk, found[0])
        if code is not None and code.picture:
            await _post(desk, lead.id, code, to.id)
            return Asked.SHOWN
        await ask_for(desk, lead, platform)
        await _await(desk, lead.id, ContactWayAwaited(found[0], to.id))
        return Asked.COMING
    return Asked.NOT_ABLE


async def look(desk: Desk, awaited: ContactWayAwaited) -> None:
    """Show it if it is there by now, else look again; say so if it will not come."""
    way = await contact_ways.find(desk.tx, awaited.state)
    if way is None:
        await incidents.count(desk.tx, "contact_way.skipped", "unknown_state", desk.now)
        return
    code = await shown(desk, awaited.state)
    if code is not None and code.picture:
        await _post(desk, way.lead_id, code, awaited.user_id)
        return
    tries = int(awaited.tries)
    if code is not None and tries < _TRIES:
        again = ContactWayAwaited(awaited.state, awaited.user_id, str(tries + 1))
        await _await(desk, way.lead_id, again)
        return
    text = texts.FAILED.format(lead_id=way.lead_id)
    key = f"contact_way:{awaited.state}:failed:{desk.now.isoformat()}"
    await outbox.post(desk, Notice(to=awaited.user_id, key=key, text=text, answers=True))
    await incidents.count(desk.tx, "contact_way.skipped", "not_made", desk.now)


async def _post(desk: Desk, lead_id: str, code: Shown, to: str) -> None:
    instead = texts.INSTEAD.format(lead_id=lead_id, url=code.picture)
    key = f"contact_way:{code.state}:{desk.now.isoformat()}"
    picture = Notice(to=to, key=key, image=Image(url=code.picture), text=instead, answers=True,
                     expires_at=desk.now + _GOOD_FOR)  # fmt: skip
    await outbox.post(desk, picture)
    caption = texts.CAPTION.format(lead_id=lead_id)
    await outbox.post(desk, Notice(to=to, key=f"{key}:caption", text=caption, answers=True))
    _log.info("contact_way.shown", lead=lead_id, user=to)


async def _await(desk: Desk, lead_id: str, awaited: ContactWayAwaited) -> None:
    await timers.set_timer(
        desk, lane_key=f"lead:{lead_id}", command=awaited, key=f"{awaited.state}:{awaited.user_id}",
        due_at=desk.now + _AGAIN,
    )  # fmt: skip
