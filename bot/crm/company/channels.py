"""config/channels.yaml: the ways to a customer, and how fast we may speak to our own people."""

from __future__ import annotations

from pydantic import Field

from bot.crm.company.words import Key, Named, Several, Text
from bot.kit.yaml_model import Strict


class Channel(Named):
    """A way to a customer."""

    key: Key


class Throttle(Strict):
    """The most we send to one person, to stay clear of a platform's own limit."""

    per_member_per_minute: Several
    per_member_per_hour: Several


class Throttles(Strict):
    """One throttle for each chat platform."""

    wecom: Throttle
    dingtalk: Throttle


class Channels(Strict):
    """All channels and throttles."""

    channels: tuple[Channel, ...] = Field(min_length=1)
    throttles: Throttles
    #: Sent to a customer who has just added one of us; {company} and {name} become ours and his.
    greeting: Text = "您好，我是{company}的{name}，有什么想了解的，直接在这里问我。"
