"""The whole program beside the simulated WeCom, and the hands of somebody who means harm."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from bot.kit.wecom_box import WeComBox
from bot.kit.xml import render
from bot.store.tables.machinery import inbox
from tests.story.conftest import ShiftedClock, World, running


@dataclass
class Target:
    """What is attacked, and what it let in."""

    world: World

    @property
    def box(self) -> WeComBox:
        """WeCom's own seal: what a colleague can make WeCom send."""
        app = self.world.simulator.world.app
        return WeComBox(app.token, app.aes_key, app.corp_id)

    def sealed(
        self, inner: dict[str, Any] | bytes, *, nonce: str = "n0nce", age: float = 0
    ) -> tuple[dict[str, str], bytes]:
        """A genuine delivery of these contents."""
        app = self.world.simulator.world.app
        stamp = str(int(self.world.clock().timestamp() - age))
        plain = inner if isinstance(inner, bytes) else render(inner)
        made = self.box.seal(plain, timestamp=stamp, nonce=nonce, random16=b"0123456789abcdef")
        query = {"msg_signature": made.signature, "timestamp": stamp, "nonce": nonce}
        body = render({"ToUserName": app.corp_id, "AgentID": str(app.agent_id), "Encrypt": made.encrypted})
        return query, body

    def text(self, user: str, said: str, number: int) -> dict[str, Any]:
        """What WeCom makes of a typed message."""
        app = self.world.simulator.world.app
        return {
            "ToUserName": app.corp_id, "FromUserName": user, "CreateTime": "1795253400", "MsgType": "text",
            "Content": said, "MsgId": str(number), "AgentID": str(app.agent_id),
        }  # fmt: skip

    def press(self, user: str, card_key: str, button: str, code: str = "rc") -> dict[str, Any]:
        """What WeCom makes of a press."""
        app = self.world.simulator.world.app
        return {
            "ToUserName": app.corp_id, "FromUserName": user, "CreateTime": "1795253400", "MsgType": "event",
            "Event": "template_card_event", "EventKey": button, "TaskId": card_key,
            "CardType": "button_interaction", "ResponseCode": code, "AgentID": str(app.agent_id),
        }  # fmt: skip

    async def post(
        self, query: Any, body: bytes, method: str = "POST", **more: Any
    ) -> tuple[int, bytes, aiohttp.ClientResponse]:
        """Knock at the door."""
        url = f"{self.world.base}/callback/wecom"
        async with self.world.http.request(method, url, params=query, data=body, **more) as answer:
            return answer.status, await answer.read(), answer

    async def arrived(self) -> list[Any]:
        """Every delivery that was let in, with what became of it."""
        async with self.world.app.bench.store.read() as tx:
            return await tx.all(select(inbox).order_by(inbox.c.id))


@pytest.fixture
async def target(sqlite_url: str) -> AsyncIterator[Target]:
    """Running on SQLite: what is attacked here is the same on both."""
    async with running(sqlite_url, clock=ShiftedClock()) as world:
        yield Target(world)


@pytest.fixture
def database_bytes(sqlite_url: str) -> Callable[[], bytes]:
    """All that lies on the disk, the log of writes too."""
    path = Path(sqlite_url.split("///", 1)[1])

    def read() -> bytes:
        return b"".join(part.read_bytes() for part in sorted(path.parent.glob(f"{path.name}*")))

    return read
