"""The address book, to-dos, work notices, media."""

from __future__ import annotations

import json

import aiohttp
import pytest

from tests.simulator.dingtalk.conftest import BOSS, OTHER, REP

NOTICES = "/topapi/message/corpconversation/"


async def test_departments_are_listed_level_by_level(api, world):
    """The root's children are the regions, theirs the teams."""
    regions = (await api.old("/topapi/v2/department/listsub", {}))["result"]
    east = next(one["dept_id"] for one in regions if one["name"] == "华东大区")
    teams = (await api.old("/topapi/v2/department/listsub", {"dept_id": east}))["result"]
    assert {one["name"] for one in teams} == {"上海组", "杭州组", "南京组"}
    told = (await api.old("/topapi/v2/department/get", {"dept_id": east}))["result"]
    assert told["dept_manager_userid_list"] == [BOSS]
    assert (await api.old("/topapi/v2/department/get", {"dept_id": 7}))["errcode"] == 60003


async def test_members_are_listed_and_found(api, world):
    """Page by page; by mobile; with who leads what and who is above."""
    team = world.people[REP].departments[0]
    told = (await api.old("/topapi/v2/user/list", {"dept_id": team, "cursor": 0, "size": 10}))["result"]
    assert ([one["userid"] for one in told["list"]], told["has_more"]) == ([REP], False)
    assert (await api.old("/topapi/v2/user/getbymobile", {"mobile": "13800010003"}))["result"][
        "userid"
    ] == BOSS
    boss = (await api.old("/topapi/v2/user/get", {"userid": BOSS}))["result"]
    rep = (await api.old("/topapi/v2/user/get", {"userid": REP}))["result"]
    assert [one["leader"] for one in boss["leader_in_dept"]] == [True]
    assert (rep["leader_in_dept"][0]["leader"], rep["manager_userid"]) == (False, BOSS)


async def test_mobiles_need_a_right_of_their_own(api, world):
    """Without it the field is missing."""
    world.app.may_read_mobiles = False
    assert "mobile" not in (await api.old("/topapi/v2/user/get", {"userid": REP}))["result"]


async def test_who_has_left_is_not_found(api, ding):
    """Neither by id nor by mobile."""
    ding.hands.admin.dismiss(OTHER)
    assert (await api.old("/topapi/v2/user/get", {"userid": OTHER}))["errcode"] == 60121
    assert (await api.old("/topapi/v2/user/getbymobile", {"mobile": "13800010021"}))["errcode"] == 60121


@pytest.mark.parametrize(
    ("act", "kinds"),
    [
        (lambda admin, _group: admin.hire("新人", userid="new1"), ["user_add_org"]),
        (lambda admin, _group: admin.change(REP, title="主管"), ["user_modify_org"]),
        (lambda admin, _group: admin.dismiss(REP, OTHER), ["user_leave_org"]),
        (
            lambda admin, _group: admin.close(admin.found("东北大区").id),
            ["org_dept_create", "org_dept_remove"],
        ),
        (
            lambda admin, group: (admin.leave(group, REP), admin.join(group, REP)),
            ["chat_remove_member", "chat_add_member"],
        ),
        (
            lambda admin, group: (admin.retitle(group, "新"), admin.disband(group)),
            ["chat_update_title", "chat_disband"],
        ),
    ],
    ids=["joins", "changes", "two leave", "a department", "a group's members", "a group"],
)
async def test_changes_are_told_by_events(ding, connect, group, act, kinds):
    """Each by its own type, once."""
    client = await connect()
    act(ding.hands.admin, group)
    await ding.settled()
    assert sorted(one["headers"]["eventType"] for one in client.heard("EVENT")) == sorted(kinds)


@pytest.fixture
def todo(api, world):
    me = world.people[REP].unionid

    async def made(source="task-7", **changes):
        body = {"sourceId": source, "subject": "给李先生打电话", "creatorId": me, "executorIds": [me]}
        body |= {"dueTime": 1795600000000, "detailUrl": {"appUrl": "https://e.com", "pcUrl": "https://e.com"}}
        return await api.new("POST", f"/todo/users/{me}/tasks", body | changes)

    return made


async def test_a_to_do_is_made_once(todo, world):
    """The same sourceId again says that the task exists."""
    status, told = await todo()
    assert (status, told["sourceId"], told["done"]) == (200, "task-7", False)
    status, again = await todo()
    assert (status, again["code"], again["message"]) == (400, "todo.taskCreate.paramError", "task exist")
    assert len(world.todos) == 1


