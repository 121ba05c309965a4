"""config/touch.yaml: how often, when, and in which order of channels we may write to customers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from bot.crm.company.words import Count, Days, Key, Several
from bot.crm.touching import Purpose
from bot.crm.working_time import DAY, WorkingSpan
from bot.kit.yaml_model import FaultAtError, Strict

_HOURS = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\s*[-~至]\s*([01]\d|2[0-4]):([0-5]\d)")
_MOMENT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
#: Vendors deliver marketing SMS within these hours at most (reference: 08:00 to 21:00).
_SMS_EARLIEST, _SMS_LATEST = 8 * 60, 21 * 60


def read_hours(text: str) -> WorkingSpan | None:
    """`21:00-09:00` as minutes of a day; it ends on the next day if it ends before it begins."""
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        return None
    begins, ends = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    return None if max(begins, ends) > DAY or begins == ends else WorkingSpan(begins, ends)


def _hours(text: str) -> str:
    if read_hours(text) is None:
        msg = f"“{text}”不是时段，请写成 21:00-09:00 这样（可以跨午夜）"
        raise ValueError(msg)
    return text


def read_moment(text: str) -> int | None:
    """`10:00` as a minute of a day; None for none."""
    found = _MOMENT.fullmatch(text.strip())
    return None if found is None else int(found[1]) * 60 + int(found[2])


def _moment(text: str) -> str:
    if text and read_moment(text) is None:
        msg = f"“{text}”不是时刻，请写成 10:00 这样"
        raise ValueError(msg)
    return text


Moment: TypeAlias = Annotated[str, AfterValidator(_moment)]
Hours: TypeAlias = Annotated[str, AfterValidator(_hours)]


class Caps(Strict):
    """The most marketing messages to one person; 0 is no limit. Days are his own calendar days."""

    per_day: Count = 0
    #: In any 7 days, in any 30 days.
    per_week: Count = 0
    per_month: Count = 0

    def spans(self) -> tuple[tuple[int, int], ...]:
        """(how many, in how many days), for those that limit."""
        given = ((self.per_day, 1), (self.per_week, 7), (self.per_month, 30))
        return tuple((most, days) for most, days in given if most)


class Allowance(Strict):
    """How many messages a span lets through that a customer opened, and how long it is."""

    messages: Several
    seconds: Several


def _allowances() -> dict[str, Allowance]:
    two_days = 48 * 3600
    return {
        "welcome": Allowance(messages=1, seconds=20),
        "message": Allowance(messages=5, seconds=two_days),
        "menu": Allowance(messages=3, seconds=60),
        "enter": Allowance(messages=1, seconds=20),
        "entered": Allowance(messages=2, seconds=60),
    }


class Touch(Strict):
    """The rules that every message to a customer goes through."""

    #: Over all journeys and all channels together.
    caps: Caps = Caps(per_day=1, per_week=3, per_month=8)
    #: Besides, on one channel.
    caps_of: Mapping[Key, Caps] = {}
    #: When nobody is disturbed, in the customer's own time zone.
    quiet: Hours = "21:00-09:00"
    quiet_for: tuple[Purpose, ...] = (Purpose.MARKETING, Purpose.TRANSACTIONAL)
    #: Narrower hours of one channel.
    hours_of: Mapping[Key, Hours] = {"sms": "09:00-20:00"}
    #: Whether marketing rests on public holidays.
    holidays: Literal["rest", "as_usual"] = "rest"
    #: How far a message may be put off by hours, holidays and caps, or by the hour of 群发; longer if it
    #: is good for longer.
    put_off_days: Annotated[int, Field(ge=0, le=30)] = 3
    #: The custom field that holds a customer's own time zone (Asia/Tokyo); the company's without it.
    zone_field: str = ""
    #: Where each kind of message may go, in this order; ways are named in docs/admin.md.
    orders: Mapping[Purpose, tuple[str, ...]] = {}
    #: By what opened the span: message, menu, enter, entered, welcome; one left out is as shipped.
    windows: Mapping[str, Allowance] = Field(default_factory=_allowances)
    #: The same marketing content goes to nobody twice; by content: after so many days it may.
    again_after_days: Mapping[str, Days] = {}
    #: The most that is handed to a channel in a minute, by each process that sends.
    pace_of: Mapping[Key, Several] = {}
    #: At which time of day colleagues are asked to send marketing, once for all customers; empty: at once.
    ask_at: Moment = ""
    #: How long a colleague has to confirm a message that he was asked to send.
    ask_days: Annotated[int, Field(ge=1, le=30)] = 2
    #: Working minutes that the owner has for a message given to him.
    rep_minutes: Several = 480
    #: Who has this tag counts in no journey's results; empty for nobody.
    test_tag: str = "测试"
    #: Steps of ways that ended so long ago are kept as sums.
    keep_steps_days: Annotated[int, Field(ge=30, le=3_650)] = 400

    @model_validator(mode="after")
    def _sms_hours(self) -> Touch:
        given = read_hours(self.hours_of["sms"]) if "sms" in self.hours_of else None
        if given and not (_SMS_EARLIEST <= given.begins < given.ends <= _SMS_LATEST):
            msg = "短信只能在 08:00-21:00 之间"
            raise FaultAtError(("hours_of", "sms"), msg)
        return self

    def allowance(self, kind: str) -> Allowance:
        """What a span of this kind lets through."""
        return self.windows.get(kind) or _allowances()[kind]

    def caps_on(self, channel: str) -> Caps:
        """What limits one channel besides the whole."""
        return self.caps_of.get(channel, Caps())
