"""Binding: one person says in two chat apps that he is one, by a code, and nobody else can."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.store import bindings, leads, logins, tasks
from bot.store.tables.machinery import audit
from tests.worker.two_platforms import Both, open_both


@pytest.fixture
async def both(store, company, vault, clock, random_bytes, unit) -> Both:
    found = open_both(store, company, vault, clock, random_bytes, unit)
    await found.hire("mei", "wecom", name="梅丽")
    clock.push(timedelta(minutes=1))
    await found.hire("ding-mei-id", "dingtalk", name="梅 丽")
    return found


async def code_of(both: Both, platform: str = "wecom", who: str = "mei") -> str:
    said = await both.say(platform, who, "绑定")
    return said.split("绑定码 ")[1][: bindings.LENGTH]


async def actions(both: Both) -> list[str]:
    return [row.action for row in await both.unit(lambda desk: desk.tx.all(select(audit)))]


async def test_a_code_from_one_chat_said_in_the_other_makes_one_person(both):
    """Both logins are his, under the id that was here first; he is told on both sides."""
    code = await code_of(both)

    said = await both.say("dingtalk", "ding-mei-id", f"绑定 {code.lower()}")

    assert "绑定好了" in said
    found = await both.unit(lambda desk: logins.of_user(desk.tx, "mei"))
    assert found == [("dingtalk", "ding-ding-mei-id"), ("wecom", "mei")]
    assert not (await both.user("ding-mei-id")).active
    assert any("绑定了" in text for text in both.wecom.texts("mei"))
    assert {"binding.code_issued", "member.bound"} <= set(await actions(both))
    # What he says there is his from now on.
    assert "同一个人" in await both.say("dingtalk", "ding-mei-id", "绑定")


async def test_asked_for_on_the_other_side_it_is_the_same(both):
    """The id that was here first stays, whichever side the code came from."""
    code = await code_of(both, "dingtalk", "ding-mei-id")

    assert "绑定好了" in await both.say("wecom", "mei", f"绑定{code}")
    assert (await both.user("mei")).active
    assert not (await both.user("ding-mei-id")).active


async def test_what_the_other_id_held_comes_along(both):
    """Leads and tasks of both are his; nothing is rung again, nothing is lost."""
    for lead_id in ("L7", "L8", "L9", "L10"):
        await both.lead(lead_id)
        await both.say("dingtalk", "ding-mei-id", f"领取 {lead_id}")
    await both.say("dingtalk", "ding-mei-id", "提醒我 明天上午10点开会")
    code = await code_of(both)

    await both.say("dingtalk", "ding-mei-id", f"绑定 {code}")

    for lead_id in ("L7", "L8", "L9", "L10"):
        assert (await both.unit(lambda desk, of=lead_id: leads.get(desk.tx, of))).owner_id == "mei"
    assert len(await both.unit(lambda desk: tasks.open_of_owner(desk, "mei"))) == 1
    assert not await both.unit(lambda desk: tasks.open_of_owner(desk, "ding-mei-id"))


async def test_a_code_is_good_once_and_for_minutes(both):
    """Used, replaced by a newer one, too old or made up: the same answer, and nothing happens."""
    first = await code_of(both)
    second = await code_of(both)
    assert "不对" in await both.say("dingtalk", "ding-mei-id", f"绑定 {first}")
    assert "不对" in await both.say("dingtalk", "ding-mei-id", "绑定 ZZZZ99")
    both.clock.push(bindings.LIFE)
    assert "不对" in await both.say("dingtalk", "ding-mei-id", f"绑定 {second}")
    assert (await both.user("ding-mei-id")).active
    assert (await actions(both)).count("binding.refused") == 3


async def test_guessing_ends_after_five_tries_in_an_hour(both):
    """The right code does not help then; an hour later it would."""
    code = await code_of(both)
    for n in range(5):
        await both.say("dingtalk", "ding-mei-id", f"绑定 AAAA2{n}")
    assert "一小时" in await both.say("dingtalk", "ding-mei-id", f"绑定 {code}")
    assert (await both.user("ding-mei-id")).active

    both.clock.push(timedelta(hours=1))
    code = await code_of(both)
    assert "绑定好了" in await both.say("dingtalk", "ding-mei-id", f"绑定 {code}")


async def test_a_code_said_where_it_was_asked_for_does_nothing(both):
    """To himself and to a colleague on the same platform."""
    await both.hire("jun", "wecom", name="梅丽")
    code = await code_of(both)
    assert "另一个聊天软件" in await both.say("wecom", "mei", f"绑定 {code}")
    assert "另一个聊天软件" in await both.say("wecom", "jun", f"绑定 {code}")
    assert "绑定好了" in await both.say("dingtalk", "ding-mei-id", f"绑定 {code}")


async def test_somebody_of_another_name_cannot_be_talked_into_it(both):
    """A code sent to the manager would make him the one who sent it."""
    await both.hire("boss", "dingtalk", name="陈总", role="manager")
    code = await code_of(both)
    assert "姓名不一样" in await both.say("dingtalk", "boss", f"绑定 {code}")
    assert (await both.user("boss")).active


async def test_who_is_whole_already_cannot_be_taken_over(both):
    """A login on both platforms: neither a code of his nor one said by him ties him to a third."""
    await both.hire("li", "wecom", "dingtalk", name="梅丽")
    code = await code_of(both)
    assert "已经绑定" in await both.say("dingtalk", "li", f"绑定 {code}")
    assert await both.unit(lambda desk: logins.of_user(desk.tx, "li")) == [
        ("dingtalk", "ding-li"), ("wecom", "li"),
    ]  # fmt: skip


async def test_with_one_platform_there_is_nothing_to_bind(store, company, vault, clock, random_bytes, unit):
    """Nobody has a login elsewhere: so it is said."""
    alone = open_both(store, company, vault, clock, random_bytes, unit)
    await alone.hire("mei", "wecom")
    assert "不用绑定" in await alone.say("wecom", "mei", "绑定")
