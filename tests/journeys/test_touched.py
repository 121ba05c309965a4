"""What became of a message reaches the journey that wanted it, whichever way it went."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from sqlalchemy import select, update

from bot.crm.touching import GivenToRep, NotSent, Planned, Refusal, TouchState
from bot.store import enrollments, touch_plans
from bot.store.tables.touch import touch_plans as table
from bot.store.touch_plans import Plan
from tests.journeys.fleet import Fleet, with_journeys
from tests.journeys.walking import DAY, ON_FORM, did

STEPS = [
    {"touch": "a"},
    {"wait_for": {"event": "mail_opened"}, "within": "3天", "then": [{"exit": "opened"}]},
    {"exit": "not opened"},
]


@dataclass
class Ledger(Fleet):
    """A planner that writes its rows, so that what becomes of them is seen."""

    says: type = field(default=Planned)

    async def request(self, desk, intents):
        """As the fleet's, by e-mail, unless it is told to refuse."""
        self.asked += intents
        return [await self._one(desk, one) for one in intents]

    async def _one(self, desk, intent):
        state = {GivenToRep: TouchState.GIVEN_TO_REP, NotSent: TouchState.NOT_SENT}.get(self.says)
        await touch_plans.add(desk, plan(desk, intent.key, intent.lead_id, state or TouchState.PLANNED))
        if self.says is NotSent:
            return NotSent(touch_id="t", reason=Refusal.NO_CONSENT, skipped={})
        if self.says is GivenToRep:
            return GivenToRep(touch_id="t", task_id="T1", skipped={})
        return Planned(touch_id="t", channel="email", at=desk.now, skipped={})

    async def ends(self, key, state, *, channel="email"):
        """The channel has answered."""
        change = (
            update(table).where(table.c.key == key).values(state=state, channel=channel, ended_at=self.now)
        )
        await self.do(lambda desk: desk.tx.run(change))
        await self.settle()

    async def again(self, key, state, *, channel):
        """A second try on another channel came to this, in the unit in which the first failed."""

        async def both(desk):
            row = plan(desk, f"{key}:elsewhere", "L1", state, channel=channel)
            failed = update(table).where(table.c.key == key).values(state="failed", ended_at=desk.now)
            await desk.tx.run(failed)
            await touch_plans.add(desk, row)

        await self.do(both)
        await self.settle()


def plan(desk, key, lead_id, state, *, channel="email"):
    return Plan(
        id=desk.new_id(), key=key, lead_id=lead_id, purpose="marketing", content="a", channel=channel,
        way=channel, state=state, decided_at=desk.now, due_at=desk.now,
        reason="no_consent" if state is TouchState.NOT_SENT else "",
    )  # fmt: skip


@pytest.fixture
async def ledger(store, company, now):
    """One journey: say something, wait for its opening."""
    found = Ledger(store, with_journeys(company, {"one": {"enter": ON_FORM, "steps": STEPS}}), now)
    await found.lead("L1")
    await found.define()
    return found


async def enters(ledger):
    await did(ledger, "form", "whitepaper")
    return ledger.asked[0].key


async def stands(ledger):
    """How it ended for him, or what he waits at; and what the message's step says."""

    async def look(desk):
        row = (await enrollments.of_leads(desk.tx, ["L1"]))[0]
        steps = await enrollments.steps_of(desk.tx, row.id)
        ends = [one for one in steps if one.place.startswith("exit")]
        return (ends[0].note if ends else row.place), steps[0].note

    return await ledger.do(look)


async def test_a_mail_that_went_is_waited_for(ledger):
    """Sent by mail: he waits for the opening as before."""
    key = await enters(ledger)
    await ledger.ends(key, "sent")

    place, note = await stands(ledger)
    assert (place, note) == ("wait_for", "email")


@pytest.mark.parametrize(
    ("state", "channel", "note"),
    [("sent", "sms", "sms"), ("failed", "email", "failed"), ("skipped", "email", "not_sent:skipped")],
)
async def test_nobody_waits_for_the_opening_of_what_is_no_mail(ledger, state, channel, note):
    """By text message, failed or skipped: he goes on at once, and the step says what came of it."""
    key = await enters(ledger)
    await ledger.ends(key, state, channel=channel)

    assert (await stands(ledger))[1] == note
    assert (await stands(ledger))[0] != "wait_for"


async def test_the_second_channel_counts_not_the_first(ledger):
    """The mail failed and a text message is on its way: he waits until that has ended, then goes on."""
    key = await enters(ledger)
    await ledger.again(key, TouchState.PLANNED, channel="sms")
    between = await stands(ledger)
    await ledger.ends(f"{key}:elsewhere", "sent", channel="sms")

    assert between == ("wait_for", "email")
    assert (await stands(ledger))[0] != "wait_for"
    assert (await stands(ledger))[1] == "sms"


@pytest.mark.parametrize("says", [NotSent, GivenToRep])
async def test_what_was_never_sent_is_not_waited_for(ledger, says):
    """Refused when it was asked for, or given to a colleague as a task."""
    ledger.says = says
    await enters(ledger)
    await ledger.settle()

    assert (await stands(ledger))[0] != "wait_for"


async def test_the_counters_follow(ledger):
    """One mail planned became one text message: the journey's table says one, not two."""
    key = await enters(ledger)
    await ledger.ends(key, "sent", channel="sms")
    counts = await ledger.do(lambda desk: enrollments.counts(desk.tx, "one"))

    assert {one.note: one.n for one in counts if one.place == "touch-a" and one.n} == {"sms": 1}


__all__ = ["DAY", "select"]
