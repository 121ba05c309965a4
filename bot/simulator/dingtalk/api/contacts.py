"""The address book; none of it counts against the month.

https://open.dingtalk.com/document/development/address-book-overview
"""

from __future__ import annotations

from bot.simulator.dingtalk import codes
from bot.simulator.dingtalk.call import Call, Endpoint, number, text
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.model import ROOT_DEPARTMENT, Department, Json, Person
from bot.simulator.dingtalk.world import World

_MOST_PAGE = 100


def _ok(result: object) -> Json:
    return {"errcode": 0, "errmsg": "ok", "result": result}


def _department(world: World, department_id: int) -> Department:
    found = world.departments.get(department_id)
    if found is None:
        raise RefusedError(codes.NO_DEPARTMENT)
    return found


def _brief(one: Department) -> Json:
    return {"dept_id": one.id, "name": one.name, "parent_id": one.parent_id, "auto_add_user": True}


def listsub(world: World, call: Call) -> Json:
    """The departments right under one, the root's by default."""
    above = _department(world, number(call.body, "dept_id", ROOT_DEPARTMENT))
    return _ok([_brief(one) for one in world.children(above.id)])


def listsubid(world: World, call: Call) -> Json:
    """The same, ids alone."""
    above = _department(world, number(call.body, "dept_id"))
    return _ok({"dept_id_list": [one.id for one in world.children(above.id)]})


def department(world: World, call: Call) -> Json:
    """One department, with those who lead it."""
    found = _department(world, number(call.body, "dept_id"))
    leads = [one.userid for one in world.people.values() if found.id in one.leads]
    return _ok(_brief(found) | {"dept_manager_userid_list": leads})


def parents(world: World, call: Call) -> Json:
    """The departments of a member, each with those above it."""
    person = _person(world, text(call.body, "userid"))
    lists = [{"parent_dept_id_list": world.path(one)} for one in person.departments]
    return _ok({"parent_list": lists})


def _person(world: World, userid: str) -> Person:
    person = world.people.get(userid)
    if person is None:
        raise RefusedError(codes.NO_USER)
    return person


def view(world: World, person: Person) -> Json:
    """A member as user/get tells him."""
    told: Json = {
        "userid": person.userid, "unionid": person.unionid, "name": person.name, "title": person.title,
        "dept_id_list": person.departments, "active": True, "admin": False,
        "boss": person.role == "executive",
        "leader_in_dept": [{"dept_id": one, "leader": one in person.leads} for one in person.departments],
        "manager_userid": _manager(world, person), "hide_mobile": False,
    }  # fmt: skip
    return told | ({"mobile": person.mobile, "state_code": "86"} if world.app.may_read_mobiles else {})


def _manager(world: World, person: Person) -> str:
    for department_id in person.departments:
        for above in world.path(department_id):
            found = [one.userid for one in world.people.values() if above in one.leads and one is not person]
            if found:
                return found[0]
    return ""


def user(world: World, call: Call) -> Json:
    """One member by his user id."""
    return _ok(view(world, _person(world, text(call.body, "userid"))))


def by_mobile(world: World, call: Call) -> Json:
    """A member's user id by his mobile; those who left are not found."""
    mobile = text(call.body, "mobile")
    if not mobile.isdigit():
        raise RefusedError(codes.BAD_MOBILE)
    found = next((one.userid for one in world.people.values() if one.mobile == mobile), None)
    if found is None:
        raise RefusedError(codes.NO_USER)
    return _ok({"userid": found})


def by_union(world: World, call: Call) -> Json:
    """A member's user id by his union id."""
    person = world.person_of_union(text(call.body, "unionid"))
    if person is None:
        raise RefusedError(codes.NO_USER)
    return _ok({"contact_type": 0, "userid": person.userid})


def listid(world: World, call: Call) -> Json:
    """The user ids of a department."""
    found = _department(world, number(call.body, "dept_id"))
    return _ok({"userid_list": [one.userid for one in world.members(found.id)]})


def listed(world: World, call: Call) -> Json:
    """The members of a department, page by page, with their details."""
    found = _department(world, number(call.body, "dept_id"))
    at, size = number(call.body, "cursor"), min(number(call.body, "size"), _MOST_PAGE)
    members = world.members(found.id)
    page = members[at : at + size]
    more = at + size < len(members)
    answer: Json = {"has_more": more, "list": [view(world, one) for one in page]}
    return _ok(answer | ({"next_cursor": at + size} if more else {}))


def listed_simple(world: World, call: Call) -> Json:
    """The same, names alone."""
    answer = listed(world, call)
    brief = [{"userid": one["userid"], "name": one["name"]} for one in answer["result"]["list"]]
    return _ok(answer["result"] | {"list": brief})


def _old(path: str, act: object) -> Endpoint:
    return Endpoint("POST", path, act, old=True, paid=False, scope="qyapi_get_member")  # type: ignore[arg-type]


ENDPOINTS = (
    _old("/topapi/v2/department/listsub", listsub),
    _old("/topapi/v2/department/listsubid", listsubid),
    _old("/topapi/v2/department/get", department),
    _old("/topapi/v2/department/listparentbyuser", parents),
    _old("/topapi/v2/user/get", user),
    _old("/topapi/v2/user/getbymobile", by_mobile),
    _old("/topapi/user/getbyunionid", by_union),
    _old("/topapi/user/listid", listid),
    _old("/topapi/v2/user/list", listed),
    _old("/topapi/user/listsimple", listed_simple),
)
