"""Where a customer can be reached, channel by channel, and by which of our colleagues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from bot.crm.lead import Lead
from bot.store import lead_keys, leads
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.tables.capture import followers
from bot.store.tables.leads import external_contacts
from bot.store.tables.people import logins


@dataclass(frozen=True, slots=True)
class Reachable:
    """An address on a channel: what it is, its hash, and through whom of us it goes."""

    to: str
    key: LeadKey | None
    by: str = ""

    def __repr__(self) -> str:
        """Nobody's number in a log."""
        return f"Reachable(key={self.key})"


_TIES = (
    select(external_contacts.c.external_id, external_contacts.c.user_id)
    .where(
        external_contacts.c.lead_id == bindparam("of_lead"),
        external_contacts.c.platform == "wecom",
        external_contacts.c.ended_at.is_(None),
    )
    .order_by(external_contacts.c.added_at.desc(), external_contacts.c.user_id)
)
_FOLLOWS = (
    select(followers.c.account, followers.c.open_id)
    .where(followers.c.lead_id == bindparam("of_lead"), followers.c.left_at.is_(None))
    .order_by(followers.c.followed_at.desc(), followers.c.open_id)
    .limit(1)
)
_ACCOUNT = select(logins.c.account).where(
    logins.c.user_id == bindparam("of_user"), logins.c.platform == "wecom"
)


async def of(desk: Desk, lead: Lead) -> Mapping[str, Reachable]:
    """By channel; those of spans and grants lie with these."""
    found = {}
    contact = await leads.reveal(desk, lead.id)
    email, phone = contact.email.reveal(), (await leads.particulars(desk, lead.id)).phone.reveal()
    if email:
        found["email"] = Reachable(email, _key(desk, "email", email))
    if phone and not lead_keys.is_shared(phone):
        found["sms"] = Reachable(phone, _key(desk, "phone", phone))
    if (tie := await _tie(desk, lead)) is not None:
        found["wecom"] = tie
    row = await desk.tx.first(_FOLLOWS, of_lead=lead.id)
    if row is not None:
        key = _key(desk, "openid", f"{row.account}:{row.open_id}")
        found["wechat_official"] = Reachable(row.open_id, key)
    return found


async def _tie(desk: Desk, lead: Lead) -> Reachable | None:
    """Through the owner if he is his contact, else through who was added last."""
    ties = await desk.tx.all(_TIES, of_lead=lead.id)
    if not ties:
        return None
    tie = next((one for one in ties if one.user_id == lead.owner_id), ties[0])
    account = await desk.tx.first(_ACCOUNT, of_user=tie.user_id)
    by = account.account if account is not None else tie.user_id
    return Reachable(tie.external_id, _key(desk, "wecom", tie.external_id), by)


def _key(desk: Desk, kind: str, value: str) -> LeadKey:
    return LeadKey(kind, desk.vault.index(kind, value))
