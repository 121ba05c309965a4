"""Stand-ins for what we do not own: a chat platform that remembers, and does as it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.chat.adapter import Throttle
from bot.chat.inbound import Accepted, Delivery, Echo, Inbound, Unknown
from bot.chat.outbound import (
    Directory,
    MenuEntry,
    Outgoing,
    Repeat,
    SendCard,
    SendText,
    Sent,
    UpdateCard,
    Welcome,
)


@dataclass
class FakeAdapter:
    """Accepts anything, keeps what it was sent, and raises what it was told to raise."""

    name: str = "wecom"
    throttle: Throttle | None = None
    group_throttle: Throttle | None = None
    wire: list[Outgoing] = field(default_factory=list)
    #: Raised, in order, instead of answering; None answers.
    faults: list[Exception | None] = field(default_factory=list)
    #: Act before raising: the answer is lost, the deed is done.
    acts_first: bool = False
    book: Directory = field(default_factory=lambda: Directory((), ()))
    inbound: dict[bytes, Inbound] = field(default_factory=dict)
    menu: tuple[MenuEntry, ...] = ()
    before_send: Callable[[Outgoing], None] | None = None

    def receive(self, delivery: Delivery, *, now: datetime) -> Accepted | Echo:
        key = delivery.body.decode()
        return Accepted(self.name, key, f"{self.name}:user:{key}", delivery.body)

    def decode(self, body: bytes) -> Inbound:
        return self.inbound.get(body, Unknown(platform=self.name, name="strange"))

    def repeat(self, outgoing: Outgoing) -> Repeat:
        if isinstance(outgoing, SendCard | Welcome):
            return Repeat.KEYED
        if isinstance(outgoing, SendText):
            return Repeat.NEVER if outgoing.group else Repeat.WINDOW
        return Repeat.HARMLESS

    async def send(self, outgoing: Outgoing) -> Sent:
        if self.before_send is not None:
            self.before_send(outgoing)
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None and not self.acts_first:
            raise fault
        repeated = isinstance(outgoing, SendCard) and any(
            isinstance(w, SendCard) and w.card_key == outgoing.card_key for w in self.wire
        )
        if not repeated:
            self.wire.append(outgoing)
        if fault is not None:
            raise fault
        code = f"code-{len(self.wire)}" if isinstance(outgoing, SendCard) and not repeated else ""
        return Sent(provider_id=f"m{len(self.wire)}", data={"code": code} if code else {}, repeated=repeated)

    async def directory(self) -> Directory:
        return self.book

    async def set_menu(self, entries: tuple[MenuEntry, ...]) -> None:
        self.menu = entries

    async def close(self) -> None:
        return None

    def cards(self) -> list[SendCard]:
        return [w for w in self.wire if isinstance(w, SendCard)]

    def updates(self) -> list[UpdateCard]:
        return [w for w in self.wire if isinstance(w, UpdateCard)]

    def texts(self, to: str | None = None) -> list[str]:
        return [w.text for w in self.wire if isinstance(w, SendText) and to in {None, w.to}]
