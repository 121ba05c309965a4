"""WeCom above sockets: the simulated platform's own rules, answered slowly, wrongly or not at all.

The bot's client calls it through the session that it would open; what the platform did and saw is in the
wire log, which the invariants are checked against.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import orjson

from bot.kit.ids import seeded_random_bytes
from bot.simulator.common.company import Company, read_company
from bot.simulator.server import DemoSecrets
from bot.simulator.wecom import codes, tokens
from bot.simulator.wecom.call import Call, Endpoint, Upload
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.company import settle
from bot.simulator.wecom.door import endpoints
from bot.simulator.wecom.model import App
from bot.simulator.wecom.world import World
from tests.worlds.loop import Process
from tests.worlds.weather import Weather

BASE = "https://wecom.invalid"
SECRETS = DemoSecrets.invent(seeded_random_bytes(1))
COMPANY = Path(__file__).with_name("company.yaml")
#: Seconds; the client's own deadline is five.
_WAY, _SLOW = (0.005, 0.12), (0.5, 9.0)
_SEND, _UPDATE = "message/send", "message/update_template_card"
#: As much of a PNG as anybody looks at.
_PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(200)
_GROUP, _WELCOME = "appchat/send", "externalcontact/send_welcome_msg"


@dataclass
class Act:
    """One thing that crossed the wire."""

    at: float
    what: str
    facts: dict[str, Any]

    def spelled(self) -> bytes:
        return orjson.dumps([round(self.at, 6), self.what, self.facts], option=orjson.OPT_SORT_KEYS)


@dataclass
class Wire:
    """Everything that crossed it, in order."""

    acts: list[Act] = field(default_factory=list)
    #: Called with each act as it happens.
    watchers: list[Callable[[Act], None]] = field(default_factory=list)

    def write(self, what: str, **facts: Any) -> Act:
        act = Act(asyncio.get_running_loop().time(), what, facts)
        self.acts.append(act)
        for told in tuple(self.watchers):
            told(act)
        return act

    def of(self, *kinds: str) -> list[Act]:
        return [act for act in self.acts if act.what in kinds]

    def digest(self) -> str:
        summed = hashlib.sha256()
        for act in self.acts:
            summed.update(act.spelled())
        return summed.hexdigest()


@cache
def _endpoints() -> dict[str, Endpoint]:
    return endpoints()


@cache
def _company() -> Company:
    return read_company(COMPANY)


class Platform:
    """The other side."""

    def __init__(self, seed: int, weather: Weather, clock: Callable[[], datetime]) -> None:
        self.weather = weather
        self.wire = Wire()
        self.process = Process("platform")
        #: Beside this one.
        self.other: OtherSide | None = None
        #: Every access token that was ever given out.
        self.tokens: list[str] = []
        self.chance = random.Random(f"platform:{seed}")
        app = App(
            corp_id=SECRETS.corp_id, agent_id=SECRETS.agent_id, name="客铃", secret=SECRETS.secret,
            token=SECRETS.token, aes_key=SECRETS.aes_key, callback_url="https://bot.invalid/callback/wecom",
        )  # fmt: skip
        self.world = World(company=_company().company, app=app, clock=clock, rng=self.chance)
        settle(self.world, _company())

    def open_session(self) -> Session:
        """What one process calls through."""
        return Session(self, self.other)

    async def answer(
        self, method: str, path: str, query: Mapping[str, str], body: bytes | None, kind: str
    ) -> _Answer:
        """Take one call; raises when the connection breaks."""
        weather, chance = self.weather, self.chance
        await asyncio.sleep(chance.uniform(*_WAY))
        if weather.strikes("lost_request"):
            await asyncio.sleep(chance.choice([0.0, 60.0]))
            raise aiohttp.ServerDisconnectedError
        if weather.strikes("http_500"):
            return _Answer(500, b"<html>500</html>")
        hangs = weather.strikes("hang")
        if hangs:
            await asyncio.sleep(chance.uniform(3.0, 40.0))
        if path not in _endpoints():
            # A picture at an address that the platform gave.
            return _Answer(200, _PICTURE)
        told = self._act(method, path, query, body, kind)
        if hangs or weather.strikes("lost_answer"):
            raise aiohttp.ServerDisconnectedError
        if weather.strikes("slow"):
            await asyncio.sleep(chance.uniform(*_SLOW))
        if weather.strikes("http_502_after"):
            return _Answer(502, b"bad gateway")
        if weather.strikes("page"):
            return _Answer(200, "<html>请登录</html>".encode())
        await asyncio.sleep(chance.uniform(*_WAY))
        return _Answer(200, orjson.dumps(told))

    def _act(
        self, method: str, path: str, query: Mapping[str, str], body: bytes | None, kind: str
    ) -> dict[str, Any]:
        is_file = kind.startswith("multipart/")
        read: dict[str, Any] = orjson.loads(body) if body and not is_file else {}
        # Enough of a file for the platform's rules: everything after the part's own head.
        data = (body or b"").partition(b"\r\n\r\n")[2]
        call = Call(query, read, Upload("media", "picture.png", "image/png", data) if is_file else None)
        try:
            answer = self._admitted(method, path, query).act(self.world, call)
        except RefusedError as refused:
            answer = {"errcode": refused.code, "errmsg": f"{codes.TEXTS[refused.code]} ({refused.what})"}
        assert isinstance(answer, dict)
        self._note(path, read, answer, call.notes)
        return answer

    def _admitted(self, method: str, path: str, query: Mapping[str, str]) -> Endpoint:
        endpoint = _endpoints()[path]
        assert endpoint.method == method, path
        if endpoint.needs_token:
            if self.weather.strikes("token_dead"):
                tokens.force_out(self.world)
            tokens.check(self.world, query.get("access_token", ""))
        if self.weather.strikes("busy"):
            raise RefusedError(codes.BUSY)
        if self.weather.strikes("frequency"):
            raise RefusedError(codes.FREQUENCY)
        return endpoint

    def _note(self, path: str, body: dict[str, Any], answer: dict[str, Any], notes: list[str]) -> None:
        facts: dict[str, Any] = {"path": path, "code": answer["errcode"]}
        if notes:
            facts["notes"] = notes
        if path == "gettoken" and answer["errcode"] == 0:
            self.tokens.append(str(answer["access_token"]))
        elif path == _SEND:
            card = body.get("template_card") or {}
            facts |= {"to": body["touser"], "key": card.get("task_id", ""), "shows": _digest(card)}
            facts["text"] = body.get("text", {}).get("content", "")
        elif path == _UPDATE:
            code = self.world.response_codes.get(body["response_code"])
            facts |= {"to": body["userids"][0], "shows": _digest(body["template_card"])}
            facts["key"] = code.task_id if code else ""
        elif path == _GROUP:
            facts |= {"to": body["chatid"], "text": body.get("text", {}).get("content", "")}
        elif path == _WELCOME:
            code_of = self.world.welcomes.get(body["welcome_code"])
            facts |= {"code_for": [code_of.customer_id, code_of.userid] if code_of else []}
        self.wire.write("call", **facts)


def _digest(card: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(card, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16] if card else ""


@dataclass(frozen=True)
class _Answer:
    """As much of a response as the client asks for."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> _Answer:
        return self

    async def iter_any(self) -> AsyncIterator[bytes]:
        yield self.body


