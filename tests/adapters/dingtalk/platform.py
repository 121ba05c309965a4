"""A stand-in for DingTalk's two APIs: it answers what a test tells it, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.dingtalk import ADAPTER
from bot.adapters.dingtalk.config import Config
from bot.adapters.dingtalk.receive import card_secret
from bot.chat.adapter import Adapter, Means
from bot.chat.inbound import Delivery
from bot.kit.dingtalk_box import DingTalkBox, sign_card, sign_robot
from bot.kit.ids import seeded_random_bytes

CLIENT_ID, SECRET = "dingabc123", "s3cr3t-of-the-app-000"
CORP_ID = "ding9f50b15b16741"
TOKEN, AES_KEY = "mryue8", "Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7"
TEMPLATE = "2f1c0a8e-1111-2222-3333-444455556666.schema"
PUBLIC_URL = "https://crm.example.com"
GROUP = "cidKSKEnCKx7LmZk5Uqm0jEyA=="
NOW = datetime(2026, 11, 18, 11, 30, tzinfo=timezone.utc)
BOX = DingTalkBox(TOKEN, AES_KEY, CLIENT_ID)

#: A company of one department without anybody.
_CONTACTS: dict[str, dict[str, Any]] = {
    "/topapi/v2/department/get": {"result": {"dept_id": 1, "name": "公司"}},
    "/topapi/v2/department/listsub": {"result": []},
    "/topapi/v2/user/list": {"result": {"list": [], "has_more": False}},
}

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def settings(**changes: Any) -> dict[str, Any]:
    block = {
        "client_id": CLIENT_ID, "client_secret": SECRET, "corp_id": CORP_ID, "mode": "http",
        "event_token": TOKEN, "event_aes_key": AES_KEY, "public_url": PUBLIC_URL,
    }  # fmt: skip
    return {**block, **changes}


def config(**changes: Any) -> Config:
    built = ADAPTER.config(**settings(**changes))
    assert isinstance(built, Config)
    return built


class HandMonotonic:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def adapter(monotonic: Callable[[], float] | None = None, **changes: Any) -> Adapter:
    means = Means(lambda: NOW, monotonic or HandMonotonic(), seeded_random_bytes(1))
    return ADAPTER.build(config(**changes), means)


def _stamp(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))


def robot_delivery(data: dict[str, Any], *, at: datetime = NOW, secret: str = SECRET) -> Delivery:
    headers = {"timestamp": _stamp(at), "sign": sign_robot(_stamp(at), secret)}
    return Delivery("POST", (), headers, json.dumps(data).encode(), "robot")


def card_delivery(data: dict[str, Any], *, at: datetime = NOW, secret: str = "") -> Delivery:
    signature = sign_card(_stamp(at), secret or card_secret(config()))
    headers = {"x-ddpaas-signature-timestamp": _stamp(at), "x-ddpaas-signature": signature}
    return Delivery("POST", (), headers, json.dumps(data).encode(), "card")


def event_delivery(
    data: dict[str, Any], *, at: datetime = NOW, box: DingTalkBox = BOX, signature: str = "signature"
) -> Delivery:
    sealed = box.seal(
        json.dumps(data).encode(), timestamp=_stamp(at), nonce="nX7kP2qL", random16=b"0123456789abcdef"
    )
    query = ((signature, sealed.signature), ("timestamp", sealed.timestamp), ("nonce", sealed.nonce))
    return Delivery("POST", query, {}, json.dumps({"encrypt": sealed.encrypted}).encode(), "event")


def message(text: str = "公海", **changes: Any) -> dict[str, Any]:
    data = {
        "msgtype": "text", "msgId": "msgA==", "createAt": int(NOW.timestamp() * 1000), "conversationType": "1",
        "conversationId": "cidOne==", "senderId": "$:LWCP_v1:$x", "senderStaffId": "0254571",
        "senderNick": "小王", "senderCorpId": CORP_ID, "chatbotCorpId": CORP_ID, "robotCode": CLIENT_ID,
        "sessionWebhook": "https://oapi.dingtalk.com/robot/sendBySession?session=abc",
        "sessionWebhookExpiredTime": int(NOW.timestamp() * 1000) + 5_400_000, "text": {"content": text},
    }  # fmt: skip
    return {**data, **changes}


def tap(
    button: str = "sealed", *, key: str = "key-1", user: str = "0254571", **params: Any
) -> dict[str, Any]:
    inner = {"actionIds": ["press"], "params": {"button": button, "chat": "", **params}}
    return {
        "type": "actionCallback", "outTrackId": key, "corpId": CORP_ID, "userId": user, "userIdType": 1,
        "spaceType": "IM", "spaceId": "x", "extension": "{}",
        "content": json.dumps({"cardPrivateData": inner}),
    }  # fmt: skip


@dataclass
class Platform:
    """What was asked, and what is answered next."""

    asked: list[tuple[str, str, dict[str, str], dict[str, str], bytes]] = field(default_factory=list)
    answers: dict[str, list[Any]] = field(default_factory=dict)
    tokens_given: int = 0
    url: str = ""

    def answer(self, path: str, *answers: Any) -> None:
        """A dictionary is a 200; a pair is (status, body); a function does as it likes."""
        self.answers.setdefault(path, []).extend(answers)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        return [json.loads(body) for _, asked, _, _, body in self.asked if asked == path]

    def count(self, path: str) -> int:
        return sum(asked == path for _, asked, _, _, _ in self.asked)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        self.asked.append((request.method, request.path, dict(request.query), dict(request.headers), raw))
        waiting = self.answers.get(request.path)
        answer = waiting.pop(0) if waiting else self._default(request.path)
        if callable(answer):
            found: web.StreamResponse = await answer(request)
            return found
        if isinstance(answer, tuple):
            status, body = answer
            if isinstance(body, bytes):
                return web.Response(status=status, body=body)
            return web.json_response(body, status=status)
        return web.json_response(answer)

    def _default(self, path: str) -> dict[str, Any]:
        if path == "/v1.0/oauth2/accessToken":
            self.tokens_given += 1
            return {"accessToken": f"T{self.tokens_given}", "expireIn": 7200}
        if path == "/v1.0/card/instances/createAndDeliver":
            delivered = {"spaceType": "IM_ROBOT", "spaceId": "x", "success": True, "carrierId": "C1"}
            return {"success": True, "result": {"outTrackId": "k", "deliverResults": [delivered]}}
        if path == "/v1.0/card/instances":
            return {"success": True, "result": True}
        if path.startswith("/v1.0/robot/"):
            return {"processQueryKey": "Q1", "invalidStaffIdList": [], "flowControlledStaffIdList": []}
        if path.startswith("/v1.0/"):
            return {"success": True}
        return {"errcode": 0, "errmsg": "ok", **_CONTACTS.get(path, {})}


@asynccontextmanager
async def running() -> AsyncIterator[Platform]:
    platform = Platform()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", platform.handle)
    server = TestServer(app)
    await server.start_server()
    platform.url = str(server.make_url("")).rstrip("/")
    try:
        yield platform
    finally:
        await server.close()


def refusal(code: str, status: int = 400, message: str = "no") -> tuple[int, dict[str, str]]:
    return status, {"requestid": "R1", "code": code, "message": message}
