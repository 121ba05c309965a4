"""Pictures, and cards that ask, over the wire: made, uploaded, shown, answered, closed."""

from __future__ import annotations

WANG = {"name": "王芳", "phone": "13912345678", "company": "星河制造", "city": "上海"}


async def test_a_rep_gets_his_code_as_a_picture_and_the_customer_is_bound(world):
    """From the corner of his card to the scanned code."""
    await world.form("website", **WANG, consent=True)
    await world.tap("zhangsan", "领取")
    await world.tap("zhangsan", "加微码")
    await world.sees("zhangsan", "给客户用微信扫一扫")

    (image,) = [m for m in world.people.messages("zhangsan") if m.kind == "image"]
    async with world.http.get(image.card["url"]) as response:
        assert (await response.read()).startswith(b"\x89PNG")
    (config_id,) = world.people.world.ways
    world.people.scan(world.people.meet("王芳"), config_id)
    await world.sees("zhangsan", "已加")


async def test_a_list_is_ticked_or_left_by_its_last_option(world):
    """The way out gives the card back as it was; a reason carries the wish out."""
    await world.form("website", **WANG, consent=True)
    await world.tap("zhangsan", "领取")
    await world.tap("zhangsan", "退回")
    await world.sees("zhangsan", "退回：")
    vote = next(card for card in world.people.cards("zhangsan") if card["card_type"] == "vote_interaction")
    out = next(o["id"] for o in vote["checkbox"]["option_list"] if o["text"] == "取消")

    await world.tap("zhangsan", "确定", reason=out)
    await world.tap("zhangsan", "退回")
    await world.tap("zhangsan", "确定", reason="忙不过来")

    await world.sees("zhangsan", "你已退回公海")
    await world.sees("lina", "王芳")
    closed = next(card for card in world.people.cards("zhangsan") if "你已退回公海" in str(card))
    assert closed["card_type"] == "vote_interaction"
    assert closed["replace_text"]


async def test_who_and_then_why_are_asked(world):
    """Nobody is chosen beforehand; the new owner reads both."""
    await world.form("website", **WANG, consent=True)
    await world.tap("zhangsan", "领取")
    await world.tap("zhangsan", "转交")
    await world.tap("zhangsan", "下一步", to="-")
    await world.sees("zhangsan", "请选给谁")
    await world.tap("zhangsan", "下一步", to="lina")
    await world.sees("zhangsan", "给李娜")
    await world.tap("zhangsan", "确定", why="休假")

    await world.sees("lina", "张三转交给你（休假）")
    await world.sees("zhangsan", "你已转交给李娜")
