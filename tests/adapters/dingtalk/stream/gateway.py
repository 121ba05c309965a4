"""DingTalk's gateway in memory and in the loop's own time: tickets, frames, what is not acknowledged comes again."""

from __future__ import annotations

import asyncio
import json
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from bot.adapters.dingtalk.stream.gate import Gate
from bot.adapters.dingtalk.stream.socket import BrokenError
from bot.adapters.dingtalk.taps import Taps
from bot.chat.adapter import Means
from bot.chat.inbound import Accepted
from bot.errors import PlatformError, StoreBusyError
from bot.kit.ids import seeded_random_bytes
from tests.adapters.dingtalk.platform import CORP_ID, config

START = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
ROBOT, CARD = "/v1.0/im/bot/messages/get", "/v1.0/card/instances/callback"
#: Seconds after which a callback that nobody acknowledged comes again, and when a goodbye is enforced.
AGAIN_S, GOODBYE_S = 60.0, 10.0


@dataclass
class Push:
    """One thing to be delivered."""

    key: str
    kind: str
    headers: dict[str, str]
    data: dict[str, Any]
    times: int = 0
    acks: list[dict[str, Any]] = field(default_factory=list)


class Line:
    """One connection as the gateway has it."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.heard: list[dict[str, Any]] = []
        self.is_closed = False
        #: Closed by us, not by the gateway.
        self.is_left = False
        self.takes_more = True
        #: Stands, and brings nothing.
        self.is_deaf = False
        self.sent: dict[str, Push] = {}
        self._frames: deque[str] = deque()
        self._something = asyncio.Event()
        self._reason = "closed_1006"

    async def send(self, frame: str) -> None:
        if self.is_closed:
            msg = "closed"
            raise BrokenError(msg)
        told = json.loads(frame)
        self.heard.append(told)
        if not self.is_deaf:
            self.gateway.acknowledged(self, told)

    async def receive(self) -> str:
        while not self._frames:
            if self.is_closed:
                raise BrokenError(self._reason)
            self._something.clear()
            await self._something.wait()
        return self._frames.popleft()

    async def close(self) -> None:
        self.is_left = True
        self.drop("closed_1000")

    def say(self, frame: dict[str, Any] | str) -> None:
        if self.is_closed or self.is_deaf:
            return
        self._frames.append(frame if isinstance(frame, str) else json.dumps(frame, ensure_ascii=False))
        self._something.set()

    def drop(self, reason: str = "closed_1006", *, lose: bool = False) -> None:
        """End it; with `lose` what was on the way never arrives."""
        if not self.is_closed:
            self.is_closed, self.takes_more, self._reason = True, False, reason
            if lose:
                self._frames.clear()
            self._something.set()

    def disconnect(self, reason: str = "connection is expired") -> None:
        """Say goodbye: nothing more is delivered here, and the end comes ten seconds later."""
        self.takes_more = False
        self.say(frame("SYSTEM", "disconnect", {"reason": reason}, "bye"))
        asyncio.get_running_loop().call_later(GOODBYE_S, self.drop, "closed_1000")

    def acks(self) -> list[tuple[str, int, Any]]:
        return [(told["headers"]["messageId"], told["code"], json.loads(told["data"])) for told in self.heard]


class Gateway:
    """Gives tickets, delivers each push to one connection by chance, and again until it is acknowledged."""

    def __init__(self, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        self.lines: list[Line] = []
        self.opened_at: list[float] = []
        #: Raised by the next askings for a ticket; None gives one.
        self.refusals: list[PlatformError | None] = []
        #: The next connections that do not come about.
        self.unreachable = 0
        self.tickets: set[str] = set()
        self.pushes: dict[str, Push] = {}
        self.strangers: list[dict[str, Any]] = []
        self.asked: list[list[dict[str, str]]] = []
        self._n = 0

    async def gateway(self, subscriptions: list[dict[str, str]], ua: str) -> tuple[str, str]:
        self.opened_at.append(asyncio.get_running_loop().time())
        self.asked.append(subscriptions)
        assert ua
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            raise refusal
        self._n += 1
        ticket = f"ticket {self._n}/+"
        self.tickets.add(ticket)
        return "wss://gateway.invalid/connect", ticket

    async def open_socket(self, url: str) -> Line:
        await asyncio.sleep(0.01)
        if self.unreachable:
            self.unreachable -= 1
            msg = "ClientConnectorError"
            raise BrokenError(msg)
        spelled = url.partition("?ticket=")[2].replace("+", " ").replace("%2F", "/").replace("%2B", "+")
        self.tickets.remove(spelled)
        line = Line(self)
        self.lines.append(line)
        return line

    @property
    def open_lines(self) -> list[Line]:
        return [line for line in self.lines if line.takes_more]

    def push(self, push: Push, *, fresh_id: bool = True) -> None:
        """Deliver, and once more each minute until somebody acknowledges it."""
        self.pushes[push.key] = push
        self._deliver(push, fresh_id=fresh_id)

    def _deliver(self, push: Push, *, fresh_id: bool = True) -> None:
        if any(ack["code"] == 200 for ack in push.acks):
            return
        if self.open_lines:
            line = self.chance.choice(self.open_lines)
            push.times += 1
            message_id = f"{push.key}-{push.times if fresh_id else 1}"
            line.sent[message_id] = push
            headers = {"messageId": message_id, "contentType": "application/json", **push.headers}
            line.say({"specVersion": "1.0", "type": push.kind, "headers": headers,
                      "data": json.dumps(push.data, ensure_ascii=False)})  # fmt: skip
        asyncio.get_running_loop().call_later(AGAIN_S, self._deliver, push)

    def acknowledged(self, line: Line, told: dict[str, Any]) -> None:
        push = line.sent.get(told["headers"]["messageId"])
        if push is None:
            self.strangers.append(told)
        else:
            push.acks.append(told)


def frame(kind: str, topic: str, data: Any, message_id: str = "m1", **headers: str) -> dict[str, Any]:
    told = {"topic": topic, "messageId": message_id, "contentType": "application/json", **headers}
    written = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return {"specVersion": "1.0", "type": kind, "headers": told, "data": written}


def message_push(n: int) -> Push:
    data = {"msgtype": "text", "msgId": f"msg{n}", "senderStaffId": f"u{n % 7}", "conversationType": "1",
            "conversationId": "cidOne", "text": {"content": "帮助"}, "robotCode": "r"}  # fmt: skip
    return Push(f"p{n}", "CALLBACK", {"topic": ROBOT}, data)


def event_push(n: int) -> Push:
    headers = {"topic": "*", "eventType": "chat_quit", "eventId": f"e{n}", "eventCorpId": CORP_ID,
               "eventBornTime": "1690362102194"}  # fmt: skip
    return Push(f"p{n}", "EVENT", headers, {"openConversationId": "cid"})


class Hall:
    """Whoever runs the stream: keeps what comes, and counts."""

    def __init__(self) -> None:
        self.kept: list[Accepted] = []
        self.counted: list[tuple[str, str]] = []
        self.opened_times = 0
        self.is_busy = False
        self.keeps_for = 0.0
        self.before_keep: Callable[[Accepted], None] | None = None

    async def keep(self, accepted: Accepted) -> None:
        if self.is_busy:
            raise StoreBusyError
        if self.before_keep is not None:
            self.before_keep(accepted)
        await asyncio.sleep(self.keeps_for)
        self.kept.append(accepted)

    def opened(self) -> None:
        self.opened_times += 1

    def count(self, name: str, reason: str) -> None:
        self.counted.append((name, reason))

    def greeting(self) -> str:
        return "我是客铃机器人"


def gate(gateway: Gateway, taps: Taps | None = None, heard: list[Accepted] | None = None) -> Gate:
    """The stream on this gateway, in the running loop's time."""
    loop = asyncio.get_running_loop()

    def clock() -> datetime:
        return START + timedelta(seconds=loop.time())

    means = Means(clock, loop.time, seeded_random_bytes(3), open_socket=gateway.open_socket)
    remember = [] if heard is None else heard
    return Gate(
        config(mode="stream"),
        means,
        client=gateway,
        taps=taps or Taps(),
        heard=remember.append,  # type: ignore[arg-type]
    )
