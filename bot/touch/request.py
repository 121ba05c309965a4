"""Ask for messages to customers: decided, reserved and written down in one unit of work.

The customers' own rows are locked first. Whoever else decides about one of them, or writes down that he
said stop, comes before or after, never beside; so what is counted here cannot be overdrawn. However many
are asked for at once, there is one statement for each table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

from bot.cards.texts import touch as texts
from bot.crm.lead import Lead
from bot.crm.task import Task, TaskState
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
from bot.touch.deciding import Deciding, after_failure
from bot.touch.facts import Facts, spell_intent
from bot.touch.gather import Asked
from bot.touch.planner import Decision, good_until, purpose_of
from bot.touch.ways import Mode

_MERGES = 5
#: What was read under the customer's lock is still so; anything else is a defect, and undone.
_LOST = "a reservation was lost although its customer was locked"
#: Why somebody is gone, as the facts say it.
_ERASED = "erased"
#: Would have kept it back with a code, too.
_WHATEVER_IS_SAID = frozenset({Refusal.CAPPED, Refusal.TOO_LATE, Refusal.SUPPRESSED})


async def request(desk: Desk, intent: Intent, *, before: Mapping[str, Refusal] | None = None) -> Verdict:
    """Have it said if it may be; asked again under the same key, the same verdict and nothing more.

    `before`: by way, why the first try of the same message failed there.
    """
    return (await _all(desk, [intent], before or {}))[0]


async def request_all(desk: Desk, intents: Sequence[Intent]) -> list[Verdict]:
    """The same for many, as if each had been asked for alone, in this order."""
    return await _all(desk, intents, {})


def verdict_of(known: Plan) -> Verdict:
    """What was decided, as whoever asked gets it."""
    return _verdict(known, {key: Refusal(why) for key, why in known.skipped.items()})


def _verdict(known: Plan, skipped: Mapping[str, Refusal]) -> Verdict:
    if known.state is TouchState.GIVEN_TO_REP:
        return GivenToRep(touch_id=known.id, task_id=known.task_id or "", skipped=skipped)
    if known.state is TouchState.NOT_SENT or known.due_at is None:
        reason = Refusal(known.reason) if known.reason else Refusal.GONE
        return NotSent(touch_id=known.id, reason=reason, skipped=skipped)
    return Planned(touch_id=known.id, channel=known.channel, at=known.due_at, skipped=skipped)


async def _all(desk: Desk, intents: Sequence[Intent], before: Mapping[str, Refusal]) -> list[Verdict]:
    whose = await _locked(desk, intents)
    verdicts: dict[int, Verdict] = {}
    waiting = list(range(len(intents)))
    owners: dict[str, User] = {}
    while waiting:
        now, waiting = _one_each(waiting, intents, whose)
        unit = _Unit(desk, Deciding(desk.now), before, owners)
        done = await unit.work([(intents[n], whose[n]) for n in now])
        verdicts.update(zip(now, done, strict=True))
    return [verdicts[n] for n in range(len(intents))]


def _one_each(
    waiting: Sequence[int], intents: Sequence[Intent], whose: Sequence[Lead | None]
) -> tuple[list[int], list[int]]:
    """The first of each customer, and the others: they are decided when that one is written down."""
    now: list[int] = []
    later: list[int] = []
    leads_: set[str] = set()
    keys: set[str] = set()
    for n in waiting:
        lead, key = whose[n], intents[n].key
        lead_id = lead.id if lead else intents[n].lead_id
        (later if lead_id in leads_ or key in keys else now).append(n)
        leads_.add(lead_id)
        keys.add(key)
    return now, later


async def _locked(desk: Desk, intents: Sequence[Intent]) -> list[Lead | None]:
    """Each one's lead, or the one that it is now, with nobody else deciding about him; None if he is gone."""
    found: dict[str, Lead] = {}
    missing = {intent.lead_id for intent in intents}
    for _ in range(_MERGES):
        found |= await leads.lock_each(desk.tx, missing)
        missing = {lead.merged_into for lead in found.values() if lead.merged_into} - found.keys()
        if not missing:
            break
    return [_root(found, intent.lead_id) for intent in intents]


def _root(found: Mapping[str, Lead], lead_id: str) -> Lead | None:
    lead = found.get(lead_id)
    for _ in range(_MERGES - 1):
        if lead is None or lead.merged_into is None:
            return lead
        lead = found.get(lead.merged_into)
    return lead


class _Decided(NamedTuple):
    """One that is to be written."""

    intent: Intent
    facts: Facts
    decision: Decision
    lead: Lead | None
    task_id: str = ""


