"""The routes of the door, put together from what each part offers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from bot.chat.adapter import Adapter
from bot.web.callbacks import Callbacks
from bot.web.guard import SERVER
from bot.web.health import Health
from bot.web.metrics import Metrics
from bot.web.pages.texts import PAGE_MISSING

#: Bytes of a body; a platform's callback is below 4 KiB, a form below 64.
MAX_BODY = 65536


def build(
    *,
    callbacks: Mapping[str, Callbacks],
    health: Health,
    metrics: Metrics | None = None,
    routes: Iterable[web.AbstractRouteDef] = (),
) -> web.Application:
    """Give the application: callbacks, health, metrics, and the routes of forms and pages."""
    app = web.Application(client_max_size=MAX_BODY, middlewares=[_said_in_chinese])
    app.on_response_prepare.append(_unnamed)
    for platform, callback in callbacks.items():
        path = f"/callback/{platform}"
        app.router.add_get(path, callback.receive, allow_head=False)
        app.router.add_post(path, callback.receive)
        if callback.asks_by_get:
            # Which accounts there are is not told either: any other name is refused like a forgery.
            app.router.add_post(f"{path}/{{account}}", callback.receive_for)
            app.router.add_get(f"{path}/{{account}}", callback.receive_for, allow_head=False)
            continue
        for name in callback.paths:
            app.router.add_post(f"{path}/{name}", partial(callback.receive, path=name))
    app.router.add_get("/healthz", health.alive)
    app.router.add_get("/readyz", health.ready)
    if metrics is not None:
        app.on_response_prepare.append(metrics.count_answer)
        app.router.add_get("/metrics", metrics.tell, allow_head=False)
    app.add_routes(routes)
    return app


@web.middleware
async def _said_in_chinese(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Somebody mistyped an address, or his link was cut in two; what is hidden answers the same."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return web.Response(status=404, text=PAGE_MISSING)


async def _unnamed(_request: web.Request, response: web.StreamResponse) -> None:
    """Not say which program answers: its version says which holes to try."""
    response.headers[hdrs.SERVER] = SERVER


def platforms(adapters: Mapping[str, Adapter]) -> list[str]:
    """Which platforms have a callback address."""
    return sorted(adapters)
