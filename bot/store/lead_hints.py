"""What several people share: a switchboard's number, the part of an address before its @."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, select

from bot.kit.vault import Vault
from bot.store.desk import Desk
from bot.store.lead_keys import is_shared
from bot.store.tables.leads import leads
from bot.store.tables.quality import lead_hints
from bot.store.tx import Tx

_DROP = delete(lead_hints).where(lead_hints.c.lead_id == bindparam("of_lead"))
_ROOT = func.coalesce(leads.c.merged_into, leads.c.id)
_SHARING = (
    select(_ROOT.label("lead_id"))
    .select_from(lead_hints.join(leads, leads.c.id == lead_hints.c.lead_id))
    .where(lead_hints.c.kind == bindparam("of_kind"), lead_hints.c.digest == bindparam("of_digest"))
    .distinct()
    .order_by(_ROOT)
    .limit(bindparam("most"))
)


def hints_of(vault: Vault, *, phone: str = "", mailbox: str = "") -> dict[str, str]:
    """Kind and digest of each hint that these values give."""
    values = {"landline": phone if is_shared(phone) else "", "mailbox": mailbox}
    return {kind: vault.index(f"hint:{kind}", value) for kind, value in values.items() if value}


async def keep(desk: Desk, lead_id: str, hints: dict[str, str]) -> None:
    """Put down what a lead shares with others now, in place of what it did."""
    await desk.tx.run(_DROP, of_lead=lead_id)
    for kind, digest in sorted(hints.items()):
        await desk.tx.insert_new(lead_hints, {"kind": kind, "digest": digest, "lead_id": lead_id})


async def sharing(tx: Tx, kind: str, digest: str, *, most: int) -> list[str]:
    """The leads that share it."""
    rows = await tx.all(_SHARING, of_kind=kind, of_digest=digest, most=most)
    return [row.lead_id for row in rows]
