"""Doors (接入情况): which tools and mailboxes are connected, where they push to, what came last."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cards.texts import doors as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.capture_commands import ShowDoors
from bot.crm.company import Company
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.intake.doors.state import DoorState, everything
from bot.store import audit

router: Router[Scope] = Router()


@router.on(ShowDoors)
async def on_show_doors(_command: ShowDoors, scope: Scope) -> Reply:
    """List them; addresses have secrets in them and are an admin's alone, in private."""
    desk, actor = scope.desk, scope.actor
    runs = _runs_it(actor, desk.company)
    if not runs and actor.role is not Role.MARKETER:
        await audit.note(desk, actor=actor.id, action="doors.refused", of="doors")
        return Reply(text=texts.NOT_YOURS)
    states = await everything(desk.tx, desk.company)
    if not states:
        return Reply(text=texts.NONE_CONNECTED)
    with_address = runs and scope.is_private
    if with_address:
        await audit.note(desk, actor=actor.id, action="doors.addresses_shown", of="doors")
    lines = [_line(one, desk.company, with_address=with_address) for one in states]
    more = [texts.NOT_TO_SHARE if scope.is_private else texts.ADDRESSES_ALONE] if runs else []
    return Reply(text="\n".join((texts.HEAD, *lines, *more)))


def _runs_it(actor: User, company: Company) -> bool:
    return actor.role is Role.ADMIN or actor.sees_all() or actor.id in company.org.also_admins


def _line(one: DoorState, company: Company, *, with_address: bool) -> str:
    zone = company.org.zone
    last = _told(one.last_at, zone)
    if one.name == "mailbox":
        looked = one.looked
        return texts.mailbox(
            one.counts,
            last,
            _told(looked.looked_at if looked else None, zone),
            looked.trouble if looked else "",
        )
    return texts.connector(
        one.title, one.counts, last, company.doors.address(one.name) if with_address else ""
    )


def _told(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else f"{at.astimezone(zone):%m-%d %H:%M}"
