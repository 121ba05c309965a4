"""Two leads become one (合并): the earlier goes on with all that both have, and nothing is lost."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import structlog

from bot.assignment import deal_faces, faces, respond, task_faces
from bot.crm.lead import Lead
from bot.crm.merging import Whose, in_order, may_merge, whose
from bot.crm.user import User
from bot.intake import merge_texts as texts
from bot.intake import scoring
from bot.intake.behave import hand_over
from bot.intake.lifecycle import forward
from bot.intake.scoring import Scored
from bot.intake.track import wake
from bot.kit.masked import Email, Phone
from bot.store import (
    accounts,
    audit,
    behaviours,
    leads,
    lookalikes,
    merge_journal,
    merge_leads,
    merge_moves,
    merges,
    opportunities,
    tasks,
    todos,
    users,
)
from bot.store.desk import Desk
from bot.store.leads import Particulars
from bot.store.merge_journal import Journal
from bot.store.merges import Merge

_log = structlog.get_logger()
Side: TypeAlias = Literal["kept", "gone"]
#: Texts of which either is taken whole.
_TEXTS = ("name", "title", "industry", "external_id")


class Obstacle(enum.Enum):
    """Why two leads cannot be merged."""

    #: Neither number says anything, or it is the same twice.
    UNKNOWN = "unknown"
    SAME = "same"
    #: They are one already.
    DONE = "done"
    #: One of them was merged into a third.
    ELSEWHERE = "elsewhere"
    NOT_YOURS = "not_yours"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field of which both have a value; personal ones masked."""

    field: str
    label: str
    kept: str
    gone: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What merging would do."""

    kept: Lead
    gone: Lead
    owner: User | None
    others_owner: User | None
    conflicts: tuple[Conflict, ...]
    #: Whose lead it will be.
    whose: Whose
    #: How many open tasks and deals change hands.
    tasks: int = 0
    deals: int = 0


async def plan(desk: Desk, one_id: str, other_id: str, *, by: User) -> Plan | Obstacle:
    """What merging these two would do; who may not know of both learns nothing."""
    if one_id == other_id:
        return Obstacle.SAME
    pair = [await leads.find(desk.tx, lead_id) for lead_id in (one_id, other_id)]
    one, other = pair
    if one is None or other is None:
        return Obstacle.UNKNOWN
    kept, gone = in_order(one, other)
    owner, others_owner = [await _owner(desk, lead) for lead in (kept, gone)]
    if not may_merge(by, kept, owner, gone, others_owner):
        return Obstacle.NOT_YOURS
    if one.merged_into is not None or other.merged_into is not None:
        roots = {lead.merged_into or lead.id for lead in (one, other)}
        return Obstacle.DONE if len(roots) == 1 else Obstacle.ELSEWHERE
    known = [await leads.particulars(desk, lead.id) for lead in (kept, gone)]
    becomes = whose(kept, gone)
    moves = becomes is not Whose.OTHERS and kept.owner_id is not None and kept.owner_id != gone.owner_id
    open_tasks = await tasks.open_of_lead(desk, gone.id) if moves else []
    deals = await opportunities.of_lead(desk.tx, gone.id) if moves else []
    of_other = gone.owner_id
    return Plan(
        kept, gone, owner, others_owner, _conflicts(desk, *known), becomes,
        tasks=sum(one.owner_id == of_other for one in open_tasks),
        deals=sum(one.is_open and one.owner_id == of_other for one in deals),
    )  # fmt: skip


async def merge(
    desk: Desk, one_id: str, other_id: str, *, by: User, how: str, prefers: Side = "kept"
) -> Merge | Obstacle:
    """Merge them; `prefers` says whose particulars stand where both have one."""
    for lead_id in sorted({one_id, other_id}, key=_number):
        if await leads.find(desk.tx, lead_id) is not None:
            await leads.lock(desk.tx, lead_id)
    found = await plan(desk, one_id, other_id, by=by)
    if isinstance(found, Obstacle):
        return found
    kept, gone = found.kept, found.gone
    done = await merges.keep(
        desk, kept=kept.id, gone=gone.id, by=by.id, how=how, prefers=prefers,
        conflicts=tuple(one.field for one in found.conflicts),
    )  # fmt: skip
    before = await merge_journal.snapshot(desk.tx, (kept.id, gone.id))
    reason = texts.REASON.format(gone=gone.id, kept=kept.id)
    await _pass_on(desk, found, done)
    await _unite(desk, found, prefers=prefers, by=by, reason=reason)
    moved = await merge_moves.move(desk.tx, gone.id, kept.id)
    await merge_moves.give_tags(desk.tx, gone.id, kept.id)
    followed = await merge_moves.follow(desk.tx, gone.id, kept.id)
    await merges.lead_away(desk.tx, gone.id, to=kept.id)
    await _rescore(desk, found)
    await _clocks(desk, found)
    after = await merge_journal.snapshot(desk.tx, (kept.id, gone.id))
    journal = Journal(merge_journal.compare(before, after), moved, followed)
    await merges.write_journal(desk, done, journal)
    await lookalikes.merged(desk, kept.id, gone.id, by=by.id)
    await audit.note(desk, actor=by.id, action="lead.merged", of=kept.topic, gone=gone.id, merge=done.id)
    await _carry_on(desk, found)
    await redraw(desk, journal, (kept.id, gone.id))
    _log.info("lead.merged", lead=kept.id, gone=gone.id, merge=done.id, user=by.id)
    return done


async def _carry_on(desk: Desk, found: Plan) -> None:
    """What both did may qualify the one whom neither alone was; what nobody counted yet is counted."""
    kept = await leads.get(desk.tx, found.kept.id)
    if not found.gone.is_sales_qualified:
        await hand_over(desk, Scored(kept, found.kept))
    if await behaviours.are_waiting(desk.tx, kept.id):
        await wake(desk, kept.id)


async def redraw(desk: Desk, journal: Journal, lead_ids: tuple[str, ...]) -> None:
    """Every card of what was touched says how it stands now."""
    for lead_id in lead_ids:
        await faces.refresh(desk, lead_id)
    for change in journal.of("tasks"):
        task = await tasks.find(desk, change.key[0])
        if task is not None:
            await task_faces.refresh(desk, task)
    for change in journal.of("opportunities"):
        await deal_faces.refresh(desk, change.key[0])


async def _pass_on(desk: Desk, found: Plan, merge: Merge) -> None:
    """Open tasks and deals of the other owner go to whose lead it is from now on."""
    owner, other = found.owner, found.gone.owner_id
    if owner is None or other is None or found.whose is Whose.OTHERS or owner.id == other:
        return
    his = [one for one in await tasks.open_of_lead(desk, found.gone.id) if one.owner_id == other]
    deals = [one for one in await opportunities.of_lead(desk.tx, found.gone.id) if one.is_open]
    for task in his:
        await todos.close(desk, task, is_done=False, occasion=merge.id)
        await todos.show(desk, replace(task, owner_id=owner.id), occasion=merge.id)
    await merge_moves.pass_on(desk, found.gone.id, [one.id for one in his], of=other, to=owner)
    for account_id in sorted({one.account_id for one in deals if one.owner_id == other}):
        await accounts.pass_on(desk.tx, account_id, of=other, to=owner.id)


async def _unite(desk: Desk, found: Plan, *, prefers: Side, by: User, reason: str) -> None:
    kept, gone = found.kept, found.gone
    known = [await leads.particulars(desk, lead.id) for lead in (kept, gone)]
    await leads.write(desk, kept.id, united(kept, gone, known[0], known[1], prefers=prefers))
    if found.whose is Whose.OTHERS:
        await merge_leads.take_over(desk, kept, gone, found.others_owner, by=by, reason=reason)
    elif found.whose is Whose.CONVERTED:
        await merge_leads.convert(desk, kept, found.owner, by=by, reason=reason)
    await merge_leads.let_go(desk, gone, by=by, reason=reason)
    now = await leads.get(desk.tx, kept.id)
    if gone.lifecycle:
        await forward(desk, now, gone.lifecycle, reason=reason, by=by.id)


async def _rescore(desk: Desk, found: Plan) -> None:
    """Points for what both did add up, once for each occasion; points for what they are are given anew."""
    about_fields = frozenset(rule.id for rule in desk.company.scoring.rules if rule.event is None)
    points = await merge_moves.give_points(desk.tx, found.gone.id, found.kept.id, leave=about_fields)
    await merge_leads.add_up(desk, found.kept, found.gone, points=points)
    await scoring.count(desk, await leads.get(desk.tx, found.kept.id))


async def _clocks(desk: Desk, found: Plan) -> None:
    """What waited for the lead that is gone is off; the one that goes on has one clock of its own."""
    await merge_moves.still(desk, found.gone.id)
    await merge_moves.take_reminders(desk, found.gone.id, found.kept.id)
    if found.whose is Whose.OWN:
        return
    await merge_moves.still(desk, found.kept.id)
    if found.whose is Whose.OTHERS:
        await respond.start(desk, await leads.get(desk.tx, found.kept.id))


def united(kept: Lead, gone: Lead, ours: Particulars, theirs: Particulars, *, prefers: Side) -> Particulars:
    """What is known of the person: nothing that only one of them has is lost."""
    first, second = (ours, theirs) if prefers == "kept" else (theirs, ours)
    place = first if first.province or first.city else second
    firm = first if first.company else second
    newer = (
        ours if (kept.waiting_since or kept.created_at) >= (gone.waiting_since or gone.created_at) else theirs
    )
    older = theirs if newer is ours else ours
    return replace(
        ours,
        **{key: getattr(first, key) or getattr(second, key) for key in _TEXTS},
        company=firm.company,
        company_key=firm.company_key,
        phone=first.phone if first.phone.reveal() else second.phone,
        email=first.email if first.email.reveal() else second.email,
        province=place.province,
        city=place.city,
        region=ours.region or theirs.region,
        message=newer.message or older.message,
        custom=_custom(first.custom, second.custom),
    )


def _custom(
    first: Mapping[str, str | tuple[str, ...]], second: Mapping[str, str | tuple[str, ...]]
) -> dict[str, str | tuple[str, ...]]:
    """The company's own fields; of lists both have their part."""
    both = {**second, **first}
    for key in first.keys() & second.keys():
        one, other = first[key], second[key]
        if isinstance(one, tuple) and isinstance(other, tuple):
            both[key] = tuple(dict.fromkeys((*one, *other)))
    return both


