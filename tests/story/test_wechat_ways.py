"""欢迎语, 企业群发 and 微信客服 from end to end: what a customer's WeChat shows, and why nothing more."""

from __future__ import annotations

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.crm.touching import Intent, Purpose
from bot.store.tables.behaviour import behaviours
from bot.store.tables.leads import leads
from bot.store.tables.outreach import group_messages, service_sessions
from bot.store.tables.touch import touch_plans, touch_windows
from bot.touch.request import request
from tests.conftest import ROOT
from tests.story.conftest import ShiftedClock, running


@pytest.fixture
def config(tmp_path):
    """The shipped one, with a code on Li Na's card."""
    copy = Path(shutil.copytree(ROOT / "config", tmp_path / "config"))
    with (copy / "contact_ways.yaml").open("a") as ways:
        ways.write(
            '  - {name: 李娜名片, source: 转介绍, reps: [lina, zhangsan], greeting: "您好，名片上的就是我。"}\n'
        )
    return copy


@pytest.fixture
async def reaching(sqlite_url, config):
    """The company with its ways to customers on WeChat, on SQLite; the store's own tests take both."""
    async with running(sqlite_url, clock=ShiftedClock(), config=config, outreach=True) as world:
        yield world


async def rows(world, query):
    async with world.app.bench.store.read() as tx:
        return await tx.all(query)


async def until(world, query, is_so, within: float = 10.0):
    """Wait until the rows of a query are so."""
    found = []
    try:
        async with asyncio.timeout(within):
            while not is_so(found := await rows(world, query)):  # noqa: ASYNC110 - a row is no event
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"never so; the rows are {[dict(row._mapping) for row in found]}")
    return found


def wechat(world, customer) -> list[str]:
    """What the customer's WeChat shows of us."""
    return [m.text for m in world.people.customer_messages(customer) if m.sender == "member"]


async def ask(world, lead_id: str, content: str, key: str = "k1", purpose=Purpose.MARKETING, **more):
    """Have something said to a customer, as a journey would."""
    wanted = Intent(key=key, lead_id=lead_id, purpose=purpose, content=content, **more)
    bench = world.app.bench
    verdict = await bench.store.write(lambda tx: request(bench.desk(tx), wanted), within=10)
    bench.wake()
    return verdict


async def added(world, *names: str):
    """Customers who scanned the code on Li Na's card: each a lead of hers, who agrees to WeChat; by name."""
    await world.people.say("lina", "活码 李娜名片")
    await world.sees("lina", "来源记为转介绍")
    (way,) = world.simulator.world.ways.values()
    found = {}
    for name in names:
        found[name] = world.people.meet(name)
        world.people.scan(found[name], way.config_id, userid="lina")
        await until(world, NAMES, lambda rows, name=name: name in {row.name for row in rows})
    await until(world, PLANS, lambda rows: [row.state for row in rows] == ["sent"] * len(names))
    return found


NAMES = select(leads.c.id, leads.c.name)
PLANS = select(touch_plans).order_by(touch_plans.c.decided_at, touch_plans.c.key)
SPANS = select(touch_windows).where(touch_windows.c.kind == "message")
GROUPS = select(group_messages).order_by(group_messages.c.opened_at)


async def lead_of(world, name: str) -> str:
    return next(row.id for row in await rows(world, NAMES) if row.name == name)


async def past(world, span: timedelta) -> None:
    """Time goes by for both sides, and whoever waits looks again."""
    world.clock.push(span)
    world.app.bench.wake()


async def test_who_writes_at_the_desk_is_greeted_and_a_lead_and_may_be_answered(reaching):
    """Greeted within 20 s, entered with his name and source, answered within 48 hours and not after."""
    world, customer = reaching, reaching.people.meet("赵倩")
    desk = world.simulator.hands.outreach
    desk.enter(customer.id)
    await until(world, PLANS, lambda f: [r.state for r in f] == ["sent"])
    world.simulator.world.faults.set_from({"callback_duplicate": 1, "kf_empty_page": 1, "kf_repeated": 1})
    desk.say(customer.id, "你好，想问下价格")
    await until(world, SPANS, lambda f: len(f) == 1)
    await world.sees("zhangsan", "赵倩")
    [lead] = await rows(world, select(leads))
    assert (lead.name, lead.source) == ("赵倩", "微信客服")
    assert wechat(world, customer)[0].startswith("您好，这里是")
    assert len(await rows(world, select(behaviours).where(behaviours.c.channel == "wechat_service"))) == 1

    await ask(world, lead.id, "welcome", purpose=Purpose.REPLY, channels=("wechat_service",))
    await until(world, PLANS, lambda f: [r.state for r in f] == ["sent", "sent"])
    assert "您的咨询已收到" in wechat(world, customer)[1]

    await past(world, timedelta(hours=49))
    await ask(world, lead.id, "welcome", "k2", purpose=Purpose.REPLY, channels=("wechat_service",))
    assert len(wechat(world, customer)) == 2
    assert (await rows(world, PLANS))[-1].skipped == {"wechat_service.message": "no_window"}


