"""Cards whose buttons are links: whoever opens one sees a page, and a press on the page is the tap."""

from __future__ import annotations

import asyncio
import random
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import orjson

from bot.simulator.dingtalk.model import Group, Person

if TYPE_CHECKING:
    from tests.worlds.dingtalk.platform import DingTalk
    from tests.worlds.life import Life

_LINK = re.compile(r"https://bot\.invalid(/act/[A-Za-z0-9._-]+)")
_MARK = re.compile(r'name="_request"\s+value="([A-Za-z0-9]+)"')
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
_TAKEN = 303


class Pages:
    """A browser."""

    def __init__(self, ding: DingTalk, beside: Life) -> None:
        self._ding = ding
        self._beside = beside
        #: What the pages showed, to whoever had the link.
        self.shown: list[bytes] = []

    def links(self, chat: Person | Group) -> list[str]:
        """Every button that is a link, in the youngest messages of a chat."""
        return [
            path
            for entry in chat.entries[-8:]
            if entry.sender == "app"
            for path in _LINK.findall(f"{entry.text} {orjson.dumps(entry.body).decode()}")
        ]

    async def press(self, user: str, path: str, chance: random.Random) -> None:
        """Open it and press; sometimes twice, sometimes again after no answer."""
        page = await self._ask("GET", path, b"")
        mark = _MARK.search((page or b"").decode(errors="replace"))
        if mark is None:
            return
        await asyncio.sleep(chance.uniform(0.2, 4))
        body = urlencode({"_request": mark[1]}).encode()
        wire, doors = self._ding.wire, self._beside.doors()
        for _ in range(2 if chance.random() < 0.2 else 1):
            if not doors:
                return
            # By which name it is kept, only the answer says, and that may be lost.
            wire.write("pressed", kind="page")
            answer = await chance.choice(doors).ask("POST", path, body, _FORM)
            if answer is not None and answer.status == _TAKEN:
                key = answer.headers["Location"].rpartition("/")[2]
                wire.write("event", key=key, kind="page")
                wire.write("answered", key=key, status=200)
                await self._ask("GET", answer.headers["Location"], b"")

    async def _ask(self, method: str, path: str, body: bytes) -> bytes | None:
        doors = self._beside.doors()
        answer = await self._ding.chance.choice(doors).ask(method, path, body) if doors else None
        if answer is None or not isinstance(answer.body, bytes):
            return None
        self.shown.append(answer.body)
        return answer.body
