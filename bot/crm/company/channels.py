"""config/channels.yaml: the ways to a customer, and how fast we may speak to our own people."""

from __future__ import annotations

from pydantic import Field

from bot.crm.company.words import Key, Named, Several
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
