"""The door of the REST API: reads who asks, what he sends, and answers problems as problems."""

from __future__ import annotations

from functools import partial
from typing import Any

import orjson
import structlog
from aiohttp import hdrs, web
from pydantic import ValidationError

from bot.errors import StoreBusyError
from bot.kit.clock import Monotonic
from bot.web.api.access import Access
from bot.web.api.journey_models import EntryIn, EntryOut, Journeys
from bot.web.api.journeys import JourneysApi
from bot.web.api.leads import Leads
from bot.web.api.metric_models import Answer, AskIn, Metrics, Numbers, QueryIn
from bot.web.api.metrics import MetricsApi
from bot.web.api.models import (
    Deliveries,
    EventIn,
    EventOut,
    Events,
    KeyIn,
    KeyOut,
    Keys,
    LeadIn,
    LeadOut,
    LeadPage,
    NewLead,
    Replayed,
    Submissions,
    Tags,
    TouchPoints,
)
from bot.web.api.more import More
from bot.web.api.openapi import describe
from bot.web.api.operation import Asked, Operation, Parameter
from bot.web.api.problem import SECURE, Refused, invalid
from bot.web.body import BadBodyError, read_bytes
from bot.web.site import Site

_log = structlog.get_logger()
BASE = "/api/v1"
_CLEAR = Parameter(
    name="contacts", what="`clear` shows phone and e-mail; needs the scope `contacts:read` and is audited.",
    schema={"type": "string", "enum": ["masked", "clear"]},
)  # fmt: skip
_KEY = Parameter(name="Idempotency-Key", what="The same key gives the same lead.", place="header")
_ENTRY_KEY = Parameter(name="Idempotency-Key", what="The same key enters once.", place="header")
_MATCH = Parameter(
    name="If-Match", what="ETag of the lead as you know it, or `*`.", place="header", required=True
)
_KNOWN = Parameter(name="If-None-Match", what="ETag of the lead as you know it.", place="header")
_QUERY = Parameter(name="query", what="A query as JSON, as POST /metrics takes it.", required=True)
_PAGING = (
    Parameter(name="cursor", what="`next` of the page before."),
    Parameter(name="limit", what="1 to 200.", schema={"type": "integer", "minimum": 1, "maximum": 200}),
    Parameter(name="status", what="Only leads of this status."),
    Parameter(name="owner", what="Only leads of this user id."),
    Parameter(name="source", what="Only leads of this source."),
    Parameter(name="changed_since", what="ISO 8601.", schema={"type": "string", "format": "date-time"}),
    _CLEAR,
)  # fmt: skip


def operations(leads: Leads, more: More, metrics: MetricsApi, journeys: JourneysApi) -> tuple[Operation, ...]:
    """The table; what is not in it does not exist."""
    lead = "/leads/{id}"
    return (
        Operation(method="POST", path="/leads", id="createLead", summary="新建或补充线索",
                  scope="leads:write", handler=leads.create, takes=NewLead, gives=LeadOut,
                  statuses=(201, 200), parameters=(_KEY,), problems=(409, 422)),
        Operation(method="GET", path="/leads", id="listLeads", summary="分页列出线索", scope="leads:read",
                  handler=leads.page, gives=LeadPage, parameters=_PAGING, problems=(422,)),
        Operation(method="GET", path=lead, id="getLead", summary="看一条线索", scope="leads:read",
                  handler=leads.show, gives=LeadOut, statuses=(200, 304), parameters=(_CLEAR, _KNOWN),
                  problems=(404, 410)),
        Operation(method="PATCH", path=lead, id="updateLead", summary="改线索的字段", scope="leads:write",
                  handler=leads.correct, takes=LeadIn, gives=LeadOut, parameters=(_MATCH,),
                  problems=(404, 410, 412, 422, 428)),
        Operation(method="GET", path=f"{lead}/events", id="listEvents", summary="线索做过什么",
                  scope="leads:read", handler=more.events, gives=Events, problems=(404, 410)),
        Operation(method="POST", path=f"{lead}/events", id="addEvent", summary="记一次行为",
                  scope="leads:write", handler=more.add_event, takes=EventIn, gives=EventOut,
                  statuses=(201, 204), problems=(404, 410, 422)),
        Operation(method="GET", path=f"{lead}/touch-points", id="listTouchPoints", summary="线索从哪来过",
                  scope="leads:read", handler=more.ways, gives=TouchPoints, problems=(404, 410)),
        Operation(method="GET", path=f"{lead}/submissions", id="listSubmissions", summary="线索提交过的表单",
                  scope="leads:read", handler=more.submissions, gives=Submissions, problems=(404, 410)),
        Operation(method="GET", path=f"{lead}/tags", id="listTags", summary="线索的标签", scope="leads:read",
                  handler=more.tags, gives=Tags, problems=(404, 410)),
        Operation(method="GET", path="/metrics", id="listMetrics", summary="有哪些指标，各是什么口径",
                  scope="metrics:read", handler=metrics.all, gives=Metrics),
        Operation(method="POST", path="/metrics", id="queryMetrics", summary="按查询取数",
                  scope="metrics:read", handler=metrics.query, takes=QueryIn, gives=Numbers, problems=(422,)),
        Operation(method="GET", path="/metrics/rows", id="readMetrics", summary="按地址里的查询取数",
                  scope="metrics:read", handler=metrics.query_in_address, gives=Numbers, parameters=(_QUERY,),
                  problems=(422,)),
        Operation(method="POST", path="/ask", id="ask", summary="用中文问数", scope="metrics:read",
                  handler=metrics.ask, takes=AskIn, gives=Answer, problems=(422,)),
        *_of_journeys(journeys),
        Operation(method="GET", path="/keys", id="listKeys", summary="接口密钥", scope="keys",
                  handler=more.keys, gives=Keys),
        Operation(method="POST", path="/keys", id="createKey", summary="新建接口密钥", scope="keys",
                  handler=more.make_key, takes=KeyIn, gives=KeyOut, statuses=(201,), problems=(422,)),
        Operation(method="DELETE", path="/keys/{id}", id="revokeKey", summary="停用接口密钥", scope="keys",
                  handler=more.revoke_key, statuses=(204,), problems=(404,)),
        Operation(method="GET", path="/webhooks/deliveries", id="listDeliveries", summary="发出的通知",
                  scope="webhooks", handler=more.deliveries, gives=Deliveries),
        Operation(method="POST", path="/webhooks/messages/{id}/replay", id="replayMessage",
                  summary="重发一条通知", scope="webhooks", handler=more.replay, gives=Replayed,
                  statuses=(202,), problems=(404,)),
    )  # fmt: skip


