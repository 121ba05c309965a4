"""user/* and department/*: the address book, as far as the app may see it.

https://developer.work.weixin.qq.com/document/path/90196
"""

from __future__ import annotations

from bot.simulator.wecom import codes
from bot.simulator.wecom.call import Call, Endpoint, number, ok, text
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Department, Json, Person
from bot.simulator.wecom.world import World

_MOST_PER_PAGE = 10_000


def user_get(world: World, call: Call) -> Json:
    """One member; mobile and the like only if the app may know them."""
    person = world.people.get(text(call.query, "userid", required=True))
    if person is None:
        raise RefusedError(codes.NO_USER)
    if not _may_read(world, person):
        raise RefusedError(codes.OUT_OF_SCOPE)
    return ok(**_details(world, person))


def user_list(world: World, call: Call) -> Json:
    """The members of a department in full; fetch_child=1 adds those of departments under it."""
    return ok(userlist=[_details(world, person) for person in _members(world, call)])


def user_simplelist(world: World, call: Call) -> Json:
    """The members of a department, by id and name."""
    return ok(
        userlist=[
            {"userid": p.userid, "name": p.name, "department": p.departments} for p in _members(world, call)
        ]
    )


def user_list_id(world: World, call: Call) -> Json:
    """Every (member, department) pair, in pages."""
    pairs = [
        {"userid": person.userid, "department": department}
        for person in world.people.values()
        if _may_read(world, person)
        for department in person.departments
    ]
    start = number(call.body, "cursor")
    limit = min(number(call.body, "limit", _MOST_PER_PAGE), _MOST_PER_PAGE)
    if limit <= 0 or start < 0:
        raise RefusedError(codes.BAD_PARAMETER, "limit")
    page = pairs[start : start + limit]
    more = start + limit < len(pairs)
    return ok(dept_user=page, **({"next_cursor": str(start + limit)} if more else {}))


def department_list(world: World, call: Call) -> Json:
    """A department and all under it; without an id, all that the app may see."""
    return ok(department=[_department(d) for d in _departments(world, call)])


def department_simplelist(world: World, call: Call) -> Json:
    """The same, by id alone."""
    return ok(
        department_id=[
            {"id": d.id, "parentid": d.parent_id, "order": d.order} for d in _departments(world, call)
        ]
    )


def department_get(world: World, call: Call) -> Json:
    """One department."""
    return ok(department=_department(_find_department(world, call.query.get("id", ""))))


def _may_read(world: World, person: Person) -> bool:
    seen = any(world.is_visible_department(d) for d in person.departments)
    return seen or person.userid in world.app.visible_users


def _members(world: World, call: Call) -> list[Person]:
    department = _find_department(world, call.query.get("department_id", ""))
    deep = call.query.get("fetch_child") == "1"
    return [p for p in world.members(department.id, deep=deep) if _may_read(world, p)]


def _departments(world: World, call: Call) -> list[Department]:
    wanted = call.query.get("id", "")
    if wanted:
        return world.subtree(_find_department(world, wanted).id)
    return [d for d in world.departments.values() if world.is_visible_department(d.id)]


def _find_department(world: World, given: str) -> Department:
    department = world.departments.get(int(given)) if given.isdigit() else None
    if department is None:
        raise RefusedError(codes.NO_DEPARTMENT, given)
    if not world.is_visible_department(department.id):
        raise RefusedError(codes.OUT_OF_SCOPE)
    return department


def _details(world: World, person: Person) -> Json:
    details: Json = {
        "userid": person.userid,
        "name": person.name,
        "department": person.departments,
        "order": [0] * len(person.departments),
        "position": person.position,
        "status": person.status,
        "enable": 1,
        "isleader": 0,
        "extattr": {"attrs": []},
        "telephone": "",
        "alias": "",
        "main_department": person.departments[0] if person.departments else 0,
        "is_leader_in_dept": [world.leads(person, d) for d in person.departments],
        "direct_leader": [],
    }
    if world.app.sensitive_fields:
        details |= {"mobile": person.mobile, "gender": "0", "email": "", "avatar": ""}
    return details


def _department(department: Department) -> Json:
    return {
        "id": department.id,
        "name": department.name,
        "name_en": "",
        "department_leader": department.leaders,
        "parentid": department.parent_id,
        "order": department.order,
    }


ENDPOINTS = (
    Endpoint("GET", "user/get", user_get),
    Endpoint("GET", "user/list", user_list),
    Endpoint("GET", "user/simplelist", user_simplelist),
    Endpoint("POST", "user/list_id", user_list_id),
    Endpoint("GET", "department/list", department_list),
    Endpoint("GET", "department/simplelist", department_simplelist),
    Endpoint("GET", "department/get", department_get),
)
