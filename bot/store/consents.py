"""Who agreed to what, where, in which words: rows that are only ever added; the last one holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, literal, or_, select

from bot.store import leads
from bot.store.among import among
from bot.store.desk import Desk
from bot.store.erased import is_erased
from bot.store.tables.leads import consents
from bot.store.tables.leads import leads as table
from bot.store.tables.quality import merges
from bot.store.tables.touch import touch_plans
from bot.store.tx import Tx
from bot.store.types import UTCDateTime


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


_WORDS = ("given", "purpose", "channel", "text", "version", "form")
_words_of = attrgetter(*_WORDS)


class Said(NamedTuple):
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
#: Two queries, for the index that finds who was merged into many is another one.
_OWN = select(consents, consents.c.lead_id.label("now"), literal(None, UTCDateTime).label("merged_at")).where(
    among(consents.c.lead_id, "those")
)
_OF_MERGED = (
    select(consents, table.c.merged_into.label("now"), _MERGED_AT)
    .join(table, table.c.id == consents.c.lead_id)
    .where(among(table.c.merged_into, "those"))
)
_LAST = (
    select(consents.c.given)
    .where(consents.c.lead_id == bindparam("of"), consents.c.purpose == bindparam("for_purpose"))
    .order_by(consents.c.at.desc(), consents.c.id.desc())
    .limit(1)
)
_NEWEST = select(func.max(consents.c.at).label("at")).where(consents.c.lead_id == bindparam("of"))
_MERGED = table.alias()
_REFUSED = (consents.c.given.is_(False), consents.c.at >= bindparam("since"))
_REFUSALS = select(consents).where(consents.c.lead_id == bindparam("of"), *_REFUSED).order_by(consents.c.id)
#: By the lead that a message is for now: who was merged in the same moment is asked for as well.
_STOPPED = (
    select(touch_plans.c.id)
    .join(table, table.c.id == touch_plans.c.lead_id)
    .where(
        among(touch_plans.c.id, "those"),
        or_(
            is_erased(),
            select(consents.c.id).where(consents.c.lead_id == table.c.id, *_REFUSED).exists(),
            select(consents.c.id)
            .join(_MERGED, _MERGED.c.id == consents.c.lead_id)
            .where(_MERGED.c.merged_into == table.c.id, *_REFUSED)
            .exists(),
        ),
    )
)


async def record(desk: Desk, lead_id: str, consent: Consent) -> None:
    """Add a row. Who says stop is locked first: no message to him is decided beside it.

    What is said later stands later, though the clock of the machine was set back between.
    """
    if not consent.given:
        await leads.lock(desk.tx, lead_id)
    before = await desk.tx.first(_NEWEST, of=lead_id)
    at = desk.now if before is None or before.at is None else max(desk.now, before.at)
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
            "at": at,
        },
    )


async def refused_by_both(desk: Desk, kept: str, gone: str, *, since: datetime) -> int:
    """What was refused while the two were taken for one is refused by each; how much that was."""
    rows = await desk.tx.all(_REFUSALS, of=kept, since=since)
    for row in rows:
        words = {name: getattr(row, name) for name in _WORDS}
        await desk.tx.insert(consents, {"lead_id": gone, "at": row.at, **words})
    return len(rows)


async def holds(tx: Tx, lead_id: str, purpose: str) -> bool:
    """Say whether somebody agrees to this now; who never said anything does not."""
    row = await tx.first(_LAST, of=lead_id, for_purpose=purpose)
    return row is not None and bool(row.given)


async def stopped_since(tx: Tx, touch_ids: Collection[str], since: datetime) -> set[str]:
    """Those of messages whose reader has refused anything since, or was erased; asked before each wire."""
    return {row.id for row in await tx.all(_STOPPED, those=touch_ids, since=since)}


async def all_of(tx: Tx, lead_id: str) -> list[Said]:
    """Everything that somebody, or who was merged into him, agreed to or refused, the newest first."""
    return (await all_of_each(tx, [lead_id]))[lead_id]


async def all_of_each(tx: Tx, lead_ids: Iterable[str]) -> dict[str, list[Said]]:
    """The same of many."""
    found: dict[str, list[Any]] = {one: [] for one in lead_ids}
    for row in [*await tx.all(_OWN, those=found), *await tx.all(_OF_MERGED, those=found)]:
        found[row.now].append(row)
    # Most have said the same once.
    same: dict[tuple[Any, ...], Consent] = {}
    for of in found.values():
        of.sort(key=attrgetter("at", "id"), reverse=True)
        of[:] = [_said(row, same) for row in of]
    return found


def _said(row: Any, same: dict[tuple[Any, ...], Consent]) -> Said:  # noqa: ANN401 - a row
    words = _words_of(row)
    consent = same.get(words)
    if consent is None:
        consent = same[words] = Consent(**dict(zip(_WORDS, words, strict=True)))
    merged_at = None if row.lead_id == row.now else row.merged_at or row.at
    return Said(consent, row.at, row.lead_id, merged_at)
