"""Forms: a lead comes in by POST, from our own page or from anybody's."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import orjson
import structlog
from aiohttp import hdrs, web

from bot.crm.company.forms import Form
from bot.errors import StoreBusyError
from bot.intake import texts
from bot.intake.clean.form import Enquiry, FieldError, read
from bot.intake.submit import KeyReused, RepeatedRequestError, Submitted, lane_key_of, submit
from bot.intake.trace import VISITOR
from bot.kit.clock import Monotonic
from bot.store import Tx, incidents
from bot.store.submissions import Request
from bot.web import cookie
from bot.web.body import BadBodyError, read_body
from bot.web.limit import Limit, Verdict, sender
from bot.web.pages import landing
from bot.web.pages.page import page
from bot.web.pages.texts import FORM_BUSY, FORM_FULL, FORM_UNKNOWN
from bot.web.pages.thanks import path_of
from bot.web.site import Site

_log = structlog.get_logger()
#: A field that people do not see and programs fill.
HONEYPOT = "homepage"
#: Our own page's Idempotency-Key: a second press of the button sends nothing twice.
REQUEST = "_request"
#: Forms from one sender to one form, per minute; an office behind one address stays below it.
PER_MINUTE = 20
_MOST_KEY = 255
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Idempotency-Key",
    "Access-Control-Max-Age": "86400",
}


class Forms:
    """Takes forms; answers after the commit."""

    def __init__(self, site: Site, *, monotonic: Monotonic, per_minute: int = PER_MINUTE) -> None:
        self._site = site
        self._limit = Limit(monotonic, most=per_minute, within=60)

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        return [
            web.post("/forms/{form}", self.receive),
            web.options("/forms/{form}", self.preflight),
        ]

    async def preflight(self, _request: web.Request) -> web.Response:
        """Let pages of other sites post JSON."""
        return web.Response(status=204, headers=_CORS)

    async def receive(self, request: web.Request) -> web.Response:
        """One form."""
        is_page = _wants_page(request)
        form = self._site.company.form(request.match_info["form"])
        if form is None:
            return self._plain(404, "form", FORM_UNKNOWN, is_page=is_page)
        verdict = self._limit.take(f"{form.id} {sender(request)}")
        if verdict is not Verdict.OPEN:
            if verdict is Verdict.CLOSED_NOW:
                await self._count("too_often")
            return self._plain(429, "form", FORM_FULL, is_page=is_page, headers={"Retry-After": "60"})
        try:
            sent = await read_body(request)
        except BadBodyError as exc:
            return self._plain(exc.status, "body", str(exc), is_page=is_page)
        return await self._take(request, form, sent, is_page=is_page)

    async def _take(
        self, request: web.Request, form: Form, sent: dict[str, object], *, is_page: bool
    ) -> web.Response:
        if is_page and (visitor := cookie.visitor(request)):
            sent[VISITOR] = visitor
        trap = sent.pop(HONEYPOT, "")
        own_key = sent.pop(REQUEST, "")
        if trap:
            await self._count("honeypot")
            return self._refuse(form, sent, (FieldError(HONEYPOT, texts.LEAVE_EMPTY),), is_page=is_page)
        key = request.headers.get("Idempotency-Key", "") or _own_key(own_key, sent)
        # What is no text (aiohttp gives raw bytes as lone surrogates) cannot be told from anything else.
        if len(key) > _MOST_KEY or not key.isprintable():
            wrong = FieldError("Idempotency-Key", texts.too_long(_MOST_KEY))
            return self._refuse(form, sent, (wrong,), is_page=is_page)
        enquiry = read(self._site.company, form, sent, insist=is_page)
        if not isinstance(enquiry, Enquiry):
            return self._refuse(form, sent, enquiry, is_page=is_page)
        try:
            outcome = await self._submit(enquiry, self._request(form, key, sent))
        except StoreBusyError:
            _log.warning("form.not_committed", form=form.id)
            return self._plain(503, "form", FORM_BUSY, is_page=is_page, headers={"Retry-After": "2"})
        if isinstance(outcome, KeyReused):
            wrong = FieldError("Idempotency-Key", texts.KEY_REUSED)
            return self._refuse(form, sent, (wrong,), is_page=is_page)
        self._site.wake()
        return self._done(form, outcome, is_page=is_page)

    async def _submit(self, enquiry: Enquiry, request: Request | None) -> Submitted | KeyReused:
        async def unit(tx: Tx) -> Submitted | KeyReused:
            return await submit(self._site.desk(tx), enquiry, request)

        # One person's forms go through one writer, so that twins wait instead of colliding.
        lane_key = lane_key_of(self._site.vault, enquiry)
        try:
            return await self._site.write(unit, lane_key=lane_key)
        except RepeatedRequestError:
            return await self._site.write(unit, lane_key=lane_key)

    def _request(self, form: Form, key: str, sent: Mapping[str, object]) -> Request | None:
        if not key:
            return None
        index = self._site.vault.index
        return Request(index("request", f"{form.id}\0{key}"), index("request_body", _digest(sent)))

    def _done(self, form: Form, outcome: Submitted, *, is_page: bool) -> web.Response:
        if is_page:
            where = path_of(self._site, form, outcome.submission_id)
            return web.Response(status=303, headers={hdrs.LOCATION: where, "Cache-Control": "no-store"})
        return _json({"lead_id": outcome.lead_id, "duplicate": outcome.is_duplicate}, status=200)

    def _refuse(
        self, form: Form, sent: Mapping[str, object], errors: tuple[FieldError, ...], *, is_page: bool
    ) -> web.Response:
        _log.info("form.refused", form=form.id, fields=[error.field for error in errors])
        if is_page:
            return landing.render(self._site, form, filled=sent, errors=errors, status=422)
        return _errors(errors, status=422)

    def _plain(
        self,
        status: int,
        field: str,
        message: str,
        *,
        is_page: bool,
        headers: Mapping[str, str] | None = None,
    ) -> web.Response:
        if is_page:
            return page(self._site, "message.html", status=status, headers=headers, message=message)
        return _errors((FieldError(field, message),), status=status, headers=headers)

    async def _count(self, reason: str) -> None:
        """Leave a trace of what was turned away; if even that cannot be committed, the log has it."""
        _log.warning("form.turned_away", reason=reason)
        try:
            now = self._site.clock()
            await self._site.store.write(lambda tx: incidents.count(tx, "form.turned_away", reason, now))
        except StoreBusyError:
            _log.warning("incident.not_committed", reason=reason)


def _wants_page(request: web.Request) -> bool:
    """Whether a browser sent its form and waits for a page."""
    is_form = request.content_type == "application/x-www-form-urlencoded"
    return is_form and "text/html" in request.headers.get(hdrs.ACCEPT, "")


def _own_key(given: object, sent: Mapping[str, object]) -> str:
    """Our page's key: the button pressed twice is one form, the form changed after it another."""
    return f"{given}:{_digest(sent)}" if isinstance(given, str) and given else ""


def _digest(sent: Mapping[str, object]) -> str:
    return hashlib.sha256(orjson.dumps(sent, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _errors(
    errors: tuple[FieldError, ...], *, status: int, headers: Mapping[str, str] | None = None
) -> web.Response:
    document = {"errors": [{"field": error.field, "message": error.message} for error in errors]}
    return _json(document, status=status, headers=headers)


def _json(
    document: Mapping[str, object], *, status: int, headers: Mapping[str, str] | None = None
) -> web.Response:
    secure = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return web.Response(
        body=orjson.dumps(document),
        status=status,
        content_type="application/json",
        charset="utf-8",
        headers={**_CORS, **secure, **(headers or {})},
    )
