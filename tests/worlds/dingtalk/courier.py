"""Carries what DingTalk tells to a process of ours, by the stream or by callbacks; the platform's own courier
does it, over doors without sockets, in the world's weather.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson

from bot.simulator.dingtalk.courier import Courier as PlatformsCourier
from bot.simulator.dingtalk.http_mode import HttpMode
from bot.simulator.dingtalk.model import Json
from bot.simulator.dingtalk.pushes import EVENT, Push
from tests.worlds.courier import Door
from tests.worlds.dingtalk.platform import DingTalk

#: Seconds by which a late one is late; a duplicate comes within half an hour, sometimes after hours.
_LATE, _AGAIN, _HOURS = (0.5, 50.0), (0.0, 1800.0), (3600.0, 40_000.0)
_OK = 200


def key_of(push: Push) -> str:
    """The name under which it has to be kept: its own number; a tap has none but its words."""
    if push.type == EVENT:
        return f"event:{push.headers['eventId']}"
    if push.card is not None:
        return f"tap:{digest(push.data)}"
    return f"msg:{push.data['msgId']}"


def key_of_kept(body: bytes, key: str) -> str:
    """The same by what was kept; events alone do not repeat their number inside."""
    told = orjson.loads(body)
    kind, data = told["dingtalk"]["kind"], told["data"]
    if kind == "robot":
        return f"msg:{data['msgId']}"
    return f"tap:{digest(data)}" if kind == "card" else key


def digest(data: object) -> str:
    """Of JSON, whatever the order of its parts."""
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()


class _Callbacks(HttpMode):
    """Brings callbacks to the door of one of our processes."""

    def __init__(self, ding: DingTalk, doors: Callable[[], list[Door]]) -> None:
        super().__init__(ding.world, ding.patience)
        self._ding = ding
        self._doors = doors

    async def _post(
        self, url: str, body: str, headers: Mapping[str, str], within: timedelta
    ) -> tuple[int, str]:
        doors = self._doors()
        if not doors:
            return 0, "nobody listens"
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        given = {"Content-Type": "application/json; charset=utf-8", **headers}
        door = self._ding.chance.choice(doors)
        answer = await door.ask("POST", path, body.encode(), given, within=within.total_seconds())
        if answer is None:
            return 0, "no answer in time"
        said = answer.body if isinstance(answer.body, bytes) else b""
        return answer.status, said.decode()


class Courier(PlatformsCourier):
    """Late, twice, out of order, unheard."""

    def __init__(self, ding: DingTalk, doors: Callable[[], list[Door]]) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(ding.world, ding.gateway, _Callbacks(ding, doors), ding.patience, loop.time)
        self._ding = ding
        self.under_way = 0

    def post(self, push: Push) -> asyncio.Task[bool]:
        """Tell the app of one thing."""
        self._ding.wire.write("event", key=key_of(push), kind=push.name)
        return self._ding.process.start(self._carry(push))

    async def _carry(self, push: Push) -> bool:
        self.under_way += 1
        try:
            weather, chance = self._ding.weather, self._ding.chance
            await asyncio.sleep(chance.uniform(0.01, 0.2))
            if weather.strikes("late"):
                await asyncio.sleep(chance.uniform(*_LATE))
            return await self._deliver(push)
        finally:
            self.under_way -= 1

    async def _again(self, push: Push, message_id: str, pauses: Any) -> bool:
        self.under_way += 1
        try:
            for number, pause in enumerate(pauses, start=2):
                await asyncio.sleep(pause.total_seconds())
                if await self._attempt(push, self._named(message_id), f"delivery {number}"):
                    return True
            if push.card is not None:
                # What we answered it with, if we did, nobody heard: the card stays as it was.
                self._ding.wire.write("given up", card=push.card.out_track_id)
            return False
        finally:
            self.under_way -= 1

    async def _attempt(self, push: Push, message_id: str, note: str) -> bool:
        taken = await super()._attempt(push, message_id, note)
        if taken and not note.startswith("repeat") and self._ding.weather.strikes("duplicate"):
            self._repeat(push, message_id)
        return taken

    def _named(self, message_id: str) -> str:
        """Under the same id, or under another: nobody promises which."""
        return self._gateway.message_id() if self._ding.weather.strikes("new_message_id") else message_id

    def _repeat(self, push: Push, message_id: str) -> None:
        chance = self._ding.chance
        spans = [chance.choice((0.0, chance.uniform(*_AGAIN))) for _ in range(chance.choice((1, 1, 2, 6)))]
        if chance.random() < 0.1:
            spans.append(chance.uniform(*_HOURS))
        for span in spans:
            self._ding.later(span, self._start_repeat, push, message_id)

    def _start_repeat(self, push: Push, message_id: str) -> None:
        self._ding.process.start(self._attempt(push, self._named(message_id), "repeat"))

    def _is_taken(self, push: Push, answer: Json) -> bool:
        if _is_yes(push, answer):
            self._ding.wire.write("answered", key=key_of(push), status=_OK)
            if self._ding.weather.strikes("ack_lost"):
                return False
        taken = super()._is_taken(push, answer)
        response = answer.get("data", {}).get("response")
        if taken and push.card is not None and isinstance(response, dict) and response:
            self._ding.wire.write(
                "call", path="dingtalk answer", code=0, does="change", key=push.card.out_track_id,
                by=push.userid,
            )  # fmt: skip
        return taken


def _is_yes(push: Push, answer: Json) -> bool:
    if push.type == EVENT:
        return bool(answer.get("data", {}).get("status") == "SUCCESS")
    return bool(answer.get("code", _OK) == _OK)
