"""The port behind which each chat platform lives."""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias, runtime_checkable

from pydantic import BaseModel

from bot.chat.channel import Channel
from bot.chat.inbound import Accepted, Delivery, Echo, Inbound
from bot.chat.outbound import Directory, MenuEntry, Outgoing, Repeat, Sent
from bot.kit.clock import Clock, Monotonic
from bot.kit.ids import RandomBytes


@dataclass(frozen=True, slots=True)
class Throttle:
    """How often the platform lets one receiver be written to before it drops in silence."""

    sends: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that was tried with a platform, what came of it, and what to do; for people."""

    is_fine: bool
    text: str
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Checkup:
    """What a platform says when it is asked whether we are set up well."""

    remarks: tuple[Remark, ...]
    #: By the platform's own clock, if it told.
    server_time: datetime | None = None


class Caller(Protocol):
    """Somebody who only calls us: what it brings is proved and read, and nothing is sent there."""

    name: str

    def receive(self, delivery: Delivery, *, now: datetime) -> Accepted | Echo:
        """Prove a delivery genuine; BadDeliveryError for anything else."""

    def decode(self, body: bytes) -> Inbound:
        """Read what `receive` accepted; ValueError if it has no meaning at all."""


class Adapter(Protocol):
    """One chat platform: bytes to words, words to bytes."""

    name: str
    #: None where the platform does not limit per receiver.
    throttle: Throttle | None
    #: Likewise per group.
    group_throttle: Throttle | None

    def receive(self, delivery: Delivery, *, now: datetime) -> Accepted | Echo:
        """Prove a delivery genuine; BadDeliveryError for anything else."""

    def decode(self, body: bytes) -> Inbound:
        """Read what `receive` accepted; ValueError if it has no meaning at all."""

    def repeat(self, outgoing: Outgoing) -> Repeat:
        """Say what a second sending would do."""

    async def send(self, outgoing: Outgoing) -> Sent:
        """Do it, once. PlatformBusyError, PlatformRejectedError or AnswerLostError otherwise."""

    async def directory(self) -> Directory:
        """Read the address book."""

    async def set_menu(self, entries: tuple[MenuEntry, ...]) -> None:
        """Show this menu to everybody; platforms without menus do nothing."""

    async def checkup(self) -> Checkup:
        """Try the credentials and look at how the app is set up; never raises a PlatformError."""

    async def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True, slots=True)
class Means:
    """What an adapter is given besides its settings."""

    clock: Clock
    monotonic: Monotonic
    random_bytes: RandomBytes
    #: Opens the HTTP session that calls go through; None: the adapter's own, over sockets.
    open_session: Callable[[], Any] | None = None
    #: Opens the connection of a stream to an address; None: the adapter's own, over sockets.
    open_socket: Callable[[str], Awaitable[Any]] | None = None


class Ending(enum.Enum):
    """Why a connection of ours ended, which decides when to open the next one."""

    #: It broke, fell silent or could not be had: come again, a little later each time.
    DROPPED = "dropped"
    #: The platform wants a new one at once; the old one serves until what is under way has ended.
    LEAVING = "leaving"
    #: Somebody else connected in our place: coming again would push him out, and he us, for ever.
    KICKED = "kicked"
    #: The platform does not accept our credentials.
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Closed:
    """The end of a connection; `reason` is short, and counted."""

    ending: Ending
    reason: str


class Host(Protocol):
    """What a stream is given by whoever runs it."""

    async def keep(self, accepted: Accepted) -> None:
        """Return once it is durable; a BotError if it could not be kept. Nothing is answered before."""

    def opened(self) -> None:
        """The platform has accepted the connection."""

    def count(self, name: str, reason: str) -> None:
        """Count something that was dropped or not understood."""

    def greeting(self) -> str:
        """What to say to somebody who opens the chat for the first time of the day."""


class Stream(Protocol):
    """A connection that we hold and over which a platform delivers; one process holds it at a time.

    `run` opens one connection and serves it to its end; whoever runs it decides about the next one.
    Cancelled, it closes the connection. Answers that are due within seconds (a tapped card) come back
    through `Adapter.send` as an UpdateCard with the tap's own code, which is good for that long only.
    """

    #: Names the lease; unlike any other stream's.
    name: str

    async def run(self, host: Host) -> Closed:
        """Open it once and serve it."""


@runtime_checkable
class Streaming(Protocol):
    """An adapter that also holds connections."""

    def streams(self) -> Sequence[Stream]:
        """Give the connections to be held."""

    def wire(self, outgoing: Outgoing) -> str:
        """Name the stream over which this goes; empty for a call that any process can make."""


@runtime_checkable
class Metered(Protocol):
    """An adapter whose platform counts calls and deliveries by the month, for the whole company."""

    def cost(self, outgoing: Outgoing) -> int:
        """How many counted calls it takes to send this; 0 for what is free."""

    def is_push(self, inbound: Inbound) -> bool:
        """Whether the platform counts the delivery that brought this."""


@runtime_checkable
class ChangesByKey(Protocol):
    """An adapter that may change cards without a code, by their key, at any time.

    Then an UpdateCard may come with an empty code; one that has a code answers the tap that brought it.
    """

    changes_by_key: bool


@runtime_checkable
class ShowsViews(Protocol):
    """An adapter that may show one card before a group to each of its readers in his own way.

    Any other shows the card of a SendCard or UpdateCard to all and leaves its views.
    """

    shows_views: bool


@runtime_checkable
class Addressed(Protocol):
    """An adapter to which its platform comes at several addresses under its own."""

    #: What follows the platform's own address; comes back as `Delivery.path`.
    paths: tuple[str, ...]


@runtime_checkable
class AsksByGet(Protocol):
    """A caller that checks each of its addresses with a GET."""

    asks_by_get: bool


@runtime_checkable
class Answering(Protocol):
    """An adapter whose platform takes the changed card as the HTTP answer to the tap."""

    async def answered(self, accepted: Accepted, keep: Callable[[], Awaitable[None]]) -> bytes:
        """Keep it, then give the JSON to answer with; whatever `keep` raises goes through."""


@runtime_checkable
class KeepsTodos(Protocol):
    """An adapter of a platform with a list of to-dos: it takes OpenTodo and CloseTodo."""

    supports_todos: bool


@dataclass(frozen=True, slots=True)
class PageLogin:
    """How a page of ours, opened inside the platform's app, asks who opened it."""

    #: The platform's own script, and what its `requestAuthCode` wants.
    script: str
    corp_id: str
    client_id: str


