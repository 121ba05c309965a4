"""What colleagues do with messages that they are asked to send, and with customers in 微信客服."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("group_message.list")
@dataclass(frozen=True, slots=True)
class ShowGroupMessages:
    """What waits for my tap on «send» (待群发)?"""


@wire("group_message.check")
@dataclass(frozen=True, slots=True)
class CheckGroupMessage:
    """I have sent it: look at the results."""

    group_id: str


@wire("group_message.decline")
@dataclass(frozen=True, slots=True)
class DeclineGroupMessage:
    """I do not send it."""

    group_id: str


@wire("service.serve")
@dataclass(frozen=True, slots=True)
class ServeCustomer:
    """I take over what this customer says in 微信客服 (接待 L7)."""

    lead_id: str
