"""A small sales team, and ways to do what a person or a platform does."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import select

from bot.chat.outbound import Outgoing, Reply
from bot.chat.router import Router
from bot.chat.spelling import read
from bot.crm.lead import Lead
from bot.crm.user import SYSTEM, Role, User
from bot.handlers import Scope
from bot.intake.clean.form import Enquiry
from bot.intake.clean.form import read as read_form
from bot.intake.submit import Submitted, submit
from bot.store import leads, touch_addresses
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.tables.machinery import incidents, outbox
from bot.store.tables.people import logins, users

EAST, NORTH = "华东大区", "华北大区"
LINA = User(id="lina", name="李娜", role=Role.REP, region=EAST, team="上海组", platform="wecom")
ZHAO = User(id="zhao", name="赵强", role=Role.REP, region=NORTH, team="北京组", platform="wecom")
HE = User(id="he", name="何经理", role=Role.MANAGER, region=EAST, team="", platform="wecom")
MARY = User(id="mary", name="周婷", role=Role.MARKETER, region="", team="", platform="wecom")
TEAM = (LINA, ZHAO, HE, MARY)


async def hire(desk: Desk, *people: User) -> None:
    """Put people into the address book, each with the account `wx-` and his id."""
    for one in people or TEAM:
        row = {name: getattr(one, name) for name in ("id", "name", "region", "team", "position", "active")}
        more = {"role": one.role.value, "on_duty": True, "platform": "wecom", "joined_at": desk.now}
        await desk.tx.insert(users, {**row, **more})
        await desk.tx.insert(logins, {"platform": "wecom", "account": f"wx-{one.id}", "user_id": one.id})


async def enquire(desk: Desk, form: str = "website", **fields: object) -> Lead:
    """Somebody sends a form; his lead as it stands then."""
    sent = {"name": "王伟", "phone": "13812345678", "company": "云帆科技", "city": "上海", **fields}
    found = desk.company.form(form)
    assert found is not None
    enquiry = read_form(desk.company, found, sent, insist=False)
    assert isinstance(enquiry, Enquiry), enquiry
    done = await submit(desk, enquiry, None)
    assert isinstance(done, Submitted)
    return await leads.get(desk.tx, done.lead_id)


async def address_of(desk: Desk, lead_id: str, channel: str) -> LeadKey | None:
    """Where he is written to there."""
    return (await touch_addresses.of(desk, await leads.get(desk.tx, lead_id)))[channel].key


async def act(
    desk: Desk, router: Router[Scope], command: object, actor: User = SYSTEM, **scope: Any
) -> Reply:
    """Carry out a command as the worker does."""
    return await router.route(command).handler(command, Scope(desk, actor, **scope))


async def queued(desk: Desk, kind: str) -> list[Outgoing]:
    """What waits to be sent, of one kind (`text`, `welcome`, `contact_way`…), oldest first."""
    rows = await desk.tx.all(select(outbox).where(outbox.c.kind == kind).order_by(outbox.c.id))
    places = [f"outbox.body:{row.lane_key}:{row.key}" for row in rows]
    return [
        read(orjson.loads(desk.vault.open(row.body, place))) for row, place in zip(rows, places, strict=True)
    ]


async def sent(desk: Desk, kind: str, **result: str) -> None:
    """The platform took everything of this kind, and answered so."""
    rows = await desk.tx.all(select(outbox.c.id).where(outbox.c.kind == kind))
    for row in rows:
        change = outbox.update().where(outbox.c.id == row.id).values(state="sent", result=result)
        await desk.tx.run(change)


async def counted(desk: Desk, name: str) -> dict[str, int]:
    """What happened of this name, by reason."""
    rows = await desk.tx.all(select(incidents).where(incidents.c.name == name))
    return {row.reason: row.n for row in rows}