class _Unit:
    """Messages to as many customers, not two to the same one."""

    def __init__(
        self, desk: Desk, deciding: Deciding, before: Mapping[str, Refusal], owners: dict[str, User]
    ) -> None:
        self._desk, self._deciding, self._before, self._owners = desk, deciding, before, owners

    async def work(self, those: Sequence[tuple[Intent, Lead | None]]) -> list[Verdict]:
        """Decide and write; a verdict for each."""
        desk = self._desk
        known = await touch_plans.find_keys(desk.tx, [intent.key for intent, _ in those])
        new = [(intent, lead) for intent, lead in those if intent.key not in known]
        made = await self._write(
            [
                await self._or_task(one) if one.decision.gives_to_rep else one
                for one in await self._decide(new)
            ]
        )
        verdicts = {key: verdict_of(plan) for key, plan in known.items()} | made
        return [verdicts[intent.key] for intent, _ in those]

    async def _decide(self, those: Sequence[tuple[Intent, Lead | None]]) -> list[_Decided]:
        here = [(intent, lead) for intent, lead in those if lead is not None]
        missing = {lead.owner_id for _, lead in here if lead.owner_id} - self._owners.keys()
        self._owners.update(await users.find_each(self._desk.tx, missing))
        asked = [Asked(intent, lead, self._owner(lead)) for intent, lead in here]
        found = iter(await gather.gather_all(self._desk, asked) if asked else ())
        gone = Facts(gone=_ERASED, has_owner=False, policy=self._desk.company.touch)
        decided = []
        for intent, lead in those:
            facts = gone if lead is None else after_failure(next(found), self._before)
            decision = self._for_want_of_a_code(intent, self._deciding.decide(intent, facts))
            decided.append(_Decided(intent, facts, decision, lead))
        return decided

    def _for_want_of_a_code(self, intent: Intent, decision: Decision) -> Decision:
        """Where nothing but the code was missing in the text, that is the reason."""
        known = self._desk.company.content.get(intent.content)
        if known is None or "coupon" not in known.words or intent.words.get("coupon"):
            return decision
        skipped = {
            key: Refusal.NO_COUPON
            if why is Refusal.NO_TEXT and known.channels.of(ways.WAYS[key].version) is not None
            else why
            for key, why in decision.skipped.items()
        }
        if Refusal.NO_COUPON not in skipped.values():
            return decision
        said = decision.way is not None or decision.reason in _WHATEVER_IS_SAID
        return replace(decision, skipped=skipped, reason=decision.reason if said else Refusal.NO_COUPON)

    def _owner(self, lead: Lead) -> User | None:
        return self._owners.get(lead.owner_id) if lead.owner_id else None

    async def _or_task(self, one: _Decided) -> _Decided:
        """The owner has a task in its place; one that he has about this customer already says it, too."""
        owner = self._owner(one.lead) if one.lead else None
        if one.lead is None or owner is None:
            return one
        known = await _open_task(self._desk, one.lead.id)
        if known is not None:
            await _say_too(self._desk, known, one.intent, one.decision.skipped, one.lead)
        skipped, whose = one.decision.skipped, (one.lead, owner)
        task_id = known.id if known else await _new_task(self._desk, one.intent, skipped, whose)
        return _Decided(one.intent, one.facts, one.decision, one.lead, task_id)

    async def _write(self, those: Sequence[_Decided]) -> dict[str, Verdict]:
        """Take what they use up, and write the rows; by key, what whoever asked gets."""
        desk = self._desk
        if not those:
            return {}
        for one in those:
            if one.decision.displaces and one.decision.way is not None:
                await _displace(desk, one.decision.displaces, one.intent)
        policy = await self._policy()
        ids = desk.new_ids(len(those))
        rows = self._rows(ids, those, policy)
        await _must(touch_windows.take(desk.tx, [r.window_id for r in rows if r.window_id], desk.now))
        await _must(touch_windows.consume(desk.tx, [r.grant_id for r in rows if r.grant_id], desk.now))
        await touch_plans.add_all(desk, rows)
        not_sent = Counter((row.state.value, row.reason or "unknown") for row in rows if not row.way)
        for (state, reason), times in sorted(not_sent.items()):
            await incidents.count(desk.tx, f"touch.{state}", reason, desk.now, times=times)
        return {row.key: _verdict(row, one.decision.skipped) for row, one in zip(rows, those, strict=True)}

    def _rows(self, ids: Sequence[str], those: Sequence[_Decided], policy: str) -> list[Plan]:
        """What is asked for and decided alike is the same but for whose it is."""
        same: dict[tuple[Any, ...], Plan] = {}
        found = []
        for touch_id, one in zip(ids, those, strict=True):
            intent = one.intent
            # What has one decision has the same purpose, content, channels, priority and facts.
            alike = (
                id(one.decision),
                intent.campaign,
                intent.journey,
                intent.arm,
                intent.not_after,
                one.task_id,
            )
            row = same.get(alike)
            if row is None:
                row = same[alike] = self._row(one, policy)
            lead_id = one.lead.id if one.lead else intent.lead_id
            words = {} if one.facts.gone == _ERASED else intent.words
            found.append(Plan(touch_id, intent.key, lead_id, *row[3:-1], words))
        return found

    def _row(self, one: _Decided, policy: str) -> Plan:
        """Nobody's yet."""
        desk, intent, facts, decision = self._desk, one.intent, one.facts, one.decision
        way = decision.way
        goes = way is not None and decision.at is not None
        return Plan(
            id="",
            key="",
            lead_id="",
            purpose=purpose_of(intent, facts).value,
            content=intent.content,
            campaign=intent.campaign,
            journey=intent.journey,
            arm=intent.arm,
            priority=intent.priority,
            way=way.key if way else "",
            channel=way.channel if way else "",
            state=_state(decision, one.task_id),
            reason=decision.reason.value if decision.reason else "",
            skipped={key: why.value for key, why in decision.skipped.items()},
            wanted=spell_intent(intent),
            facts=self._deciding.facts(facts),
            policy=policy,
            counts_on=decision.day,
            window_id=facts.windows[way.key].id if way and goes and way.mode is Mode.WINDOW else None,
            grant_id=facts.grants[way.key] if way and goes and way.mode is Mode.TOKEN else None,
            task_id=one.task_id or None,
            decided_at=desk.now,
            due_at=decision.at,
            not_after=good_until(intent, decision.at, desk.now),
            ended_at=None if way else desk.now,
        )

    async def _policy(self) -> str:
        """The rules in force, kept once."""
        rules = self._desk.company.touch
        digest = gather.digest_of(rules)
        await touch_plans.keep_policy(self._desk, digest, gather.body_of(rules))
        return digest


