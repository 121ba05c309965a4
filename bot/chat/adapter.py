"""The port behind which each chat platform lives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from pydantic import BaseModel

from bot.chat.inbound import Accepted, Delivery, Echo, Inbound
from bot.chat.outbound import Directory, MenuEntry, Outgoing, Repeat, Sent
from bot.kit.clock import Clock, Monotonic
from bot.kit.ids import RandomBytes


@dataclass(frozen=True, slots=True)
class Throttle:
    """How often the platform lets one receiver be written to before it drops in silence."""

    sends: int
    within: timedelta


class Adapter(Protocol):
    """One chat platform: bytes to words, words to bytes."""

    name: str
    #: None where the platform does not limit per receiver.
    throttle: Throttle | None

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

    async def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True, slots=True)
class Means:
    """What an adapter is given besides its settings."""

    clock: Clock
    monotonic: Monotonic
    random_bytes: RandomBytes


@dataclass(frozen=True, slots=True)
class AdapterKind:
    """How a platform is found in its folder: the settings it wants, and how to build it."""

    config: type[BaseModel]
    build: Callable[..., Adapter]


AdapterBuild: TypeAlias = Callable[[BaseModel, Means], Adapter]
