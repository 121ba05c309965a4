"""Who agreed to what, where, in which words: rows that are only ever added; the last one holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select

from bot.store import leads
from bot.store.desk import Desk
from bot.store.tables.leads import consents
from bot.store.tables.leads import leads as table
from bot.store.tables.quality import merges
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


@dataclass(frozen=True, slots=True)
class Said:
    """One of them as it was kept."""

    consent: Consent
    at: datetime
    #: Who said it, and since when he is one with the lead that was asked for; None for that lead itself.
    of: str = ""
    merged_at: datetime | None = None


_MERGED_AT = (
    select(func.max(merges.c.at))
    .where(merges.c.gone == consents.c.lead_id, merges.c.undone_at.is_(None))
    .scalar_subquery()
    .label("merged_at")
)
_ALL = (
    select(consents, _MERGED_AT)
    .join(table, table.c.id == consents.c.lead_id)
    .where(or_(table.c.id == bindparam("of"), table.c.merged_into == bindparam("of")))
    .order_by(consents.c.at.desc(), consents.c.id.desc())
)
_LAST = (
    select(consents.c.given)
    .where(consents.c.lead_id == bindparam("of"), consents.c.purpose == bindparam("for_purpose"))
    .order_by(consents.c.at.desc(), consents.c.id.desc())
    .limit(1)
)


async def record(desk: Desk, lead_id: str, consent: Consent) -> None:
    """Add a row. Who says stop is locked first: no message to him is decided beside it."""
    if not consent.given:
        await leads.lock(desk.tx, lead_id)
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


async def all_of(tx: Tx, lead_id: str) -> list[Said]:
    """Everything that somebody, or who was merged into him, agreed to or refused, the newest first."""
    return [
        Said(
            Consent(
                given=bool(row.given), purpose=row.purpose, channel=row.channel, text=row.text,
                version=row.version, form=row.form,
            ),
            row.at,
            row.lead_id,
            None if row.lead_id == lead_id else row.merged_at or row.at,
        )
        for row in await tx.all(_ALL, of=lead_id)
    ]  # fmt: skip
