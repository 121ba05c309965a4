"""Where a customer can be reached, channel by channel, and by which of our colleagues."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from bot.crm.lead import Lead
from bot.store import lead_keys, leads
from bot.store.among import among
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.tables.capture import followers
from bot.store.tables.leads import external_contacts
from bot.store.tables.official import mini_program_users
from bot.store.tables.people import logins

_MINI_PROGRAM = "mini_program"


class Reachable(NamedTuple):
    """An address on a channel: what it is, its hash, and through whom of us it goes."""

    to: str
    key: LeadKey | None
    by: str = ""

    def __repr__(self) -> str:
        """Nobody's number in a log."""
        return f"Reachable(key={self.key})"


_TIES = (
    select(external_contacts.c.lead_id, external_contacts.c.external_id, external_contacts.c.user_id)
    .where(
        among(external_contacts.c.lead_id, "those"),
        external_contacts.c.platform == "wecom",
        external_contacts.c.ended_at.is_(None),
    )
    .order_by(external_contacts.c.added_at.desc(), external_contacts.c.user_id)
)
_FOLLOWS = (
    select(followers.c.lead_id, followers.c.account, followers.c.open_id)
    .where(among(followers.c.lead_id, "those"), followers.c.left_at.is_(None))
    .order_by(followers.c.followed_at.desc(), followers.c.open_id)
)
_USES = (
    select(mini_program_users.c.lead_id, mini_program_users.c.open_id)
    .where(among(mini_program_users.c.lead_id, "those"), mini_program_users.c.lost_at.is_(None))
    .order_by(mini_program_users.c.seen_at.desc(), mini_program_users.c.open_id)
)
_ACCOUNTS = select(logins.c.user_id, logins.c.account).where(
    among(logins.c.user_id, "those"), logins.c.platform == "wecom"
)


async def of(desk: Desk, lead: Lead) -> Mapping[str, Reachable]:
    """By channel; those of spans and grants lie with these."""
    return (await of_each(desk, [lead]))[lead.id]


async def of_each(desk: Desk, those: Collection[Lead]) -> dict[str, dict[str, Reachable]]:
    """The same of many, by lead."""
    ids = [lead.id for lead in those]
    found: dict[str, dict[str, Reachable]] = {}
    for lead_id, (email, phone) in (await leads.open_each(desk, ids)).items():
        reach = found[lead_id] = {}
        if email:
            reach["email"] = Reachable(email, _key(desk, "email", email))
        if phone and not lead_keys.is_shared(phone):
            reach["sms"] = Reachable(phone, _key(desk, "phone", phone))
    await _ties(desk, those, found)
    for row in await desk.tx.all(_FOLLOWS, those=ids):
        if "wechat_official" not in found[row.lead_id]:
            key = _key(desk, "openid", f"{row.account}:{row.open_id}")
            found[row.lead_id]["wechat_official"] = Reachable(f"{row.account}:{row.open_id}", key)
    uses = await desk.tx.all(_USES, those=ids) if _MINI_PROGRAM in desk.company.doors.channels else ()
    for row in uses:
        key = _key(desk, "openid", f"{_MINI_PROGRAM}:{row.open_id}")
        found[row.lead_id].setdefault(_MINI_PROGRAM, Reachable(row.open_id, key))
    return found


async def _ties(desk: Desk, those: Collection[Lead], found: Mapping[str, dict[str, Reachable]]) -> None:
    """Through the owner if he is his contact, else through who was added last."""
    ties: dict[str, list[Any]] = {}
    for row in await desk.tx.all(_TIES, those=[lead.id for lead in those]):
        ties.setdefault(row.lead_id, []).append(row)
    if not ties:
        return
    owners = {lead.id: lead.owner_id for lead in those}
    tie_of = {
        lead_id: next((one for one in of if one.user_id == owners[lead_id]), of[0])
        for lead_id, of in ties.items()
    }
    colleagues = sorted({tie.user_id for tie in tie_of.values()})
    accounts = {row.user_id: row.account for row in await desk.tx.all(_ACCOUNTS, those=colleagues)}
    for lead_id, tie in tie_of.items():
        key = _key(desk, "wecom", tie.external_id)
        by = accounts.get(tie.user_id, tie.user_id)
        found[lead_id]["wecom"] = Reachable(tie.external_id, key, by)


def _key(desk: Desk, kind: str, value: str) -> LeadKey:
    return LeadKey(kind, desk.vault.index(kind, value))
