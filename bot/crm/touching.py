"""What a journey, a rule or a colleague wants said to a customer, and what is decided about it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, TypeAlias


class Purpose(enum.StrEnum):
    """Of what kind a message is: it decides where it may go, and whether consent is needed."""

    #: He wrote or acted just now, and it answers that.
    REPLY = "reply"
    #: A service notice about something that he bought, ordered or booked.
    TRANSACTIONAL = "transactional"
    MARKETING = "marketing"
    #: The first words after he added a colleague on WeChat.
    ADDED = "added"


#: Channels that take a kind of message at all; by which ways of theirs, bot/touch/ways has.
CARRIES: Mapping[Purpose, tuple[str, ...]] = {
    Purpose.REPLY: ("wechat_service", "wechat_official", "mini_program", "wecom", "email", "sms"),
    Purpose.TRANSACTIONAL: ("wechat_official", "mini_program", "sms", "email", "wechat_service"),
    Purpose.MARKETING: ("email", "wecom", "sms", "wechat_official"),
    Purpose.ADDED: ("wecom", "email"),
}


#: Beside the lead's own fields a text needs nothing.
_NO_WORDS: Mapping[str, object] = {}


class Intent(NamedTuple):
    """One message that is wanted; a tuple, for journeys make hundreds at once."""

    #: Names the occasion (enrollment, node, occurrence): the same key is decided and sent once.
    key: str
    lead_id: str
    purpose: Purpose
    #: Which text, by its key in the content library.
    content: str
    #: Where it may go, in this order; empty for every channel that its purpose allows, in the usual order.
    channels: tuple[str, ...] = ()
    #: What counts together in the numbers: a campaign's name in catalogue.yaml, or empty.
    campaign: str = ""
    #: The journey that wants it, and which part of an experiment; empty when a colleague does.
    journey: str = ""
    arm: str = ""
    #: Who gets the last place under a cap when several want it; higher first.
    priority: int = 0
    #: No later than this: a message that is late says nothing any more. Hours, days of rest and caps that
    #: make it wait put this off as well.
    not_after: datetime | None = None
    #: What its text needs beside the lead's own fields; plain JSON.
    words: Mapping[str, object] = _NO_WORDS

    def __repr__(self) -> str:
        """Nobody's words in a log."""
        return f"Intent(key={self.key!r}, purpose={self.purpose.value!r}, content={self.content!r})"


class Refusal(enum.StrEnum):
    """Why a channel, or a message as a whole, is not permitted."""

    NO_ADDRESS = "no_address"
    #: Nobody agreed to it.
    NO_CONSENT = "no_consent"
    #: He said stop, or the address bounced or complained.
    SUPPRESSED = "suppressed"
    #: Too many messages in a day, week or month.
    CAPPED = "capped"
    #: He got the same content before.
    SAME_CONTENT = "same_content"
    #: The span in which the platform lets us write to him is over, or its messages are used up.
    NO_WINDOW = "no_window"
    #: The customer has granted no message of this template.
    NO_GRANT = "no_grant"
    #: This kind of message may not go over this channel.
    NOT_FOR_PURPOSE = "not_for_purpose"
    CHANNEL_OFF = "channel_off"
    #: The text has no version for this channel, or a field that it needs is empty.
    NO_TEXT = "no_text"
    #: Its text says a code, and the stock had none left for him.
    NO_COUPON = "no_coupon"
    TOO_LATE = "too_late"
    #: The channel took it not, just before; another one may.
    FAILED = "failed"
    #: The colleague who had to send it did not.
    NOT_CONFIRMED = "not_confirmed"
    #: He left the journey, was erased, or became somebody who is not written to.
    GONE = "gone"


#: The first in the order is permitted.
_NOT_SKIPPED: Mapping[str, Refusal] = {}


class Planned(NamedTuple):
    """It goes over this channel, not before `at`."""

    touch_id: str
    channel: str
    at: datetime
    #: Channels before it in the order, and why not.
    skipped: Mapping[str, Refusal] = _NOT_SKIPPED


class GivenToRep(NamedTuple):
    """No channel is permitted by itself: the owner has a task to write or call."""

    touch_id: str
    task_id: str
    skipped: Mapping[str, Refusal]


class NotSent(NamedTuple):
    """Nobody says it; kept with its reasons."""

    touch_id: str
    #: What decided.
    reason: Refusal
    skipped: Mapping[str, Refusal]


Verdict: TypeAlias = Planned | GivenToRep | NotSent


class TouchState(enum.StrEnum):
    """How it stands with one message; stored, so never rename one."""

    PLANNED = "planned"
    LEASED = "leased"
    #: Committed before the wire: whatever happens now, nobody else sends it.
    SENDING = "sending"
    #: The channel took it; where a colleague has to confirm, he did.
    SENT = "sent"
    #: Certainly not sent.
    FAILED = "failed"
    #: Nobody knows whether the channel took it; never sent again by itself.
    UNKNOWN = "unknown"
    #: It was planned, and when its time came it was not permitted any more.
    SKIPPED = "skipped"
    GIVEN_TO_REP = "given_to_rep"
    NOT_SENT = "not_sent"
    #: A colleague was asked to tap «send».
    ASKED = "asked"
    DECLINED = "declined"
    EXPIRED = "expired"


#: A detail of one that is unknown: the channel told only how many of many got it, `partly:3/4`.
PARTLY = "partly"
#: What counts under the caps: it goes, it went, or it may have.
COUNTED = frozenset(
    {
        TouchState.PLANNED,
        TouchState.LEASED,
        TouchState.SENDING,
        TouchState.SENT,
        TouchState.UNKNOWN,
        TouchState.ASKED,
    }
)
