"""What a platform brings us, in words that are the same for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeAlias, TypeVar

CommandT = TypeVar("CommandT")

#: Where somebody spoke: alone with us, or before others, who must not see what is private.
PRIVATE = "private"
#: What one part of the program leaves for another to carry out waits in the inbox under this name.
OWN = "own"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One HTTP request of a platform, as it came."""

    method: str
    #: In order and with repeats: a parameter that comes twice is an attack, not a choice.
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    #: What follows the platform's own address, where it has several: `robot`, `event`, `card`.
    path: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A delivery that was proved genuine; kept whole until it has been carried out."""

    platform: str
    #: Names the event, not the request: a repeat has the same key, a near twin another.
    key: str
    #: Everything of one person or conversation runs in one lane, in order.
    lane_key: str
    #: The decrypted text, for `Adapter.decode`.
    body: bytes
    #: Somebody looks at a card meanwhile and is answered within seconds or not at all.
    waits: bool = False
    #: JSON that the platform wants to read once it is kept; empty where an empty answer will do.
    answer: bytes = b""


@dataclass(frozen=True, slots=True)
class Echo:
    """The platform checks our address; it wants this text back, at once and nothing else."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap(Generic[CommandT]):
    """One press of one button by one person; the person is the platform's word, never the card's."""

    platform: str
    user_id: str
    #: The sealed command that we put on the button.
    button: str
    #: The card's key (WeCom `task_id`, DingTalk `outTrackId`).
    card_key: str
    #: What may be used once to change the tapped card; empty where the platform needs none.
    update_code: str = ""
    #: How long from now the code is good; None for as long as codes of its platform are.
    code_life: timedelta | None = None
    #: Choices made on the card before pressing: question key to option ids.
    selected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: `private`, or the id of the group in which the card hangs.
    chat: str = PRIVATE
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Somebody wrote to us."""

    platform: str
    user_id: str
    text: str
    #: What he quoted, if it was a text.
    quoted: str = ""
    chat: str = PRIVATE
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """Somebody sent a picture, a voice, a file or a place."""

    platform: str
    user_id: str
    kind: str
    #: By which the platform gives it out: an id, or an address.
    media_id: str = ""
    #: What opens it, where it comes encrypted.
    key: str = field(default="", repr=False)
    text: str = ""
    chat: str = PRIVATE


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuPressed:
    """Somebody pressed an entry of the app's menu."""

    platform: str
    user_id: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Somebody opened our app, or was given it (`subscribed`)."""

    platform: str
    user_id: str
    subscribed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft:
    """A colleague is gone, or may no longer use the app."""

    platform: str
    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryChanged:
    """The address book changed; the truth is read from the platform afterwards."""

    platform: str
    change: str
    user_id: str = ""
    #: Set when the platform renamed the person's id.
    new_user_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAdded:
    """A customer added one of us as a contact in WeChat."""

    platform: str
    user_id: str
    external_id: str
    #: Our own word from the QR code; empty when the customer came another way.
    state: str = ""
    #: Good for one greeting within 20 seconds of `at`.
    welcome_code: str = ""
    #: True when the colleague has not yet confirmed.
    half: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLeft:
    """A customer and one of us are no longer contacts."""

    platform: str
    user_id: str
    external_id: str
    by_customer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """An event that we understand and that asks nothing of us."""

    platform: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """An event whose name or shape we do not know; it is kept, named and counted."""

    platform: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A door of ours asks for something by itself: nobody of us pressed or wrote anything."""

    command: object


Inbound: TypeAlias = (
    Tap[object]
    | Message
    | Media
    | MenuPressed
    | Entered
    | MemberLeft
    | DirectoryChanged
    | CustomerAdded
    | CustomerLeft
    | Noted
    | Asked
    | Unknown
)
