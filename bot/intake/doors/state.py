"""How it stands at the other doors, for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.crm.company import Company
from bot.store import Tx, arrivals, mailboxes
from bot.store.mailboxes import MailboxState


@dataclass(frozen=True, slots=True)
class DoorState:
    """One door."""

    name: str
    title: str
    counts: dict[str, int] = field(default_factory=dict)
    last_at: datetime | None = None
    #: Of the mailbox.
    looked: MailboxState | None = None


async def everything(tx: Tx, company: Company) -> list[DoorState]:
    """Every connector that is on, then the mailbox."""
    counts: dict[str, dict[str, int]] = {}
    last: dict[str, datetime] = {}
    for one in await arrivals.counts(tx):
        counts.setdefault(one.door, {})[one.state] = one.n
        last[one.door] = max(one.last_at, last.get(one.door, one.last_at))
    doors = company.doors
    found = [
        DoorState(name, entrance.connector.title, counts.get(name, {}), last.get(name))
        for name, entrance in doors.entrances.items()
    ]
    if doors.mailbox:
        looked = await mailboxes.find(tx, doors.mailbox)
        found.append(DoorState("mailbox", "询盘邮箱", counts.get("mailbox", {}), last.get("mailbox"), looked))
    return found
