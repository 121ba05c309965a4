"""What many simulated ways come to: who enters, messages a day, what is refused, work for colleagues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.crm.touching import Refusal, TouchState
from bot.journeys.admission import NotAdmitted
from bot.journeys.simulate import SimLine
from bot.journeys.simulate_touch import Foreseen
from bot.journeys.step import AskApproval, HandOver, MakeTask, Tell

NOBODY = ""


@dataclass(slots=True)
class Tally:
    """Counted as they come; of those who were walked, not of all whom they stand for."""

    zone: ZoneInfo
    #: Who was walked through.
    walked: int = 0
    #: Who entered, and on which day; who got at least one message.
    entered: int = 0
    reached: int = 0
    on: Counter[date] = field(default_factory=Counter)
    not_entered: Counter[NotAdmitted] = field(default_factory=Counter)
    #: Messages that go, by the day on which they do, and by channel.
    days: Counter[date] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    #: Messages that nobody says, by what decided; those that go later than asked for.
    refused: Counter[str] = field(default_factory=Counter)
    put_off: int = 0
    #: Tasks by colleague: steps' own, and those in place of a message.
    tasks: Counter[str] = field(default_factory=Counter)
    instead: int = 0
    #: Lines to colleagues, and approvals that are asked for.
    told: int = 0
    asked: int = 0
    coupons: Counter[str] = field(default_factory=Counter)
    #: Of those whom it reached: who bought after he had entered.
    bought: int = 0
    most_a_person: int = 0

    def add(
        self,
        lines: Iterable[SimLine],
        refused: Iterable[tuple[datetime, str, NotAdmitted]],
        *,
        key: str,
        ways: frozenset[str],
        owner: str | None,
        until: datetime,
    ) -> datetime | None:
        """One person's way; when he first entered. `ways` are the journeys that belong to it."""
        self.walked += 1
        own = [one for one in lines if one.journey in ways]
        begins = [one.at for one in own if one.journey == key and one.occurrence == 1]
        first = min(begins, default=None)
        why = next((why for _, one, why in refused if one == key), None)
        if first is None:
            if why is not None:
                self.not_entered[why] += 1
            return None
        self.entered += 1
        self.on[first.astimezone(self.zone).date()] += 1
        sent = sum(self._line(one, owner or NOBODY, until) for one in own)
        self.reached += sent > 0
        self.most_a_person = max(self.most_a_person, sent)
        return first

    def _line(self, one: SimLine, owner: str, until: datetime) -> int:
        """How many messages of it go."""
        for effect in one.effects:
            match effect:
                case MakeTask() | HandOver():
                    self.tasks[owner] += 1
                case Tell():
                    self.told += 1
                case AskApproval():
                    self.asked += 1
                case _:
                    pass
        if one.kind == "coupon":
            self.coupons[one.config.coupon] += 1
        found = one.said.why if one.said is not None else None
        return self._said(found, owner, until) if isinstance(found, Foreseen) else 0

    def _said(self, found: Foreseen, owner: str, until: datetime) -> int:
        plan = found.plan
        match plan.state:
            case TouchState.PLANNED if plan.due_at is not None and plan.due_at < until:
                self.days[plan.due_at.astimezone(self.zone).date()] += 1
                self.channels[plan.channel] += 1
                self.put_off += plan.due_at > plan.decided_at
                return 1
            case TouchState.PLANNED:
                return 0
            case TouchState.GIVEN_TO_REP:
                self.tasks[owner] += 1
                self.instead += 1
                return 0
            case _:
                self.refused[plan.reason or Refusal.GONE.value] += 1
                return 0
