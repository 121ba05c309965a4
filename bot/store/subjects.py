"""What a sentence is about: `L7`, the lead of `D4`, or one of somebody's leads by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, or_, select

from bot.crm.lead import Lead
from bot.crm.opportunity import Opportunity
from bot.crm.pool import HELD
from bot.crm.rights import may_work
from bot.crm.task import Task
from bot.crm.user import User
from bot.store import audit, leads, opportunities, tasks, users
from bot.store.desk import Desk
from bot.store.tables import leads as tables
from bot.store.tx import Tx

_NUMBERED = re.compile(r"[LD]\d{1,9}", re.ASCII)
#: What may stand in a row that anybody who keeps the database can read.
_OURS = re.compile(r"[LDT]\d{1,9}", re.ASCII)
#: A surname and what one says after it.
_SPOKEN_TO = re.compile(r"([\u4e00-\u9fff]{1,2})(?:总|经理|总监|主任|老师|先生|女士|工|董|老板)")
_MERGES = 5
_NAMED = (
    select(tables.leads)
    .where(
        tables.leads.c.owner_id == bindparam("of_owner"),
        tables.leads.c.merged_into.is_(None),
        tables.leads.c.status.in_(sorted({*HELD, "converted"})),
        or_(tables.leads.c.name == bindparam("called"), tables.leads.c.company == bindparam("called")),
    )
    .order_by(tables.leads.c.score.desc(), tables.leads.c.id)
    .limit(10)
)

_SURNAMED = (
    select(tables.leads)
    .where(
        tables.leads.c.owner_id == bindparam("of_owner"),
        tables.leads.c.merged_into.is_(None),
        tables.leads.c.status.in_(sorted({*HELD, "converted"})),
        tables.leads.c.name.like(bindparam("begins")),
    )
    .order_by(tables.leads.c.score.desc(), tables.leads.c.id)
    .limit(10)
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A lead, whose it is, and the opportunity if that was meant."""

    lead: Lead
    owner: User | None
    deal: Opportunity | None = None

    def is_open_to(self, actor: User) -> bool:
        """Whether he may write about it."""
        return may_work(actor, owner_id=self.lead.owner_id, owner=self.owner)


@dataclass(frozen=True, slots=True)
class DealSubject:
    """An opportunity and whose it is."""

    deal: Opportunity
    owner: User | None

    def is_open_to(self, actor: User) -> bool:
        """Whether he may work on it."""
        return may_work(actor, owner_id=self.deal.owner_id, owner=self.owner)


async def find(tx: Tx, said: str) -> Subject | None:
    """The lead of a lead's or an opportunity's number; the one it was merged into, if it was."""
    if not _NUMBERED.fullmatch(said):
        return None
    deal = await opportunities.find(tx, said) if said.startswith("D") else None
    lead_id = deal.lead_id if deal is not None else said
    for _ in range(_MERGES):
        lead = await leads.find(tx, lead_id) if lead_id else None
        if lead is None or lead.merged_into is None:
            break
        lead_id = lead.merged_into
    if lead is None:
        return None
    return Subject(lead, await users.find(tx, lead.owner_id) if lead.owner_id else None, deal)


async def named(tx: Tx, owner_id: str, said: str) -> list[Lead]:
    """Somebody's own leads of exactly this name or company."""
    return [leads.lead(row) for row in await tx.all(_NAMED, of_owner=owner_id, called=said)]


async def addressed(tx: Tx, owner_id: str, said: str) -> list[Lead]:
    """As `named`, also by the way he is spoken to: 王总, 李经理, 张女士."""
    if found := await named(tx, owner_id, said):
        return found
    spoken = _SPOKEN_TO.fullmatch(said)
    if spoken is None:
        return []
    rows = await tx.all(_SURNAMED, of_owner=owner_id, begins=f"{spoken[1]}%")
    return [leads.lead(row) for row in rows]


async def written_about(desk: Desk, actor: User, said: str) -> Subject | list[Lead] | None:
    """What he may write about under this number or name; several leads if the name is theirs too."""
    subject = await find(desk.tx, said)
    if subject is not None:
        return await _settled(desk, actor, subject) if subject.is_open_to(actor) else None
    own = await named(desk.tx, actor.id, said)
    if len(own) == 1:
        return await _settled(desk, actor, Subject(own[0], actor))
    return own or None


async def _settled(desk: Desk, actor: User, found: Subject) -> Subject | None:
    """The same, with nobody changing it until this unit has ended; None if it became another's just now."""
    now = await leads.lock(desk.tx, found.lead.id)
    if (now.epoch, now.status, now.merged_into) == (found.lead.epoch, found.lead.status, None):
        return found
    again = await find(desk.tx, now.id)
    return replace(again, deal=found.deal) if again is not None and again.is_open_to(actor) else None


async def deal(tx: Tx, said: str) -> DealSubject | None:
    """The opportunity of this number, or the one that came of this lead; an open one comes first."""
    if not _NUMBERED.fullmatch(said):
        return None
    if said.startswith("L"):
        found = next(iter(await opportunities.of_lead(tx, said)), None)
    else:
        found = await opportunities.find(tx, said)
    if found is None:
        return None
    return DealSubject(found, await users.find(tx, found.owner_id) if found.owner_id else None)


async def worked_deal(desk: Desk, actor: User, said: str, *, action: str) -> DealSubject | None:
    """As `deal`, if he may work on it; else None, and a row that he was refused."""
    found = await deal(desk.tx, said)
    if found is None or not found.is_open_to(actor):
        await refused(desk, actor, action=action, of=f"deal:{said}")
        return None
    return found


@dataclass(frozen=True, slots=True)
class TaskSubject:
    """A task and whose it is."""

    task: Task
    owner: User | None

    def is_open_to(self, actor: User) -> bool:
        """Whether he may change it."""
        return may_work(actor, owner_id=self.task.owner_id, owner=self.owner)


async def task(desk: Desk, task_id: str) -> TaskSubject | None:
    """The task of this number."""
    found = await tasks.find(desk, task_id)
    return None if found is None else TaskSubject(found, await users.find(desk.tx, found.owner_id))


async def refused(desk: Desk, actor: User, *, action: str, of: str) -> None:
    """Leave a row of what somebody was not let do; words that are no number of ours may be a phone."""
    kind, _, said = of.partition(":")
    of = of if _OURS.fullmatch(said) else f"{kind}:?"
    await audit.note(desk, actor=actor.id, action="access.refused", of=of, wanted=action)