def _state(decision: Decision, task_id: str) -> TouchState:
    if decision.way is not None:
        return TouchState.PLANNED
    return TouchState.GIVEN_TO_REP if task_id else TouchState.NOT_SENT


async def _must(taken: Awaitable[bool]) -> None:
    if not await taken:
        raise RuntimeError(_LOST)


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


async def _open_task(desk: Desk, lead_id: str) -> Task | None:
    """One of today that is still open: three journeys are no reason for three tasks."""
    for task_id in await touch_plans.task_of_lead(desk.tx, lead_id):
        task = await tasks.find(desk, task_id)
        fresh = task is not None and desk.now - task.created_at < timedelta(days=1)
        if task is not None and fresh and task.state is TaskState.OPEN:
            return task
    return None


async def _say_too(
    desk: Desk, task: Task, intent: Intent, skipped: Mapping[str, Refusal], lead: Lead
) -> None:
    """Its title names what it stands for: every content once."""
    so_far = await touch_plans.in_task(desk.tx, lead.id, task.id)
    if intent.content in {content for content, _ in so_far}:
        return
    contents = dict.fromkeys([*(content for content, _ in so_far), intent.content])
    why = dict(skipped)
    for _, before in reversed(so_far):
        why = {key: Refusal(said) for key, said in before.items()} | why
    await tasks.retitle(desk, task, _title(desk, lead, contents, why), by=SYSTEM.id)


def _title(desk: Desk, lead: Lead, contents: Iterable[str], skipped: Mapping[str, Refusal]) -> str:
    names = {one: desk.company.content.get(one) for one in contents}
    why = "；".join(
        f"{ways.label(key)} {texts.REFUSALS[refusal]}" for key, refusal in list(skipped.items())[:3]
    )
    what = "、".join(known.name if known else one for one, known in names.items())
    return texts.TASK.format(who=lead.display, what=what, why=why)


async def _new_task(
    desk: Desk, intent: Intent, skipped: Mapping[str, Refusal], whose: tuple[Lead, User]
) -> str:
    lead, owner = whose
    title = _title(desk, lead, (intent.content,), skipped)
    within = timedelta(minutes=desk.company.touch.rep_minutes)
    due_at = desk.company.working_time.add_working(desk.now, within)
    task = await tasks.add(desk, owner=owner, title=title, due_at=due_at, by=SYSTEM.id, lead_id=lead.id)
    return task.id
