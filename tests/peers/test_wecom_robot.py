"""One scenario for robots of different make: each does the same before the simulated WeCom."""

from __future__ import annotations

import asyncio
import hashlib

import aiohttp


def posts(wecom, userid, chat="single"):
    return wecom.hands.robot.posts(userid, chat)


async def seen(wecom, userid, test, chat="single"):
    """Wait until somebody's last message passes a test."""
    async with asyncio.timeout(30):
        with wecom.world.bus.watch() as happened:
            while not (shown := posts(wecom, userid, chat)) or not test(shown[-1]):
                await happened.get()
    return shown[-1]


async def test_it_talks_answers_and_changes_cards(wecom, start):
    """Welcome, stream, card, tap, change for all, push, picture up and down."""
    people = wecom.hands.robot
    group = people.found_group("销售群", ["zhangsan", "lina"])
    async with start() as robot:
        await robot.says("subscribed")

        people.enter("zhangsan")
        await seen(wecom, "zhangsan", lambda last: last["text"] == "您好")

        people.write("zhangsan", "流")
        await robot.says("message", userid="zhangsan", chat=None, text="流")
        answer = await seen(wecom, "zhangsan", lambda last: last["text"] == "查到 3 条。")
        assert (answer["kind"], answer["streaming"]) == ("stream", False)

        people.write("lina", "@客铃助手 卡片", chat=group.id)
        await robot.says("message", userid="lina", chat=group.id)
        await robot.says("acked", what="card", errcode=0)
        card = posts(wecom, "zhangsan", group.id)[-1]
        people.tap("zhangsan", card["id"], card["card"]["button_list"][0]["key"], chat=group.id)
        await robot.says("click", userid="zhangsan", task_id=card["task_id"])
        await robot.says("acked", what="update", errcode=0)
        for userid in group.members:
            assert posts(wecom, userid, group.id)[-1]["card"]["main_title"]["title"] == "已被zhangsan领取"

        people.write("lina", "@客铃助手 推", chat=group.id)
        await robot.says("acked", what="push", errcode=0)
        assert posts(wecom, "zhangsan", group.id)[-1]["text"] == "**喜报**"

        people.write("zhangsan", "图")
        await robot.says("acked", what="image", errcode=0)
        await shows_the_picture(posts(wecom, "zhangsan")[-1])
        await reads_a_picture(wecom, robot)
        assert robot.heard("refused") == []


async def shows_the_picture(shown):
    async with aiohttp.ClientSession() as http, http.get(shown["card"]["url"]) as response:
        assert await response.read() == b"LeadBell" * (700 * 128)


async def reads_a_picture(wecom, robot):
    data = bytes(range(256)) * 99
    wecom.hands.robot.send_file("lina", kind="image", name="a.png", content_type="image/png", data=data)
    await robot.says("file", size=len(data), sha256=hashlib.sha256(data).hexdigest())


async def test_it_comes_back_after_each_kind_of_cut(wecom, start):
    """Broken without a word, refused for a while, closed politely, no heartbeat: it subscribes anew."""
    faults, people = wecom.world.faults, wecom.hands.robot
    async with start() as robot:
        await robot.says("subscribed")
        for _ in range(3):
            faults.turn_on("robot_cut")
            await robot.says("disconnected")
            faults.turn_off("robot_cut")
            await robot.says("subscribed")
        await people.line.close()
        await robot.says("disconnected")
        await robot.says("subscribed")
        faults.turn_on("robot_no_pong")
        await robot.says("disconnected")
        faults.turn_off("robot_no_pong")
        await robot.says("subscribed")

        people.write("zhangsan", "流")
        await robot.says("message", text="流")
        await seen(wecom, "zhangsan", lambda last: last["text"] == "查到 3 条。")
    assert wecom.world.robot.subscribed >= 5


async def test_it_does_not_fight_for_its_place(wecom, start):
    """Told that another connection took over, it ends and stays away."""
    async with start() as first, start() as second:
        await first.says("subscribed")
        await second.says("subscribed")
        loser = await told_first(first, second)
        winner = second if loser is first else first
        wecom.hands.robot.write("lina", "流")
        await winner.says("message", text="流")
        await asyncio.sleep(0.5)
    assert wecom.world.robot.subscribed == 2
    assert loser.heard("message") == []


async def told_first(first, second):
    """Whichever subscribed earlier is thrown out."""
    waiting = {asyncio.ensure_future(one.says("kicked")): one for one in (first, second)}
    done, pending = await asyncio.wait(waiting, timeout=30, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    assert len(done) == 1
    return waiting[done.pop()]


async def test_a_wrong_secret_ends_it(wecom, start):
    """It tells why, and gives up."""
    async with start(ROBOT_SECRET="Zq8" * 14) as robot:
        told = await robot.says("error")
    assert "40001" in told["message"]
    assert wecom.world.robot.subscribed == 0
