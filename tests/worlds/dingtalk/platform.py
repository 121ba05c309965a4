"""DingTalk above sockets: the simulated platform's own rules, answered slowly, wrongly or not at all."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import orjson

from bot.kit.ids import seeded_random_bytes
from bot.simulator.common.bus import Bus
from bot.simulator.common.company import read_company
from bot.simulator.dingtalk import codes
from bot.simulator.dingtalk.call import Call, Endpoint, Upload
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.company import settle
from bot.simulator.dingtalk.door import Door, endpoints
from bot.simulator.dingtalk.gateway import Gateway
from bot.simulator.dingtalk.model import HTTP, STREAM, App, Group, Todo
from bot.simulator.dingtalk.patience import Patience
from bot.simulator.dingtalk.socket import OPEN_PATH
from bot.simulator.dingtalk.world import World
from bot.simulator.server import DemoSecrets
from tests.worlds.dingtalk.line import Line, opened
from tests.worlds.loop import Process
from tests.worlds.platform import _PICTURE, _SLOW, _WAY, COMPANY, Platform, _Answer

BASE = "https://dingtalk.invalid"
SECRETS = DemoSecrets.invent(seeded_random_bytes(2))
#: Where the leads of the east ring; bound before the first day.
GROUP, GROUP_MEMBERS = "cidLEADBELLworldsEAST01==", ("d-zhangsan", "d-zhouning", "d-wanglei", "d-hejing")
CARD, CHANGE = "card/instances/createAndDeliver", "card/instances"
NOTICE = "topapi/message/corpconversation/asyncsend_v2"
TO_ONE, TO_GROUP = "robot/oToMessages/batchSend", "robot/groupMessages/send"
SESSION, TODO = "robot/sendBySession", "todo"
#: What is said and shown, in one word.
_DOES = {CARD: "card", CHANGE: "change", TO_ONE: "say", TO_GROUP: "say", SESSION: "say"}
#: weather → the simulator's own switch, which the next call it is meant for throws back.
_SWITCHES = {
    "busy": ("", "ding_500"),
    "frequency": ("", "ding_qps"),
    "token_dead": ("", "ding_token_expired"),
    "undelivered": (CARD, "ding_delivery_failed"),
    "flow_control": (TO_ONE, "ding_flow_control"),
    "session_gone": (SESSION, "ding_session_gone"),
}

_company = cache(lambda: read_company(COMPANY))


@cache
def _patterns() -> list[tuple[str, re.Pattern[str], Endpoint]]:
    return [
        (one.method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", one.path) + r"\Z"), one)
        for one in endpoints()
    ]


class _World(World):
    """Nobody looks at its log of exchanges: the wire has its own."""

    def log(self, **parts: object) -> None:
        """Nothing."""


class DingTalk:
    """The other side, beside the WeCom of the same world: one weather, one wire, one time."""

    def __init__(self, seed: int, *, mode: str, beside: Platform, clock: Callable[[], datetime]) -> None:
        self.weather, self.wire, self.process = beside.weather, beside.wire, beside.process
        self.tokens = beside.tokens
        self.chance = random.Random(f"dingtalk:{seed}")
        app = App(
            corp_id=SECRETS.ding_corp_id, agent_id=SECRETS.ding_agent_id, name="客铃",
            client_id=SECRETS.ding_client_id, client_secret=SECRETS.ding_client_secret,
            event_token=SECRETS.ding_event_token, event_aes_key=SECRETS.ding_event_aes_key,
            mode=HTTP if mode == "http" else STREAM, robot_url="https://bot.invalid/callback/dingtalk/robot",
            event_url="https://bot.invalid/callback/dingtalk/event",
        )  # fmt: skip
        world = _World(
            company=_company().company,
            app=app,
            clock=clock,
            rng=self.chance,
            bus=Bus(),
            wire=None,  # type: ignore[arg-type]
        )
        self.world = world
        settle(world, _company())
        world.base_url = BASE
        world.groups[GROUP] = Group(GROUP, "华东线索群", list(GROUP_MEMBERS))
        self.patience = Patience()
        monotonic = asyncio.get_running_loop().time
        self.gateway = Gateway(world, monotonic=monotonic, patience=self.patience)
        self._door = Door(world, monotonic=monotonic)
        self.lines: list[Line] = []
        #: Every to-do that there ever was, by our id.
        self.todos: dict[str, Todo] = {}

    # --- the line ---

    def opens(self, process: Process) -> Callable[[str], Awaitable[Any]]:
        """How one process connects."""
        return lambda url: opened(self, process, url)

    def died(self, process: Process) -> None:
        """Its sockets break with it."""
        for line in [one for one in self.lines if one.process is process]:
            self.later(self.chance.choice((0.0, self.chance.uniform(0, 8))), line.breaks)

    def later(self, seconds: float, what: Callable[..., object], *given: object) -> None:
        """Do something in a while, whoever dies meanwhile."""
        loop = asyncio.get_running_loop()
        loop.call_later(seconds, what, *given, context=self.process.context)

    # --- calls ---

    async def answer(
        self, method: str, url: str, params: Mapping[str, str], headers: Mapping[str, str], body: bytes | None
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
        if hangs and not self._is_change(method, url):
            # Changes of one card take effect in the order in which they came.
            await asyncio.sleep(chance.uniform(3.0, 40.0))
        status, told = self._act(method, url, params, headers, body)
        if hangs or weather.strikes("lost_answer"):
            await asyncio.sleep(chance.uniform(0.0, 10.0) if hangs else 0.0)
            raise aiohttp.ServerDisconnectedError
        if weather.strikes("slow"):
            await asyncio.sleep(chance.uniform(*_SLOW))
        if weather.strikes("http_502_after"):
            return _Answer(502, b"bad gateway")
        if weather.strikes("gateway_504"):
            return _Answer(504, orjson.dumps({"code": codes.TIMEOUT.new, "message": codes.TIMEOUT.text}))
        if weather.strikes("page"):
            return _Answer(200, "<html>请登录</html>".encode())
        await asyncio.sleep(chance.uniform(*_WAY))
        return _Answer(status, told)

    def _is_change(self, method: str, url: str) -> bool:
        return method == "PUT" and urlsplit(url).path.endswith(CHANGE)

    def _act(
        self, method: str, url: str, params: Mapping[str, str], headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, bytes]:
        parts = urlsplit(url)
        path, query = parts.path, {**dict(parse_qsl(parts.query)), **params}
        if path == OPEN_PATH:
            return self._opens(orjson.loads(body or b"{}"))
        found = next(
            (
                (match, one)
                for way, pattern, one in _patterns()
                if way == method and (match := pattern.match(path))
            ),
            None,
        )
        if found is None:
            # A picture at an address that the platform gave.
            return 200, _PICTURE
        match, endpoint = found
        is_file = headers.get("Content-Type", "").startswith("multipart/")
        read: dict[str, Any] = orjson.loads(body) if body and not is_file else {}
        upload = (
            Upload("picture.png", "image/png", (body or b"").partition(b"\r\n\r\n")[2]) if is_file else None
        )
        if is_file:
            read = {"type": "image"}
        call = Call(match.groupdict(), query, read, upload)
        request: Any = SimpleNamespace(
            path=path, query=query, headers=headers, remote="192.0.2.1", method=method
        )
        exchange: Any = SimpleNamespace(request=request, endpoint=endpoint)
        try:
            self._switch(endpoint, path)
            self._door._admit(request, endpoint)
            answer = endpoint.act(self.world, call)
        except RefusedError as refused:
            status, refusal = self._door._refusal(refused, exchange)
            self._note(method, path, read, query, refused.code.new, {})
            return int(status), orjson.dumps(refusal)
        finally:
            self.world.faults.active.clear()
        assert isinstance(answer, dict)
        self._note(method, path, read, query, 0, answer)
        return 200, orjson.dumps(answer)

    def _switch(self, endpoint: Endpoint, path: str) -> None:
        for kind, (only, switch) in _SWITCHES.items():
            if (endpoint.needs_token if not only else path.endswith(only)) and self.weather.strikes(kind):
                self.world.faults.turn_on(switch, times=1)

    def _opens(self, body: dict[str, Any]) -> tuple[int, bytes]:
        if self.weather.strikes("ticket_refused"):
            return 503, orjson.dumps({"code": "ServiceUnavailable", "message": "system busy"})
        answer = self.gateway.open(body)
        self.wire.write("ticket")
        return 200, orjson.dumps(answer)

    def _note(
        self, method: str, path: str, body: dict[str, Any], query: Mapping[str, str], code: object,
        answer: dict[str, Any],
    ) -> None:  # fmt: skip
        short = path.removeprefix("/v1.0/").lstrip("/")
        facts: dict[str, Any] = {"path": f"dingtalk {method} {short}", "code": code}
        does = _DOES.get(short, "") if short != CHANGE or method == "PUT" else ""
        if "accessToken" in answer:
            self.tokens.append(str(answer["accessToken"]))
        elif does == "card":
            results = answer.get("result", {}).get("deliverResults", [])
            space = body["openSpaceId"].partition("//")[2]
            facts |= {"does": does, "key": body["outTrackId"], "to": space.partition(".")[2]}
            facts["hangs"] = bool(results) and all(one["success"] for one in results)
        elif does == "change":
            facts |= {"does": does, "key": body["outTrackId"]}
        elif short == SESSION:
            session = self.world.sessions.get(query.get("session", ""))
            facts |= {"does": does, "text": str(body.get("text", {}).get("content", ""))}
            facts["to"] = (session.group_id or session.userid) if session else ""
        elif does == "say":
            to = body.get("openConversationId") or body["userIds"][0]
            missed = {*answer.get("invalidStaffIdList", ()), *answer.get("flowControlledStaffIdList", ())}
            said = orjson.loads(body["msgParam"])
            facts |= {"to": to, "text": str(said.get("content", said.get("title", "")))}
            facts |= {"does": does if to not in missed else "miss"}
        elif short == NOTICE and "task_id" in answer:
            # Whom the robot cannot reach is told by a work notice.
            to, notice = str(body["userid_list"]), self.world.notices[answer["task_id"]]
            facts |= {"does": "say" if to in notice.sent else "miss", "to": to, "text": str(body["msg"])}
        elif method == "POST" and short.startswith(TODO) and short.endswith("tasks") and "id" in answer:
            self.todos[body["sourceId"]] = self.world.todos[answer["id"]]
            facts |= {"does": "todo", "key": body["sourceId"]}
        self.wire.write("call", **facts)