@pytest.mark.parametrize(
    "changes", [{"detailUrl": {}}, {"executorIds": ["nobody"]}, {"subject": "长" * 1025}]
)
async def test_a_to_do_wants_its_parts(todo, world, changes):
    """An address, executors that there are, a subject of at most 1024 characters."""
    assert (await todo(**changes))[0] == 400
    assert world.todos == {}


async def test_a_to_do_is_changed_done_and_taken_away(todo, api, world, http, running):
    """By its id; done once all executors are through."""
    _, made = await todo()
    me, path = world.people[REP].unionid, f"/todo/users/{world.people[REP].unionid}/tasks/{made['id']}"
    assert (await api.new("PUT", path, {"subject": "改约周五"}))[1]["result"]
    assert (
        await api.new("PUT", f"{path}/executorStatus", {"executorStatusList": [{"id": me, "isDone": True}]})
    )[0] == 200
    async with http.get(f"{running.base_url}/sim/api/dingtalk/people/{REP}/todos") as response:
        (shown,) = await response.json()
    assert (shown["subject"], shown["done"]) == ("改约周五", True)
    assert (await api.new("DELETE", path))[0] == 200
    assert (await api.new("DELETE", path))[0] == 400


@pytest.fixture
def notify(api, world):
    async def sent(words, users=REP, **message):
        body = {"agent_id": world.app.agent_id, "userid_list": users}
        body["msg"] = message or {"msgtype": "text", "text": {"content": words}}
        told = await api.old(NOTICES + "asyncsend_v2", body)
        return told, told.get("task_id")

    return sent


async def test_a_notice_that_is_not_delivered_is_told_later(notify, api, world, ding):
    """The same content twice a day is taken and not shown; unknown people are invalid."""
    first, _ = await notify("记得跟进", f"{REP},nobody")
    second, task = await notify("记得跟进")
    assert (first["errcode"], second["errcode"]) == (0, 0)
    assert ding.entries(REP)[-1]["text"] == "记得跟进"
    assert len(ding.entries(REP)) == 1
    told = await api.old(NOTICES + "getsendresult", {"agent_id": world.app.agent_id, "task_id": task})
    (forbidden,) = told["send_result"]["forbidden_list"]
    assert (forbidden["userid"], forbidden["code"]) == (REP, "143105")
    task = first["task_id"]
    told = await api.old(NOTICES + "getsendresult", {"agent_id": world.app.agent_id, "task_id": task})
    assert told["send_result"]["invalid_user_id_list"] == ["nobody"]
    assert told["send_result"]["unread_user_id_list"] == [REP]


async def test_a_notices_buttons_lead_somewhere(notify, ding):
    """An action card with links; a title of more than twenty characters is refused."""
    buttons = [{"title": "领取", "action_url": "https://e.com/a"}]
    card = {"title": "新线索", "markdown": "李先生", "btn_orientation": "1", "btn_json_list": buttons}
    await notify("", msgtype="action_card", action_card=card)
    assert ding.entries(REP)[-1]["card"]["buttons"] == [{"text": "领取", "url": "https://e.com/a"}]
    buttons[0]["title"] = "长" * 21
    told, _ = await notify("", msgtype="action_card", action_card=card)
    assert told["errcode"] == 40035


async def test_a_picture_is_uploaded_and_shown(api, http, running, ding, world):
    """The media id serves as photoURL; other kinds of file are refused."""
    token = await api.fetch_token()

    async def upload(name):
        form = aiohttp.FormData()
        form.add_field("type", "image")
        form.add_field("media", b"PNG", filename=name, content_type="image/png")
        url = f"{running.base_url}/media/upload"
        async with http.post(url, params={"access_token": token}, data=form) as response:
            return await response.json()

    told = await upload("chart.png")
    assert (told["errcode"], told["media_id"][:4]) == (0, "@lAD")
    param = json.dumps({"photoURL": told["media_id"]})
    body = {
        "robotCode": world.app.robot_code,
        "userIds": [REP],
        "msgKey": "sampleImageMsg",
        "msgParam": param,
    }
    await api.new("POST", "/robot/oToMessages/batchSend", body)
    async with http.get(ding.entries(REP)[-1]["card"]["url"]) as response:
        assert await response.read() == b"PNG"
    assert (await upload("chart.exe"))["errcode"] == 40004
