"""One person on two platforms: codes that say so, and the move of his logins to one id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, delete, func, or_, select, update

from bot.crm.user import User
from bot.store import subscriptions, users
from bot.store.desk import Desk
from bot.store.tables.machinery import cards
from bot.store.tables.people import binding_codes, logins
from bot.store.tables.people import users as users_table
from bot.store.tx import Tx

#: No letters that look or sound alike.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 6
LIFE = timedelta(minutes=10)

_FORGET = delete(binding_codes).where(binding_codes.c.user_id == bindparam("of"))
_FIND = select(binding_codes).where(binding_codes.c.code_index == bindparam("of"))
_USE = (
    update(binding_codes)
    .where(
        binding_codes.c.code_index == bindparam("of"),
        binding_codes.c.used_at.is_(None),
        binding_codes.c.expires_at > bindparam("at"),
    )
    .values(used_at=bindparam("at"))
)
_PLATFORMS = select(logins.c.platform).where(logins.c.user_id == bindparam("of")).order_by(logins.c.platform)
_IN_USE = select(func.count(logins.c.platform.distinct()).label("n"))
_MOVE_LOGINS = update(logins).where(logins.c.user_id == bindparam("was")).values(user_id=bindparam("now_is"))
_MOVE_CARDS = update(cards).where(cards.c.user_id == bindparam("was")).values(user_id=bindparam("now_is"))
_ELDER = (
    select(users_table.c.id)
    .where(or_(users_table.c.id == bindparam("one"), users_table.c.id == bindparam("other")))
    .order_by(users_table.c.joined_at, (users_table.c.id == bindparam("other")))
    .limit(1)
)
_NO_MOBILE = (
    update(users_table).where(users_table.c.id == bindparam("of")).values(mobile=None, mobile_index=None)
)


@dataclass(frozen=True, slots=True)
class Code:
    """A code that is good: who asked for it, and where."""

    user_id: str
    platform: str


def spelled(code: str) -> str:
    """A code however it was typed."""
    return "".join(char for char in code.upper() if char.isalnum())


async def issue(desk: Desk, user: User, platform: str) -> str:
    """A new code for somebody; one that he had before is good no more."""
    await desk.tx.run(_FORGET, of=user.id)
    code = _fresh(desk)
    row = {"code_index": _index(desk, code), "user_id": user.id, "platform": platform}
    await desk.tx.insert(binding_codes, {**row, "expires_at": desk.now + LIFE, "used_at": None})
    return code


def _fresh(desk: Desk) -> str:
    # A byte above the last whole multiple of the alphabet would make its first letters likelier.
    fair, drawn = 256 - 256 % len(ALPHABET), ""
    while len(drawn) < LENGTH:
        drawn += "".join(ALPHABET[one % len(ALPHABET)] for one in desk.random_bytes(LENGTH) if one < fair)
    return drawn[:LENGTH]


async def find(desk: Desk, code: str) -> Code | None:
    """Whose code it is; None if there is none, or it is used or too old."""
    row = await desk.tx.first(_FIND, of=_index(desk, code))
    if row is None or row.used_at is not None or row.expires_at <= desk.now:
        return None
    return Code(row.user_id, row.platform)


async def use(desk: Desk, code: str) -> bool:
    """Spend a code; False if somebody else did, or it is too old."""
    return await desk.tx.run(_USE, of=_index(desk, code), at=desk.now) == 1


async def platforms_of(tx: Tx, user_id: str) -> tuple[str, ...]:
    """The platforms on which somebody has a login."""
    return tuple(row.platform for row in await tx.all(_PLATFORMS, of=user_id))


async def platforms_in_use(tx: Tx) -> int:
    """On how many platforms anybody has a login."""
    row = await tx.first(_IN_USE)
    return 0 if row is None else row.n


async def move_all(desk: Desk, gone: User, into: User, *, by: str, reason: str) -> None:
    """Give all logins and cards of one id to another: they are the same person."""
    moved = await platforms_of(desk.tx, gone.id)
    await desk.tx.run(_MOVE_LOGINS, was=gone.id, now_is=into.id)
    await desk.tx.run(_MOVE_CARDS, was=gone.id, now_is=into.id)
    await desk.tx.run(_NO_MOBILE, of=gone.id)
    await subscriptions.pass_on(desk.tx, gone=gone.id, into=into.id)
    after = {"platforms": list(moved), "from": gone.id}
    await users.note_change(desk, into.id, "login_added", before=None, after=after, by=by, reason=reason)


async def elder(tx: Tx, one: str, other: str) -> str:
    """Which of two ids has been here longer; `one` if both came together."""
    row = await tx.first(_ELDER, one=one, other=other)
    return one if row is None else row.id


def _index(desk: Desk, code: str) -> str:
    return desk.vault.index("binding_code", spelled(code))
