"""Reading the company that both simulated platforms start with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

DEFAULT = Path(__file__).parent.parent / "company.yaml"


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