@runtime_checkable
class Recognising(Protocol):
    """An adapter whose app tells our pages who opened them."""

    def page_login(self) -> PageLogin | None:
        """What the page needs; None if that is not set up."""

    async def recognise(self, code: str) -> str | None:
        """The account that a code from the page stands for, once; None if it is none or too old."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that somebody sent: its name, if the platform tells, and its bytes."""

    name: str
    data: bytes = field(repr=False)


@runtime_checkable
class Downloads(Protocol):
    """An adapter that fetches the files people send."""

    async def download(self, media_id: str, key: str, *, most: int) -> Downloaded:
        """Fetch one of at most so many bytes; PlatformRejectedError if it cannot be had."""


@runtime_checkable
class Reaching(Protocol):
    """An adapter whose platform also leads to customers, with the same credentials."""

    def channels(self) -> Mapping[str, Channel]:
        """Give those that are set up, by their keys in channels.yaml."""


def _none(_block: Mapping[str, str]) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class AdapterKind:
    """How a platform is found in its folder: the settings it wants, and how to build it."""

    config: type[BaseModel]
    build: Callable[..., Adapter]
    #: Of its block of settings: the ways to customers that it opens (see `Reaching`).
    reaches: Callable[[Mapping[str, str]], frozenset[str]] = _none


@dataclass(frozen=True, slots=True)
class CallerKind:
    """How somebody who only calls is found: its name in addresses, one block of settings for each account."""

    name: str
    config: type[BaseModel]
    #: Of the accounts by name.
    build: Callable[..., Caller]


AdapterBuild: TypeAlias = Callable[[BaseModel, Means], Adapter]
