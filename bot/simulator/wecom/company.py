"""Reading the company that a simulated WeCom starts with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from bot.simulator.wecom.model import ROOT_DEPARTMENT, Customer, Department, Person
from bot.simulator.wecom.robot_model import Conversation
from bot.simulator.wecom.world import World

DEFAULT = Path(__file__).parent.parent / "company.yaml"
_CUSTOMER_ID_LETTERS = _GROUP_ID_LETTERS = 30


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DepartmentPart(_Part):
    """A department; without `under` it hangs on the first one, which is the company itself."""

    name: str
    under: str | None = None
    leaders: Sequence[str] = ()


class PersonPart(_Part):
    """A member, in one department named by its name."""

    userid: str
    name: str
    department: str
    position: str = ""
    role: str = "rep"
    mobile: str = Field(default="", repr=False)


class RobotPart(_Part):
    """The smart robot: its name, and the groups in which it is, by name with their members."""

    name: str
    groups: Mapping[str, Sequence[str]] = Field(default_factory=dict)


class DingTalkPersonPart(PersonPart):
    """Somebody who uses DingTalk; one who is on both platforms has the same mobile on both."""

    #: Departments that he leads.
    leads: Sequence[str] = ()


class DingTalkPart(_Part):
    """The people of the same company who use DingTalk, and the groups with the robot in them."""

    people: Sequence[DingTalkPersonPart]
    groups: Mapping[str, Sequence[str]] = Field(default_factory=dict)


class Company(_Part):
    """The whole file."""

    company: str
    departments: Sequence[DepartmentPart]
    people: Sequence[PersonPart]
    customers: Sequence[str] = ()
    robot: RobotPart | None = None
    dingtalk: DingTalkPart | None = None


def read_company(path: Path = DEFAULT) -> Company:
    """Read and check a company file; raises pydantic's ValidationError with the place of each mistake."""
    return Company.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


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
