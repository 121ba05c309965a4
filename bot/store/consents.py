"""Who agreed to what, where, in which words: rows that are only ever added; the last one holds."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from bot.store.desk import Desk
from bot.store.tables.leads import consents
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One agreement or refusal."""

    given: bool
    #: What for: `marketing`, `wechat`.
    purpose: str
    #: How it reached us: `form`, `wecom`.
    channel: str
    text: str
    version: str
    form: str = ""


_LAST = (
    select(consents.c.given)
    .where(consents.c.lead_id == bindparam("of"), consents.c.purpose == bindparam("for_purpose"))
    .order_by(consents.c.at.desc(), consents.c.id.desc())
    .limit(1)
)


async def record(desk: Desk, lead_id: str, consent: Consent) -> None:
    """Add a row."""
    await desk.tx.insert(
        consents,
        {
            "lead_id": lead_id,
            "given": consent.given,
            "purpose": consent.purpose,
            "channel": consent.channel,
            "text": consent.text,
            "version": consent.version,
            "form": consent.form,
            "at": desk.now,
        },
    )


async def holds(tx: Tx, lead_id: str, purpose: str) -> bool:
    """Say whether somebody agrees to this now; who never said anything does not."""
    row = await tx.first(_LAST, of=lead_id, for_purpose=purpose)
    return row is not None and bool(row.given)
