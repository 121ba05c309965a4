"""config/org.yaml: the company, its regions and teams, and who is more than the address book says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from bot.crm.company.words import ChatId, Label, Named, UserId
from bot.crm.user import Role
from bot.kit.yaml_model import Strict

Platform: TypeAlias = Literal["wecom", "dingtalk"]


class Region(Named):
    """A sales region: the first level of the address book under the company."""

    #: Short names without 省 or 市; each province belongs to one region at most.
    provinces: tuple[Label, ...] = ()
    #: Cities that go here although their province goes elsewhere.
    cities: tuple[Label, ...] = ()
    #: The group chat that hears of won deals; without one the company's does.
    good_news_chat: ChatId | None = None
    #: The group chat of those who lead here: what needs somebody to step in; without one the company's.
    manager_chat: ChatId | None = None


class Team(Named):
    """A team in a region: the second level of the address book."""

    region: Label
    good_news_chat: ChatId | None = None


class Colleague(Strict):
    """Somebody whom no address book tells us of, or whom two of them call differently."""

    userid: UserId
    name: Label
    #: Wins over what an address book says; without it, whatever that says.
    role: Role | None = None
    #: Names of his region and team, by our own names or other words for them; empty above them.
    region: Label | None = None
    team: Label | None = None
    #: By platform, for platforms that call him otherwise: he is one person all the same.
    logins: Mapping[Platform, UserId] = {}

    def is_on(self, platform: str, account: str) -> bool:
        """Whether this account on this platform is his."""
        own = {str(name): one for name, one in self.logins.items()}
        return own.get(platform, self.userid if own else None) == account


class Org(Strict):
    """Who we are."""

    company: Label
    timezone: str = "Asia/Shanghai"
    #: ISO 4217.
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    #: The id of a group, or `webhook:name` for a robot whose address is in the environment.
    good_news_chat: ChatId | None = None
    manager_chat: ChatId | None = None
    regions: tuple[Region, ...] = Field(min_length=1)
    teams: tuple[Team, ...] = ()
    #: Where the leads of somebody who leaves go: back to their pools, or to his manager.
    leads_of_leavers: Literal["pool", "manager"] = "pool"
    #: By user id; wins over what the address book says.
    roles: Mapping[UserId, Role] = {}
    #: Who works here, where the platform shows us no address book; where it shows one, only the
    #: `role` and the `logins` of each are read.
    people: tuple[Colleague, ...] = ()
    #: Whose departments count for whoever is in two address books.
    address_book: Platform = "wecom"
    #: May change the configuration besides what their role allows.
    also_admins: tuple[UserId, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            msg = f"没有“{name}”这个时区，例如 Asia/Shanghai"
            raise ValueError(msg) from None
        return name

    @field_validator("people")
    @classmethod
    def _one_login_one_person(cls, people: tuple[Colleague, ...]) -> tuple[Colleague, ...]:
        seen: dict[tuple[str, str], str] = {}
        for one in people:
            for login in one.logins.items():
                other = seen.setdefault(login, one.userid)
                if other != one.userid:
                    msg = (
                        f"{login[0]} 的 {login[1]} 同时写给了 {other} 和 {one.userid}，一个账号只能属于一个人"
                    )
                    raise ValueError(msg)
        return people

    def user_of(self, platform: str, account: str) -> str | None:
        """The id of the person whom this file gives this login."""
        return next((one.userid for one in self.people if one.is_on(platform, account)), None)

    def role_of(self, user_id: str) -> Role | None:
        """The role that this file gives somebody; it wins over what an address book says."""
        own = next((one.role for one in self.people if one.userid == user_id), None)
        return self.roles.get(user_id) or own

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which a day of the company begins."""
        return ZoneInfo(self.timezone)

    def region(self, name: str) -> Region | None:
        """The region of this name or alias."""
        return next((found for found in self.regions if name == found.name or name in found.aliases), None)

    def good_news_chat_of(self, *, region: str | None = None, team: str | None = None) -> str | None:
        """The chat for a won deal: the team's, else the region's, else the company's."""
        rooms = [found.good_news_chat for found in self.teams if found.name == team]
        rooms += [found.good_news_chat for found in self.regions if found.name == region]
        return next((room for room in rooms if room), self.good_news_chat)

    def manager_chat_of(self, region: str | None) -> str | None:
        """The chat of those who lead a region: its own, else the company's."""
        rooms = [found.manager_chat for found in self.regions if found.name == region]
        return next((room for room in rooms if room), self.manager_chat)
