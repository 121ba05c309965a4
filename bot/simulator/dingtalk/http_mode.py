"""HTTP mode: signed robot messages, encrypted events, signed card callbacks.

https://open.dingtalk.com/document/development/http-callback-overview
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
from Crypto.Cipher import AES

from bot.kit.wecom_box import WeComBox, decoded_key
from bot.simulator.dingtalk.model import Json
from bot.simulator.dingtalk.patience import Patience
from bot.simulator.dingtalk.pushes import CARD_TOPIC, EVENT, Push
from bot.simulator.dingtalk.world import World, json_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD, _RANDOM = 20, 16


class HttpMode:
    """Posts pushes to the app's addresses."""

    def __init__(self, world: World, patience: Patience) -> None:
        self._world = world
        self._patience = patience
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open connections."""
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def stop(self) -> None:
        """Close them."""
        if self._session is not None:
            await self._session.close()

    async def deliver(self, push: Push) -> tuple[Json | None, str]:
        """What the app answered (None: not taken), and a remark for the log."""
        if push.type == EVENT:
            return await self._event(push)
        if push.topic == CARD_TOPIC:
            return await self._card(push)
        return await self._message(push)

    async def _message(self, push: Push) -> tuple[Json | None, str]:
        stamp = str(self._world.stamp())
        headers = {"timestamp": stamp, "sign": robot_sign(self._world.app.client_secret, stamp)}
        status, raw = await self._post(self._world.app.robot_url, push.text(), headers, self._patience.http)
        if status != HTTPStatus.OK:
            return None, raw
        return {"answer": _parsed(raw)}, ""

    async def _event(self, push: Push) -> tuple[Json | None, str]:
        app, world = self._world.app, self._world
        born = int(push.headers["eventBornTime"])
        plain = {
            "EventType": push.headers["eventType"], "EventTime": born, "CorpId": app.corp_id,
            "BizId": str(born), "eventId": push.headers["eventId"],
        } | push.data  # fmt: skip
        box = WeComBox(app.event_token, app.event_aes_key, app.client_id)
        nonce, stamp = world.mint("", 8), str(world.stamp())
        text = json.dumps(plain, ensure_ascii=False).encode()
        sealed = box.seal(text, timestamp=stamp, nonce=nonce, random16=world.rng.randbytes(_RANDOM))
        query = (
            f"signature={sealed.signature}&msg_signature={sealed.signature}&timestamp={stamp}&nonce={nonce}"
        )
        body = json.dumps({"encrypt": sealed.encrypted})
        status, raw = await self._post(f"{app.event_url}?{query}", body, {}, self._patience.event)
        if status != HTTPStatus.OK:
            return None, raw
        good = _is_success(box, app.event_aes_key, app.client_id, _parsed(raw))
        return ({"data": {"status": "SUCCESS"}}, "") if good else (None, "the answer is no sealed success")

    async def _card(self, push: Push) -> tuple[Json | None, str]:
        url, secret = self._world.app.card_routes[push.card.route_key] if push.card else ("", "")
        stamp = str(self._world.stamp())
        signed = base64.b64encode(hmac.new(secret.encode(), stamp.encode(), hashlib.sha256).digest()).decode()
        headers = {"x-ddpaas-signature-timestamp": stamp, "x-ddpaas-signature": signed}
        status, raw = await self._post(url, push.text(), headers if secret else {}, self._patience.card)
        if status != HTTPStatus.OK:
            return None, raw
        return {"data": {"response": _parsed(raw)}}, ""

    async def _post(
        self, url: str, body: str, headers: Mapping[str, str], within: timedelta
    ) -> tuple[int, str]:
        if self._session is None or not url:
            return 0, "no callback address"
        timeout = aiohttp.ClientTimeout(total=within.total_seconds())
        sent = {"Content-Type": "application/json; charset=utf-8"} | dict(headers)
        try:
            async with self._session.post(
                url, data=body.encode(), headers=sent, timeout=timeout, allow_redirects=False
            ) as response:
                text = await response.text(errors="replace")
                return (
                    response.status,
                    text if response.status == HTTPStatus.OK else f"HTTP {response.status}",
                )
        except TimeoutError:
            return 0, f"no answer within {within.total_seconds():g} s"
        except (aiohttp.ClientError, OSError) as exc:
            return 0, type(exc).__name__


def robot_sign(secret: str, stamp: str) -> str:
    """The sign beside a robot message: it covers the time, not the body."""
    text = f"{stamp}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


def _is_success(box: WeComBox, aes_key: str, owner: str, answer: Json) -> bool:
    """Whether an answer is the word success, sealed and signed, timeStamp with its capital S."""
    encrypted, stamp = str(answer.get("encrypt") or ""), str(answer.get("timeStamp") or "")
    signature = box.signature(stamp, str(answer.get("nonce") or ""), encrypted)
    if not stamp or not hmac.compare_digest(signature, str(answer.get("msg_signature") or "")):
        return False
    return opened(aes_key, owner, encrypted) == b"success"


def opened(aes_key: str, owner: str, encrypted: str) -> bytes:
    """The text of a sealed answer; empty if it is none of this owner's."""
    key = decoded_key(aes_key)
    try:
        padded = AES.new(key, AES.MODE_CBC, iv=key[:16]).decrypt(base64.b64decode(encrypted, validate=True))
    except ValueError:
        return b""
    text = padded[: -padded[-1]] if padded else b""
    length = int.from_bytes(text[_RANDOM:_HEAD], "big")
    return text[_HEAD : _HEAD + length] if text[_HEAD + length :] == owner.encode() else b""


def _parsed(raw: str) -> Json:
    try:
        return json_of(json.loads(raw or "{}"))
    except ValueError:
        return {}
