"""What every loop of the worker is given, and how it makes a Desk of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.chat.adapter import Adapter, Caller
from bot.chat.channel import Channel
from bot.chat.inbound import OWN, Asked, Inbound
from bot.chat.links import PAGE, pressed
from bot.chat.router import Router
from bot.crm.company import Company
from bot.handlers import Scope
from bot.insight.ask.translator import Model
from bot.kit.clock import Clock, Monotonic, system_monotonic
from bot.kit.ids import RandomBytes
from bot.kit.vault import Vault
from bot.kit.wire import unpack
from bot.store import Store, Tx
from bot.store.desk import Desk
from bot.worker.painting import Painting


@dataclass(slots=True, kw_only=True)
class Bench:
    """The tools of one process. Only the company changes: another takes its place when config/ does."""

    store: Store
    adapters: Mapping[str, Adapter]
    #: Those who only call us, by name.
    callers: Mapping[str, Caller] = field(default_factory=dict)
    #: Ways to customers, by their keys in channels.yaml.
    channels: Mapping[str, Channel] = field(default_factory=dict)
    router: Router[Scope]
    company: Company
    #: What is wrong in files that were changed since, so that they were not read; empty as a rule.
    unread: str = ""
    vault: Vault
    clock: Clock
    random_bytes: RandomBytes
    #: Names this process in leases.
    name: str
    #: Steady seconds, for connections.
    monotonic: Monotonic = system_monotonic
    #: Seconds between looks when nobody wakes us.
    poll: float = 0.5
    #: Draws charts; without it only their words are said.
    painting: Painting | None = None
    #: Asked what a question means that our grammar does not understand; None if there are no settings.
    model: Model | None = None
    #: Set after each commit that may have left work; a lost wake-up costs a poll, never work.
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    #: Set likewise for the sender.
    to_send: asyncio.Event = field(default_factory=asyncio.Event)
    #: Set likewise for the sender to customers.
    to_touch: asyncio.Event = field(default_factory=asyncio.Event)
    #: Set likewise for what colleagues are asked to send, and for what customers wrote to a desk.
    to_ask: asyncio.Event = field(default_factory=asyncio.Event)
    to_pull: asyncio.Event = field(default_factory=asyncio.Event)
    #: Set likewise for who sends one message to many.
    to_batch: asyncio.Event = field(default_factory=asyncio.Event)
    #: Set likewise for who asks platforms whom they know.
    to_recognise: asyncio.Event = field(default_factory=asyncio.Event)

    #: Set when a platform told that its address book changed.
    directory_changed: asyncio.Event = field(default_factory=asyncio.Event)

    def desk(self, tx: Tx) -> Desk:
        """Lay a desk in a unit of work."""
        return Desk(
            tx=tx, company=self.company, now=self.clock(), vault=self.vault, random_bytes=self.random_bytes,
            unread=self.unread,
        )  # fmt: skip

    def decode(self, platform: str, body: bytes) -> Inbound:
        """Read a delivery; KeyError for a platform that is off, ValueError if it has no meaning at all."""
        if platform == OWN:
            return Asked(command=unpack(body.decode()))
        if platform in self.callers:
            return self.callers[platform].decode(body)
        return pressed(body) if platform == PAGE else self.adapters[platform].decode(body)

    def wake(self) -> None:
        """Something was committed: look for work, and for what is to be sent."""
        self.woken.set()
        self.to_send.set()
        self.to_touch.set()
        self.to_ask.set()
        self.to_pull.set()
        self.to_batch.set()
        self.to_recognise.set()


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for a wake-up, but not longer than `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
    finally:
        event.clear()
