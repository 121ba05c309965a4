"""The last look at a message before the wire, and what is written when its answer is there.

Each function is one unit of work; between `begin` and `ended` lies the call, and nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.chat.channel import CustomerMessage
from bot.crm.lead import Lead
from bot.crm.touching import Intent, Purpose, Refusal, TouchState
from bot.crm.user import User
from bot.rules import content
from bot.rules.content import Rendered
from bot.rules.content_links import Addresses
from bot.store import (
    incidents,
    leads,
    touch_addresses,
    touch_costs,
    touch_plans,
    touch_sending,
    touch_texts,
    touch_windows,
    touches,
    users,
)
from bot.store.desk import Desk
from bot.store.touch_addresses import Reachable
from bot.store.touch_plans import Plan
from bot.store.touch_texts import Kept
from bot.store.touches import Fate
from bot.touch import asking, closing, gather, refusals, shut
from bot.touch.answers import Answer, Outcome
from bot.touch.elsewhere import elsewhere, intent_of
from bot.touch.facts import Facts, Window
from bot.touch.planner import good_until, recheck
from bot.touch.request import give_back
from bot.touch.standing import Standing, standing
from bot.touch.ways import RECEIPTED, SAME_FOR_ALL, WAYS, Mode, Way

#: A channel that is busy, or a keyed one whose answer was lost, is tried so often.
TRIES = 6
_LONGEST = timedelta(minutes=10)
#: What another channel may still mend.
_MENDABLE = frozenset(
    {
        Refusal.NO_ADDRESS,
        Refusal.NO_WINDOW,
        Refusal.NO_GRANT,
        Refusal.CHANNEL_OFF,
        Refusal.NO_TEXT,
    }
)
#: Details of a row whose last answer nobody heard: what it is refused for now does not undo that.
_UNHEARD = frozenset({"answer_lost", "sender_vanished"})
#: A message of a journey that is paused is looked at again after so long.
_RESTS = timedelta(minutes=10)
#: A span shorter than that leaves no time for pauses.
_BRIEF, _SOON = timedelta(minutes=1), timedelta(seconds=1)


async def begin(desk: Desk, leased: Plan, *, gathers: bool = False) -> CustomerMessage | None:
    """Ask again, write the tombstone, and give what goes on the wire; None: not now, or not at all.

    `gathers`: what a colleague has to send is put into one task with others (`bot.touch.asking`).
    """
    lead = await _locked(desk, leased)
    if lead is None:
        return None
    owner = await users.find(desk.tx, lead.owner_id) if lead.owner_id else None
    intent = intent_of(leased, lead.id)
    facts = await _facts(desk, leased, intent, lead, owner)
    way = WAYS.get(leased.way)
    if way is None:
        await _skip(desk, leased, intent, Refusal.CHANNEL_OFF)
        return None
    stands = await standing(desk, leased)
    found = recheck(way, intent, facts, desk.now, decided_at=leased.decided_at)
    if stands is Standing.OVER:
        found = Refusal.GONE
    if isinstance(found, Refusal):
        await _skip(desk, leased, intent, found)
        return None
    if stands is Standing.RESTS:
        await touch_sending.again(
            desk.tx, leased, at=desk.now + _RESTS, day=found.day, why=kept(leased, "journey_paused")
        )  # fmt: skip
        return None
    if found.at > desk.now:
        until = good_until(intent, found.at, desk.now)
        await touch_sending.again(
            desk.tx, leased, at=found.at, day=found.day, why=kept(leased, "put_off"), not_after=until
        )
        return None
    return await _marked(desk, leased, way, (lead, owner), found.day, gathers=gathers)


async def ended(desk: Desk, leased: Plan, outcome: Outcome, *, is_keyed: bool) -> TouchState | None:
    """Write down what became of it; None if somebody else has taken the row over."""
    if await _is_erased(desk, leased.lead_id):
        outcome, is_keyed = _hushed(leased, outcome), False
    way = WAYS.get(leased.way)
    match outcome.answer:
        case Answer.TAKEN:
            asks = way is not None and way.mode is Mode.REP
            return await _taken(desk, leased, outcome, TouchState.ASKED if asks else TouchState.SENT)
        case Answer.BUSY:
            return await _later(desk, leased, outcome)
        case Answer.REFUSED if _is_known_by_now(leased, outcome):
            return await _taken(desk, leased, outcome, TouchState.SENT)
        case Answer.REFUSED:
            return await _refused(desk, leased, outcome.why)
        case Answer.LOST:
            if is_keyed:
                return await _later(desk, leased, outcome)
            return await _unknown(desk, leased, outcome.why)


def _is_known_by_now(leased: Plan, outcome: Outcome) -> bool:
    """The try before, whose answer nobody heard, was taken."""
    return leased.attempts > 0 and outcome.why in refusals.KNOWN_BY_NOW


def _hushed(leased: Plan, outcome: Outcome) -> Outcome:
    """For somebody erased meanwhile: what it came to, without the channel's words, and no other try."""
    answer = Answer.REFUSED if outcome.answer is Answer.BUSY else outcome.answer
    return Outcome(Answer.TAKEN if _is_known_by_now(leased, outcome) else answer)


