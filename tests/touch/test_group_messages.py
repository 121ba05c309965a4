"""企业群发: one task for one colleague and content, asked once, settled by what the platform says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.channel import CustomerMessage
from bot.chat.group_sending import Got, Made, Results
from bot.crm.touching import TouchState
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from bot.store import consents, group_messages, incidents
from bot.store.tables.machinery import outbox
from bot.store.tables.outreach import group_message_members as members
from bot.store.tables.outreach import group_messages as table
from bot.store.tables.sales import tasks
from bot.touch import asking
from bot.worker.group_messages import GroupMessageKeeper
from bot.worker.touching import TouchSender
from tests.touch.house import STOPS
from tests.touch.kf import befriend


@dataclass
class Colleagues:
    """A platform on which colleagues send; it acts before it raises what it was told to raise."""

    name: str = "wecom"
    is_keyed: bool = True
    made: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    faults: list[BaseException | None] = field(default_factory=list)
    acts_first: bool = True
    refuses: frozenset[str] = frozenset()
    sent: dict[str, dict[str, Got]] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    hides: bool = False

    async def deliver(self, message: CustomerMessage) -> str:
        msg = "a colleague has to send it"
        raise AssertionError(msg)

    async def ask(self, *, sender: str, to: Sequence[str], text: str) -> Made:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None and not self.acts_first:
            raise fault
        self.made.append((sender, tuple(sorted(to)), text))
        if fault is not None:
            raise fault
        return Made(f"msg{len(self.made)}", self.refuses & set(to))

    async def find(
        self, *, sender: str, text: str, since: datetime, until: datetime, but: Collection[str]
    ) -> str | None:
        self.calls.append("find")
        for n, one in enumerate(self.made, start=1):
            if not self.hides and (one[0], one[2]) == (sender, text) and f"msg{n}" not in but:
                return f"msg{n}"
        return None

    async def results(self, task_id: str, sender: str) -> Results:
        self.calls.append("results")
        got = self.sent.get(task_id)
        return Results(got is not None, {one: (what, None) for one, what in (got or {}).items()})

    async def remind(self, task_id: str) -> None:
        self.calls.append("remind")

    async def cancel(self, task_id: str) -> None:
        self.calls.append("cancel")
        self.cancelled.add(task_id)

    async def close(self) -> None:
        return None


@pytest.fixture
def both(house) -> Colleagues:
    """The same on each database, for what their statements could do differently."""
    made = Colleagues()
    house.bench.channels = {**house.bench.channels, "wecom": made}
    return made


@pytest.fixture
def colleagues(lite_house) -> Colleagues:
    made = Colleagues()
    lite_house.bench.channels = {**lite_house.bench.channels, "wecom": made}
    return made


async def many(house, n: int = 3, **more: Any) -> None:
    """So many customers of one colleague, each wanted the same."""
    for one in range(2, n + 1):
        await house.lead(f"L{one}", n=one)
    for one in range(1, n + 1):
        await house.unit(lambda desk, of=f"L{one}": befriend(desk, of, "mei"))
        await house.ask(f"k{one}", f"L{one}", **{"channels": ("wecom", "email"), **more})


async def drain(house, **span: float) -> None:
    """Everything that is due, after so long."""
    house.push(**span) if span else None
    sender, keeper = TouchSender(house.bench), GroupMessageKeeper(house.bench)
    while await sender.step() or await keeper.step():
        pass


async def states(house) -> dict[str, TouchState]:
    return {row.key: row.state for row in await house.rows()}


async def groups(house) -> list[Any]:
    return await house.unit(lambda desk: desk.tx.all(select(table).order_by(table.c.opened_at)))


async def cards(house) -> int:
    rows = await house.unit(lambda desk: desk.tx.all(select(outbox.c.key).where(outbox.c.kind == "card")))
    return len([row for row in rows if row.key.startswith("group_message:")])


async def test_customers_of_one_colleague_are_one_task(house, both):
    """The same content for three is one task with three receivers, and he is told once."""
    colleagues = both
    await many(house)
    await drain(house)
    assert colleagues.made == []
    await drain(house, seconds=60)

    assert colleagues.made == [("mei", ("wm-L1", "wm-L2", "wm-L3"), "您好")]
    assert set((await states(house)).values()) == {TouchState.ASKED}
    assert [one.state for one in await groups(house)] == ["asked"]


async def test_each_customer_is_settled_by_his_own_result(lite_house, colleagues):
    """Sent is sent; no contact any more, and over the platform's limit, go another way."""
    house = lite_house
    await many(house)
    await drain(house)
    await drain(house, seconds=60)
    colleagues.sent["msg1"] = {"wm-L1": Got.SENT, "wm-L2": Got.NO_CONTACT, "wm-L3": Got.LIMIT}
    await drain(house, minutes=5)
    found = await states(house)

    assert [found[f"k{n}"] for n in (1, 2, 3)] == [TouchState.SENT, TouchState.FAILED, TouchState.FAILED]
    assert {one: found[one] for one in ("k2:elsewhere", "k3:elsewhere")} == {
        "k2:elsewhere": TouchState.SENT, "k3:elsewhere": TouchState.SENT,
    }  # fmt: skip
    assert [m.way for m in house.sent("email")] == ["email.marketing"] * 2
    assert (await house.row("k3:elsewhere")).skipped == {"wecom.group_send": "capped"}
    assert [one.state for one in await groups(house)] == ["sent"]


