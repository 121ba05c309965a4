"""The address book: every department and person once, in the spellings that were seen; and whose to-dos."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.chat.adapter import KeepsTodos, Recognising
from bot.chat.outbound import CloseTodo, Department, OpenTodo, Repeat
from bot.errors import PlatformError, PlatformRejectedError
from tests.adapters.dingtalk.platform import NOW, refusal

GET, SUB, USERS = "/topapi/v2/department/get", "/topapi/v2/department/listsub", "/topapi/v2/user/list"
USER, LOGIN = "/topapi/v2/user/get", "/topapi/v2/user/getuserinfo"
TASKS = "/v1.0/todo/users/U1/tasks"


def company(
    tree: dict[int, list[int]], people: dict[int, list[dict[str, Any]]], page: int = 100
) -> dict[str, Any]:
    """Answers of a company: whose children, and who works where."""

    async def children(request: web.Request) -> web.Response:
        of = (await request.json())["dept_id"]
        rows = [{"dept_id": n, "name": f"部门{n}", "parent_id": of} for n in tree.get(of, [])]
        return web.json_response({"errcode": 0, "result": rows})

    async def members(request: web.Request) -> web.Response:
        asked = await request.json()
        rows, start = people.get(asked["dept_id"], []), asked["cursor"]
        more = start + page < len(rows)
        result = {"list": rows[start : start + page], "has_more": more, "next_cursor": start + page}
        return web.json_response({"errcode": 0, "result": result})

    return {SUB: children, USERS: members}


def person(user_id: str, *departments: int, **more: Any) -> dict[str, Any]:
    return {
        "userid": user_id,
        "name": user_id.upper(),
        "dept_id_list": list(departments),
        "active": True,
        **more,
    }


def serve(platform, answers: dict[str, Any]) -> None:
    for path, answer in answers.items():
        platform.answer(path, *[answer] * 20)


async def test_everybody_is_read_once_and_leaders_are_known(build, platform):
    mei = person("mei", 2, 3, leader_in_dept=[{"dept_id": 2, "leader": True}, {"dept_id": 3, "leader": False}],
                 mobile="13800000001", title="主管")  # fmt: skip
    spelled = person("wang", 3, leader_in_dept=[{"dept_id": "3", "leader": "true"}], active="false")
    serve(platform, company({1: [2], 2: [3]}, {2: [mei], 3: [mei, spelled]}))

    found = await build().directory()

    assert [(one.id, one.parent_id) for one in found.departments] == [("1", ""), ("2", "1"), ("3", "2")]
    assert found.departments[0] == Department(id="1", name="公司", parent_id="")
    by_id = {one.user_id: one for one in found.people}
    assert set(by_id) == {"mei", "wang"}
    assert (by_id["mei"].leads, by_id["mei"].mobile, by_id["mei"].position) == (("2",), "13800000001", "主管")
    assert (by_id["wang"].leads, by_id["wang"].active) == (("3",), False)


async def test_a_large_department_comes_in_pages(build, platform):
    serve(platform, company({}, {1: [person(f"u{n}", 1) for n in range(7)]}, page=3))

    assert len((await build().directory()).people) == 7


async def test_a_root_we_may_not_read_still_has_its_children(build, platform):
    platform.answer(GET, {"errcode": 60011, "errmsg": "no"})
    serve(platform, company({1: [2]}, {2: [person("mei", 2)]}))

    found = await build().directory()

    assert [one.id for one in found.departments] == ["1", "2"]


async def test_a_department_that_cannot_be_read_is_no_empty_department(build, platform):
    """Half an address book would look as if the others had left."""
    serve(platform, company({1: [2]}, {}))
    platform.answers[USERS] = [{"errcode": 60011, "errmsg": "no"}] * 9

    with pytest.raises(PlatformError):
        await build().directory()


async def test_a_page_learns_who_opened_it(build, platform):
    app = build()
    assert isinstance(app, Recognising)
    platform.answer(LOGIN, {"errcode": 0, "result": {"userid": "mei"}}, {"errcode": 40078, "errmsg": "used"})

    assert [await app.recognise("C1"), await app.recognise("C1")] == ["mei", None]
    assert app.page_login() is not None
    assert build(corp_id="").page_login() is None


def opening(**changes: Any) -> OpenTodo:
    fields = {"source_id": "task:T1", "to": "mei", "title": "回访王先生", "due_at": NOW + timedelta(hours=3)}
    return OpenTodo(**{**fields, **changes})


@pytest.fixture
def union(platform) -> None:
    platform.answer(USER, {"errcode": 0, "result": {"userid": "mei", "unionid": "U1"}})


@pytest.mark.usefixtures("union")
async def test_a_todo_is_opened_and_ticked_off(build, platform):
    app = build()
    assert isinstance(app, KeepsTodos)
    platform.answer(TASKS, {"id": "todo9"})

    sent = await app.send(opening())
    await app.send(CloseTodo(source_id="task:T1", to="mei"))

    asked = platform.bodies(TASKS)[0]
    assert (asked["sourceId"], asked["executorIds"], asked["detailUrl"]["pcUrl"]) == (
        "task:T1", ["U1"], "https://crm.example.com"
    )  # fmt: skip
    assert asked["dueTime"] == int((NOW + timedelta(hours=3)).timestamp() * 1000)
    assert (sent.provider_id, app.repeat(opening())) == ("todo9", Repeat.KEYED)
    assert platform.bodies(f"{TASKS}/todo9") == [{"done": True}]
    assert platform.count(USER) == 1


@pytest.mark.usefixtures("union")
async def test_a_todo_that_is_there_is_found_by_our_id_and_changed(build, platform):
    """An earlier try got through and its answer was lost."""
    platform.answer(TASKS, refusal("todo.taskCreate.paramError", 400, "task exist"))
    pages = ({"todoCards": [{"taskId": "x", "sourceId": "task:T0"}], "nextToken": "2"},
             {"todoCards": [{"taskId": "todo9", "sourceId": "task:T1"}]})  # fmt: skip
    platform.answer("/v1.0/todo/users/U1/org/tasks/query", *pages)

    sent = await build().send(opening())

    assert (sent.provider_id, sent.repeated) == ("todo9", True)
    assert platform.bodies(f"{TASKS}/todo9")[0]["subject"] == "回访王先生"


@pytest.mark.usefixtures("union")
async def test_another_refusal_of_a_todo_is_one(build, platform):
    platform.answer(TASKS, refusal("todo.taskCreate.paramError", 400, "subject too long"))

    with pytest.raises(PlatformRejectedError):
        await build().send(opening())


@pytest.mark.usefixtures("union")
async def test_a_todo_whose_id_is_known_is_changed_at_once(build, platform):
    await build().send(opening(todo_id="todo5"))

    assert platform.count(TASKS) == 0
    assert json.loads(platform.asked[-1][4])["done"] is False


@pytest.mark.usefixtures("union")
async def test_a_todo_that_was_called_off_is_taken_away_and_a_gone_one_is_as_good(build, platform):
    app = build()
    await app.send(CloseTodo(source_id="task:T1", to="mei", is_done=False, todo_id="todo9"))
    platform.answer(f"{TASKS}/todo9", refusal("todo.taskNotExist"))
    again = await app.send(CloseTodo(source_id="task:T1", to="mei", is_done=False, todo_id="todo9"))

    assert [one[0] for one in platform.asked if one[1] == f"{TASKS}/todo9"] == ["DELETE", "DELETE"]
    assert again.repeated


async def test_a_todo_has_to_lead_somewhere(build, platform):
    platform.answer(USER, {"errcode": 0, "result": {"userid": "mei", "unionid": "U1"}})

    with pytest.raises(PlatformRejectedError, match="LEADBELL_PUBLIC_URL"):
        await build(public_url="").send(opening())


async def test_the_checkup_says_what_stands(build, platform):
    platform.answer(SUB, {"errcode": 0, "result": [{"dept_id": 2}]})
    fine = await build(agent_id=42).checkup()
    platform.answer(SUB, {"errcode": 60020, "errmsg": "ip"})
    refused = await build().checkup()
    away = await build(oapi_base="http://127.0.0.1:9").checkup()

    assert all(one.is_fine for one in fine.remarks)
    assert fine.server_time is not None
    assert [one.is_fine for one in refused.remarks].count(False) == 1
    assert "连不上" in "".join(one.text for one in away.remarks)
