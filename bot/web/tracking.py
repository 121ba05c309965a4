"""Behaviour events in the shapes of the Segment HTTP tracking API, so that its SDKs work unchanged.

Every event that can be kept is committed before the 200. What cannot be kept (no name, nobody's, a
program's) is counted, and the answer is 200 all the same: a sender must not send it again. A write
key that we do not know is 401, since silence would lose what a misspelt key sends.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
import structlog
from aiohttp import hdrs, web

from bot.crm.company.tracking import TrackedSource
from bot.errors import StoreBusyError
from bot.intake.clean.tracked import Reading
from bot.intake.track import Call
from bot.kit.clock import Monotonic
from bot.store import Tx, incidents
from bot.web.body import BadBodyError
from bot.web.limit import Limit, Verdict, sender
from bot.web.packed import read_unpacked
from bot.web.site import Site
from bot.web.tracking_group import Gathering

_log = structlog.get_logger()
#: Bytes of one event, and of one request that brings many.
MOST_EVENT, MOST_BATCH = 32 * 1024, 500 * 1024
_SHORT = {"t": "track", "i": "identify", "p": "page", "g": "group", "a": "alias", "s": "screen", "b": "batch"}
_SINGLE = ("track", "identify", "page", "group", "alias", "screen")
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Authorization, Content-Encoding",
    "Access-Control-Max-Age": "86400",
}


@dataclass(frozen=True, slots=True)
class _Refused(Exception):  # noqa: N818 - an answer rather than an error
    status: int
    message: str


class Tracking:
    """Takes events of every source that has a write key."""

    def __init__(self, site: Site, keys: Mapping[str, str], *, monotonic: Monotonic) -> None:
        self._site = site
        self._reading = Reading(site.company)
        self._keys = {
            key.encode(): source
            for source in site.company.tracking.sources
            if (key := keys.get(source.key, "").strip())
        }
        self._limits = {
            source.key: Limit(monotonic, most=source.per_minute, within=60)
            for source in site.company.tracking.sources
        }
        self._gathering = Gathering(site)

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        names = {name: name for name in (*_SINGLE, "batch", "import")} | _SHORT
        found = []
        for path, kind in names.items():
            found.append(web.post(f"/v1/{path}", partial(self.receive, kind=kind)))
            found.append(web.options(f"/v1/{path}", self.preflight))
        return found

    async def preflight(self, request: web.Request) -> web.Response:
        """Let pages of other sites send; which ones, the write key decides later."""
        return web.Response(status=204, headers={**_PREFLIGHT, **_open_to(request)})

    async def receive(self, request: web.Request, *, kind: str) -> web.Response:
        """One request, with one event or many."""
        try:
            return await self._taken(request, kind)
        except _Refused as refused:
            return _answer(request, refused.status, {"success": False, "message": refused.message})
        except BadBodyError as exc:
            # As documented, what is too large is a 400 like what is no JSON.
            status = 400 if exc.status in (413, 415) else exc.status
            return _answer(request, status, {"success": False, "message": str(exc)})
        except StoreBusyError:
            _log.warning("tracking.not_committed")
            return _answer(request, 503, {"success": False}, {"Retry-After": "2"})

    async def _taken(self, request: web.Request, kind: str) -> web.Response:
        is_many = kind in ("batch", "import")
        body = await read_unpacked(request, MOST_BATCH if is_many else MOST_EVENT)
        document = _document(body)
        source = await self._source(request, document)
        events = _events(document, kind)
        verdict = self._limits[source.key].take(f"{source.key} {sender(request)}", len(events) or 1)
        if verdict is not Verdict.OPEN:
            if verdict is Verdict.CLOSED_NOW:
                await self._count({f"too_often:{source.key}": 1})
            return _answer(request, 429, {"success": False}, {"Retry-After": "60"})
        calls, dropped = self._read(request, source, document, events, kind)
        if dropped:
            await self._count(dropped)
        await self._gathering.keep(calls)
        return _answer(request, 200, {"success": True})

    async def _source(self, request: web.Request, document: Mapping[str, Any]) -> TrackedSource:
        given = _write_key(request, document)
        found = None
        for key, source in self._keys.items():
            if hmac.compare_digest(key, given):
                found = source
        if found is None:
            await self._count({"unknown_write_key": 1})
            raise _Refused(401, "unknown write key")
        origin = request.headers.get(hdrs.ORIGIN, "")
        if origin and found.origins and origin not in found.origins:
            await self._count({f"foreign_origin:{found.key}": 1})
            raise _Refused(403, "this site may not send")
        return found

    def _read(
        self, request: web.Request, source: TrackedSource, document: Mapping[str, Any],
        events: Sequence[object], kind: str,
    ) -> tuple[list[Call], Counter[str]]:  # fmt: skip
        calls: list[Call] = []
        dropped: Counter[str] = Counter()
        now, agent = self._site.clock(), request.headers.get(hdrs.USER_AGENT, "")
        for event in events:
            found = self._reading.read(
                source, _with_context(event, document), kind="" if kind in ("batch", "import") else kind,
                sent_at=document.get("sentAt"), now=now, agent=agent, is_past=kind == "import",
            )  # fmt: skip
            if isinstance(found, str):
                dropped[f"{found}:{source.key}"] += 1
            else:
                calls.append(Call(source.key, found))
        return calls, dropped

    async def _count(self, dropped: Mapping[str, int]) -> None:
        """Leave a trace of what was not kept; if even that cannot be committed, the log has it."""
        _log.info("tracking.dropped", reasons=dict(dropped))
        now = self._site.clock()

        async def unit(tx: Tx) -> None:
            for reason, n in sorted(dropped.items()):
                await incidents.count(tx, "tracking.dropped", reason, now, times=n)

        try:
            await self._site.store.write(unit)
        except StoreBusyError:
            _log.warning("incident.not_committed", reason="tracking.dropped")


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except (ValueError, RecursionError) as exc:
        raise _Refused(400, "malformed JSON") from exc
    if not isinstance(document, dict):
        raise _Refused(400, "not an object")
    return document


def _events(document: Mapping[str, Any], kind: str) -> Sequence[object]:
    if kind not in ("batch", "import"):
        return (document,)
    events = document.get("batch")
    if not isinstance(events, list):
        raise _Refused(400, "no batch")
    try:
        is_large = any(len(orjson.dumps(event)) > MOST_EVENT for event in events)
    except TypeError as exc:
        raise _Refused(400, "nested too deep") from exc
    if is_large:
        raise _Refused(400, "an event above 32 KB")
    return events


def _with_context(event: object, document: Mapping[str, Any]) -> object:
    """A context that is said once for the whole batch."""
    shared = document.get("context")
    if isinstance(event, dict) and event is not document and isinstance(shared, dict):
        own = event.get("context")
        return {**event, "context": {**shared, **(own if isinstance(own, dict) else {})}}
    return event


def _write_key(request: web.Request, document: Mapping[str, Any]) -> bytes:
    scheme, _, packed = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(packed, validate=True).partition(b":")[0].strip()
        except (binascii.Error, ValueError):
            return b""
    given = document.get("writeKey")
    return given.strip().encode("utf-8", "replace") if isinstance(given, str) else b""


def _open_to(request: web.Request) -> dict[str, str]:
    origin = request.headers.get(hdrs.ORIGIN, "")
    return {"Access-Control-Allow-Origin": "*"} if origin else {}


def _answer(
    request: web.Request,
    status: int,
    document: Mapping[str, object],
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    secure = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return web.Response(
        body=orjson.dumps(document), status=status, content_type="application/json",
        headers={**_open_to(request), **secure, **(headers or {})},
    )  # fmt: skip
