"""Ask for a message to a customer: decided, reserved and written down in one unit of work.

The customer's own row is locked first. Whoever else decides about him, or writes down that he said
stop, comes before or after, never beside; so what is counted here cannot be overdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.cards.texts import touch as texts
from bot.crm.lead import Lead
from bot.crm.task import TaskState
from bot.crm.touching import (
    GivenToRep,
    Intent,
    NotSent,
    Planned,
    Refusal,
    TouchState,
    Verdict,
)
from bot.crm.user import SYSTEM, User
from bot.store import incidents, leads, tasks, touch_plans, touch_windows, users
from bot.store.desk import Desk
from bot.store.touch_plans import Plan
from bot.touch import gather, ways
from bot.touch.facts import Facts, spell_intent, spelled
from bot.touch.planner import Decision, plan, purpose_of
from bot.touch.ways import Mode

_MERGES = 5


async def request(desk: Desk, intent: Intent, *, before: Mapping[str, Refusal] | None = None) -> Verdict:
    """Have it said if it may be; asked again under the same key, the same verdict and nothing more.

    `before`: by way, why the first try of the same message failed there.
    """
    lead = await _locked(desk, intent.lead_id)
    if (known := await touch_plans.find_key(desk.tx, intent.key)) is not None:
        return verdict_of(known)
    if lead is None:
        facts = Facts(gone="erased", has_owner=False, policy=desk.company.touch)
        return await _write(desk, intent, facts, plan(intent, facts, desk.now), None)
    owner = await users.find(desk.tx, lead.owner_id) if lead.owner_id else None
    facts = await gather.gather(desk, intent, lead, owner)
    facts = replace(facts, before={way: why.value for way, why in (before or {}).items()})
    decision = plan(intent, facts, desk.now)
    if decision.gives_to_rep and owner is not None:
        return await _to_rep(desk, intent, facts, decision, (lead, owner))
    return await _write(desk, intent, facts, decision, lead)


def verdict_of(known: Plan) -> Verdict:
    """What was decided, as whoever asked gets it."""
    skipped = {key: Refusal(why) for key, why in known.skipped.items()}
    if known.state is TouchState.GIVEN_TO_REP:
        return GivenToRep(touch_id=known.id, task_id=known.task_id or "", skipped=skipped)
    if known.state is TouchState.NOT_SENT or known.due_at is None:
        reason = Refusal(known.reason) if known.reason else Refusal.GONE
        return NotSent(touch_id=known.id, reason=reason, skipped=skipped)
    return Planned(touch_id=known.id, channel=known.channel, at=known.due_at, skipped=skipped)


async def _locked(desk: Desk, lead_id: str) -> Lead | None:
    """The lead, or the one that it is now, with nobody else deciding about him; None if there is none."""
    for _ in range(_MERGES):
        try:
            lead = await leads.lock(desk.tx, lead_id)
        except KeyError:
            return None
        if lead.merged_into is None:
            return lead
        lead_id = lead.merged_into
    return lead


async def _write(
    desk: Desk, intent: Intent, facts: Facts, decision: Decision, lead: Lead | None, *, task_id: str = ""
) -> Verdict:
    """Take what it uses up, and write the row."""
    way, window_id, grant_id = decision.way, None, None
    if way is not None and decision.at is not None:
        if way.mode is Mode.WINDOW:
            window_id = facts.windows[way.key].id
            await _must(touch_windows.take(desk.tx, window_id, desk.now))
        if way.mode is Mode.TOKEN:
            grant_id = facts.grants[way.key]
            await _must(touch_windows.consume(desk.tx, grant_id, desk.now))
        if decision.displaces:
            await _displace(desk, decision.displaces, intent)
    row = Plan(
        id=desk.new_id(),
        key=intent.key,
        lead_id=lead.id if lead else intent.lead_id,
        purpose=purpose_of(intent, facts).value,
        content=intent.content,
        campaign=intent.campaign,
        journey=intent.journey,
        arm=intent.arm,
        priority=intent.priority,
        way=way.key if way else "",
        channel=way.channel if way else "",
        state=_state(decision, task_id),
        reason=decision.reason.value if decision.reason else "",
        skipped={key: why.value for key, why in decision.skipped.items()},
        wanted=spell_intent(intent),
        facts=spelled(facts),
        policy=await _policy(desk, facts),
        words=dict(intent.words),
        counts_on=decision.day,
        window_id=window_id,
        grant_id=grant_id,
        task_id=task_id or None,
        decided_at=desk.now,
        due_at=decision.at,
        not_after=intent.not_after,
        ended_at=None if way else desk.now,
    )
    await _must(touch_plans.add(desk, row))
    if way is None:
        await incidents.count(desk.tx, f"touch.{row.state.value}", row.reason or "unknown", desk.now)
    return verdict_of(row)


def _state(decision: Decision, task_id: str) -> TouchState:
    if decision.way is not None:
        return TouchState.PLANNED
    return TouchState.GIVEN_TO_REP if task_id else TouchState.NOT_SENT


async def _must(taken: object) -> None:
    """What was read under the customer's lock is still so; anything else is a defect, and undone."""
    if not await taken:  # type: ignore[misc]
        msg = "a reservation was lost although its customer was locked"
        raise RuntimeError(msg)


