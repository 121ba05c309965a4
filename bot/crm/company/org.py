"""config/org.yaml: the company, its regions and teams, and who is more than the address book says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from bot.crm.company.words import ChatId, Label, Named, UserId
from bot.crm.user import Role
from bot.kit.yaml_model import Strict


class Region(Named):
    """A sales region: the first level of the address book under the company."""

    #: Short names without 省 or 市; each province belongs to one region at most.
    provinces: tuple[Label, ...] = ()
    #: Cities that go here although their province goes elsewhere.
    cities: tuple[Label, ...] = ()
    #: The group chat that hears of won deals; without one the company's does.
    good_news_chat: ChatId | None = None


class Team(Named):
    """A team in a region: the second level of the address book."""

    region: Label
    good_news_chat: ChatId | None = None


class Org(Strict):
    """Who we are."""

    company: Label
    timezone: str = "Asia/Shanghai"
    #: ISO 4217.
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    good_news_chat: ChatId | None = None
    regions: tuple[Region, ...] = Field(min_length=1)
    teams: tuple[Team, ...] = ()
    #: Where the leads of somebody who leaves go: back to their pools, or to his manager.
    leads_of_leavers: Literal["pool", "manager"] = "pool"
    #: By user id; wins over what the address book says.
    roles: Mapping[UserId, Role] = {}
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
