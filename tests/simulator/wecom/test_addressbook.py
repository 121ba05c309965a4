from __future__ import annotations

import pytest

from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom.staff import Change


def department(sim, name):
    return next(d.id for d in sim.world.departments.values() if d.name == name)


async def test_departments_hang_on_the_company(sim):
    """department/list gives all with parent, order and leaders; with an id, that subtree."""
    whole = (await sim.call("department/list"))["department"]
    east = department(sim, "华东大区")
    part = (await sim.call("department/list", id=east))["department"]
    simple = (await sim.call("department/simplelist", id=east))["department_id"]

    by_name = {d["name"]: d for d in whole}
    assert len(whole) == 13
    assert by_name["云帆软件"]["id"] == 1
    assert by_name["云帆软件"]["department_leader"] == ["chenli", "zhoumin"]
    assert by_name["华东大区"]["parentid"] == 1
    assert by_name["上海组"]["parentid"] == east
    assert {d["name"] for d in part} == {"华东大区", "上海组", "杭州组", "南京组"}
    assert {d["id"] for d in simple} == {d["id"] for d in part}
    one = (await sim.call("department/get", id=east))["department"]
    assert one["department_leader"] == ["wanglei"]


async def test_members_are_told_without_their_private_data(sim):
    """New apps get no mobile; one that may gets it."""
    answer = await sim.call("user/get", userid="wanglei")

    assert answer["name"] == "王磊"
    assert answer["is_leader_in_dept"] == [1]
    assert answer["status"] == 1
    assert not {"mobile", "email", "avatar"} & set(answer)
    sim.world.app.sensitive_fields = True
    assert (await sim.call("user/get", userid="wanglei"))["mobile"] == "13800010003"


async def test_members_of_a_department(sim):
    """fetch_child=1 goes down, without it only the department itself counts."""
    east = department(sim, "华东大区")

    own = await sim.call("user/simplelist", department_id=east)
    deep = await sim.call("user/list", department_id=east, fetch_child=1)

    assert [u["userid"] for u in own["userlist"]] == ["wanglei"]
    assert {u["userid"] for u in deep["userlist"]} == {"wanglei", "zhangsan", "lina", "wangwei1", "gaofeng"}


async def test_ids_come_in_pages(sim):
    """user/list_id gives every pair exactly once over its cursor."""
    pages, cursor = [], ""
    while True:
        answer = await sim.call("user/list_id", {"cursor": cursor, "limit": 7})
        pages.append(answer["dept_user"])
        cursor = answer.get("next_cursor", "")
        if not cursor:
            break

    assert [len(page) for page in pages] == [7, 7, 5]
    assert {pair["userid"] for page in pages for pair in page} == set(sim.world.people)


async def test_unknown_and_invisible_are_told_apart(sim):
    """60111, 60003, and 60011 outside the visible range."""
    sim.world.app.visible_departments = [department(sim, "华东大区")]

    assert (await sim.call("user/get", userid="ghost"))["errcode"] == 60111
    assert (await sim.call("user/get", userid="linxy"))["errcode"] == 60011
    assert (await sim.call("user/list", department_id=999))["errcode"] == 60003
    assert (await sim.call("user/list", department_id=1))["errcode"] == 60011
    assert len((await sim.call("department/list"))["department"]) == 4


async def test_a_newcomer_is_told_and_then_reachable(sim):
    """create_user with his department, then subscribe; user/get knows him."""
    sim.driver.hire("何新", "深圳组", userid="hexin")
    await sim.driver.settled()

    created = next(x for x in sim.app.events("change_contact") if x["ChangeType"] == "create_user")
    assert (created["UserID"], created["Name"]) == ("hexin", "何新")
    assert created["Department"] == str(department(sim, "深圳组"))
    assert created["IsLeaderInDept"] == "0"
    assert "Mobile" not in created
    assert sim.app.events("subscribe")[0]["FromUserName"] == "hexin"
    assert (await sim.call("user/get", userid="hexin"))["errcode"] == 0


async def test_a_leaver_is_told_and_gone(sim):
    """delete_user with the id alone; messages to him are invalid from then on."""
    sim.driver.dismiss("zhangsan")
    await sim.driver.settled()

    deleted = next(x for x in sim.app.events("change_contact") if x["ChangeType"] == "delete_user")
    assert deleted["UserID"] == "zhangsan"
    assert "Department" not in deleted
    assert (await sim.send("zhangsan"))["errcode"] == 81013
    with pytest.raises(NotPossibleError):
        await sim.driver.say("zhangsan", "我还在")


async def test_a_change_tells_only_what_changed(sim):
    """update_user: a move carries the department, a new id carries NewUserID."""
    admin = sim.driver.hands.admin
    admin.change("lina", Change(department_id=department(sim, "杭州组")))
    await sim.driver.settled()
    admin.change("lina", Change(new_userid="lina2"))
    await sim.driver.settled()

    moved, renamed = sim.app.events("change_contact")
    assert moved["ChangeType"] == "update_user"
    assert moved["Department"] == str(department(sim, "杭州组"))
    assert "Name" not in moved
    assert (renamed["UserID"], renamed["NewUserID"]) == ("lina", "lina2")
    assert (await sim.call("user/get", userid="lina2"))["name"] == "李娜"


async def test_departments_come_and_go(sim):
    """create_party, update_party and delete_party; only an empty one can go."""
    admin = sim.driver.hands.admin
    new = admin.found("苏州组", parent_id=department(sim, "华东大区"))
    await sim.driver.settled()
    admin.rename(new.id, "苏锡组")
    await sim.driver.settled()
    admin.close(new.id)
    await sim.driver.settled()

    created, updated, deleted = sim.app.events("change_contact")
    assert (created["Name"], created["ParentId"]) == ("苏州组", str(department(sim, "华东大区")))
    assert (updated["ChangeType"], updated["Name"]) == ("update_party", "苏锡组")
    assert (deleted["ChangeType"], deleted["Id"]) == ("delete_party", str(new.id))
    with pytest.raises(NotPossibleError):
        admin.close(1)


async def test_a_new_leader_is_told(sim):
    """appoint puts him first in department_leader and tells update_user."""
    sim.driver.hands.admin.appoint("lina", department(sim, "上海组"))
    await sim.driver.settled()

    assert sim.app.events("change_contact")[0]["IsLeaderInDept"] == "1"
    assert (await sim.call("user/get", userid="lina"))["is_leader_in_dept"] == [1]


async def test_ids_are_well_formed_and_unique(sim):
    """Letters, digits and _-@. alone; capitals make no second person."""
    with pytest.raises(NotPossibleError):
        sim.driver.hire("坏", "上海组", userid="a b")
    with pytest.raises(NotPossibleError):
        sim.driver.hire("重", "上海组", userid="LINA")


async def test_a_renamed_member_keeps_cards_customers_and_groups(sim, card):
    """The new id stands wherever the old one stood."""
    sent = await sim.send_card("lina", card())
    way = await sim.call("externalcontact/add_contact_way", {"type": 1, "scene": 2, "user": ["lina"]})
    customer = sim.driver.meet("林女士")
    sim.driver.scan(customer, way["config_id"])

    sim.driver.hands.admin.change("lina", Change(new_userid="lina2"))
    await sim.update_card(
        response_code=sent["response_code"], userids=["lina2"], button={"replace_name": "完"}
    )

    assert sim.driver.cards("lina2")[0]["replace_text"] == "完"
    assert sim.world.ways[way["config_id"]].users == ["lina2"]
    assert customer.follows["lina2"].userid == "lina2"
