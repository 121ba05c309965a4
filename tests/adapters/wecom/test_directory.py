"""The address book comes whole, each person once, or not at all."""

from __future__ import annotations

import pytest

from bot.chat.outbound import Department, MenuEntry, Person
from bot.errors import AnswerLostError, PlatformRejectedError
from tests.adapters.wecom.platform import status

DEPARTMENTS = "/cgi-bin/department/list"
USERS = "/cgi-bin/user/list"
IDS = "/cgi-bin/user/list_id"
MENU = "/cgi-bin/menu/create"

TREE = {
    "errcode": 0,
    "errmsg": "ok",
    "department": [
        {"id": 1, "name": "云杉科技", "parentid": 0, "order": 100000000, "department_leader": ["boss"]},
        {"id": 2, "name": "华东", "parentid": 1, "order": 2, "department_leader": []},
        {"id": 3, "parentid": 1},
    ],
}


def member(user_id: str, departments: list[int], **more: object) -> dict[str, object]:
    return {"userid": user_id, "name": f"名{user_id}", "department": departments, "status": 1, **more}


@pytest.fixture
def company(platform):
    people = {
        "1": [member("boss", [1], position="总经理", is_leader_in_dept=[0])],
        "2": [
            member("0007", [2, 3], is_leader_in_dept=[1, 0], mobile="13800005678"),
            member("gone", [2], status=5),
        ],
        "3": [member("0007", [2, 3], is_leader_in_dept=[1, 0], mobile="13800005678")],
    }

    async def users(request, _body):
        department = request.query["department_id"]
        return await as_json({"errcode": 0, "errmsg": "ok", "userlist": people[department]})(request, _body)

    platform.always[DEPARTMENTS] = TREE
    platform.always[USERS] = users
    return platform


def as_json(answer: dict[str, object]):
    import json

    return status(200, json.dumps(answer).encode())


async def test_departments_and_people(wecom, company):
    """Leaders are told by the department or by the person; ids stay text."""
    directory = await wecom.directory()

    assert directory.departments == (
        Department("1", "云杉科技", "", 100000000),
        Department("2", "华东", "1", 2),
        Department("3", "3", "1", 0),
    )
    assert directory.people == (
        Person("boss", "名boss", ("1",), leads=("1",), position="总经理"),
        Person("0007", "名0007", ("2", "3"), leads=("2",), mobile="13800005678"),
        Person("gone", "名gone", ("2",), active=False),
    )


@pytest.mark.parametrize(("code", "active"), [(1, True), (2, False), (4, False), (5, False)])
async def test_only_the_active_are_active(wecom, platform, code, active):
    platform.always[DEPARTMENTS] = {**TREE, "department": TREE["department"][:1]}
    platform.always[USERS] = {"errcode": 0, "userlist": [member("a", [1], status=code)]}

    assert (await wecom.directory()).people[0].active is active


@pytest.mark.parametrize("code", [48002, 60011])
async def test_an_app_that_sees_only_ids_reads_ids(wecom, platform, code):
    """In pages, and each person with all departments."""
    platform.always[DEPARTMENTS] = TREE
    platform.always[USERS] = {"errcode": code, "errmsg": "api forbidden"}
    platform.answer(
        IDS,
        {
            "errcode": 0,
            "dept_user": [{"userid": "a", "department": 1}, {"userid": "b", "department": 2}],
            "next_cursor": "C",
        },
        {"errcode": 0, "dept_user": [{"userid": "a", "department": 2}], "next_cursor": ""},
    )

    people = (await wecom.directory()).people

    assert people == (Person("a", "a", ("1", "2"), leads=()), Person("b", "b", ("2",)))
    assert [body["cursor"] for body in platform.bodies(IDS)] == ["", "C"]


async def test_people_who_were_given_the_app_by_name(wecom, company):
    """Their department may be out of sight; those already known are not read twice."""
    company.always["/cgi-bin/agent/get"] = {
        "errcode": 0,
        "errmsg": "ok",
        "allow_userinfos": {"user": [{"userid": "0007"}, {"userid": "guest"}, {"userid": "ghost"}]},
    }
    company.answer(
        "/cgi-bin/user/get",
        {"errcode": 0, "errmsg": "ok", **member("guest", [9])},
        {"errcode": 60111, "errmsg": "userid not found"},
    )

    people = (await wecom.directory()).people

    assert [person.user_id for person in people] == ["boss", "0007", "gone", "guest"]
    assert people[-1] == Person("guest", "名guest", ("9",))


async def test_an_app_that_may_not_read_itself_reads_its_departments(wecom, company):
    company.always["/cgi-bin/agent/get"] = {"errcode": 48002, "errmsg": "api forbidden"}

    assert len((await wecom.directory()).people) == 3


async def test_a_directory_is_never_half(wecom, company):
    """One department that cannot be read is no directory: its people have not left."""
    company.always[USERS] = {"errcode": 60003, "errmsg": "department not found"}

    with pytest.raises(PlatformRejectedError) as caught:
        await wecom.directory()

    assert caught.value.code == 60003


@pytest.mark.parametrize("answer", [{"errcode": 0}, {"errcode": 0, "department": [{"name": "x"}]}])
async def test_an_answer_without_rows_is_no_directory(wecom, platform, answer):
    """An empty answer would make everybody leave."""
    platform.always[DEPARTMENTS] = answer

    with pytest.raises(AnswerLostError):
        await wecom.directory()


async def test_reading_is_tried_again(wecom, company):
    company.answer(DEPARTMENTS, status(502), {"errcode": -1, "errmsg": "busy"})

    assert len((await wecom.directory()).people) == 3
    assert company.count(DEPARTMENTS) == 3


async def test_the_menu(wecom, platform):
    """Keys come back with the press; names are cut to bytes, never to halves of characters."""
    entries = (
        MenuEntry("我的", entries=(MenuEntry("我的线索", "menu.leads"), MenuEntry("我的任务", "menu.tasks"))),
        MenuEntry("录线索请点这里", "menu.enter"),
    )

    await wecom.set_menu(entries)

    assert platform.asked[-1][1]["agentid"] == "1000002"
    assert platform.bodies(MENU) == [
        {
            "button": [
                {
                    "name": "我的",
                    "sub_button": [
                        {"type": "click", "name": "我的线索", "key": "menu.leads"},
                        {"type": "click", "name": "我的任务", "key": "menu.tasks"},
                    ],
                },
                {"type": "click", "name": "录线索请…", "key": "menu.enter"},
            ]
        }
    ]


@pytest.mark.parametrize(
    "entries",
    [
        tuple(MenuEntry(f"第{n}", f"k{n}") for n in range(4)),
        (MenuEntry("多", entries=tuple(MenuEntry(f"第{n}", f"k{n}") for n in range(6))),),
        (MenuEntry("无键"),),
        (MenuEntry("", "k"),),
        (MenuEntry("长", "k" * 129),),
        (MenuEntry("深", entries=(MenuEntry("深", entries=(MenuEntry("深", "k"),)),)),),
    ],
)
async def test_a_menu_without_room_is_refused_here(wecom, platform, entries):
    with pytest.raises(PlatformRejectedError):
        await wecom.set_menu(entries)

    assert platform.asked == []


async def test_no_entries_take_the_menu_away(wecom, platform):
    await wecom.set_menu(())

    assert platform.count("/cgi-bin/menu/delete") == 1
