"""A form becomes a claimed lead, a follow-up, a deal, and an answered question, over the wire."""

from __future__ import annotations

from bot.store import inbox, incidents

WANG = {
    "name": "王芳",
    "phone": "13912345678",
    "company": "星海制造有限公司",
    "title": "采购总监",
    "city": "上海",
}


async def test_the_whole_way_of_a_lead(world):
    """What a newcomer lives through in the demo, told by the chats."""
    first = await world.form("website", **WANG, message="想了解专业版价格", consent=True)
    offered = await world.sees("zhangsan", "王芳")
    assert "星海制造" in offered
    assert "13912345678" not in offered
    await world.sees("lina", "王芳")

    await world.tap("zhangsan", "领取")
    await world.sees("lina", "已被张三")
    await world.tap("zhangsan", "看电话")
    await world.sees("zhangsan", "13912345678")

    lead_id = first["lead_id"]
    await world.people.say("zhangsan", f"跟进 {lead_id} 已电话,客户要报价,下周二回访")
    recorded = await world.sees("zhangsan", "11月24日")
    assert lead_id in recorded or "王芳" in recorded

    await world.people.say("zhangsan", f"转商机 {lead_id} 专业版 5万")
    await world.sees("zhangsan", "D1")
    await world.people.say("zhangsan", "报价 D1 48000 折扣4%")
    await world.sees("zhangsan", "方案报价")
    await world.people.say("zhangsan", "D1 赢单")
    await world.sees("zhangsan", "赢单")

    await world.people.say("chenli", "本月新增多少线索")
    assert "1" in await world.sees("chenli", "新增线索")
    await world.people.say("chenli", "本月业绩")
    await world.sees("chenli", "48,000")

    await world.quiet()
    async with world.app.bench.store.read() as tx:
        counts = await inbox.counts(tx)
        totals = await incidents.totals(tx)
    assert set(counts) == {"done"}
    assert not {key for key in totals if key[0].startswith(("delivery.", "send.failed", "send.unknown"))}


async def test_a_known_person_rings_the_owner_again(world):
    """A re-enquiry is the same lead: its owner hears of it and his clock starts again."""
    first = await world.form("website", **WANG, consent=True)
    await world.sees("zhangsan", "王芳")
    await world.tap("zhangsan", "领取")
    await world.sees("lina", "已被张三")

    again = await world.form("website", **{**WANG, "phone": "+86 139-1234-5678"}, message="还没人联系我")

    assert again == {"lead_id": first["lead_id"], "duplicate": True}
    await world.sees("zhangsan", "客户又来了")


async def test_a_returned_lead_rings_for_the_others(world):
    """With a reason from the list; the one who gave it back may not take it again at once."""
    await world.form("website", **WANG, consent=True)
    await world.sees("zhangsan", "王芳")
    await world.tap("zhangsan", "领取")
    await world.tap("zhangsan", "退回")
    await world.tap("zhangsan", "确定", reason="忙不过来")
    await world.tap("lina", "领取")
    await world.sees("lina", "看电话")


async def test_unknown_words_get_a_hint(world):
    """Never silence."""
    await world.people.say("zhangsan", "今天天气怎么样")

    await world.sees("zhangsan", "帮助")


async def test_a_customer_who_scans_is_greeted_once_and_bound(world):
    """The thank-you page's code carries our word: the contact is this lead's."""
    fields = {**WANG, "consent": "on"}
    async with world.http.post(
        f"{world.base}/forms/website", data=fields, headers={"Accept": "text/html"}, allow_redirects=False
    ) as response:
        assert response.status == 303
        where = response.headers["Location"]
    await world.sees("zhangsan", "王芳")
    async with world.http.get(f"{world.base}{where}") as page:
        assert page.status == 200
    await world.quiet()
    way = next(iter(world.simulator.world.ways.values()))
    customer = world.people.meet("王芳")
    world.people.scan(customer, way.config_id)
    await world.people.settled()
    await world.quiet()

    greetings = world.people.customer_messages(customer)
    assert len(greetings) == 1


async def test_who_asks_the_same_thing_again_is_answered_again(world):
    """The platform swallows equal requests; two occasions are not equal, however alike they read."""
    for times in (1, 2, 3):
        await world.people.say("zhangsan", "帮助")
        await world.quiet()
        assert sum("我的线索" in text for text in world.shown("zhangsan")) == times
