"""The API's door: who may call, what goes wrong on purpose, and the answer in JSON.

Every answer is HTTP 200 with an errcode, as the platform gives it.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from bot.kit.clock import Monotonic
from bot.kit.discover import discover
from bot.simulator.wecom import api, codes, tokens
from bot.simulator.wecom.call import Answer, Call, Endpoint, File, Upload
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.limits import CALLS_PER_API
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.world import World


@dataclass(slots=True)
class _Exchange:
    """One call on its way through the door."""

    path: str
    request: object = None
    note: str = ""


def endpoints() -> dict[str, Endpoint]:
    """All endpoints by path; the folder `api` is the register."""
    found: dict[str, Endpoint] = {}
    for group in discover(api, "ENDPOINTS").values():
        found |= {endpoint.path: endpoint for endpoint in cast("tuple[Endpoint, ...]", group)}
    return found


class Door:
    """Answers /cgi-bin/…"""

    def __init__(self, world: World, *, monotonic: Monotonic) -> None:
        self._world = world
        self._monotonic = monotonic
        self._endpoints = endpoints()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Take one call; a fault may delay it, break it, or swallow its answer."""
        exchange = _Exchange(path=request.match_info["path"])
        started = self._monotonic()
        slow = self._world.faults.take("slow", exchange.path)
        if slow:
            await asyncio.sleep(slow.value)
            exchange.note = "slow (fault)"
        response, told = await self._respond(request, exchange)
        self._world.wire.add(
            at=self._world.now(),
            direction="call",
            method=request.method,
            path=exchange.path,
            request=exchange.request,
            response=told,
            status=response.status if response is not None else 0,
            seconds=self._monotonic() - started,
            note=exchange.note,
        )
        return response if response is not None else _hang_up(request)

    async def _respond(self, request: web.Request, exchange: _Exchange) -> tuple[web.Response | None, object]:
        faults, path = self._world.faults, exchange.path
        if faults.take("drop", path):
            exchange.note = "dropped before acting (fault)"
            return None, None
        if faults.take("http_500", path):
            exchange.note = "HTTP 500 (fault)"
            return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR, text="<html>500</html>"), None
        answer = await self._answer_or_refuse(request, exchange)
        if faults.take("lost_answer", path):
            exchange.note = f"answer lost after acting (fault) {exchange.note}".rstrip()
            return None, _told(answer)
        return _rendered(answer), _told(answer)

    async def _answer_or_refuse(self, request: web.Request, exchange: _Exchange) -> Answer:
        warning = ""
        try:
            endpoint = self._admit(request, exchange.path)
            call, warning = await _read(request)
            exchange.request = {"query": dict(request.query), "body": call.body}
            answer = endpoint.act(self._world, call)
            exchange.note = "; ".join(filter(None, [exchange.note, *call.notes]))
        except RefusedError as refused:
            if exchange.request is None:
                exchange.request = {"query": dict(request.query)}
            return self._refusal(refused, request, warning)
        return answer

    def _admit(self, request: web.Request, path: str) -> Endpoint:
        world = self._world
        endpoint = self._endpoints.get(path)
        if endpoint is None:
            raise RefusedError(codes.BAD_URL, path)
        self._check_faults(path, endpoint)
        if endpoint.needs_token:
            tokens.check(world, request.query.get("access_token", ""))
        if request.method != endpoint.method:
            raise RefusedError(codes.REQUIRE_POST if endpoint.method == "POST" else codes.REQUIRE_GET)
        # Sends do not count against the base limit; they have limits of their own.
        if path != "message/send" and not world.limits.admit(f"api:{path}", CALLS_PER_API, now=world.now()):
            raise RefusedError(codes.FREQUENCY)
        return endpoint

    def _check_faults(self, path: str, endpoint: Endpoint) -> None:
        faults = self._world.faults
        if endpoint.needs_token:
            if faults.take("token_expired", path):
                tokens.force_out(self._world)
            if faults.take("ip_not_trusted", path):
                raise RefusedError(codes.IP_NOT_TRUSTED)
            if faults.take("no_permission", path):
                raise RefusedError(codes.NO_PERMISSION)
        if faults.take("busy", path):
            raise RefusedError(codes.BUSY)
        if faults.take("frequency", path):
            raise RefusedError(codes.FREQUENCY)

    def _refusal(self, refused: RefusedError, request: web.Request, warning: str) -> Json:
        hint = self._world.rng.randrange(10**15, 10**16)
        stamp = int(self._world.now().timestamp())
        address = request.remote or "unknown"
        words = f"{codes.TEXTS[refused.code]}{f' ({refused.what})' if refused.what else ''}{warning}"
        more = f"more info at https://open.work.weixin.qq.com/devtool/query?e={refused.code}"
        errmsg = f"{words}, hint: [{stamp}{hint}], from ip: {address}, {more}"
        return {"errcode": refused.code, "errmsg": errmsg}


async def _read(request: web.Request) -> tuple[Call, str]:
    """Read query and body; broken JSON counts as an empty body, with a warning in errmsg."""
    if request.method != "POST":
        return Call(request.query, {}), ""
    if request.content_type == "multipart/form-data":
        return Call(request.query, {}, upload=await _read_upload(request)), ""
    raw = await request.read()
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return Call(request.query, {}), ". Warning: wrong json format. "
    return Call(request.query, body), ""


async def _read_upload(request: web.Request) -> Upload | None:
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.filename is not None:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            return Upload(part.name or "", part.filename, kind, bytes(await part.read(decode=False)))
    return None


def _rendered(answer: Answer) -> web.Response:
    if isinstance(answer, File):
        disposition = f"attachment; filename*=UTF-8''{quote(answer.name)}"
        headers = {"Content-Disposition": disposition, "Content-Type": answer.content_type}
        return web.Response(body=answer.data, headers=headers)
    text = json.dumps(answer, ensure_ascii=False)
    return web.Response(text=text, content_type="application/json")


def _told(answer: Answer) -> object:
    return f"<{len(answer.data)} bytes>" if isinstance(answer, File) else answer


def _hang_up(request: web.Request) -> web.Response:
    """Break the connection: the caller cannot know whether anything was done."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
