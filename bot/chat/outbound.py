"""What we give a platform to do, and what it says of it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from bot.chat.card import Card

#: Bytes of a picture: more is taken by no platform.
IMAGE_MOST = 2 * 1024 * 1024
#: Begins the id of a group that a webhook robot speaks into; its name follows.
WEBHOOK = "webhook:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture to be shown in a chat: its bytes (PNG or JPEG), the address where it lies, or a chart.

    A chart is drawn when it is sent. The text or card beside it is shown as well and says the same,
    so nothing is lost where it cannot be drawn.
    """

    data: bytes = field(default=b"", repr=False)
    url: str = ""
    #: Plain JSON, as bot/insight/charts.py makes it.
    chart: Mapping[str, Any] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        given = bool(self.data) + bool(self.url) + bool(self.chart)
        if given != 1 or len(self.data) > IMAGE_MOST:
            msg = f"a picture has an address, or 1 to {IMAGE_MOST} bytes, or is a chart"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A card, a picture or a text for one colleague, whoever caused it.

    `topic` says what it is about (`lead:L7`): when that changes, the card is drawn again.
    `key` names the occasion: the same key is sent once, however often it is asked for.
    """

    to: str
    key: str
    card: Card | None = None
    #: With a picture: what is said in its place where it cannot be shown; with a chart: beside it.
    text: str = ""
    image: Image | None = None
    topic: str = ""
    #: Dropped, with a reason, when it could not be sent by then.
    expires_at: datetime | None = None
    #: `to` is the id of a group.
    group: bool = False
    #: The receiver has just tapped or written, and waits: it goes before all that he did not ask for.
    answers: bool = False
    #: The delivery that it answers, where the platform can show it as the answer to that one.
    reply_to: str = ""


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
    #: Shown as a message of its own; `text` then stands in where it cannot be shown. With a chart
    #: the text or card is shown as well.
    image: Image | None = None
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
    #: See Notice.
    reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPicture:
    """Show a picture to a colleague, or in a group of ours."""

    to: str
    #: PNG or JPEG; empty if it lies at `url`, from where it is fetched when it is sent.
    data: bytes = field(default=b"", repr=False)
    url: str = ""
    #: What `data` is drawn from, just before it is sent; see Image.
    chart: Mapping[str, Any] | None = field(default=None, repr=False)
    #: Said in its place where it cannot be had or shown; empty where the same was said beside it.
    instead: str = ""
    group: bool = False
    #: The occasion, as in SendText.
    mark: str = ""
    #: See Notice.
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class CardView:
    """A card before a group as one of its readers sees it: where the platform can, else as all do."""

    user_id: str
    card: Card
    #: As in SendCard: sealed for him where the card is his own, for the group where he sees what all do.
    buttons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCard:
    """Show a new card. `card_key` is ours, the same at every try."""

    to: str
    card: Card
    card_key: str
    #: For each of `Card.presses`, in order: the sealed command, empty for links.
    buttons: tuple[str, ...]
    group: bool = False
    #: See Notice.
    reply_to: str = ""
    views: tuple[CardView, ...] = ()


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
    #: What hangs there now, if that one asks (`Card.is_asking`): its answers have to be closed.
    before: Card | None = None
    views: tuple[CardView, ...] = ()


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
class CreateContactLink:
    """Make a link by which a customer adds one of these colleagues; our word is put behind it."""

    name: str
    user_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeContactWay:
    """Put other colleagues behind a code or link; its picture and address stay."""

    config_id: str
    user_ids: tuple[str, ...]
    #: It is a link, not a code.
    link: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadContact:
    """Ask the platform who a customer is; his name and his id across apps come back."""

    external_id: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTodo:
    """Put a task of ours on a colleague's list of to-dos, or change the one that is there."""

    #: Ours, the same at every try: the platform refuses a second one.
    source_id: str
    #: Account of whose it is.
    to: str
    title: str
    due_at: datetime
    #: Where a press on it leads; empty for wherever the platform leads by itself.
    url: str = ""
    is_urgent: bool = False
    #: The platform's own id of the to-do that is there already; empty if none is.
    todo_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseTodo:
    """Take a task off somebody's list of to-dos: it is done, or not his any more."""

    source_id: str
    to: str
    #: False: it was called off or given to somebody else.
    is_done: bool = True
    #: The platform's own id of the to-do.
    todo_id: str = ""


Outgoing: TypeAlias = (
    SendText
    | SendPicture
    | SendCard
    | UpdateCard
    | Welcome
    | CreateContactWay
    | CreateContactLink
    | ChangeContactWay
    | ReadContact
    | DeleteContactWay
    | OpenGroup
    | OpenTodo
    | CloseTodo
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
    #: The platform shows us none: whoever is in config/org.yaml is a colleague.
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry of the app's menu; `key` comes back as MenuPressed."""

    label: str
    key: str = ""
    entries: tuple[MenuEntry, ...] = ()
