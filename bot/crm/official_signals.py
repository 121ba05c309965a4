"""What people do with our 公众号 and 小程序 and what becomes of messages there; no person can send one."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.kit.wire import wire


@wire("signal.official.acted")
@dataclass(frozen=True, slots=True)
class VisitorHasActed:
    """Somebody wrote, tapped the menu, or opened the conversation: for a while we may write to him.

    `at` is ISO 8601 by the platform's clock.
    """

    #: By its key in channels.yaml: wechat_official, mini_program.
    channel: str
    account: str
    open_id: str
    #: What he did, as config/touch.yaml calls it: message, menu, entered.
    kind: str
    #: What he wrote; empty for anything else.
    text: str = field(default="", repr=False)
    #: The platform's number of the message.
    message_id: str = ""
    at: str = ""


@wire("signal.official.subscribed")
@dataclass(frozen=True, slots=True)
class SubscriptionsHaveChanged:
    """Somebody allowed messages of templates, or took that back."""

    channel: str
    account: str
    open_id: str
    #: Templates, one a line: each is good for one message more.
    granted: str = ""
    #: Templates, one a line: nothing more of them.
    revoked: str = ""


@wire("signal.official.receipts")
@dataclass(frozen=True, slots=True)
class MessagesHaveArrived:
    """What became of messages by template."""

    channel: str
    account: str
    open_id: str
    #: `{"id","delivered","code"}`, one a line.
    receipts: str = ""


@wire("signal.official.mass_ended")
@dataclass(frozen=True, slots=True)
class MassSendHasEnded:
    """What became of one message to many; numbers are texts."""

    account: str
    message_id: str
    status: str
    total: str = "0"
    sent: str = "0"
    failed: str = "0"
