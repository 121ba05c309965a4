"""The landing page: what config/pages.yaml says around one form, as config/forms.yaml has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import hdrs, web

from bot.crm.company import Company
from bot.crm.company.forms import Asked, Form
from bot.crm.company.pages import LandingPage
from bot.intake.clean.came_by import CLICK_IDS, UTM
from bot.intake.clean.form import FieldError
from bot.intake.trace import PAGE, REFERRER
from bot.kit.clock import Monotonic
from bot.kit.ids import token
from bot.web import cookie
from bot.web.pages.page import page
from bot.web.pages.texts import PAGE_MISSING, WORK_IN_CHAT
from bot.web.pages.views import Views
from bot.web.site import Site

#: What an address may carry on into the form: where the visitor came from.
CARRIED = ("source", "campaign", *(f"utm_{key}" for key in UTM), *CLICK_IDS)
MOST_CARRIED = 200
#: How browsers fill in and which keyboard a phone shows, by field.
_BROWSER = {
    "name": ("text", "name"),
    "phone": ("tel", "tel"),
    "email": ("email", "email"),
    "company": ("text", "organization"),
    "title": ("text", "organization-title"),
    "city": ("text", "address-level2"),
    "province": ("text", "address-level1"),
}
_BY_TYPE = {"number": "number", "money": "number", "date": "date"}


@dataclass(frozen=True, slots=True)
class Question:
    """One question as the page shows it."""

    key: str
    label: str
    required: bool
    placeholder: str
    #: text, tel, email, number, date, area, choice or flag.
    kind: str
    autocomplete: str
    choices: Sequence[str]
    value: str
    error: str
    most: int


class Landing:
    """Hosted pages with a form."""

    def __init__(self, site: Site, *, monotonic: Monotonic) -> None:
        self._site = site
        self._views = Views(site, monotonic=monotonic)

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        return [
            web.get("/", self.home),
            web.get("/l/{slug}", self.show),
        ]

    async def home(self, _request: web.Request) -> web.Response:
        """Where a card's face leads: there is nothing to do outside the chat."""
        return page(self._site, "message.html", message=WORK_IN_CHAT)

    async def show(self, request: web.Request) -> web.Response:
        """The empty form."""
        slug = request.match_info["slug"]
        form = form_of(self._site.company, slug)
        if form is None:
            return page(self._site, "message.html", status=404, message=PAGE_MISSING)
        carried = {key: request.query[key][:MOST_CARRIED] for key in CARRIED if request.query.get(key)}
        if request.method == hdrs.METH_GET:
            await self._views.seen(request, slug, form)
        carried |= {PAGE: f"/l/{slug}", REFERRER: request.headers.get(hdrs.REFERER, "")[:MOST_CARRIED]}
        asks = cookie.is_asked(request)
        return render(self._site, form, slug=slug, filled=carried, errors=(), status=200, asks=asks)


def form_of(company: Company, slug: str) -> Form | None:
    """The form behind an address: a page's, or the one of this id by itself."""
    found = company.pages.get(slug)
    return company.form(found.form if found else slug)


def render(
    site: Site,
    form: Form,
    *,
    filled: Mapping[str, object],
    errors: Sequence[FieldError],
    status: int,
    slug: str = "",
    asks: bool = False,
) -> web.Response:
    """The form with what was filled in, and beside each field what to correct."""
    wrong = {error.field: error.message for error in errors}
    slug = slug or _text(filled.get(PAGE)).removeprefix("/l/") or form.id
    around = site.company.pages.get(slug) or LandingPage(slug=form.id, form=form.id, title=form.name)
    if around.form != form.id:
        around = LandingPage(slug=form.id, form=form.id, title=form.name)
    questions = [_question(site.company, asked, filled, wrong) for asked in form.fields]
    shown = {question.key for question in questions} | {"consent"}
    consent = site.company.forms.consent(form.consent)
    carried = {key: _text(filled[key]) for key in (*CARRIED, PAGE, REFERRER) if filled.get(key)}
    if around.campaign and not carried.get("campaign") and not carried.get("utm_campaign"):
        carried["campaign"] = around.campaign
    return page(
        site,
        "landing.html",
        status=status,
        images=tuple(address for address in (around.picture, around.qr_code) if address),
        form=form,
        around=around,
        questions=questions,
        carried=carried,
        consent=consent.text if consent else "",
        agreed=bool(filled.get("consent")),
        consent_error=wrong.get("consent", ""),
        other_errors=[message for field, message in wrong.items() if field not in shown],
        request=token(site.random_bytes),
        cookie_text=site.company.pages.cookie_text if asks else "",
    )


def _question(
    company: Company, asked: Asked, filled: Mapping[str, object], wrong: Mapping[str, str]
) -> Question:
    field = company.fields.get(asked.field)
    if field is None:
        raise KeyError(asked.field)
    kind, autocomplete = _BROWSER.get(field.key, (_BY_TYPE.get(field.type, "text"), "off"))
    if field.key == "message":
        kind = "area"
    elif field.type == "flag":
        kind = "flag"
    elif field.type == "choice":
        kind = "choice"
    return Question(
        key=field.key,
        label=asked.label or field.label,
        required=asked.required,
        placeholder=asked.placeholder or "",
        kind=kind,
        autocomplete=autocomplete,
        choices=company.choices_of(field),
        value=_text(filled.get(field.key)),
        error=wrong.get(field.key, ""),
        most=field.max_length or 500,
    )


def _text(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else ""