async def _is_erased(desk: Desk, lead_id: str) -> bool:
    """Whether he is gone; if not, he stays until the answer is written."""
    try:
        return (await leads.lock(desk.tx, lead_id)).is_erased
    except KeyError:
        return True


async def vanished(desk: Desk, stuck: Plan, *, is_keyed: bool) -> TouchState | None:
    """Its sender vanished between the tombstone and the answer."""
    return await ended(desk, stuck, Outcome(Answer.LOST, why="sender_vanished"), is_keyed=is_keyed)


async def untouched(desk: Desk, leased: Plan) -> bool:
    """The tombstone is written, and this sender stood still too long to go on: certainly not sent."""
    day = leased.counts_on
    return await touch_sending.again(desk.tx, leased, at=desk.now, day=day, why=kept(leased, "stood_still"))


def is_unheard(leased: Plan) -> bool:
    """Whether a try before this one may have gone: whatever comes now, that it did not go is not sure."""
    return leased.attempts > 0 and leased.detail in _UNHEARD


def kept(leased: Plan, why: str) -> str:
    """Why it waits; that an earlier answer was lost is said above all."""
    return leased.detail if is_unheard(leased) else why


async def _locked(desk: Desk, leased: Plan) -> Lead | None:
    """Whose it is now, with nobody else deciding about him; None if the row is another's by now."""
    known: Plan | None = leased
    for _ in range(3):
        if known is None:
            return None
        lead_id = known.lead_id
        try:
            lead = await leads.lock(desk.tx, lead_id)
        except KeyError:
            await touch_sending.end(
                desk.tx, leased, TouchState.SKIPPED, now=desk.now, reason=Refusal.GONE.value, detail="erased"
            )
            return None
        known = await touch_plans.find(desk.tx, leased.id)
        if known is not None and known.lead_id == lead_id:
            return lead if (known.fence, known.state) == (leased.fence, TouchState.LEASED) else None
    return None


async def _facts(desk: Desk, leased: Plan, intent: Intent, lead: Lead, owner: User | None) -> Facts:
    """As they are now; the span that it took is its own, whatever is left of it."""
    facts = await gather.gather(desk, intent, lead, owner, but=leased.id)
    windows = {}
    if leased.window_id:
        span = await touch_windows.ends(desk.tx, leased.window_id)
        if span is not None and span > desk.now:
            windows = {leased.way: Window(id=leased.window_id, expires_at=span, remaining=1)}
    return replace(facts, windows=windows)


