"""What steps want, done: written by the store in the unit that moves the person on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.assignment.arrive import arrive
from bot.assignment.faces import refresh
from bot.assignment.task_faces import task_face
from bot.cards.texts import journeys as texts
from bot.chat.outbound import Notice
from bot.crm.company.tags import Setter
from bot.crm.condition import Condition
from bot.crm.touching import GivenToRep, Intent, NotSent, Planned, Verdict
from bot.intake import behave, change, scoring
from bot.intake.lifecycle import forward
from bot.intake.scoring import Scored
from bot.intake.tagging import Tagged, tag, untag
from bot.journeys import approving, rows, selling
from bot.journeys.admission import NotAdmitted
from bot.journeys.book import Book
from bot.journeys.colleagues import keepers, whom
from bot.journeys.course import Course, Moved, Sight, Standing
from bot.journeys.entering import Occasion, enter, known_of, leave
from bot.journeys.expecting import wait_behind
from bot.journeys.notifying import tell
from bot.journeys.step import (
    AskApproval,
    CallOut,
    Effect,
    EndApproval,
    GiveCoupon,
    GivePoints,
    HandOver,
    Join,
    MakeTask,
    Memory,
    MoveDeal,
    MoveOn,
    PutTag,
    Say,
    SetTo,
    Tell,
    WriteField,
)
from bot.rules import score as rules
from bot.rules.facts import typed
from bot.rules.standing import is_plain
from bot.rules.standing import standing as stands
from bot.store import (
    enrollments,
    enrollments_sights,
    incidents,
    journeys,
    journeys_feed,
    leads,
    outbox,
    scores,
    tasks,
    webhooks,
)
from bot.store.desk import Desk

#: Decides whether, where and when messages go: bot/touch.
Request: TypeAlias = Callable[[Desk, Sequence[Intent]], Awaitable[Sequence[Verdict]]]
_RULES: frozenset[Setter] = frozenset(("rules",))
NO_COUPON, NOBODY = "no_coupon", "nobody"


@dataclass(slots=True)
class Live:
    """The actor of what really happens."""

    desk: Desk
    book: Book
    request: Request
    #: Leads whose cards show something else now.
    changed: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)

    async def look(self, way: Course, place: str, those: Sequence[Standing]) -> Mapping[str, Sight]:
        """All of them by one query; none at all where the step asks nothing."""
        conditions, fields = way.conditions(place), way.fields(place)
        if not conditions and not fields:
            return {one.id: _BLIND for one in those}
        desk = self.desk
        seen = await enrollments_sights.look(
            desk.tx, desk.company, [one.lead_id for one in those],
            conditions=conditions, fields=fields, now=desk.now,
        )  # fmt: skip
        places = {id(condition): n for n, condition in enumerate(conditions)}
        # Of whom the same is seen have the very same sight, so that they make the same step.
        same: dict[enrollments_sights.Seen, Sight] = {}
        sights = {}
        for one in those:
            lead = seen.get(one.lead_id)
            if lead is None:
                continue
            sight = same.get(lead)
            if sight is None:
                raw = _typed(fields, lead.values, desk) if fields else _NOTHING
                sight = same[lead] = _sight(lead.answers, places, raw)
            sights[one.id] = sight
        return sights

    async def act(self, way: Course, moved: Moved, effect: Effect) -> str:
        """Do it; what became of it, in a word."""
        return await _DO[type(effect)](self, way, moved, effect)

    async def say(self, way: Course, those: Sequence[tuple[Moved, Say]]) -> list[str]:
        """Have it said to all of them if it may be; what became of each, in a word."""
        intents = _intents(way, those)
        verdicts = await self.request(self.desk, intents)
        for intent, verdict, (moved, _) in zip(intents, verdicts, those, strict=True):
            # Who waits behind it for what it will never bring is told; what goes, tells when it went.
            if not isinstance(verdict, Planned) and wait_behind(way.graph, moved.line.place) is not None:
                await journeys_feed.mark_touch(self.desk, intent.lead_id, intent.key)
        return [_word(verdict) for verdict in verdicts]

    async def keep(self, made: Sequence[tuple[Course, Moved]]) -> None:
        """Rows and log, at once."""
        last = {moved.after.id: (way, moved.after) for way, moved in made}
        await enrollments.keep(
            self.desk.tx,
            rows.rows([(way, one) for way, one in last.values() if one.id not in self.ended]),
            [rows.step(way, moved) for way, moved in made],
        )

    async def finish(self) -> None:
        """Draw anew what shows the leads that changed."""
        for lead_id in sorted(self.changed):
            await refresh(self.desk, lead_id)


#: No field is read here.
_NOTHING: Mapping[str, object] = {}


def _typed(fields: Sequence[str], values: Sequence[object], desk: Desk) -> Mapping[str, object]:
    return typed(dict(zip(fields, values, strict=True)), desk.company.registry)[0]


def _sight(answers: tuple[bool, ...], places: Mapping[int, int], values: Mapping[str, object]) -> Sight:
    def holds(condition: Condition) -> bool:
        return answers[places[id(condition)]]

    return Sight(holds, values.get)


def _blind(condition: Condition) -> bool:
    raise KeyError(condition)


_BLIND = Sight(_blind, lambda _: None)


def occasion(moved: Moved) -> str:
    """Names this one time at this one place: the same for ever, whatever is tried again."""
    return f"journey:{moved.after.id}:{moved.line.place}:{moved.line.occurrence}"


def _by(way: Course) -> str:
    return f"rule:journey.{way.key}"


def _intents(way: Course, those: Sequence[tuple[Moved, Say]]) -> list[Intent]:
    """What is said to each; all but whom and when is the same for those who stand alike."""
    same: dict[tuple[int, int], Intent] = {}
    found = []
    for moved, said in those:
        memory = moved.after.memory
        one = same.get((id(said), id(memory)))
        if one is None:
            one = same[id(said), id(memory)] = _intent(way, said, memory)
        found.append(Intent(occasion(moved), moved.after.lead_id, *one[2:]))
    return found


def _intent(way: Course, said: Say, memory: Memory) -> Intent:
    """To nobody yet."""
    return Intent(
        key="", lead_id="", purpose=said.purpose, content=said.content,
        channels=said.channels, campaign=said.campaign, journey=way.key,
        arm=",".join(f"{name}={arm}" for name, arm in sorted(memory.arms.items())),
        priority=way.journey.priority, not_after=said.not_after, words=dict(memory.words),
    )  # fmt: skip


def _word(verdict: Verdict) -> str:
    match verdict:
        case Planned():
            return verdict.channel
        case GivenToRep():
            return "rep"
        case NotSent():
            return f"not_sent:{verdict.reason}"


async def _say(live: Live, way: Course, moved: Moved, said: Say) -> str:
    return (await live.say(way, [(moved, said)]))[0]


async def _coupon(live: Live, way: Course, moved: Moved, wanted: GiveCoupon) -> str:
    code = await journeys.coupon(live.desk, wanted.stock, occasion(moved))
    if code:
        moved.after.learn("coupon", code)
        return "given"
    # What he was given before is another one, used long ago.
    moved.after.forget("coupon")
    await incidents.count(live.desk.tx, "journey.no_coupon", wanted.stock, live.desk.now)
    day = live.desk.now.astimezone(live.desk.company.org.zone).date().isoformat()
    text = texts.NO_COUPON.format(stock=wanted.stock, journey=way.journey.name)
    for user in await keepers(live.desk):
        await outbox.post(live.desk, Notice(to=user.id, key=f"no_coupon:{wanted.stock}:{day}", text=text))
    return NO_COUPON


async def _tag(live: Live, way: Course, moved: Moved, wanted: PutTag) -> str:
    lead_id = moved.after.lead_id
    await leads.lock(live.desk.tx, lead_id)
    do = tag if wanted.on else untag
    found = await do(live.desk, lead_id, wanted.tag, by=_by(way), may=_RULES, reason=way.journey.name)
    if not isinstance(found, Tagged):
        return str(found.value)
    await behave.recount(live.desk, lead_id)
    live.changed.add(lead_id)
    return "done"


@dataclass(frozen=True, slots=True)
class _Gain:
    rule: str
    points: int
    reason: str
    occasion: str


async def _points(live: Live, way: Course, moved: Moved, wanted: GivePoints) -> str:
    desk, lead_id = live.desk, moved.after.lead_id
    before = await leads.lock(desk.tx, lead_id)
    gain = _Gain(f"journey.{way.key}", wanted.points, wanted.reason, occasion(moved))
    score = await scores.add(desk, lead_id, [gain])
    if not is_plain(desk.company.scoring):
        score = stands(desk.company.scoring, await scores.entries(desk.tx, lead_id), desk.now)
    await scores.settle(
        desk, lead_id, score, tier=rules.tier(desk.company, score).key,
        is_mql=rules.is_marketing_qualified(desk.company, score),
        is_sql=rules.is_sales_qualified(desk.company, score),
    )  # fmt: skip
    now = await scoring.count(desk, await leads.get(desk.tx, lead_id))
    await behave.hand_over(desk, Scored(now.lead, before))
    live.changed.add(lead_id)
    return "done"


async def _write(live: Live, way: Course, moved: Moved, wanted: WriteField) -> str:
    value = str(wanted.value).lower() if isinstance(wanted.value, bool) else str(wanted.value)
    found = await change.change(live.desk, moved.after.lead_id, wanted.field, value, by=_by(way))
    live.changed.add(moved.after.lead_id)
    return "done" if isinstance(found, change.Changed) else type(found).__name__.lower()


async def _move_on(live: Live, way: Course, moved: Moved, wanted: MoveOn) -> str:
    lead = await leads.lock(live.desk.tx, moved.after.lead_id)
    await forward(live.desk, lead, wanted.to, reason=f"journey:{way.key}", by=_by(way))
    return "done"


async def _hand_over(live: Live, way: Course, moved: Moved, wanted: HandOver) -> str:
    del way
    lead = await leads.lock(live.desk.tx, moved.after.lead_id)
    if lead.owner_id is not None:
        return "has_owner"
    await arrive(live.desk, lead, rings=True, note=wanted.reason)
    return "done"


async def _task(live: Live, way: Course, moved: Moved, wanted: MakeTask) -> str:
    desk = live.desk
    lead = await leads.get(desk.tx, moved.after.lead_id)
    owner = next(iter(await whom(desk, "owner", lead)), None)
    if owner is None:
        await incidents.count(desk.tx, "journey.nobody_to_do_it", way.key, desk.now)
        return NOBODY
    task = await tasks.add(
        desk, lead_id=lead.id, owner=owner, title=texts.TASK.format(title=wanted.title, who=lead.display),
        due_at=wanted.due_at, is_urgent=wanted.urgent, by=_by(way),
    )  # fmt: skip
    card = await task_face(desk, task, owner, note=texts.FROM.format(journey=way.journey.name))
    await outbox.post(desk, Notice(to=owner.id, key=occasion(moved), card=card, topic=task.topic))
    return task.id


async def _call_out(live: Live, way: Course, moved: Moved, wanted: CallOut) -> str:
    lead = await leads.get(live.desk.tx, moved.after.lead_id)
    data = {"journey": way.key, "version": way.version, "name": wanted.name, "lead": webhooks.lead_data(lead)}
    await webhooks.tell(live.desk, "journey.step", data, lead_id=lead.id)
    return "told"


async def _join(live: Live, way: Course, moved: Moved, wanted: Join) -> str:
    del way
    lead_id = moved.after.lead_id
    known = await known_of(live.desk, [lead_id])
    if not wanted.on:
        gone = await leave(live.desk, known, lead_id, wanted.journey)
        live.ended |= set(gone)
        return str(len(gone))
    other = live.book.open.get(wanted.journey)
    if other is None:
        return NotAdmitted.STOPPED
    one = Occasion(lead_id, f"from:{occasion(moved)}", lead_id if other.journey.business_key else "")
    found = (await enter(live.desk, live.book, other, [one], known))[0]
    return found.value if isinstance(found, NotAdmitted) else "entered"


_DO: Mapping[type, Callable[..., Awaitable[str]]] = {
    Say: _say,
    GiveCoupon: _coupon,
    PutTag: _tag,
    GivePoints: _points,
    WriteField: _write,
    MoveOn: _move_on,
    HandOver: _hand_over,
    MakeTask: _task,
    Tell: tell,
    SetTo: selling.set_status,
    MoveDeal: selling.move_deal,
    AskApproval: approving.ask,
    EndApproval: approving.end,
    CallOut: _call_out,
    Join: _join,
}
