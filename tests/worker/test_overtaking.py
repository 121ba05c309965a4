"""A change under way when the next one is queued, and then refused for now: it must not come back after it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.chat.card import Button, Card
from bot.chat.outbound import CloseTodo, Notice, OpenTodo
from bot.crm.commands import ClaimLead
from bot.errors import AnswerLostError, PlatformBusyError
from bot.store import outbox, sending
from bot.store.card_views import Views
from bot.worker.sender import Sender
from tests.worker.two_platforms import Both, open_both

CLAIM = (Button("领取", ClaimLead("L7")),)
OFFER = Card(kind="lead_offered", title="新线索", buttons=CLAIM)
NEWS = Card(kind="lead_offered", title="新线索", text="加了微信", buttons=CLAIM)
TAKEN = Card(kind="lead_taken", title="已被张三领取")
BUSY = PlatformBusyError("dingtalk", timedelta(seconds=5))


@pytest.fixture
async def both(store, company, vault, clock, random_bytes, unit) -> Both:
    opened = open_both(store, company, vault, clock, random_bytes, unit)
    await opened.hire("mei", "dingtalk")
    return opened


async def taken(both: Both):
    (one,) = await both.unit(lambda d: sending.lease(d.tx, d.vault, now=both.clock.now, most=9))
    return one


async def sent(both: Both) -> None:
    for _ in range(4):
        await both.work()
        both.clock.push(timedelta(seconds=40))


async def shown(both: Both, notice: Notice):
    await both.unit(lambda d: outbox.post(d, notice))
    await both.work()
    find = outbox.in_groups if notice.group else outbox.on_topic
    return (await both.unit(lambda d: find(d, "lead:L7")))[0]


async def test_an_old_face_is_not_put_back(both):
    """What was taken meanwhile is offered no more."""
    hangs = await shown(both, Notice(to="mei", key="offer", card=OFFER, topic="lead:L7"))
    await both.unit(lambda d: outbox.redraw(d, hangs, NEWS))
    under_way = await taken(both)
    await both.unit(lambda d: outbox.redraw(d, hangs, TAKEN))
    both.dingtalk.faults = [BUSY]
    await Sender(both.bench)._one(under_way)
    await sent(both)

    assert both.shown("dingtalk")["ding-mei"] == TAKEN
    assert await both.unit(lambda d: sending.counts(d.tx)) == {"sent": 2, "skipped": 1}


async def test_what_only_the_old_one_would_have_shown_goes_with_the_new_one(both):
    """Before a group: whoever was to see his own sees it, even when the new one has to be tried again."""
    hangs = await shown(both, Notice(to="dingtalk:cidG", key="ring", card=OFFER, topic="lead:L7", group=True))
    own = Views({"ding-mei": Card(kind="lead_owned", title="你已领取")})
    await both.unit(lambda d: outbox.redraw(d, hangs, NEWS, views=own))
    under_way = await taken(both)
    await both.unit(lambda d: outbox.redraw(d, hangs, TAKEN, views=own))
    both.dingtalk.faults = [BUSY, BUSY]
    await Sender(both.bench)._one(under_way)
    await sent(both)

    (last,) = both.dingtalk.updates()
    assert last.card == TAKEN
    assert [(view.user_id, view.card.title) for view in last.views] == [("ding-mei", "你已领取")]


async def test_a_to_do_ends_after_it_began(both):
    """Its beginning got through unheard: it is heard of first, then its end takes off what stands there."""
    due = datetime(2026, 11, 19, 2, tzinfo=timezone.utc)
    begins = OpenTodo(source_id="T1.mei", to="ding-mei", title="发合同", due_at=due)
    ends = CloseTodo(source_id="T1.mei", to="ding-mei", is_done=True)

    async def put(what, key):
        await both.unit(
            lambda d: outbox.effect(
                d, platform="dingtalk", outgoing=what, key=key, lane_key="dingtalk:ding-mei", topic="task:T1",
                answers=False,
            )
        )  # fmt: skip

    await put(begins, "todo:T1:0")
    under_way = await taken(both)
    await put(ends, "todo-end:T1:1")
    both.dingtalk.acts_first, both.dingtalk.faults = True, [AnswerLostError("dingtalk", "lost")]
    await Sender(both.bench)._one(under_way)
    await sent(both)

    assert [type(one) for one in both.dingtalk.wire] == [OpenTodo, OpenTodo, CloseTodo]
    assert both.dingtalk.wire[-1].todo_id
    assert await both.unit(lambda d: sending.counts(d.tx)) == {"sent": 2}
