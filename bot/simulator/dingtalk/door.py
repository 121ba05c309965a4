"""The door of both APIs: who may call, what goes wrong on purpose, and the answer in the API's own shape."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeAlias, cast

from aiohttp import BodyPartReader, web

from bot.kit.clock import Monotonic
from bot.kit.discover import discover
from bot.simulator.dingtalk import api, codes, tokens
from bot.simulator.dingtalk.call import Call, Endpoint, Upload
from bot.simulator.dingtalk.codes import Code, RefusedError
from bot.simulator.dingtalk.model import Json
from bot.simulator.dingtalk.quotas import QPS
from bot.simulator.dingtalk.world import World

HEADER = "x-acs-dingtalk-access-token"
_ALWAYS = (
    ("ding_ip", codes.BAD_IP),
    ("ding_no_scope", codes.NO_SCOPE),
    ("ding_qps", codes.QPS),
    ("ding_500", codes.BUSY),
    ("ding_timeout", codes.TIMEOUT),
)


_Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class _Exchange:
    request: web.Request
    endpoint: Endpoint
    told: object = None
    notes: list[str] = field(default_factory=list)


def endpoints() -> list[Endpoint]:
    """All endpoints; the folder `api` is the register."""
    groups = discover(api, "ENDPOINTS").values()
    return [endpoint for group in groups for endpoint in cast("tuple[Endpoint, ...]", group)]


class Door:
    """Answers the paths of both APIs."""

    def __init__(self, world: World, *, monotonic: Monotonic) -> None:
        self._world = world
        self._monotonic = monotonic

    def routes(self) -> list[web.RouteDef]:
        """One route for each endpoint, and the answers for paths that there are not."""
        found = [web.route(one.method, one.path, self._answering(one)) for one in endpoints()]
        nowhere_new = Endpoint("*", "/v1.0/{rest:.+}", _nowhere)
        nowhere_old = Endpoint("*", "/topapi/{rest:.+}", _nowhere, old=True)
        return [
            *found,
            *(web.route("*", one.path, self._answering(one)) for one in (nowhere_new, nowhere_old)),
        ]

    def _answering(self, endpoint: Endpoint) -> _Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            return await self.answer(request, endpoint)

        return answer

    async def answer(self, request: web.Request, endpoint: Endpoint) -> web.StreamResponse:
        """Take one call; a fault may delay it, break it, or swallow its answer."""
        exchange, started = _Exchange(request, endpoint), self._monotonic()
        slow = self._world.faults.take("ding_slow", request.path)
        if slow:
            await asyncio.sleep(slow.value)
            exchange.notes.append("slow (fault)")
        status, answer = await self._respond(exchange)
        self._world.log(
            direction="call", method=request.method, path=request.path, request=exchange.told,
            response=answer, status=status, seconds=self._monotonic() - started,
            note="; ".join(exchange.notes),
        )  # fmt: skip
        if not status:
            return _hang_up(request)
        return web.json_response(answer, status=status, dumps=_written)

    async def _respond(self, exchange: _Exchange) -> tuple[int, object]:
        faults, path = self._world.faults, exchange.request.path
        if faults.take("ding_drop", path):
            exchange.notes.append("dropped before acting (fault)")
            return 0, None
        status, answer = await self._answer_or_refuse(exchange)
        if faults.take("ding_lost_answer", path):
            exchange.notes.append("answer lost after acting (fault)")
            return 0, answer
        return status, answer

    async def _answer_or_refuse(self, exchange: _Exchange) -> tuple[int, object]:
        endpoint = exchange.endpoint
        try:
            call = await _read(exchange.request)
            exchange.told = {"query": dict(call.query), "body": call.body}
            self._admit(exchange.request, endpoint)
            answer = endpoint.act(self._world, call)
            exchange.notes += call.notes
        except RefusedError as refused:
            return self._refusal(refused, exchange)
        return HTTPStatus.OK, answer

    def _admit(self, request: web.Request, endpoint: Endpoint) -> None:
        world, path = self._world, request.path
        if endpoint.needs_token:
            if world.faults.take("ding_token_expired", path):
                tokens.force_out(world)
            given = request.query.get("access_token", "") if endpoint.old else request.headers.get(HEADER, "")
            tokens.check(world, given)
            if world.app.ip_whitelist is not None and request.remote not in world.app.ip_whitelist:
                raise RefusedError(codes.BAD_IP)
        for kind, code in _ALWAYS:
            if (endpoint.needs_token or code in {codes.BUSY, codes.TIMEOUT}) and world.faults.take(
                kind, path
            ):
                raise RefusedError(code)
        if not world.limits.admit(f"api:{endpoint.path}", QPS, now=world.now()):
            raise RefusedError(codes.QPS)
        paid = endpoint.paid and endpoint.needs_token
        if paid and (world.faults.take("ding_quota", path) or not world.quotas.take_call()):
            raise RefusedError(codes.QUOTA)

    def _refusal(self, refused: RefusedError, exchange: _Exchange) -> tuple[int, Json]:
        code, world = refused.code, self._world
        words = f"{code.text} {refused.what}".rstrip()
        if exchange.endpoint.old:
            wrapped = code.at_gateway and exchange.request.path.startswith("/topapi/")
            return HTTPStatus.OK, (_wrapped if wrapped else _plain)(code, words, world.mint("", 12).lower())
        body: Json = {"code": code.new, "requestid": world.uuid().upper(), "message": words}
        if code is codes.NO_SCOPE:
            body["accessdenieddetail"] = {"requiredScopes": [exchange.endpoint.scope or "qyapi_base"]}
        return code.status, body


def _plain(code: Code, words: str, request_id: str) -> Json:
    return {"errcode": code.old, "errmsg": words, "request_id": request_id}


def _wrapped(code: Code, words: str, request_id: str) -> Json:
    errmsg = f"ding talk error[subcode={code.old},submsg={words}]"
    sub = {"sub_code": str(code.old), "sub_msg": words}
    return {"errcode": 88, "errmsg": errmsg, "request_id": request_id} | sub


def _nowhere(_world: World, _call: Call) -> object:
    raise RefusedError(codes.NO_API)


async def _read(request: web.Request) -> Call:
    """Read path, query and body; a body that is no JSON object is refused, as forms are."""
    path, query = dict(request.match_info), request.query
    if request.content_type == "multipart/form-data":
        return await _read_parts(request)
    raw = await request.read() if request.can_read_body else b""
    if not raw:
        return Call(path, query, {})
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise RefusedError(codes.MISSING, "body is mandatory for this action")
    return Call(path, query, body)


async def _read_parts(request: web.Request) -> Call:
    fields: Json = {}
    upload = None
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        data = bytes(await part.read(decode=False))
        if part.filename is not None:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            upload = Upload(part.filename, kind, data)
        else:
            fields[part.name or ""] = data.decode(errors="replace")
    return Call(dict(request.match_info), request.query, fields, upload)


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _hang_up(request: web.Request) -> web.Response:
    """Break the connection: the caller cannot know whether anything was done."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
