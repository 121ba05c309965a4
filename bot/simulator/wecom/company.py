"""Settling the people of the company who use WeCom."""

from __future__ import annotations

from bot.simulator.common.company import Company, RobotPart
from bot.simulator.wecom.model import ROOT_DEPARTMENT, Customer, Department, Person
from bot.simulator.wecom.robot_model import Conversation
from bot.simulator.wecom.world import World

_CUSTOMER_ID_LETTERS = _GROUP_ID_LETTERS = 30


def settle(world: World, company: Company) -> None:
    """Fill an empty world with the departments, people and customers of a company."""
    ids = {part.name: number for number, part in enumerate(company.departments, start=ROOT_DEPARTMENT)}
    last = len(company.departments)
    for part in company.departments:
        number = ids[part.name]
        parent = ids[part.under] if part.under else (0 if number == ROOT_DEPARTMENT else ROOT_DEPARTMENT)
        # A higher `order` stands further up in the client, so the file's order is kept.
        order = (last - number + 1) * 1000
        world.departments[number] = Department(number, part.name, parent, order, list(part.leaders))
    for someone in company.people:
        world.people[someone.userid] = Person(
            userid=someone.userid,
            name=someone.name,
            departments=[ids[someone.department]],
            position=someone.position,
            role=someone.role,
            mobile=someone.mobile,
        )
    for name in company.customers:
        new_customer(world, name)
    if company.robot is not None:
        _settle_robot(world, company.robot)


def _settle_robot(world: World, part: RobotPart) -> None:
    world.robot.name = part.name
    for name, members in part.groups.items():
        known = [world.people[userid].userid for userid in members]
        group = Conversation(world.mint("wr", _GROUP_ID_LETTERS), name, known, is_group=True)
        world.robot.conversations[group.id] = group


def new_customer(world: World, name: str) -> Customer:
    """Somebody on WeChat whom nobody in the company knows yet."""
    customer = Customer(id=world.mint("wm", _CUSTOMER_ID_LETTERS), name=name)
    world.customers[customer.id] = customer
    return customer
