"""Settling the people of the company who use DingTalk, in the same departments as their colleagues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.simulator.common.company import Company, DingTalkPart
from bot.simulator.dingtalk import templates
from bot.simulator.dingtalk.model import ROOT_DEPARTMENT, Department, Group, Person
from bot.simulator.dingtalk.world import World

#: The id of templates/leadbell.yaml.
OUR_TEMPLATE = "6c1b7d52-4f0e-4a39-9a41-2d8f6be0c7aa.schema"
#: Departments have ids of their own here.
_FIRST_DEPARTMENT = 90_001
_UNION_LETTERS, _GROUP_LETTERS = 22, 22


def settle(world: World, company: Company) -> None:
    """Fill an empty world with departments, the people who use DingTalk, groups and card templates."""
    world.templates = templates.shipped()
    part = company.dingtalk
    ids = _departments(world, company)
    if part is None:
        return
    for someone in part.people:
        settle_person(world, someone.userid, someone.name, ids[someone.department])
        person = world.people[someone.userid]
        person.title, person.mobile, person.role = someone.position, someone.mobile, someone.role
        person.leads = [ids[name] for name in someone.leads]
    _groups(world, part)


def settle_person(world: World, userid: str, name: str, department_id: int) -> Person:
    """Somebody begins to use DingTalk."""
    person = Person(userid, world.mint("", _UNION_LETTERS) + "iE", name, [department_id])
    world.people[userid] = person
    return person


def found_group(world: World, title: str, members: Sequence[str]) -> Group:
    """A group with the robot in it."""
    group = Group(f"cid{world.mint('', _GROUP_LETTERS)}==", title, list(members))
    world.groups[group.id] = group
    return group


def _departments(world: World, company: Company) -> Mapping[str, int]:
    ids = {part.name: _FIRST_DEPARTMENT + n for n, part in enumerate(company.departments)}
    ids[company.departments[0].name] = ROOT_DEPARTMENT
    for part in company.departments:
        above = (
            ids[part.under] if part.under else (0 if ids[part.name] == ROOT_DEPARTMENT else ROOT_DEPARTMENT)
        )
        world.departments[ids[part.name]] = Department(ids[part.name], part.name, above)
    return ids


def _groups(world: World, part: DingTalkPart) -> None:
    for title, members in part.groups.items():
        found_group(world, title, [world.people[userid].userid for userid in members])
