"""POST and DELETE under /sim/api: how an act is answered, and careful reading of its body."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import TypeAlias

from aiohttp import web

from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.common.shapes import Json

Act: TypeAlias = Callable[[web.Request, Json], Awaitable[object]]


def routes(method: str, acts: Mapping[str, Act]) -> list[web.RouteDef]:
    """One route for each path under /sim/api."""
    return [web.route(method, f"/sim/api/{path}", answering(act)) for path, act in acts.items()]


def answering(act: Act) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Read the body, act, answer in JSON; what cannot be read is 400."""

    async def answer(request: web.Request) -> web.Response:
        raw = await request.read()
        try:
            body = json.loads(raw or b"{}")
            if not isinstance(body, dict):
                msg = "正文应当是 JSON 对象"
                return reply({"message": msg}, HTTPStatus.BAD_REQUEST)
            return reply(await act(request, body))
        except ValueError as exc:
            return reply({"message": f"参数不对：{exc}"}, HTTPStatus.BAD_REQUEST)

    return answer


def words(body: Json, name: str) -> str:
    """A text that must be there."""
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        msg = f"缺少 {name}"
        raise NotPossibleError(msg)
    return value


def optional(body: Json, name: str) -> str | None:
    """A text that may be missing; None then."""
    return words(body, name) if body.get(name) not in (None, "") else None


def number(request: web.Request) -> int:
    """The id in the path, where ids are numbers."""
    return int(request.match_info["id"])


def reply(value: object, status: int = 200) -> web.Response:
    """JSON with its Chinese readable."""
    text = json.dumps(value, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json")