async def test_whom_he_leaves_out_goes_another_way(lite_house, colleagues):
    """Sent to one, the other unticked: that one is declined, and written to by mail."""
    house = lite_house
    await many(house, 2)
    await drain(house)
    await drain(house, seconds=60)
    colleagues.sent["msg1"] = {"wm-L1": Got.SENT, "wm-L2": Got.WAITING}
    await drain(house, minutes=5)
    found = await states(house)

    assert (found["k1"], found["k2"], found["k2:elsewhere"]) == (
        TouchState.SENT, TouchState.DECLINED, TouchState.SENT,
    )  # fmt: skip


async def test_an_answer_that_was_lost_makes_no_second_task(lite_house, colleagues):
    """The task is looked for in the platform's list and taken for ours."""
    house = lite_house
    colleagues.faults = [AnswerLostError("wecom", "no answer")]
    await many(house, 2)
    await drain(house)
    await drain(house, seconds=60)
    assert [one.state for one in await groups(house)] == ["lost"]
    await drain(house, seconds=15)

    assert len(colleagues.made) == 1
    [one] = await groups(house)
    assert (one.state, one.provider_id, colleagues.calls) == ("asked", "msg1", ["find"])


async def test_one_that_is_never_found_stays_unknown(lite_house, colleagues):
    """Nobody makes it again, it counts, and its colleague hears of it."""
    house = lite_house
    colleagues.faults, colleagues.hides = [AnswerLostError("wecom", "no answer")], True
    await many(house, 1)
    await drain(house)
    await drain(house, seconds=60)
    for _ in range(6):
        await drain(house, hours=1)

    assert len(colleagues.made) == 1
    assert colleagues.calls == ["find"] * 4
    assert (await states(house)) == {"k1": TouchState.UNKNOWN}
    assert (await house.unit(lambda desk: incidents.totals(desk.tx)))[("touch.unknown", "wecom")] == 1
    assert house.sent() == []


async def test_who_vanished_in_the_call_is_looked_after(lite_house, colleagues):
    """The tombstone stands, and its lease is over: the task is looked for, not made."""
    house = lite_house
    await many(house, 1)
    await drain(house)
    house.push(seconds=60)

    async def dies(desk):
        group = await group_messages.lease(desk.tx, desk.now)
        return await asking.close(desk, group)

    task = await house.unit(dies)
    await colleagues.ask(sender="mei", to=["wm-L1"], text=task.text)
    await drain(house, minutes=2)
    await drain(house, minutes=2)

    assert len(colleagues.made) == 1
    assert [one.state for one in await groups(house)] == ["asked"]


async def test_busy_is_tried_again_and_refused_is_not(lite_house, colleagues):
    """-1 costs a moment; 48002 sends each customer another way."""
    house = lite_house
    colleagues.acts_first = False
    colleagues.faults = [PlatformBusyError("wecom", timedelta(seconds=2)), None]
    await many(house, 1)
    await drain(house)
    await drain(house, seconds=60)
    await drain(house, seconds=60)
    assert len(colleagues.made) == 1

    colleagues.faults = [PlatformRejectedError("wecom", 48002, "api forbidden")]
    await house.lead("L9", n=9)
    await house.unit(lambda desk: befriend(desk, "L9", "mei"))
    await house.ask("k9", "L9", channels=("wecom", "email"), content="news1")
    await drain(house)
    await drain(house, seconds=60)
    found = await states(house)

    assert (found["k9"], found["k9:elsewhere"]) == (TouchState.FAILED, TouchState.SENT)
    assert [one.state for one in await groups(house)] == ["asked", "refused"]


