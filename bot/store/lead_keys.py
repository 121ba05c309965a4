"""By what a lead is found again: one row per key, unreadable by itself.

A mobile, an address, a WeChat identity is one person's. A landline is an office's: with the name of
whoever gave it, it is a key (`landline`); alone it is a hint (`bot.store.lead_hints`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update

from bot.kit.vault import Vault
from bot.store.desk import Desk
from bot.store.tables.leads import lead_keys, leads
from bot.store.tx import Tx

_MAINLAND = "+86"
_MOBILE = re.compile(r"\+861[3-9]\d{9}")


class LeadKey(NamedTuple):
    """The blind index of one normalised value; a tuple, for imports hash and sort them by the million."""

    #: email, external_id, landline, openid, phone, unionid or wecom.
    kind: str
    digest: str


_HOLDER = (
    select(func.coalesce(leads.c.merged_into, lead_keys.c.lead_id).label("lead_id"))
    .select_from(lead_keys.join(leads, leads.c.id == lead_keys.c.lead_id, isouter=True))
    .where(lead_keys.c.kind == bindparam("of_kind"), lead_keys.c.digest == bindparam("of_digest"))
)
_MOVE = (
    update(lead_keys)
    .where(lead_keys.c.kind == bindparam("of_kind"), lead_keys.c.digest == bindparam("of_digest"))
    .values(lead_id=bindparam("to"))
)


def keys_of(
    vault: Vault,
    *,
    phone: str = "",
    name: str = "",
    email: str = "",
    external_id: str = "",
    unionid: str = "",
    wecom: str = "",
    openid: str = "",
) -> tuple[LeadKey, ...]:
    """The keys of normalised values; in one order, so that two units ask for them alike.

    `wecom` is an external contact's user id, `openid` is `<account>:<openid>` of an official account.
    """
    landline = f"{phone}#{name.strip().lower()}" if phone and is_shared(phone) else ""
    found = (
        ("email", email),
        ("external_id", external_id),
        ("landline", landline),
        ("openid", openid),
        ("phone", "" if landline else phone),
        ("unionid", unionid),
        ("wecom", wecom),
    )
    return tuple([LeadKey(kind, vault.index(kind, value)) for kind, value in found if value])


def is_shared(phone: str) -> bool:
    """Whether a number (E.164) is an office's: a mainland one that is no mobile."""
    return phone.startswith(_MAINLAND) and _MOBILE.fullmatch(phone) is None


async def holder(tx: Tx, key: LeadKey) -> str | None:
    """The lead that has this key; the one it was merged into, if it was."""
    row = await tx.first(_HOLDER, of_kind=key.kind, of_digest=key.digest)
    return None if row is None else row.lead_id


async def holders(tx: Tx, keys: Iterable[LeadKey]) -> dict[LeadKey, str]:
    """Those of the keys that somebody has, and who."""
    found = {key: await holder(tx, key) for key in keys}
    return {key: lead_id for key, lead_id in found.items() if lead_id is not None}


async def take(desk: Desk, key: LeadKey, lead_id: str) -> bool:
    """Give a free key to a lead; False if another has it. The unique key decides who was first."""
    return await desk.tx.insert_new(
        lead_keys, {"kind": key.kind, "digest": key.digest, "lead_id": lead_id, "created_at": desk.now}
    )


async def move(tx: Tx, keys: Iterable[LeadKey], *, to: str) -> None:
    """Let these keys lead to another lead."""
    for key in keys:
        await tx.run(_MOVE, of_kind=key.kind, of_digest=key.digest, to=to)