async def test_a_colleague_takes_a_conversation_over_and_we_are_silent_meanwhile(reaching):
    """接待: the platform gives it to her; nothing is sent by itself until she ends it and he writes again."""
    world, customer = reaching, reaching.people.meet("赵倩")
    desk = world.simulator.hands.outreach
    desk.say(customer.id, "在吗")
    await world.tap("lina", "领取")
    lead_id = await lead_of(world, "赵倩")
    await world.people.say("lina", f"接待 {lead_id}")
    await world.sees("lina", "会话转给您")
    held = world.simulator.world.service.conversations[customer.id]
    await until(world, select(service_sessions), lambda f: [r.servicer for r in f] == ["lina"])
    assert (held.state, held.servicer) == (3, "lina")
    desk.answer("lina", customer.id, "我是李娜，您说")
    desk.say(customer.id, "多少钱")
    await world.sees("lina", "多少钱")
    await until(world, SPANS, lambda f: [r.remaining for r in f] == [0])
    await ask(world, lead_id, "welcome", purpose=Purpose.REPLY, channels=("wechat_service",))
    assert (await rows(world, PLANS))[-1].skipped == {"wechat_service.message": "no_window"}

    desk.end("lina", customer.id)
    await until(world, select(service_sessions), lambda f: [r.servicer for r in f] == [""])
    desk.say(customer.id, "还在吗")
    await until(world, SPANS, lambda f: [r.remaining for r in f] == [5])
    assert wechat(world, customer) == ["我是李娜，您说"]


async def test_what_the_desk_took_and_did_not_deliver_goes_another_way(reaching):
    """Refused by the customer afterwards: the ledger says so, the span is over, its owner has a task."""
    world, customer = reaching, reaching.people.meet("赵倩")
    desk = world.simulator.hands.outreach
    desk.say(customer.id, "在吗")
    await world.tap("lina", "领取")
    lead_id = await lead_of(world, "赵倩")
    desk.refuse(customer.id, refuses=True)
    await ask(world, lead_id, "welcome", purpose=Purpose.REPLY, channels=("wechat_service",))
    found = await until(world, PLANS, lambda f: [r.state for r in f] == ["failed", "given_to_rep"])

    assert (found[0].detail, found[1].key) == ("kf_fail_10", "k1:elsewhere")
    assert [row.remaining for row in await rows(world, SPANS)] == [0]
    assert wechat(world, customer) == []
    await world.people.say("lina", f"为什么没发 {lead_id}")
    await world.sees("lina", "客户拒收")


async def test_the_greeting_is_the_ledgers_and_nobody_is_greeted_twice(reaching):
    """Added by two colleagues: one greeting; with a code too late nobody is greeted now, she is asked to."""
    world = reaching
    found = await added(world, "陈晓")
    (way,) = world.simulator.world.ways.values()
    assert wechat(world, found["陈晓"]) == ["您好，名片上的就是我。"]
    world.people.scan(found["陈晓"], way.config_id, userid="zhangsan")
    again = await until(world, PLANS, lambda f: len(f) == 2)
    assert (again[1].state, again[1].reason) == ("not_sent", "same_content")

    world.simulator.world.faults.turn_on("welcome_code_late", times=1)
    other = world.people.meet("周洋")
    world.people.scan(other, way.config_id, userid="lina")
    late = await until(world, PLANS, lambda f: [r.state for r in f][2:] == ["failed", "planned"])
    assert (late[2].detail, late[3].way) == ("41050", "wecom.group_send")
    assert late[3].skipped == {"wecom.welcome": "no_window"}
    assert (wechat(world, other), len(wechat(world, found["陈晓"]))) == ([], 1)

    await past(world, late[3].due_at - world.clock())
    await until(world, PLANS, lambda f: f[3].state == "asked")
    await past(world, timedelta(seconds=5))
    await world.people.say("lina", "待群发")
    await world.tap("lina", "不发了")
    await until(world, PLANS, lambda f: f[3].state == "declined")
    (task,) = world.simulator.world.group_messages.values()
    assert (task.cancelled, wechat(world, other)) == (True, [])


async def test_customers_of_one_seller_get_what_she_sends_with_one_tap(reaching):
    """One task though its answer was lost; her tap sends it, each is settled, and why nothing more is told."""
    world = reaching
    found = await added(world, "陈晓", "周洋")
    ids = [await lead_of(world, name) for name in found]
    world.simulator.world.faults.turn_on("lost_answer", times=1, path="externalcontact/add_msg_template")
    for n, lead_id in enumerate(ids):
        await ask(world, lead_id, "win_back", f"w{n}")
    due = max(row.due_at for row in (await rows(world, PLANS))[2:])
    await past(world, max(due - world.clock(), timedelta()))
    await until(world, PLANS, lambda f: [r.state for r in f][2:] == ["asked", "asked"])
    await past(world, timedelta(seconds=60))
    await until(world, GROUPS, lambda f: [r.state for r in f] == ["lost"])
    await past(world, timedelta(seconds=15))
    await world.sees("lina", "请您点一下发送")
    (task,) = world.simulator.world.group_messages.values()
    assert sorted(task.receivers) == sorted(one.id for one in found.values())
    assert all(len(wechat(world, one)) == 1 for one in found.values()), "nothing goes before she taps"

    world.simulator.hands.outreach.send_group("lina", task.msgid)
    await world.tap("lina", "已发送")
    await until(world, PLANS, lambda f: [r.state for r in f][2:] == ["sent", "sent"])
    assert all("最近更新了不少" in wechat(world, one)[1] for one in found.values())
    assert len(world.simulator.world.group_messages) == 1

    await ask(world, ids[0], "win_back", "again")
    await world.people.say("lina", f"为什么没发 {ids[0]}")
    await world.sees("lina", "同样的内容")
    assert [len(wechat(world, one)) for one in found.values()] == [2, 2]
