"""What happens to messages that customers got; no person can send one."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.kit.wire import wire


@wire("signal.clicks.wait")
@dataclass(frozen=True, slots=True)
class ClicksWait:
    """Links of a message were asked for, and it is time to say by whom."""

    touch_id: str


@wire("signal.sms.came")
@dataclass(frozen=True, slots=True)
class SmsHasCome:
    """Receipts or replies of an SMS provider; each is JSON as the adapter read it, and waits sealed."""

    provider: str
    #: `{"out_id","id","phone","delivered","code","pieces","at"}`, one a line.
    receipts: str = field(default="", repr=False)
    #: `{"phone","text","at"}`, one a line.
    replies: str = field(default="", repr=False)
