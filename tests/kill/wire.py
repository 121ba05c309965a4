"""The other side of the wire: what the platform did and saw, kept outside the process that is killed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from bot.chat.card import Card
from bot.chat.inbound import Accepted, Delivery, Inbound, Tap
from bot.chat.outbound import Directory, MenuEntry, Outgoing, Repeat, SendCard, SendText, Sent, UpdateCard
from bot.errors import PlatformRejectedError

Act = dict[str, Any]


class Wire:
    """A log to which every act is written before anybody is told of it; a killed writer loses nothing."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self.acts: list[Act] = [orjson.loads(line) for line in path.read_bytes().splitlines()]

    def write(self, act: str, **facts: Any) -> None:
        line: Act = {"act": act, **facts}
        # One write: the kernel has it when this returns, whatever becomes of us.
        os.write(self._fd, orjson.dumps(line) + b"\n")
        self.acts.append(line)

    def of(self, *acts: str) -> list[Act]:
        return [one for one in self.acts if one["act"] in acts]

    def close(self) -> None:
        os.close(self._fd)


@dataclass
class Shown:
    """A card in somebody's chat as it looks now."""

    key: str
    to: str
    kind: str
    #: Label and sealed command.
    buttons: list[list[str]]
    options: list[str]


def shown(wire: Wire) -> dict[str, Shown]:
    """Every card that hangs in a chat, by key, as last drawn."""
    cards: dict[str, Shown] = {}
    for act in wire.of("card", "update"):
        if not act.get("repeated"):
            cards[act["key"]] = Shown(act["key"], act["to"], act["kind"], act["buttons"], act["options"])
    return cards


@dataclass
class Platform:
    """A chat platform by its rules: card keys recognised, update codes good once, people's equal texts
    swallowed; a group's are not.
    """

    wire: Wire
    watch: Callable[[str], None]
    name: str = "wecom"
    throttle: None = None
    menu: tuple[MenuEntry, ...] = field(default=())

    def receive(self, delivery: Delivery, *, now: datetime) -> Accepted:
        event = orjson.loads(delivery.body)
        return Accepted(self.name, event["event"], f"{self.name}:{event['user']}", delivery.body)

    def decode(self, body: bytes) -> Inbound:
        event = orjson.loads(body)
        selected = {"reason": (event["chosen"],)} if event["chosen"] else {}
        return Tap(
            platform=self.name, user_id=event["user"], button=event["button"], card_key=event["key"],
            update_code=event["code"], selected=selected,
        )  # fmt: skip

    def repeat(self, outgoing: Outgoing) -> Repeat:
        if isinstance(outgoing, SendCard):
            return Repeat.KEYED
        if isinstance(outgoing, SendText):
            return Repeat.NEVER if outgoing.group else Repeat.WINDOW
        return Repeat.HARMLESS

    async def send(self, outgoing: Outgoing) -> Sent:
        self.watch("wire.before")
        await asyncio.sleep(0)
        self.watch("wire.under_way")
        sent = self._act(outgoing)
        self.watch("wire.acted")
        await asyncio.sleep(0)
        self.watch("wire.answered")
        return sent

    def _act(self, outgoing: Outgoing) -> Sent:
        match outgoing:
            case SendCard():
                return self._card(outgoing)
            case UpdateCard():
                return self._update(outgoing)
            case SendText(to=to, text=text, group=group):
                repeated = not group and any(
                    a["to"] == to and a["text"] == text for a in self.wire.of("text")
                )
                self.wire.write("text", to=to, text=text, group=group, repeated=repeated)
                return Sent(repeated=repeated)
            case _:
                msg = f"no rule for {type(outgoing).__name__}"
                raise PlatformRejectedError(self.name, 0, msg)

    def _card(self, sent: SendCard) -> Sent:
        repeated = any(act["key"] == sent.card_key for act in self.wire.of("card"))
        code = "" if repeated else f"sent-{sent.card_key}"
        self.wire.write(
            "card",
            to=sent.to,
            key=sent.card_key,
            code=code,
            repeated=repeated,
            **_face(sent.card, sent.buttons),
        )
        return Sent(data={"code": code} if code else {}, repeated=repeated)

    def _update(self, change: UpdateCard) -> Sent:
        issued = {act["code"] for act in self.wire.of("card", "tap") if act["key"] == change.card_key}
        used = {act["code"] for act in self.wire.of("update")}
        if change.code not in issued - used:
            self.wire.write("refused", key=change.card_key, code=change.code)
            raise PlatformRejectedError(self.name, 40096, "invalid response code")
        self.wire.write(
            "update",
            to=change.to,
            key=change.card_key,
            code=change.code,
            **_face(change.card, change.buttons),
        )
        return Sent()

    async def directory(self) -> Directory:
        return Directory((), ())

    async def set_menu(self, entries: tuple[MenuEntry, ...]) -> None:
        self.menu = entries

    async def close(self) -> None:
        self.wire.close()


def _face(card: Card, sealed: tuple[str, ...]) -> Act:
    buttons = [[button.label, code] for button, code in zip(card.buttons, sealed, strict=True)]
    options = [key for key, _ in card.choice.options] if card.choice else []
    return {"kind": card.kind, "buttons": buttons, "options": options}