def _conflicts(desk: Desk, ours: Particulars, theirs: Particulars) -> tuple[Conflict, ...]:
    pairs = {
        "name": (ours.name, theirs.name),
        "phone": (ours.phone.reveal(), theirs.phone.reveal()),
        "email": (ours.email.reveal(), theirs.email.reveal()),
        "company": (ours.company, theirs.company),
        "title": (ours.title, theirs.title),
        "city": (_place(ours), _place(theirs)),
        "industry": (ours.industry, theirs.industry),
    }
    for key in ours.custom.keys() & theirs.custom.keys():
        one, other = ours.custom[key], theirs.custom[key]
        if isinstance(one, str) and isinstance(other, str):
            pairs[key] = (one, other)
    return tuple(
        Conflict(key, desk.company.label_of(key), *(_shown(key, value) for value in pair))
        for key, pair in pairs.items()
        if all(pair) and pair[0] != pair[1]
    )


def _shown(field: str, value: str) -> str:
    match field:
        case "phone":
            return Phone(leads.dialled(value)).masked
        case "email":
            return Email(value).masked
        case _:
            return value


def _place(known: Particulars) -> str:
    return " ".join(part for part in (known.province, known.city) if part)


async def _owner(desk: Desk, lead: Lead) -> User | None:
    return await users.find(desk.tx, lead.owner_id) if lead.owner_id else None


def _number(lead_id: str) -> int:
    return int(lead_id[1:]) if lead_id[1:].isdigit() else 0
