"""A form as it was sent, made into what we keep, or into a list of what to correct."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.crm.company import Company
from bot.crm.company.fields import LeadField
from bot.crm.company.forms import Form
from bot.intake import texts
from bot.intake.clean.company import company_key, company_name
from bot.intake.clean.email import read_email
from bot.intake.clean.phone import read_phone
from bot.intake.clean.place import read as read_place
from bot.intake.clean.values import BadValueError, Value, clean, is_missing
from bot.kit.masked import Email, Phone
from bot.rules.region import region_of
from bot.store.consents import Consent
from bot.store.leads import Origin, Particulars

#: Fields with a place of their own; all others are kept as custom ones.
_OWN = ("name", "title", "industry", "message", "external_id")
_APART = frozenset(
    (*_OWN, "phone", "email", "company", "province", "city", "source", "campaign", "consent", "consent_text")
)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, for the person who filled it."""

    field: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """A form that can be taken: who, from where, agreeing to what; and all that was sent."""

    form: Form
    known: Particulars
    origin: Origin
    consent: Consent | None
    sent: Mapping[str, object] = field(repr=False)


@dataclass(slots=True)
class _Draft:
    values: dict[str, Value]
    errors: list[FieldError]

    def text(self, key: str) -> str:
        value = self.values.get(key, "")
        return value if isinstance(value, str) else "、".join(value)


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is, and where he says he comes from."""

    known: Particulars
    source: str
    campaign: str


def read(
    company: Company, form: Form, sent: Mapping[str, object], *, insist: bool
) -> Enquiry | tuple[FieldError, ...]:
    """Clean what was sent. What is no field of a lead stays in `sent` and does nothing.

    `insist` asks for the answers that the form requires: our own page does; whoever posts from
    elsewhere has asked his own questions, and no lead is lost for want of a name.
    """
    draft = _draft(company, sent)
    person = _person(company, draft)
    _check_complete(company, form, draft, insist=insist)
    if draft.errors:
        return tuple(draft.errors)
    origin = Origin(
        source=person.source or form.source, campaign=person.campaign or form.campaign or "", form=form.id
    )
    agreed = _consent(company, form, draft)
    return Enquiry(form=form, known=person.known, origin=origin, consent=agreed, sent=dict(sent))


def read_person(company: Company, sent: Mapping[str, object]) -> Person | tuple[FieldError, ...]:
    """Clean what a colleague wrote of somebody; a way to reach him may still be missing."""
    draft = _draft(company, sent)
    person = _person(company, draft)
    return tuple(draft.errors) or person


def _draft(company: Company, sent: Mapping[str, object]) -> _Draft:
    draft = _Draft({}, [])
    for one in company.fields.fields:
        _take(company, draft, one, sent.get(one.key))
    return draft


def _person(company: Company, draft: _Draft) -> Person:
    known = _particulars(company, draft, _phone(draft), _email(draft))
    return Person(known, draft.text("source"), draft.text("campaign"))


def _take(company: Company, draft: _Draft, one: LeadField, raw: object) -> None:
    if is_missing(raw):
        return
    try:
        value = clean(company, one, raw)
    except BadValueError as exc:
        draft.errors.append(FieldError(one.key, str(exc)))
        return
    if value:
        draft.values[one.key] = value


def _phone(draft: _Draft) -> Phone:
    found = read_phone(draft.text("phone"))
    if found is None and draft.text("phone"):
        draft.errors.append(FieldError("phone", texts.BAD_PHONE))
    return found or Phone()


def _email(draft: _Draft) -> Email:
    found = read_email(draft.text("email"))
    if found is None and draft.text("email"):
        draft.errors.append(FieldError("email", texts.BAD_EMAIL))
    return found or Email()


def _check_complete(company: Company, form: Form, draft: _Draft, *, insist: bool) -> None:
    wrong = {error.field for error in draft.errors}
    if insist:
        for asked in form.fields:
            if asked.required and asked.field not in draft.values and asked.field not in wrong:
                label = asked.label or company.label_of(asked.field)
                draft.errors.append(FieldError(asked.field, texts.required(label)))
        if form.consent_required and draft.text("consent") != "true":
            draft.errors.append(FieldError("consent", texts.AGREE_FIRST))
    if not draft.errors and not any(draft.text(key) for key in ("phone", "email", "external_id")):
        draft.errors.append(FieldError(_way_back(form), texts.NO_WAY_BACK))


def _way_back(form: Form) -> str:
    """The field at which the want of any way back is shown: the first that the form asks for."""
    return next((one.field for one in form.fields if one.field in ("phone", "email")), "phone")


def _particulars(company: Company, draft: _Draft, phone: Phone, email: Email) -> Particulars:
    place = read_place(province=draft.text("province"), city=draft.text("city"))
    name = company_name(draft.text("company"))
    return Particulars(
        **{key: draft.text(key) for key in _OWN},
        company=name,
        company_key=company_key(name),
        phone=phone,
        email=email,
        province=place.province,
        city=place.city,
        region=region_of(company, province=place.province, city=place.city) or "",
        custom={key: value for key, value in draft.values.items() if key not in _APART},
    )


def _consent(company: Company, form: Form, draft: _Draft) -> Consent | None:
    """What was agreed to, in the words that were shown; None if nothing was said about it."""
    said, shown = draft.text("consent"), draft.text("consent_text")
    ours = company.forms.consent(form.consent)
    if not said or ours is None:
        return None
    # Whoever shows words of his own has agreement to those, and to no version of ours.
    is_ours = not shown or shown == ours.text
    return Consent(
        given=said == "true",
        purpose=ours.id,
        channel="form",
        text=ours.text if is_ours else shown,
        version=ours.version if is_ours else "",
        form=form.id,
    )
