"""One official account in safe mode, and those who follow it.

https://developers.weixin.qq.com/doc/service/guide/dev/push/
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp

from bot.kit.clock import Clock
from bot.kit.wecom_box import WeComBox
from bot.kit.xml import render

#: Seconds that the platform waits for an answer, and how often it tries.
_WITHIN, _TRIES = 5.0, 3
_GHOST = "gh_1a2b3c4d5e6f"


@dataclass(slots=True)
class Settings:
    """What the account's console shows under 服务器配置; without a token nobody follows it."""

    app_id: str = ""
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    callback_url: str = ""


class OfficialAccount:
    """Plays the platform: seals events, posts them, tries again."""

    def __init__(self, settings: Settings, *, clock: Clock, rng: random.Random) -> None:
        self.settings = settings
        self.following: set[str] = set()
        self._clock = clock
        self._rng = rng

    async def check(self) -> bool:
        """Ask the address for its echo, as the console does when the settings are saved."""
        stamp, nonce, echo = self._stamp(), self._digits(9), self._digits(19)
        joined = "".join(sorted((self.settings.token, stamp, nonce)))
        query = {
            "signature": hashlib.sha1(joined.encode()).hexdigest(),  # noqa: S324 - the platform's algorithm
            "timestamp": stamp, "nonce": nonce, "echostr": echo,
        }  # fmt: skip
        async with _session() as http, http.get(self.settings.callback_url, params=query) as answer:
            return answer.status == HTTPStatus.OK and await answer.text() == echo

    async def scan(self, open_id: str, scene: str) -> bool:
        """Somebody scans a code: a stranger follows, a follower is only seen; True once the app took it."""
        if open_id in self.following:
            return await self._tell(open_id, "SCAN", EventKey=scene, Ticket=f"ticket-{scene}")
        self.following.add(open_id)
        key = f"qrscene_{scene}" if scene else ""
        return await self._tell(
            open_id, "subscribe", EventKey=key, **({"Ticket": f"ticket-{scene}"} if scene else {})
        )

    async def leave(self, open_id: str) -> bool:
        """He follows no more."""
        self.following.discard(open_id)
        return await self._tell(open_id, "unsubscribe", EventKey="")

    async def _tell(self, open_id: str, event: str, **more: str) -> bool:
        plain = render(
            {
                "ToUserName": _GHOST, "FromUserName": open_id, "CreateTime": self._stamp(),
                "MsgType": "event", "Event": event, **more,
            }
        )  # fmt: skip
        for _ in range(_TRIES):
            try:
                if await self._post(plain):
                    return True
            except (aiohttp.ClientError, TimeoutError):
                continue
        return False

    async def _post(self, plain: bytes) -> bool:
        own = self.settings
        box = WeComBox(own.token, own.aes_key, own.app_id)
        sealed = box.seal(
            plain, timestamp=self._stamp(), nonce=self._digits(9), random16=self._rng.randbytes(16)
        )
        joined = "".join(sorted((own.token, sealed.timestamp, sealed.nonce)))
        query = {
            "signature": hashlib.sha1(joined.encode()).hexdigest(),  # noqa: S324 - the platform's algorithm
            "timestamp": sealed.timestamp, "nonce": sealed.nonce, "encrypt_type": "aes",
            "msg_signature": sealed.signature,
        }  # fmt: skip
        body = render({"ToUserName": _GHOST, "Encrypt": sealed.encrypted})
        async with _session() as http, http.post(own.callback_url, params=query, data=body) as answer:
            return answer.status == HTTPStatus.OK and await answer.text() in ("", "success")

    def _stamp(self) -> str:
        return str(int(self._clock().timestamp()))

    def _digits(self, count: int) -> str:
        return "".join(self._rng.choice("0123456789") for _ in range(count))


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_WITHIN))