def _of_journeys(journeys: JourneysApi) -> tuple[Operation, ...]:
    return (
        Operation(method="GET", path="/journeys", id="listJourneys", summary="能从外部加入的旅程",
                  scope="journeys:enter", handler=journeys.all, gives=Journeys),
        Operation(method="POST", path="/journeys/{key}/enter", id="enterJourney", summary="让线索进入旅程",
                  scope="journeys:enter", handler=journeys.enter, takes=EntryIn, gives=EntryOut,
                  statuses=(201, 200), parameters=(_ENTRY_KEY,), problems=(404, 409, 422)),
    )  # fmt: skip


class Api:
    """REST for other systems."""

    def __init__(self, site: Site, token: str, *, monotonic: Monotonic) -> None:
        self._access = Access(site, token, monotonic=monotonic)
        self._operations = operations(
            Leads(site), More(site), MetricsApi(site, monotonic=monotonic), JourneysApi(site)
        )
        self._document = orjson.dumps(describe(self._operations, base_path=BASE))

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        found = [
            web.route(one.method, f"{BASE}{one.path}", partial(self.receive, operation=one))
            for one in self._operations
        ]
        return [*found, web.get(f"{BASE}/openapi.json", self.tell, allow_head=False)]

    async def tell(self, _request: web.Request) -> web.Response:
        """The description; it holds nothing of this company."""
        return web.Response(body=self._document, content_type="application/json", headers=SECURE)

    async def receive(self, request: web.Request, *, operation: Operation) -> web.Response:
        """One request."""
        try:
            _prove_text(request)
            caller = await self._access.caller(request, operation.scope)
            raw = await read_bytes(request) if operation.takes is not None else b""
            return await operation.handler(Asked(request, caller, _read(request, operation, raw), raw))
        except Refused as refused:
            return refused.answer
        except BadBodyError as exc:
            return Refused(exc.status, "body too large, too slow, or of another kind").answer
        except StoreBusyError:
            _log.warning("api.not_committed", operation=operation.id)
            return Refused(503, headers={"Retry-After": "2"}).answer


def _prove_text(request: web.Request) -> None:
    """Refuse an address that is no text: bytes that are no letters, signs that nobody sees."""
    if not all(value.isprintable() for value in request.match_info.values()):
        raise Refused(404)
    if not all(value.isprintable() for value in request.query.values()):
        raise Refused(422, "a parameter that is no text")


def _read(request: web.Request, operation: Operation, raw: bytes) -> Any:  # noqa: ANN401 - the operation's own
    if operation.takes is None:
        return None
    packing = request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower()
    if request.content_type != "application/json" or packing != "identity":
        raise Refused(415, "application/json is needed, not packed")
    try:
        # Read by one parser, so that what the other would take (NaN, half a sign) is never met.
        return operation.takes.model_validate(orjson.loads(raw))
    except ValidationError as exc:
        raise invalid(exc) from exc
    except (ValueError, RecursionError) as exc:
        raise Refused(400, "malformed JSON") from exc