async def _marked(
    desk: Desk, leased: Plan, way: Way, whose: tuple[Lead, User | None], day: int | None, *, gathers: bool
) -> CustomerMessage | None:
    """The words and the tombstone; nothing is marked whose words cannot be had."""
    lead, owner = whose
    intent = intent_of(leased, lead.id)
    rendered = gather.rendered(desk.company, lead, owner, intent, channel=way.version)
    reached = (await touch_addresses.of(desk, lead)).get(way.channel)
    own = await touch_windows.address(desk, window_id=leased.window_id, grant_id=leased.grant_id)
    to = own or (reached.to if reached else "")
    if rendered is None or not to:
        await _skip(desk, leased, intent, Refusal.NO_TEXT if rendered is None else Refusal.NO_ADDRESS)
        return None
    rendered = replace(rendered, purpose=Purpose(leased.purpose))
    if not await touch_sending.mark_sending(desk.tx, leased, day=day, now=desk.now):
        return None
    if gathers and way.mode is Mode.REP and reached is not None:
        await _gathered(desk, leased, rendered, reached, whose)
        return None
    addresses = Addresses(desk.vault, desk.company.doors.base_url, leased.id)
    done = content.finished(
        desk.company, rendered, addresses, to=to, by=reached.by if reached else "",
        tracks=way.key not in SAME_FOR_ALL,
    )  # fmt: skip
    await touch_texts.keep(desk, done.kept, reached.key if reached and to == reached.to else None)
    touch = touches.Touch(
        id=leased.id, lead_id=lead.id, channel=_named(desk, way), campaign=leased.campaign,
        content=leased.content,
    )  # fmt: skip
    await touches.begin(desk, touch, owner=owner, region=lead.region)
    return replace(done.message, way=way.key)


async def _gathered(
    desk: Desk, leased: Plan, rendered: Rendered, reached: Reachable, whose: tuple[Lead, User | None]
) -> None:
    """Into his colleague's task: one text for all in it, so its links stay as they are."""
    lead, owner = whose
    kept = Kept(
        touch_id=leased.id, content=rendered.content, channel=rendered.channel, version=rendered.version
    )
    await touch_texts.keep(desk, kept, reached.key)
    named = _named(desk, WAYS[leased.way])
    touch = touches.Touch(
        id=leased.id, lead_id=lead.id, channel=named, campaign=leased.campaign, content=leased.content
    )
    await touches.begin(desk, touch, owner=owner, region=lead.region)
    group_id = await asking.join(desk, leased, to=reached.to, by=reached.by, text=rendered.text)
    await touch_sending.end(desk.tx, leased, TouchState.ASKED, now=desk.now, provider_id=group_id)


def _named(desk: Desk, way: Way) -> str:
    """As numbers call the channel: by its name in channels.yaml."""
    known = {one.key: one.name for one in desk.company.channels.channels}
    return known.get(way.channel, way.channel)


async def _skip(desk: Desk, leased: Plan, intent: Intent, why: Refusal) -> None:
    """It was permitted, and is not any more."""
    if is_unheard(leased):
        await _unknown(desk, leased, leased.detail)
        return
    ended = await touch_sending.end(
        desk.tx, leased, TouchState.SKIPPED, now=desk.now, reason=why.value, detail="at_its_time"
    )
    if not ended:
        return
    await give_back(desk, leased)
    await incidents.count(desk.tx, "touch.skipped", why.value, desk.now)
    if why in _MENDABLE:
        await elsewhere(desk, leased, intent, why)


async def _taken(desk: Desk, leased: Plan, outcome: Outcome, state: TouchState) -> TouchState | None:
    ended = await touch_sending.end(desk.tx, leased, state, now=desk.now, provider_id=outcome.provider_id)
    if ended and state is TouchState.SENT:
        await touches.mark(desk.tx, leased.id, fate_of(leased), at=desk.now)
        await touch_costs.book(desk, leased.id, leased.channel)
    return state if ended else await _late(desk, leased, state)


def fate_of(leased: Plan) -> Fate:
    """What being taken means: where no receipt follows it is delivered, until it comes back."""
    return Fate.SENT if leased.way in RECEIPTED else Fate.DELIVERED