def _heard(task: asyncio.Task[_Answer]) -> None:
    """Whoever called may be gone; only what the fake itself did wrong is news."""
    raised = None if task.cancelled() else task.exception()
    if raised is not None and not isinstance(raised, aiohttp.ClientError):
        raise raised


class OtherSide(Protocol):
    """Another platform, called through the same session."""

    async def answer(
        self, method: str, url: str, params: Mapping[str, str], headers: Mapping[str, str], body: bytes | None
    ) -> _Answer:
        """Take one call; raises when the connection breaks."""


class Session:
    """Stands where aiohttp's session does. What has left us goes on though the caller gave up or died."""

    def __init__(self, platform: Platform, other: OtherSide | None = None) -> None:
        self._platform = platform
        self._other = other

    @contextlib.asynccontextmanager
    async def request(
        self, method: str, url: str, *, trace_request_ctx: Any, params: Mapping[str, str] | None = None,
        data: bytes | None = None, headers: Mapping[str, str] | None = None, **_rest: Any,
    ) -> AsyncIterator[_Answer]:  # fmt: skip
        platform = self._platform
        await asyncio.sleep(platform.chance.uniform(*_WAY))
        if platform.weather.strikes("refused"):
            raise aiohttp.ClientConnectionError
        trace_request_ctx.left = True
        if self._other is not None and not url.startswith(BASE):
            answering = self._other.answer(method, url, dict(params or {}), dict(headers or {}), data)
        else:
            path = url.removeprefix(f"{BASE}/cgi-bin/")
            kind = (headers or {}).get("Content-Type", "")
            answering = platform.answer(method, path, dict(params or {}), data, kind)
        task = platform.process.start(answering)
        task.add_done_callback(_heard)
        await asyncio.wait({task})
        yield task.result()

    async def close(self) -> None:
        """Nothing is open."""
