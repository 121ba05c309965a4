"""Pushes what happens in a 公众号 or 小程序 to the company's address, sealed, and again until it is taken.

https://developers.weixin.qq.com/doc/service/guide/dev/push/ (安全模式)
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

import aiohttp

from bot.kit.clock import Clock
from bot.kit.wecom_box import WeComBox
from bot.kit.xml import Tree, render

#: Seconds that the platform waits for an answer, and how often it tries.
_WITHIN, _TRIES = 5.0, 3
_GHOST = "gh_1a2b3c4d5e6f"


@dataclass(slots=True)
class Settings:
    """What the console shows under 服务器配置 and 开发设置; without a token nobody is told anything."""

    app_id: str = ""
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    callback_url: str = ""
    secret: str = field(default="", repr=False)


class Pusher:
    """The platform's side of the callback."""

    def __init__(
        self, settings: Settings, *, clock: Clock, rng: random.Random, spells: Literal["xml", "json"] = "xml"
    ) -> None:
        self.settings = settings
        #: What was pushed, oldest first, and whether it was taken.
        self.pushed: list[tuple[dict[str, Tree], bool]] = []
        self._clock = clock
        self._rng = rng
        self._spells = spells

    async def check(self) -> bool:
        """Ask the address for its echo, as the console does when the settings are saved."""
        stamp, nonce, echo = self.stamp(), self.digits(9), self.digits(19)
        joined = "".join(sorted((self.settings.token, stamp, nonce)))
        query = {
            "signature": hashlib.sha1(joined.encode()).hexdigest(),  # noqa: S324 - the platform's algorithm
            "timestamp": stamp, "nonce": nonce, "echostr": echo,
        }  # fmt: skip
        async with _session() as http, http.get(self.settings.callback_url, params=query) as answer:
            return answer.status == HTTPStatus.OK and await answer.text() == echo

    async def event(self, open_id: str, name: str, **more: Tree) -> bool:
        """Something that somebody did; True once the app took it."""
        return await self.tell(open_id, {"MsgType": "event", "Event": name, **more})

    async def tell(self, open_id: str, fields: Mapping[str, Tree]) -> bool:
        """Push it until it is taken, three times at the most."""
        whole: dict[str, Tree] = {
            "ToUserName": _GHOST, "FromUserName": open_id, "CreateTime": self.stamp(), **fields,
        }  # fmt: skip
        return await self.again(whole)

    async def again(self, fields: Mapping[str, Tree]) -> bool:
        """The same once more, to the letter."""
        taken = await self._brought(self._spelled(fields))
        self.pushed.append((dict(fields), taken))
        return taken

    def stamp(self) -> str:
        """Now, in seconds."""
        return str(int(self._clock().timestamp()))

    def digits(self, count: int) -> str:
        """As many random digits."""
        return "".join(self._rng.choice("123456789") for _ in range(count))

    async def _brought(self, plain: bytes) -> bool:
        if not self.settings.callback_url:
            return False
        for _ in range(_TRIES):
            try:
                if await self._post(plain):
                    return True
            except (aiohttp.ClientError, TimeoutError):
                continue
        return False

    def _spelled(self, fields: Mapping[str, Tree]) -> bytes:
        return render(fields) if self._spells == "xml" else json.dumps(fields, ensure_ascii=False).encode()

    async def _post(self, plain: bytes) -> bool:
        own = self.settings
        box = WeComBox(own.token, own.aes_key, own.app_id)
        sealed = box.seal(
            plain, timestamp=self.stamp(), nonce=self.digits(9), random16=self._rng.randbytes(16)
        )
        joined = "".join(sorted((own.token, sealed.timestamp, sealed.nonce)))
        query = {
            "signature": hashlib.sha1(joined.encode()).hexdigest(),  # noqa: S324 - the platform's algorithm
            "timestamp": sealed.timestamp, "nonce": sealed.nonce, "encrypt_type": "aes",
            "msg_signature": sealed.signature,
        }  # fmt: skip
        body = self._spelled({"ToUserName": _GHOST, "Encrypt": sealed.encrypted})
        async with _session() as http, http.post(own.callback_url, params=query, data=body) as answer:
            return answer.status == HTTPStatus.OK and await answer.text() in ("", "success")


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_WITHIN))
