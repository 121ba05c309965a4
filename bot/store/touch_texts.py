"""In which words a touch was said, and where its links lead; kept before the message leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select, update

from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.tables.content import content_links, touch_texts
from bot.store.tables.insight import touches
from bot.store.tables.leads import leads
from bot.store.tables.outreach import group_messages
from bot.store.tables.touch import touch_plans
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of a message's words: which, never the words themselves."""

    touch_id: str
    content: str
    channel: str
    #: Names the words of the version as they stood in the file.
    version: str
    #: SMS that it is reckoned as; 0 elsewhere.
    pieces: int = 0
    #: By id: where they lead.
    links: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A touch, as whoever got it comes back to it."""

    touch_id: str
    #: The lead that whoever got it is now; empty where one text went to many, who cannot be told apart.
    lead_id: str
    #: By its key in channels.yaml.
    channel: str
    content: str
    sent_at: datetime | None
    #: Where it went, whatever address he has by now.
    key: LeadKey | None = None


#: Before the id of a task of 企业群发, where a touch's would stand.
BATCH = "group_message:"
_OF_BATCH = select(group_messages.c.content, group_messages.c.asked_at).where(
    group_messages.c.id == bindparam("of")
)
_LINK = select(content_links.c.url).where(content_links.c.id == bindparam("of"))
_SAID = (
    select(
        touches.c.id, touches.c.lead_id, touches.c.sent_at, touch_texts.c.channel, touch_texts.c.content,
        func.coalesce(leads.c.merged_into, touches.c.lead_id).label("whose"),
        touch_texts.c.key_kind, touch_texts.c.key_digest,
    )
    .join(touch_texts, touch_texts.c.touch_id == touches.c.id)
    .outerjoin(leads, leads.c.id == touches.c.lead_id)
    .where(touches.c.id == bindparam("of"))
)  # fmt: skip
_BY_PROVIDER = (
    select(touch_plans.c.id)
    .where(touch_plans.c.lead_id == bindparam("of_lead"), touch_plans.c.provider_id == bindparam("named"))
    .limit(1)
)
_LAST_OF_LEAD = (
    select(touches.c.id)
    .join(touch_texts, touch_texts.c.touch_id == touches.c.id)
    .where(
        touches.c.lead_id == bindparam("of"),
        touch_texts.c.channel == bindparam("by"),
        touch_texts.c.at >= bindparam("since"),
        touches.c.delivered_at.is_(None),
        touches.c.bounced_at.is_(None),
    )
    .order_by(touch_texts.c.at.desc())
    .limit(2)
)
_LAST_SAID = (
    select(touch_texts.c.touch_id)
    .join(touches, touches.c.id == touch_texts.c.touch_id)
    .where(touches.c.lead_id == bindparam("of"), touch_texts.c.channel == bindparam("by"))
    .order_by(touch_texts.c.at.desc())
    .limit(1)
)
#: Of whoever he was and is, so that one index finds them.
_BOUNCES = (
    select(func.count().label("n"))
    .select_from(touches.join(touch_texts, touch_texts.c.touch_id == touches.c.id))
    .where(
        or_(
            touches.c.lead_id == bindparam("of"),
            touches.c.lead_id.in_(select(leads.c.id).where(leads.c.merged_into == bindparam("of"))),
        ),
        touches.c.bounced_at >= bindparam("since"),
        touch_texts.c.key_kind == bindparam("of_kind"),
        touch_texts.c.key_digest == bindparam("of_digest"),
    )
)
_BILLED = update(touch_texts).where(touch_texts.c.touch_id == bindparam("of")).values(billed=bindparam("n"))


async def keep(desk: Desk, kept: Kept, key: LeadKey | None) -> None:
    """Keep it, and where it goes; a repeat changes nothing."""
    await keep_links(desk, kept.links)
    row = {
        "touch_id": kept.touch_id, "content": kept.content, "channel": kept.channel,
        "version": kept.version, "pieces": kept.pieces, "at": desk.now,
        "key_kind": key and key.kind, "key_digest": key and key.digest,
    }  # fmt: skip
    await desk.tx.insert_new(touch_texts, row)


async def keep_links(desk: Desk, links: Mapping[str, str]) -> None:
    """Where these lead, by their ids."""
    rows = [
        {"id": link_id, "url": desk.vault.seal(url.encode(), _place(link_id)), "first_at": desk.now}
        for link_id, url in links.items()
    ]
    if rows:
        await desk.tx.insert_all_new(content_links, rows)


async def leads_to(desk: Desk, link_id: str) -> str | None:
    """Where a link leads; None if we never said it."""
    row = await desk.tx.first(_LINK, of=link_id)
    return desk.vault.open(row.url, _place(link_id)).decode() if row is not None else None


async def said(tx: Tx, touch_id: str) -> Said | None:
    """The touch of this id; of a batch that was sent to many it is nobody's."""
    if touch_id.startswith(BATCH):
        return await _batch(tx, touch_id)
    row = await tx.first(_SAID, of=touch_id)
    if row is None:
        return None
    return Said(
        touch_id=row.id, lead_id=row.whose, channel=row.channel.partition(".")[0], content=row.content,
        sent_at=row.sent_at, key=LeadKey(row.key_kind, row.key_digest) if row.key_kind else None,
    )  # fmt: skip


async def _batch(tx: Tx, touch_id: str) -> Said | None:
    row = await tx.first(_OF_BATCH, of=touch_id.removeprefix(BATCH))
    if row is None:
        return None
    return Said(touch_id=touch_id, lead_id="", channel="wecom", content=row.content, sent_at=row.asked_at)


async def by_provider_id(tx: Tx, lead_id: str, provider_id: str) -> str | None:
    """The touch of a lead that a channel knows by an id of its own."""
    row = await tx.first(_BY_PROVIDER, of_lead=lead_id, named=provider_id)
    return str(row.id) if row is not None else None


async def only_waiting(tx: Tx, lead_id: str, channel: str, *, since: datetime) -> str | None:
    """The one touch of a lead there of which no receipt has come; None if there are several, or none."""
    rows = await tx.all(_LAST_OF_LEAD, of=lead_id, by=channel, since=since)
    return str(rows[0].id) if len(rows) == 1 else None


async def last_said(tx: Tx, lead_id: str, channel: str) -> str | None:
    """The last touch of a lead on a channel."""
    row = await tx.first(_LAST_SAID, of=lead_id, by=channel)
    return str(row.touch_id) if row is not None else None


async def bounces(tx: Tx, lead_id: str, key: LeadKey, *, since: datetime) -> int:
    """How many messages to a lead came back from this address."""
    row = await tx.first(_BOUNCES, of=lead_id, of_kind=key.kind, of_digest=key.digest, since=since)
    return int(row.n) if row is not None else 0


async def billed(tx: Tx, touch_id: str, pieces: int) -> None:
    """As how many SMS the provider says it was."""
    await tx.run(_BILLED, of=touch_id, n=pieces)


def _place(link_id: str) -> str:
    return f"content_links.url:{link_id}"
