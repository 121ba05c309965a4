"""A colleague: who he is, what he may see, whether he takes new leads."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class Role(enum.StrEnum):
    """What somebody may see; from the address book, or set in config/org.yaml."""

    EXECUTIVE = "executive"
    DIRECTOR = "director"
    MANAGER = "manager"
    REP = "rep"
    MARKETER = "marketer"
    ADMIN = "admin"

    @property
    def sells(self) -> bool:
        """Whether customers are his work: he may own leads, and hears whose they are."""
        return self not in {Role.MARKETER, Role.ADMIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One person, the same across platforms."""

    id: str
    name: str
    role: Role
    #: First-level department; empty at the top of the house.
    region: str
    #: Second-level department; empty for those above it.
    team: str
    position: str = ""
    active: bool = True
    on_duty: bool = True
    away_until: datetime | None = None
    #: Where he last did something: notices go there.
    platform: str = ""

    def takes_leads(self, now: datetime) -> bool:
        """Say whether new leads may be offered to him."""
        away = self.away_until is not None and now < self.away_until
        return self.active and self.on_duty and not away

    def sees_all(self) -> bool:
        """Executives and directors see everybody's rows."""
        return self.role in {Role.EXECUTIVE, Role.DIRECTOR}

    def leads_region(self, region: str) -> bool:
        """Say whether rows of this region are his to see and to reassign."""
        return self.sees_all() or (self.role is Role.MANAGER and bool(region) and self.region == region)


#: Acts when nobody did: rules, timers, the platform itself.
SYSTEM = User(id="system", name="系统", role=Role.ADMIN, region="", team="")
