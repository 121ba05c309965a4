"""公众号 and 小程序 over real HTTP: what customers let us send, what they got, and what nobody sends twice."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.cli.demo import approve_wechat
from bot.crm.touching import Intent, Purpose
from bot.intake import wechat_identity
from bot.simulator.common.weixin_people import Person, union_id_of
from bot.store import leads
from bot.store.tables.capture import followers
from bot.store.tables.insight import touches
from bot.store.tables.official import mini_program_users
from bot.store.tables.touch import touch_grants, touch_plans, touch_suppressions, touch_windows
from bot.touch.request import request
from tests.conftest import ROOT
from tests.story.conftest import ShiftedClock, World, running

NOTICE = """
name: 发货通知
purpose: transactional
words: {order: 订单号, note: 说明}
channels:
  wechat_official:
    text: 您的订单 {{ words.order }} 已发货
    template: TM00001
    params: {character_string1: "{{ words.order }}", thing2: "{{ words.note }}"}
    page: https://example.com/orders
    subscribe:
      template: SUB0001
      params: {thing1: 已发货}
  mini_program:
    template: MINI001
    params: {thing1: 已发货}
    page: pages/orders/index
"""
NOTE = "您订的东西已经在路上了，请注意查收，谢谢您的耐心等待"
CUSTOMER = "wmCustomer1"
CLUB = """
name: 会员日
purpose: marketing
channels:
  wechat_official: {text: 会员日到了，详情见 https://example.com/club}
"""


@dataclass
class Place:
    """The world, one customer of it, and what the tests here ask for."""

    world: World
    lead_id: str

    @property
    def wechat(self):
        return self.world.simulator.wechat

    @property
    def mini(self):
        return self.world.simulator.mini

    @property
    def him(self) -> Person:
        return self.wechat.people.of_customer(CUSTOMER)

    @property
    def me(self) -> Person:
        return self.mini.people.of_customer(CUSTOMER)

    async def rows(self, table):
        async with self.world.app.bench.store.read() as tx:
            return await tx.all(select(table))

    async def official(self):
        """What went by the 公众号; a welcome by SMS may be on its way beside it."""
        return [row for row in await self.rows(touches) if row.channel == "公众号"]

    async def until(self, found, within: float = 20.0):
        """Wait until a question is answered with anything but nothing."""
        async with asyncio.timeout(within):
            while True:
                if answer := await found():
                    return answer
                await asyncio.sleep(0.02)

    async def is_customer(self, lead_id: str, customer: str) -> None:
        """WeCom told by which id across apps it knows the lead."""
        bench = self.world.app.bench

        async def known(tx):
            lead = await leads.get(tx, lead_id)
            await wechat_identity.take(bench.desk(tx), lead, union_id=union_id_of(customer))

        await bench.store.write(known, within=20)

    async def follow(self, customer: str = CUSTOMER) -> None:
        """He follows, and the platform tells that he is the lead."""
        assert await self.wechat.scan(self.wechat.people.of_customer(customer).open_id, "")

        async def bound():
            return [
                one
                for one in await self.rows(followers)
                if one.lead_id == self.lead_id and one.left_at is None
            ]

        await self.until(bound)

    async def ask(self, key, *ways, purpose=Purpose.TRANSACTIONAL, content="shipped", **words):
        bench = self.world.app.bench
        wanted = Intent(
            key=key, lead_id=self.lead_id, purpose=purpose, content=content, channels=ways,
            words={"order": "A-17", "note": NOTE, **words},
        )  # fmt: skip
        verdict = await bench.store.write(lambda tx: request(bench.desk(tx), wanted), within=20)
        bench.wake()
        return verdict

    async def ends(self, key) -> str:
        """How a message ended, once it has."""

        async def ended():
            return [
                one for one in await self.rows(touch_plans) if one.key == key and one.ended_at is not None
            ]

        [row] = await self.until(ended)
        return row.state

    def got(self, *, use: str) -> list[str]:
        return [one.text for one in self.him.messages if one.way == "in" and one.use == use]


@pytest.fixture
async def place(tmp_path, sqlite_url):
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    (config / "content" / "shipped.yaml").write_text(NOTICE, encoding="utf-8")
    (config / "content" / "club.yaml").write_text(CLUB, encoding="utf-8")
    async with running(sqlite_url, clock=ShiftedClock(), config=config, channels=True) as world:
        approve_wechat(world.simulator, world.app.bench.company.content["shipped"])
        made = await world.form(name="林晓", phone="13800001234", source="官网", consent=True)
        found = Place(world, made["lead_id"])
        await found.is_customer(found.lead_id, CUSTOMER)
        yield found


async def test_who_writes_may_be_answered_five_times(place):
    """Each message of his opens 48 hours and five answers; the sixth finds nothing left and is not sent."""
    await place.follow()
    assert await place.wechat.write(place.him.open_id, "你们几点下班？")

    async def opened():
        return [one for one in await place.rows(touch_windows) if one.kind == "message"]

    [span] = await place.until(opened)
    assert span.remaining == 5
    ask = {"purpose": Purpose.REPLY, "content": "welcome"}
    # The minute after following is his, too, and goes first: it ends first.
    for n in range(8):
        await place.ask(f"r{n}", "wechat_official.message", **ask)
        assert await place.ends(f"r{n}") == "sent"
    verdict = await place.ask("r8", "wechat_official.message", **ask)

    assert verdict.skipped == {"wechat_official.message": "no_window"}
    assert len(place.got(use="custom")) == 8


async def test_a_template_message_arrives_and_is_told_so(place):
    """Its values fit their fields, a token taken back is renewed unnoticed, and asking again sends nothing."""
    await place.follow()
    place.world.simulator.wechat_door.fault = "token"
    await place.ask("t1", "wechat_official.template")
    assert await place.ends("t1") == "sent"
    await place.ask("t1", "wechat_official.template")

    async def delivered():
        return [one for one in await place.official() if one.delivered_at is not None]

    await place.until(delivered)
    [text] = place.got(use="template")
    assert "character_string1：A-17" in text
    assert "thing2：您订的东西已经在路上了，请注意查收，谢…" in text
    [message] = [one for one in place.him.messages if one.use == "template"]
    assert message.link.startswith(place.world.base), "the page is known to be his when he opens it"
    assert place.world.simulator.wechat_door.forced == 0


async def test_a_notice_uses_up_one_permission(place):
    """Two acceptances, two notices; the third has none, and goes elsewhere or nowhere."""
    await place.follow()
    for _ in range(2):
        assert await place.wechat.allow(place.him.open_id, {"SUB0001": True})
        place.world.clock.push(timedelta(seconds=1))

    async def two():
        return len(await place.rows(touch_grants)) == 2

    await place.until(two)
    for n in range(2):
        await place.ask(f"n{n}", "wechat_official.subscribe")
        assert await place.ends(f"n{n}") == "sent"
    verdict = await place.ask("n2", "wechat_official.subscribe")

    assert verdict.skipped == {"wechat_official.subscribe": "no_grant"}
    assert len(place.got(use="subscribe")) == 2


async def test_a_delivery_that_comes_twice_counts_once(place):
    """The platform pushes again what it heard no answer to: one permission, one span, one notice to the owner."""
    await place.follow()
    assert await place.wechat.allow(place.him.open_id, {"SUB0001": True})
    assert await place.wechat.again()
    assert await place.wechat.write(place.him.open_id, "在吗")
    assert await place.wechat.again()
    await place.world.quiet()

    assert len(await place.rows(touch_grants)) == 1
    assert len([one for one in await place.rows(touch_windows) if one.kind == "message"]) == 1


async def test_who_says_stop_is_answered_once_and_gets_no_more(place):
    """TD in the conversation ends marketing there at once, and is confirmed in the span that it opened."""
    await place.follow()
    assert await place.wechat.write(place.him.open_id, " td。")

    async def confirmed():
        return place.got(use="custom")

    [text] = await place.until(confirmed)
    assert text.startswith("已为您退订")
    [row] = [one for one in await place.rows(touch_suppressions) if one.channel == "wechat_official"]
    assert (row.reason, row.lifted_at) == ("unsubscribed", None)
    verdict = await place.ask(
        "m1", "wechat_official.mass", purpose=Purpose.MARKETING, content="product_intro"
    )
    assert "wechat_official.mass" in verdict.skipped


async def test_who_unfollows_is_not_written_to_until_he_is_back(place):
    """What is planned for him is not sent; following again lifts it."""
    await place.follow()
    assert await place.wechat.allow(place.him.open_id, {"SUB0001": True})
    assert await place.wechat.leave(place.him.open_id)

    async def left():
        return [one for one in await place.rows(touch_suppressions) if one.reason == "left"]

    await place.until(left)
    ways = ("wechat_official.template", "wechat_official.subscribe", "wechat_official.message")
    verdict = await place.ask("t1", *ways)
    assert verdict.skipped == dict(zip(ways, ("no_address", "no_grant", "no_window"), strict=True))
    # Events have no number: of two that are alike within a second the platform itself sends one.
    place.world.clock.push(timedelta(seconds=2))
    await place.follow()
    await place.ask("t2", "wechat_official.template")

    assert await place.ends("t2") == "sent"


async def test_a_lost_answer_is_no_second_message(place):
    """A customer message is given up as unknown; a template message is known to the platform by our key."""
    await place.follow()
    door = place.world.simulator.wechat_door
    door.fault = "lost"
    await place.ask("r1", "wechat_official.message", purpose=Purpose.REPLY, content="welcome")
    assert await place.ends("r1") == "unknown"
    await place.ask("t1", "wechat_official.template")

    async def settled():
        return [one for one in await place.official() if one.delivered_at is not None]

    await place.until(settled)
    door.fault = ""

    assert len(place.got(use="custom")) == 1
    assert len(place.got(use="template")) == 1
    assert await place.ends("t1") == "sent", "its receipt says that it went"


async def test_the_mini_program_knows_who_opened_it(place):
    """A login code says who he is; what he allowed is used up by one message; 退订 is confirmed there."""
    http, base = place.world.http, place.world.base
    assert await place.mini.allow(place.me.open_id, {"MINI001": True})
    async with http.post(f"{base}/mini_program/open", json={"code": "somebody-elses-code"}) as answer:
        assert answer.status == 400
    code = place.mini.login(place.me.open_id)
    async with http.post(f"{base}/mini_program/open", json={"code": code}) as answer:
        assert answer.status == 204
    [user] = await place.rows(mini_program_users)
    assert user.lead_id == place.lead_id
    await place.world.quiet()
    for key in ("a", "b"):
        await place.ask(key, "mini_program.subscribe")

    assert await place.ends("a") == "sent"
    rows = {one.key: one.skipped for one in await place.rows(touch_plans)}
    assert rows["b"] == {"mini_program.subscribe": "no_grant"}
    [message] = place.me.messages
    assert (message.text, message.link) == ("thing1：已发货", "pages/orders/index")

    assert await place.mini.enter(place.me.open_id)
    assert await place.mini.write(place.me.open_id, "退订")

    async def confirmed():
        return [one.text for one in place.me.messages if one.way == "in" and one.use == "custom"]

    assert await place.until(confirmed) == [
        "已为您退订，以后不再给您发营销消息。有问题随时可以在这里问我们。"
    ]
    assert {one.kind for one in await place.rows(touch_windows)} == {"entered", "message"}
    assert [one.channel for one in await place.rows(touch_suppressions)] == ["mini_program"]


async def test_one_text_goes_to_all_followers_in_one_call(place):
    """Two who agreed get the same words by one message to many; a third who never agreed gets none."""
    world, wechat = place.world, place.wechat
    others = []
    for n in range(2):
        phone = f"1390000000{n}"
        made = await world.form(name="王一", phone=phone, source="官网", consent=n == 0)
        others.append(Place(world, made["lead_id"]))
        await place.is_customer(made["lead_id"], f"wm{n}")
        await others[n].follow(f"wm{n}")
    await place.follow()
    asked = [place, *others]
    for one in asked:
        await one.ask(f"m-{one.lead_id}", "wechat_official.mass", purpose=Purpose.MARKETING, content="club")
    world.clock.push(timedelta(minutes=11))
    world.app.bench.wake()
    for one in asked[:2]:
        assert await one.ends(f"m-{one.lead_id}") == "sent"

    async def delivered():
        return len([one for one in await place.official() if one.delivered_at is not None]) == 2

    await place.until(delivered)
    texts = [
        one.text for person in wechat.people.by_id.values() for one in person.messages if one.use == "mass"
    ]
    assert texts == ["会员日到了，详情见 https://example.com/club"] * 2
    assert len(wechat.mass_keys) == 1


async def test_what_the_platform_says_is_over_is_over(place):
    """45015 shuts the span, 43101 ends a permission, 43004 means that he follows no more."""
    await place.follow()
    assert await place.wechat.allow(place.him.open_id, {"SUB0001": True})
    await place.until(lambda: place.rows(touch_grants))
    place.him.grants["SUB0001"] = 0
    await place.ask("n1", "wechat_official.subscribe")
    assert await place.ends("n1") == "failed"
    [grant] = await place.rows(touch_grants)
    assert grant.consumed_at is not None
    assert await place.wechat.write(place.him.open_id, "在吗")
    await place.world.quiet()
    place.him.spans.clear()
    await place.ask("r1", "wechat_official.message", purpose=Purpose.REPLY, content="welcome")
    assert await place.ends("r1") == "failed"
    assert {one.remaining for one in await place.rows(touch_windows)} == {0}
    place.him.follows = False
    await place.ask("t1", "wechat_official.template")
    assert await place.ends("t1") == "failed"

    [follower] = await place.rows(followers)
    assert follower.left_at is not None
    plans = {one.key: one for one in await place.rows(touch_plans)}
    assert plans["n1:elsewhere"].skipped == {"wechat_official.subscribe": "no_grant"}
    assert plans["r1:elsewhere"].skipped == {"wechat_official.message": "no_window"}
    assert plans["t1:elsewhere"].skipped == {"wechat_official.template": "no_address"}
