"""The page after sending: thanks, and the code by which to add whoever answers."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.crm.company.forms import Form
from bot.errors import StoreBusyError
from bot.intake import contact_way
from bot.kit.vault import Vault
from bot.store import Tx, leads, submissions
from bot.web.pages.page import page
from bot.web.pages.texts import PAGE_BUSY, PAGE_MISSING
from bot.web.site import Site

_LABEL = "thanks"
_OPEN_FOR = timedelta(days=30)
_ADDED = "added"


@dataclass(frozen=True, slots=True)
class _View:
    """What there is to show."""

    form: Form
    lead_id: str
    #: Changes whenever the page should look different.
    version: str
    picture: str = ""
    is_added: bool = False
    #: The code that should be shown was not asked for yet.
    is_unasked: bool = False
    #: A code is there or will be.
    is_watched: bool = False


class Thanks:
    """Thank-you pages, under addresses that nobody guesses and that tell nothing."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        return [
            web.get("/forms/{form}/thanks/{token}", self.show),
            web.get("/forms/{form}/thanks/{token}/state", self.tell),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """The page as it is now; whoever looks first has the code made."""
        try:
            view = await self._view(request)
            view = None if view is None else await self._asked(request, view)
        except StoreBusyError:
            return page(
                self._site, "message.html", status=503, message=PAGE_BUSY, headers={"Retry-After": "2"}
            )
        if view is None:
            return page(self._site, "message.html", status=404, message=PAGE_MISSING)
        return page(
            self._site,
            "thanks.html",
            image=view.picture,
            form=view.form,
            added=view.is_added,
            watch=view.is_watched,
            version=view.version,
            poll=f"{request.rel_url.path}/state",
        )

    async def tell(self, request: web.Request) -> web.Response:
        """The page asks whether it should look different."""
        try:
            view = await self._view(request)
            view = None if view is None else await self._asked(request, view)
        except StoreBusyError:
            return web.json_response({}, status=503, headers=_HEADERS)
        if view is None:
            return web.json_response({"version": ""}, status=404, headers=_HEADERS)
        return web.json_response({"version": view.version}, headers=_HEADERS)

    async def _asked(self, request: web.Request, view: _View) -> _View:
        if not view.is_unasked:
            return view

        async def unit(tx: Tx) -> None:
            desk = self._site.desk(tx)
            lead = await leads.lock(tx, view.lead_id)
            await contact_way.ask_for(desk, lead, self._site.contact_platform)

        await self._site.write(unit, lane_key=f"lead:{view.lead_id}")
        self._site.wake()
        return await self._view(request) or view

    async def _view(self, request: web.Request) -> _View | None:
        site = self._site
        form = site.company.form(request.match_info["form"])
        submission_id = read_token(site.vault, request.match_info["form"], request.match_info["token"])
        if form is None or submission_id is None:
            return None
        async with site.store.read() as tx:
            return await self._read(tx, form, submission_id)

    async def _read(self, tx: Tx, form: Form, submission_id: str) -> _View | None:
        site, desk = self._site, self._site.desk(tx)
        sent = await submissions.find(tx, submission_id)
        if sent is None or sent.form != form.id or desk.now - sent.at > _OPEN_FOR:
            return None
        lead = await leads.get(tx, sent.lead_id)
        shows = bool(form.thank_you.contact_way and site.contact_platform)
        if not shows or lead.wechat_added_at is not None:
            is_added = shows and lead.wechat_added_at is not None
            return _View(form, lead.id, _ADDED if is_added else "", is_added=is_added)
        found = await contact_way.wanted(desk, lead, site.contact_platform)
        if found is None:
            return _View(form, lead.id, "")
        code = await contact_way.shown(desk, found[0])
        if code is None:
            return _View(form, lead.id, "", is_unasked=True)
        version = code.state if code.picture else ""
        return _View(form, lead.id, version, picture=code.picture, is_watched=True)


_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def path_of(site: Site, form: Form, submission_id: str) -> str:
    """Where the sender of this form is thanked."""
    mac = site.vault.sign(_LABEL, f"{form.id}\n{submission_id}")
    return f"/forms/{form.id}/thanks/{submission_id}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def read_token(vault: Vault, form_id: str, token: str) -> str | None:
    """The submission that an address of ours names; None for any other."""
    submission_id, dot, spelled = token.partition(".")
    if not dot or not (submission_id.isascii() and submission_id.isalnum()):
        return None
    try:
        mac = base64.b64decode(spelled + "=" * (-len(spelled) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    return submission_id if vault.signed(_LABEL, f"{form_id}\n{submission_id}", mac) else None
