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
from bot.chat.inbound import Accepted, CustomerAdded, Delivery, Inbound, Message, Tap
from bot.chat.outbound import (
    CreateContactWay,
    DeleteContactWay,
    Directory,
    MenuEntry,
    OpenGroup,
    Outgoing,
    Repeat,
    SendCard,
    SendText,
    Sent,
    UpdateCard,
    Welcome,
)
from bot.errors import PlatformRejectedError

Act = dict[str, Any]
#: Acts that the platform brings to our door.
DELIVERED = ("tap", "said", "added")


class Wire:
    """A log to which every act is written before anybody is told of it; a killed writer loses nothing."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self.acts: list[Act] = []
        self._read_to = 0
        self.refresh()

    def refresh(self) -> None:
        """Read what another process wrote meanwhile."""
        size = os.fstat(self._fd).st_size
        if size > self._read_to:
            fresh = os.pread(self._fd, size - self._read_to, self._read_to)
            self.acts += [orjson.loads(line) for line in fresh.splitlines()]
            self._read_to = size

    def write(self, act: str, **facts: Any) -> None:
        line: Act = {"act": act, **facts}
        # One write: the kernel has it when this returns, whatever becomes of us.
        spelled = orjson.dumps(line) + b"\n"
        os.write(self._fd, spelled)
        self._read_to += len(spelled)
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
    #: The line above the title: `L7 · …`, `D1 · …`.
    source: str
    #: Label and sealed command.
    buttons: list[list[str]]
    options: list[str]


def shown(wire: Wire) -> dict[str, Shown]:
    """Every card that hangs in a chat, by key, as last drawn; what changed last comes last."""
    cards: dict[str, Shown] = {}
    for act in wire.of("card", "update"):
        if not act.get("repeated"):
            cards.pop(act["key"], None)
            cards[act["key"]] = Shown(
                act["key"], act["to"], act["kind"], act["source"], act["buttons"], act["options"]
            )
    return cards


@dataclass
class Platform:
    """A chat platform by its rules: card keys and greeting codes recognised, update codes good once,
    people's equal texts swallowed; a group's are not.
    """

    wire: Wire
    watch: Callable[[str], None]
    name: str = "wecom"
    throttle: None = None
    group_throttle: None = None
    menu: tuple[MenuEntry, ...] = field(default=())

    def receive(self, delivery: Delivery, *, now: datetime) -> Accepted:
        event = orjson.loads(delivery.body)
        who = f"customer:{event['customer']}" if event["act"] == "added" else event["user"]
        return Accepted(self.name, event["event"], f"{self.name}:{who}", delivery.body)

    def decode(self, body: bytes) -> Inbound:
        event = orjson.loads(body)
        if event["act"] == "said":
            return Message(platform=self.name, user_id=event["user"], text=event["text"])
        if event["act"] == "added":
            return CustomerAdded(
                platform=self.name, user_id=event["user"], external_id=event["customer"], state=event["state"],
                welcome_code=event["welcome"], half=event["half"], at=datetime.fromisoformat(event["at"]),
            )  # fmt: skip
        selected = {"reason": (event["chosen"],)} if event["chosen"] else {}
        return Tap(
            platform=self.name, user_id=event["user"], button=event["button"], card_key=event["key"],
            update_code=event["code"], selected=selected,
        )  # fmt: skip

    def repeat(self, outgoing: Outgoing) -> Repeat:
        if isinstance(outgoing, SendCard | Welcome):
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
            case SendText():
                return self._text(outgoing)
            case _:
                return self._arrange(outgoing)

    def _arrange(self, outgoing: Outgoing) -> Sent:
        match outgoing:
            case Welcome(code=code):
                repeated = any(a["code"] == code for a in self.wire.of("greeted"))
                self.wire.write("greeted", code=code, repeated=repeated)
                return Sent(repeated=repeated)
            case CreateContactWay(state=state, user_ids=users):
                config = f"way-{len(self.wire.of('way'))}"
                self.wire.write("way", state=state, users=users, config=config)
                return Sent(provider_id=config, data={"config_id": config, "qr_code": f"https://qr/{config}"})
            case DeleteContactWay(config_id=config):
                self.wire.write("way_ended", config=config)
                return Sent()
            case OpenGroup(chat_id=chat):
                self.wire.write("group", chat=chat)
                return Sent()
            case _:
                msg = f"no rule for {type(outgoing).__name__}"
                raise PlatformRejectedError(self.name, 0, msg)

    def _text(self, sent: SendText) -> Sent:
        facts = {"to": sent.to, "text": sent.text, "mark": sent.mark, "group": sent.group}
        repeated = not sent.group and any(facts.items() <= act.items() for act in self.wire.of("text"))
        self.wire.write("text", **facts, repeated=repeated)
        return Sent(repeated=repeated)

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
    buttons = [[button.label, code] for button, code in zip(card.presses, sealed, strict=True)]
    asked = card.poll or card.choice or next(iter(card.questions), None)
    options = [key for key, _ in asked.options] if asked else []
    return {"kind": card.kind, "source": card.source, "buttons": buttons, "options": options}
