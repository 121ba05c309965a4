"""Touches: a row for each message of ours to a customer, and what became of it, each moment once."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Update, bindparam, func, update

from bot.crm.user import User
from bot.store.desk import Desk
from bot.store.tables.insight import touches
from bot.store.tx import Tx


class Fate(enum.StrEnum):
    """What may become of a touch; the values are the columns of their moments."""

    #: The channel took it.
    SENT = "sent_at"
    #: The channel did not take it.
    FAILED = "failed_at"
    DELIVERED = "delivered_at"
    #: The channel took it and could not deliver it.
    BOUNCED = "bounced_at"
    OPENED = "opened_at"
    CLICKED = "clicked_at"
    UNSUBSCRIBED = "unsubscribed_at"
    COMPLAINED = "complained_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """What is sent to whom, before anything became of it."""

    #: The sender's own: the same id is the same touch.
    id: str
    lead_id: str
    #: By its name in channels.yaml.
    channel: str
    campaign: str = ""
    #: Which text, or which variant of it.
    content: str = ""


#: What can no longer be: a message that bounced was not delivered, and the other way round.
_EXCLUDED: Mapping[Fate, tuple[Fate, ...]] = {
    Fate.DELIVERED: (Fate.BOUNCED,),
    Fate.BOUNCED: (Fate.DELIVERED,),
}
_HAS_REASON = frozenset({Fate.FAILED, Fate.BOUNCED})


def _marking(fate: Fate) -> Update:
    moment = touches.c[fate.value]
    at = bindparam("moment", type_=moment.type)
    values: dict[str, Any] = {fate.value: at}
    if fate not in {Fate.SENT, Fate.FAILED}:
        # A receipt may overtake the channel's own answer: what came to somebody was taken.
        values["sent_at"] = func.coalesce(touches.c.sent_at, at)
    if fate in _HAS_REASON:
        values["failure"] = bindparam("why")
    others = (Fate.FAILED, *_EXCLUDED.get(fate, ())) if fate is not Fate.FAILED else (Fate.SENT,)
    return (
        update(touches)
        .where(
            touches.c.id == bindparam("of"),
            moment.is_(None),
            *(touches.c[one.value].is_(None) for one in dict.fromkeys(others)),
        )
        .values(**values)
    )


_MARKING: Mapping[Fate, Update] = {fate: _marking(fate) for fate in Fate}


#: Of a message that no receipt spoke for: what counted as delivered was not.
_CAME_BACK = (
    update(touches)
    .where(touches.c.id == bindparam("of"), touches.c.bounced_at.is_(None), touches.c.failed_at.is_(None))
    .values(
        bounced_at=bindparam("moment", type_=touches.c.bounced_at.type), delivered_at=None,
        failure=bindparam("why"),
        sent_at=func.coalesce(
            touches.c.sent_at, bindparam("moment", type_=touches.c.sent_at.type)
        ),
    )
)  # fmt: skip


async def begin(desk: Desk, touch: Touch, *, owner: User | None, region: str = "") -> bool:
    """Write it down as on its way; it counts for the lead's owner of this moment. False if it is there.

    `region` is the lead's, for a lead that is nobody's.
    """
    return await desk.tx.insert_new(
        touches,
        {
            "id": touch.id,
            "lead_id": touch.lead_id,
            "channel": touch.channel,
            "campaign": touch.campaign,
            "content": touch.content,
            "failure": "",
            "owner_id": owner.id if owner else None,
            "team": owner.team if owner else "",
            "region": owner.region if owner else region,
        },
    )


async def mark(tx: Tx, touch_id: str, fate: Fate, *, at: datetime, why: str = "") -> bool:
    """Write down what became of it; False if that is known, or cannot be after what is known.

    `why` is the channel's own word for a failure.
    """
    told: dict[str, Any] = {"of": touch_id, "moment": at}
    if fate in _HAS_REASON:
        told["why"] = why
    return await tx.run(_MARKING[fate], **told) == 1


async def came_back(tx: Tx, touch_id: str, *, at: datetime, why: str) -> bool:
    """It was taken, counted as delivered for want of a receipt, and came back; False if that is known."""
    return await tx.run(_CAME_BACK, of=touch_id, moment=at, why=why) == 1
