"""config/channels.yaml: the ways to a customer, and how fast we may speak to our own people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from bot.crm.company.words import Count, Key, Named, Several, Text
from bot.kit.yaml_model import Strict


class Channel(Named):
    """A way to a customer."""

    key: Key
    #: What one message costs, an SMS each of its pieces; in the company's currency.
    price: Annotated[Decimal, Field(ge=0, max_digits=8, decimal_places=4)] = Decimal(0)


class Throttle(Strict):
    """The most we send to one person, to stay clear of a platform's own limit."""

    per_member_per_minute: Several
    per_member_per_hour: Several


#: (how many, in which span).
Spans: TypeAlias = list[tuple[int, timedelta]]


class Throttles(Strict):
    """One throttle for each chat platform."""

    wecom: Throttle
    dingtalk: Throttle


class Monthly(Strict):
    """What a platform lets the whole company do in a calendar month; 0 is not counted."""

    calls: Count = 0
    pushes: Count = 0

    def most(self, what: str) -> int:
        """The most of `calls` or `pushes`; 0 if they are not counted."""
        return {"calls": self.calls, "pushes": self.pushes}[what]


class Channels(Strict):
    """All channels and throttles."""

    channels: tuple[Channel, ...] = Field(min_length=1)
    throttles: Throttles
    #: By platform, for those that count by the month.
    monthly: Mapping[Key, Monthly] = {}
    #: Platforms on whose list of to-dos our tasks are shown.
    todos: tuple[Key, ...] = ("dingtalk",)
    #: Who adds one of us by no code of ours and is nobody's lead: he becomes one, or is left alone.
    unknown_contacts: Literal["lead", "nobody"] = "lead"
    #: Sent to a customer who has just added one of us; {company} and {name} become ours and his.
    greeting: Text = "您好，我是{company}的{name}，有什么想了解的，直接在这里问我。"

    def spans_of(self, platform: str, most: int, span: timedelta) -> Spans:
        """What one person may get where the platform lets `most` through in a `span`: never more."""
        own: Throttle | None = getattr(self.throttles, platform, None)
        if own is None:
            return [(most, span)]
        minute, hour = timedelta(minutes=1), timedelta(hours=1)
        return [(most, span), (own.per_member_per_minute, minute), (own.per_member_per_hour, hour)]
