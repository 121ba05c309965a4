"""Colleagues: find them, and know who is on duty."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.crm.user import Role, User
from bot.store.among import among
from bot.store.desk import Desk
from bot.store.tables.machinery import cards
from bot.store.tables.people import logins, user_changes, users
from bot.store.tx import Tx

_BY_ID = select(users).where(users.c.id == bindparam("of"))
_EACH = select(users).where(among(users.c.id, "those"))
_BEFORE_WHOM = select(users).where(
    users.c.id.in_(
        select(cards.c.user_id).where(cards.c.topic == bindparam("of_topic"), cards.c.state != "closed")
    )
)
_BY_LOGIN = (
    select(users)
    .join(logins, logins.c.user_id == users.c.id)
    .where(logins.c.platform == bindparam("on_platform"), logins.c.account == bindparam("of_account"))
)
_ACTIVE = select(users).where(users.c.active.is_(True)).order_by(users.c.id)
_NAMED = _ACTIVE.where(users.c.name == bindparam("called"))
_REPS = _ACTIVE.where(users.c.role == Role.REP.value)
_OF_ROLE = _ACTIVE.where(users.c.role == bindparam("of_role"))
_ALL = select(users).order_by(users.c.id)
_NAMES = select(users.c.id, users.c.name).where(users.c.id.in_(bindparam("those", expanding=True)))
_SET_DUTY = (
    update(users)
    .where(users.c.id == bindparam("of"))
    .values(on_duty=bindparam("is_on"), away_until=bindparam("until"))
)
_SEEN_ON = (
    update(users)
    .where(users.c.id == bindparam("of"), users.c.platform != bindparam("on_platform"))
    .values(platform=bindparam("on_platform"))
)


async def find(tx: Tx, user_id: str) -> User | None:
    """The colleague of this id, gone or not."""
    row = await tx.first(_BY_ID, of=user_id)
    return None if row is None else user(row)


async def find_each(tx: Tx, user_ids: Iterable[str]) -> dict[str, User]:
    """Those of these ids, gone or not."""
    wanted = sorted(set(user_ids))
    return {row.id: user(row) for row in await tx.all(_EACH, those=wanted)} if wanted else {}


async def get(tx: Tx, user_id: str) -> User:
    """As `find`; KeyError if there never was one."""
    found = await find(tx, user_id)
    if found is None:
        raise KeyError(user_id)
    return found


async def before_whom(tx: Tx, topic: str) -> dict[str, User]:
    """Everybody who has a live card about this, by id."""
    return {row.id: user(row) for row in await tx.all(_BEFORE_WHOM, of_topic=topic)}


async def by_login(tx: Tx, platform: str, account: str) -> User | None:
    """The colleague whom this platform knows under this account."""
    row = await tx.first(_BY_LOGIN, on_platform=platform, of_account=account)
    return None if row is None else user(row)


async def named(tx: Tx, name: str) -> list[User]:
    """Active colleagues of exactly this name."""
    return [user(row) for row in await tx.all(_NAMED, called=name)]


async def active(tx: Tx) -> list[User]:
    """Everybody who has not left."""
    return [user(row) for row in await tx.all(_ACTIVE)]


async def everybody(tx: Tx) -> list[User]:
    """Everybody who is or was here."""
    return [user(row) for row in await tx.all(_ALL)]


async def reps(tx: Tx, *, regions: Iterable[str] | None = None) -> list[User]:
    """Active reps, of these regions alone if any are named."""
    wanted = None if regions is None else set(regions)
    found = [user(row) for row in await tx.all(_REPS)]
    return [one for one in found if wanted is None or one.region in wanted]


async def on_duty(tx: Tx, *, now: datetime, regions: Iterable[str] | None = None) -> list[User]:
    """Reps to whom new leads may be offered."""
    return [one for one in await reps(tx, regions=regions) if one.takes_leads(now)]


async def managers_of(tx: Tx, region: str) -> list[User]:
    """Who leads this region."""
    found = [user(row) for row in await tx.all(_OF_ROLE, of_role=Role.MANAGER.value)]
    return [one for one in found if region and one.region == region]


async def executives(tx: Tx) -> list[User]:
    """Who leads the company; the directors if it has no executive."""
    for role in (Role.EXECUTIVE, Role.DIRECTOR):
        found = [user(row) for row in await tx.all(_OF_ROLE, of_role=role.value)]
        if found:
            return found
    return []


async def above(tx: Tx, region: str) -> list[User]:
    """Whom to tell about a lead of this region: its managers, else the executives."""
    return await managers_of(tx, region) or await executives(tx)


async def names(tx: Tx, user_ids: Iterable[str]) -> dict[str, str]:
    """What these are called; whoever we do not know is left out."""
    wanted = sorted(set(user_ids) - {""})
    return {row.id: row.name for row in await tx.all(_NAMES, those=wanted)} if wanted else {}


async def set_duty(
    desk: Desk, of: User, *, is_on: bool, until: datetime | None = None, reason: str = ""
) -> None:
    """Take new leads from now on, or not; `until` ends an absence by itself."""
    await desk.tx.run(_SET_DUTY, of=of.id, is_on=is_on, until=until)
    before = {"on_duty": of.on_duty, "away_until": of.away_until.isoformat() if of.away_until else None}
    after = {"on_duty": is_on, "away_until": until.isoformat() if until else None}
    await note_change(desk, of.id, "duty", before=before, after=after, by=of.id, reason=reason)


async def seen_on(tx: Tx, user_id: str, platform: str) -> None:
    """He did something on this platform: notices go there from now on."""
    await tx.run(_SEEN_ON, of=user_id, on_platform=platform)


async def note_change(
    desk: Desk, user_id: str, what: str, *, before: object, after: object, by: str, reason: str = ""
) -> None:
    """Add a row to somebody's history."""
    await desk.tx.insert(
        user_changes,
        {
            "id": desk.new_id(),
            "user_id": user_id,
            "what": what,
            "before": before,
            "after": after,
            "at": desk.now,
            "by": by,
            "reason": reason,
        },
    )


def user(row: Any) -> User:  # noqa: ANN401 - a row of users
    """Read a row."""
    return User(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        region=row.region,
        team=row.team,
        position=row.position,
        active=bool(row.active),
        on_duty=bool(row.on_duty),
        away_until=row.away_until,
        platform=row.platform,
    )
