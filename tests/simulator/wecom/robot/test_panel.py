from __future__ import annotations

import base64

from bot.simulator.wecom.faults import KINDS
from bot.simulator.wecom.panel.fault_texts import TEXTS


async def test_the_world_names_the_robot_and_its_groups(sim):
    """The shipped company has one group; its credentials stay inside."""
    _, world = await sim.sim("GET", "world")

    assert world["robot"]["name"] == "客铃助手"
    assert world["robot"]["online"] is False
    assert [g["name"] for g in world["robot"]["groups"]] == ["上海销售群"]
    assert [m["userid"] for m in world["robot"]["groups"][0]["members"]] == ["zhangsan", "lina", "wanglei"]
    assert sim.app.secrets.bot_secret not in str(world)


async def test_a_persons_day_with_the_robot_over_http(sim, program, card):
    """Enter, write, send a picture, tap, judge: what the page does."""
    base = "people/zhangsan/robot/single"
    entered = await sim.sim("POST", f"{base}/enter", {})
    await program.heard()
    await sim.sim("POST", f"{base}/text", {"text": "你好"})
    asked = await program.heard()
    await program.answer(asked, msgtype="template_card", template_card=card(feedback={"id": "f"}))
    _, messages = await sim.sim("GET", f"{base}/messages")
    post = messages[-1]["id"]
    tapped = await sim.sim("POST", f"{base}/tap", {"message_id": post, "key": "claim:1"})
    click = await program.heard()
    await sim.sim("POST", f"{base}/feedback", {"message_id": post, "type": 2})
    opinion = await program.heard()
    data = base64.b64encode(b"123456").decode()
    await sim.sim("POST", f"{base}/file", {"kind": "image", "name": "a.png", "data": data})
    picture = await program.heard()

    assert entered == (200, {"told": True})
    assert (messages[-1]["from"], messages[-1]["card_state"], messages[-1]["feedback"]) == ("app", "ready", 0)
    assert tapped == (200, {"card_state": "loading"})
    assert click["body"]["event"]["template_card_event"]["task_id"] == "lead-1"
    assert opinion["body"]["event"]["feedback_event"] == {"id": "f", "type": 2}
    assert picture["body"]["msgtype"] == "image"
    shown = (await sim.sim("GET", f"{base}/messages"))[1][-1]["card"]["url"]
    async with sim.http.get(shown) as response:
        assert await response.read() == b"123456"


async def test_a_group_is_made_and_read_over_http(sim, program):
    """Each member sees himself as the writer of his own lines."""
    _, made = await sim.sim("POST", "robot/groups", {"name": "群", "members": ["lina", "wanglei"]})
    path = f"robot/{made['chatid']}"
    told = await sim.sim("POST", f"people/lina/{path}/text", {"text": "早"})
    _, mine = await sim.sim("GET", f"people/lina/{path}/messages")
    _, his = await sim.sim("GET", f"people/wanglei/{path}/messages")

    assert told == (200, {"to_robot": False})
    assert (mine[-1]["from"], his[-1]["from"]) == ("me", "lina")
    assert (await sim.sim("GET", f"people/zhangsan/{path}/messages"))[0] == 409
    assert (await sim.sim("POST", "robot/groups", {"name": "群", "members": ["lina"]}))[0] == 409
    assert (await sim.sim("POST", "robot/groups", {"name": "群", "members": "lina"}))[0] == 409


async def test_what_cannot_be_done_is_said(sim):
    """409 with a sentence."""
    base = "people/lina/robot/single"
    for path, body in (
        ("tap", {"message_id": "none", "key": "k"}),
        ("feedback", {"message_id": "none", "type": 1}),
        ("file", {"kind": "image", "name": "x", "data": "***"}),
        ("file", {"kind": "poem", "name": "x", "data": "MTIz"}),
        ("text", {"text": " "}),
    ):
        status, error = await sim.sim("POST", f"{base}/{path}", body)
        assert status == 409, path
        assert error["message"]


def test_every_fault_is_explained():
    """A name, a group and a sentence for each kind, and for nothing else."""
    assert set(TEXTS) == set(KINDS)
    assert all(one.title and one.about.endswith("。") for one in TEXTS.values())


async def test_a_renamed_member_keeps_his_chats(sim, people, group):
    people.write("lina", "早", chat=group.id)
    people.write("lina", "在吗")
    await sim.sim("POST", "people/lina/edit", {"new_userid": "lina2"})

    assert len(people.posts("lina2")) >= 1
    assert "lina2" in group.members