async def _policy(desk: Desk, facts: Facts) -> str:
    digest = gather.digest_of(facts.policy)
    await touch_plans.keep_policy(desk, digest, gather.body_of(facts.policy))
    return digest


async def _displace(desk: Desk, touch_id: str, intent: Intent) -> None:
    """A less urgent message gives its place away, and says so."""
    other = await touch_plans.find(desk.tx, touch_id)
    why = f"displaced_by:{intent.key}"
    await _must(touch_plans.skip(desk, touch_id, reason=Refusal.CAPPED.value, detail=why))
    if other is not None:
        await give_back(desk, other)
    await incidents.count(desk.tx, "touch.skipped", "displaced", desk.now)


async def give_back(desk: Desk, known: Plan) -> None:
    """It certainly did not go: the span or permission that it took is free again."""
    if known.window_id:
        await touch_windows.give_back(desk.tx, known.window_id, known.decided_at)
    if known.grant_id:
        await touch_windows.return_grant(desk.tx, known.grant_id)


async def _to_rep(
    desk: Desk, intent: Intent, facts: Facts, decision: Decision, whose: tuple[Lead, User]
) -> Verdict:
    """The owner has a task in its place; one that he has about this customer already says it, too."""
    lead, owner = whose
    task_id = await _open_task(desk, lead.id) or await _new_task(desk, intent, decision.skipped, whose)
    del owner
    return await _write(desk, intent, facts, decision, lead, task_id=task_id)


async def _open_task(desk: Desk, lead_id: str) -> str:
    """One of today that is still open: three journeys are no reason for three tasks."""
    for task_id in await touch_plans.task_of_lead(desk.tx, lead_id):
        task = await tasks.find(desk, task_id)
        fresh = task is not None and desk.now - task.created_at < timedelta(days=1)
        if task is not None and fresh and task.state is TaskState.OPEN:
            return task.id
    return ""


async def _new_task(
    desk: Desk, intent: Intent, skipped: Mapping[str, Refusal], whose: tuple[Lead, User]
) -> str:
    lead, owner = whose
    library = desk.company.content.get(intent.content)
    why = "；".join(
        f"{ways.label(key)} {texts.REFUSALS[refusal]}" for key, refusal in list(skipped.items())[:3]
    )
    title = texts.TASK.format(who=lead.display, what=library.name if library else intent.content, why=why)
    within = timedelta(minutes=desk.company.touch.rep_minutes)
    due_at = desk.company.working_time.add_working(desk.now, within)
    task = await tasks.add(desk, owner=owner, title=title, due_at=due_at, by=SYSTEM.id, lead_id=lead.id)
    return task.id