async def test_whom_the_platform_does_not_take_goes_another_way(lite_house, colleagues):
    """fail_list: the rest is asked for as ever."""
    house = lite_house
    colleagues.refuses = frozenset({"wm-L2"})
    await many(house, 2)
    await drain(house)
    await drain(house, seconds=60)
    await drain(house)
    found = await states(house)

    assert (found["k1"], found["k2"], found["k2:elsewhere"]) == (
        TouchState.ASKED, TouchState.FAILED, TouchState.SENT,
    )  # fmt: skip


async def test_he_is_reminded_and_then_it_is_over(lite_house, colleagues):
    """Once a day, by the platform and by us; after two days it is taken back and goes another way."""
    house = lite_house
    await many(house, 1)
    await drain(house)
    await drain(house, seconds=60)
    for _ in range(50):
        await drain(house, hours=1)
    found = await states(house)

    assert colleagues.calls.count("remind") == 1
    assert await cards(house) == 2
    assert colleagues.cancelled == {"msg1"}
    assert (found["k1"], found["k1:elsewhere"]) == (TouchState.EXPIRED, TouchState.SENT)


async def test_sent_in_the_last_moment_is_not_said_again(lite_house, colleagues):
    """He taps between our look and our taking back: the second look sees it."""
    house = lite_house
    await many(house, 1)
    await drain(house)
    await drain(house, seconds=60)

    async def taps(task_id: str) -> None:
        colleagues.sent[task_id] = {"wm-L1": Got.SENT}

    colleagues.cancel = taps
    for _ in range(50):
        await drain(house, hours=1)

    assert await states(house) == {"k1": TouchState.SENT}
    assert house.sent() == []


async def test_who_says_stop_is_taken_out_before_it_is_sent(house, both):
    """While it gathers, and after it was asked: taken back, and asked again without him."""
    colleagues = both
    await many(house, 3)
    await drain(house)
    await house.unit(lambda desk: consents.record(desk, "L1", STOPS))
    await drain(house, seconds=60)
    assert colleagues.made[0][1] == ("wm-L2", "wm-L3")

    house.push(seconds=5)
    await house.unit(lambda desk: consents.record(desk, "L2", STOPS))
    await drain(house)
    await drain(house, seconds=60)

    assert colleagues.cancelled == {"msg1"}
    assert [one[1] for one in colleagues.made] == [("wm-L2", "wm-L3"), ("wm-L3",)]
    rows = {row.key: (row.state, row.reason) for row in await house.rows()}
    assert rows["k1"] == rows["k2"] == (TouchState.SKIPPED, "suppressed")
    assert rows["k3"][0] is TouchState.ASKED
    assert house.sent() == []


async def test_one_he_declines_goes_another_way(lite_house, colleagues):
    """It is taken back first, so that nobody gets it twice."""
    house = lite_house
    await many(house, 2)
    await drain(house)
    await drain(house, seconds=60)
    [one] = await groups(house)
    await house.unit(lambda desk: group_messages.decline(desk.tx, one.id, asking.DECLINE, desk.now))
    await drain(house)
    found = await states(house)

    assert colleagues.cancelled == {"msg1"}
    assert (found["k1"], found["k1:elsewhere"], found["k2:elsewhere"]) == (
        TouchState.DECLINED, TouchState.SENT, TouchState.SENT,
    )  # fmt: skip


async def test_without_another_way_its_owner_has_a_task(lite_house, colleagues):
    """He did not send it and there is no mail: then he has to write or call."""
    house = lite_house
    await many(house, 1, channels=("wecom",))
    await drain(house)
    await drain(house, seconds=60)
    for _ in range(50):
        await drain(house, hours=1)
    found = await states(house)
    [task] = await house.unit(lambda desk: desk.tx.all(select(tasks)))

    assert (found["k1"], found["k1:elsewhere"]) == (TouchState.EXPIRED, TouchState.GIVEN_TO_REP)
    assert task.owner_id == "mei"


async def test_other_words_are_another_task(lite_house, colleagues):
    """Two contents, two tasks of one colleague; a customer is in each of them once."""
    house = lite_house
    await many(house, 1)
    await house.lead("L2", n=2)
    await house.unit(lambda desk: befriend(desk, "L2", "mei"))
    await house.ask("k2", "L2", channels=("wecom",), content="birthday")
    await drain(house)
    await drain(house, seconds=60)
    rows = await house.unit(lambda desk: desk.tx.all(select(members)))

    assert len(colleagues.made) == 2
    assert len({row.group_id for row in rows}) == 2
