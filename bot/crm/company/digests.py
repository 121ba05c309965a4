"""config/digests.yaml: what comes to whom by itself, and when; which deviations are told."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from bot.crm.cadence import Cadence
from bot.crm.cadence_words import read_cadence
from bot.crm.company.words import Label, Several
from bot.crm.user import Role
from bot.kit.yaml_model import FaultAtError, Strict

Kind: TypeAlias = Literal["morning", "day_report", "daily", "weekly", "monthly"]
AlertKind: TypeAlias = Literal["response_up", "unsubscribes_up", "forecast_drop", "source_dry"]
#: Of their own work; the others are of those whom somebody leads.
_OF_REPS = frozenset({"morning", "day_report"})


def _cadence(text: str) -> str:
    if read_cadence(text) is None:
        msg = f"“{text}”不是时间，例如 每个工作日 08:50、每周一 09:00、每月1号 09:00、每月最后一天 18:00"
        raise ValueError(msg)
    return text


When: TypeAlias = Annotated[Label, AfterValidator(_cadence)]


class Digest(Strict):
    """One that everybody of these roles gets until he stops it."""

    kind: Kind
    to: tuple[Role, ...] = Field(min_length=1)
    when: When

    @model_validator(mode="after")
    def _of_his_own(self) -> Digest:
        if Role.ADMIN in self.to:
            msg = "管理员不看销售数字，不能收"
            raise FaultAtError(("to",), msg)
        wrong = self.kind in _OF_REPS and set(self.to) != {Role.REP}
        if wrong or (self.kind not in _OF_REPS and {Role.REP, Role.MARKETER} & set(self.to)):
            msg = "morning 和 day_report 只给 rep；daily、weekly、monthly 给 manager、director、executive"
            raise FaultAtError(("to",), msg)
        return self

    @property
    def cadence(self) -> Cadence:
        """When it comes; what would fall on a day off comes on the next working day."""
        return _shifted(self.when)


class Alert(Strict):
    """A deviation from one's own history that is told."""

    kind: AlertKind
    #: Per cent by which it differs from what is usual on that weekday.
    by_percent: Several
    #: What yesterday and what is usual stand on, at the least: fewer say nothing.
    least: Several


class Alerts(Strict):
    """When it is looked, and at what."""

    when: When = "每个工作日 09:20"
    #: Weeks of the same weekday that make up what is usual.
    weeks: Annotated[int, Field(ge=3, le=26)] = 8
    kinds: tuple[Alert, ...] = ()

    @property
    def cadence(self) -> Cadence:
        """When they come."""
        return _shifted(self.when)

    def alert(self, kind: str) -> Alert | None:
        """The settings of one; None if it is not wanted."""
        return next((one for one in self.kinds if one.kind == kind), None)


class Digests(Strict):
    """All that comes without being asked for."""

    digests: tuple[Digest, ...] = Field(default=(), max_length=20)
    alerts: Alerts = Alerts()

    @model_validator(mode="after")
    def _once(self) -> Digests:
        kinds = [one.kind for one in self.digests]
        for at, kind in enumerate(kinds):
            if kind in kinds[:at]:
                msg = f"{kind} 写了两次"
                raise FaultAtError(("digests", at, "kind"), msg)
        alerts = [one.kind for one in self.alerts.kinds]
        for place, alert in enumerate(alerts):
            if alert in alerts[:place]:
                msg = f"{alert} 写了两次"
                raise FaultAtError(("alerts", "kinds", place, "kind"), msg)
        return self

    def wanted(self, role: Role) -> dict[str, Cadence]:
        """What somebody of this role gets by itself, by its key."""
        found: dict[str, Cadence] = {one.kind: one.cadence for one in self.digests if role in one.to}
        if role in {Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE, Role.MARKETER}:
            found |= {one.kind: self.alerts.cadence for one in self.alerts.kinds if _is_told(one.kind, role)}
        return found


#: Who may see the number behind it.
_TOLD: dict[str, frozenset[Role]] = {
    "response_up": frozenset({Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE}),
    "unsubscribes_up": frozenset({Role.DIRECTOR, Role.EXECUTIVE, Role.MARKETER}),
    "forecast_drop": frozenset({Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE}),
    "source_dry": frozenset({Role.DIRECTOR, Role.EXECUTIVE, Role.MARKETER}),
}


def _is_told(kind: str, role: Role) -> bool:
    return role in _TOLD[kind]


def _shifted(when: str) -> Cadence:
    found = read_cadence(when)
    assert found is not None  # noqa: S101 - validated
    return Cadence(found.every, found.at, found.days, shifts=True)