async def _late(desk: Desk, leased: Plan, state: TouchState) -> TouchState | None:
    """The answer came after the row was given up as unknown: now it is known."""
    settled = await touch_sending.settle(
        desk.tx, leased.id, state, of=(TouchState.UNKNOWN,), now=desk.now, detail="answered_late"
    )
    if settled and state is TouchState.SENT:
        await touches.mark(desk.tx, leased.id, fate_of(leased), at=desk.now)
        await touch_costs.book(desk, leased.id, leased.channel)
    return state if settled else None


async def _later(desk: Desk, leased: Plan, outcome: Outcome) -> TouchState | None:
    """Not now; a little later each time, and not for ever."""
    attempts = leased.attempts + 1
    if attempts >= TRIES:
        if outcome.answer is Answer.LOST:
            return await _unknown(desk, leased, outcome.why)
        return await _refused(desk, leased, outcome.why)
    pause = max(outcome.retry_after, min(timedelta(seconds=15) * 2**attempts, _LONGEST))
    if await _is_brief(desk, leased):
        pause = max(outcome.retry_after, _SOON)
    day = leased.counts_on
    why = kept(leased, outcome.why)
    waits = await touch_sending.again(desk.tx, leased, at=desk.now + pause, day=day, why=why)
    return TouchState.PLANNED if waits else None


async def _is_brief(desk: Desk, leased: Plan) -> bool:
    """Whether its span is over so soon that the next try has to be now."""
    span = await touch_windows.ends(desk.tx, leased.window_id) if leased.window_id else None
    return span is not None and span <= desk.now + _BRIEF


async def _refused(desk: Desk, leased: Plan, why: str) -> TouchState | None:
    """Certainly not sent: what it took is free again, and another channel may have it."""
    if is_unheard(leased):
        return await _unknown(desk, leased, leased.detail)
    if not await touch_sending.end(desk.tx, leased, TouchState.FAILED, now=desk.now, detail=why):
        return None
    await give_back(desk, leased)
    await touches.mark(desk.tx, leased.id, Fate.FAILED, at=desk.now, why=why)
    await closing.refused(desk, leased.id, why)
    await incidents.count(desk.tx, "touch.failed", leased.channel, desk.now)
    if why in refusals.SPAN_IS_OVER:
        await touch_windows.close_windows(desk.tx, leased.lead_id, leased.way)
    await shut.after(desk, leased, why)
    if why not in refusals.MOOT:
        await elsewhere(desk, leased, intent_of(leased), refusals.meaning(why))
    return TouchState.FAILED


async def _unknown(desk: Desk, leased: Plan, why: str) -> TouchState | None:
    """It may have gone: it counts, it is shown, and nobody sends it again."""
    if not await touch_sending.end(desk.tx, leased, TouchState.UNKNOWN, now=desk.now, detail=why):
        return None
    await incidents.count(desk.tx, "touch.unknown", leased.channel, desk.now)
    return TouchState.UNKNOWN


async def confirmed(desk: Desk, touch_id: str, state: TouchState, *, at: datetime) -> bool:
    """What the colleague did who was asked to send it: SENT, DECLINED or EXPIRED; False if that was known."""
    if state not in (TouchState.SENT, TouchState.DECLINED, TouchState.EXPIRED):
        msg = f"{state} is nothing that a colleague answers"
        raise ValueError(msg)
    settled = await touch_sending.settle(
        desk.tx, touch_id, state, of=(TouchState.ASKED,), now=at, detail="confirmed"
    )
    if settled and state is TouchState.SENT:
        await touches.mark(desk.tx, touch_id, Fate.DELIVERED, at=at)
    elif settled:
        await touches.mark(desk.tx, touch_id, Fate.FAILED, at=at, why=state.value)
        await incidents.count(desk.tx, "touch.not_confirmed", state.value, at)
    return settled
