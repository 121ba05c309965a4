"""What we give a platform to do, and what it says of it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from bot.chat.card import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A card or a text for one colleague, whoever caused it.

    `topic` says what it is about (`lead:L7`): when that changes, the card is drawn again.
    `key` names the occasion: the same key is sent once, however often it is asked for.
    """

    to: str
    key: str
    card: Card | None = None
    text: str = ""
    topic: str = ""
    #: Dropped, with a reason, when it could not be sent by then.
    expires_at: datetime | None = None
    #: `to` is the id of a group.
    group: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """Something to be remembered of a conversation, for some time."""

    kind: str
    state: Mapping[str, Any]
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class Reply:
    """What the person who tapped or wrote gets to see.

    A card after a tap takes the tapped card's place; after a message it is a new one.
    """

    card: Card | None = None
    text: str = ""
    #: What the card is about; see Notice.
    topic: str = ""
    #: Show the card as a new message even after a tap, and leave the tapped card as it is.
    fresh: bool = False
    #: For handlers that only read: what the next words may refer to.
    memory: Memory | None = None
    #: For handlers that only read: what belongs into the audit, such as `ask.refused`.
    audit: str = ""


class Repeat(enum.Enum):
    """What a second sending of the same thing does, which decides what a lost answer means."""

    #: The platform refuses the second one by our key: try again freely.
    KEYED = "keyed"
    #: The platform swallows an equal request for some hours: try again within them.
    WINDOW = "window"
    #: A second one changes nothing that anybody sees: try again freely.
    HARMLESS = "harmless"
    #: A second one would be seen: never again by itself; UNKNOWN is shown to people.
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendText:
    """Say something to a colleague, or to a group of ours."""

    to: str
    text: str
    group: bool = False
    #: The occasion: a platform that swallows equal requests must tell two occasions apart.
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCard:
    """Show a new card. `card_key` is ours, the same at every try."""

    to: str
    card: Card
    card_key: str
    #: For each button of the card, in order: the sealed command, empty for links.
    buttons: tuple[str, ...]
    group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCard:
    """Change a card that hangs in somebody's chat, by a code that is good once."""

    to: str
    card: Card
    card_key: str
    buttons: tuple[str, ...]
    code: str
    #: Somebody pressed it and waits: if it cannot be changed, he gets a new one.
    answers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """Greet a customer who has just added one of us."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateContactWay:
    """Make a QR code by which a customer adds one of these colleagues; `state` comes back with him."""

    state: str
    user_ids: tuple[str, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteContactWay:
    """Take back a QR code that has served."""

    config_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGroup:
    """Make sure that a group of ours exists under this id; one that does stays as it is."""

    chat_id: str
    name: str
    #: Accounts of colleagues, two at the least.
    members: tuple[str, ...]


Outgoing: TypeAlias = (
    SendText | SendCard | UpdateCard | Welcome | CreateContactWay | DeleteContactWay | OpenGroup
)


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it. `data` holds what only it knows, such as an update code or a QR address."""

    provider_id: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    #: It had taken it before: an earlier try got through and its answer was lost.
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """One colleague, as the platform's address book has him."""

    user_id: str
    name: str
    department_ids: tuple[str, ...]
    #: Those of `department_ids` that he leads.
    leads: tuple[str, ...] = ()
    position: str = ""
    mobile: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Department:
    """One department; `order` is the platform's, larger first."""

    id: str
    name: str
    parent_id: str
    order: int = 0


@dataclass(frozen=True, slots=True)
class Directory:
    """The whole address book that our app may see."""

    people: tuple[Person, ...]
    departments: tuple[Department, ...]


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry of the app's menu; `key` comes back as MenuPressed."""

    label: str
    key: str = ""
    entries: tuple[MenuEntry, ...] = ()
