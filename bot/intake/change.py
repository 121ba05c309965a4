"""Correct one field of a lead: cleaned like any other input, with history, and scored anew."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import Any

from bot.crm.company.fields import LeadField
from bot.crm.lead import Lead
from bot.intake import scoring, texts
from bot.intake.behave import hand_over
from bot.intake.clean.company import company_key, company_name
from bot.intake.clean.email import read_email
from bot.intake.clean.phone import read_phone
from bot.intake.clean.place import read as read_place
from bot.intake.clean.values import BadValueError, Value, clean
from bot.kit.masked import Email, Phone
from bot.rules.region import region_of
from bot.store import audit, incidents, lead_changes, lead_keys, leads
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.leads import Particulars

#: Facts of how a lead came, agreements, and other systems' ids: nobody corrects those by hand.
_FIXED = frozenset(
    (
        *("source", "campaign", "consent", "consent_text", "external_id"),
        *("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"),
    )
)
#: Said instead of a value to take one away.
CLEAR = frozenset(("清空", "删除", "空"))


class Unchangeable(enum.Enum):
    """Why a field stays as it is."""

    UNKNOWN = "unknown"
    FIXED = "fixed"
    #: The last way to reach the person.
    NEEDED = "needed"


@dataclass(frozen=True, slots=True)
class Wrong:
    """The value does not fit; the text says what would."""

    message: str


@dataclass(frozen=True, slots=True)
class Taken:
    """Another lead has this phone or address."""

    lead_id: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Done; `shown` is the new value as it may be said aloud."""

    lead: Lead
    field: LeadField
    shown: str


def field_named(desk: Desk, word: str) -> LeadField | None:
    """The field that people call so."""
    wanted = word.strip().lower()
    for one in desk.company.fields.fields:
        if wanted in {one.key, *(name.lower() for name in (one.label, *one.aliases))}:
            return one
    return None


def changeable(desk: Desk) -> tuple[str, ...]:
    """What can be corrected, as people call it."""
    return tuple(one.label for one in desk.company.fields.fields if one.key not in _FIXED)


async def change(
    desk: Desk, lead_id: str, word: str, value: str, *, by: str
) -> Changed | Taken | Wrong | Unchangeable:
    """Put `value` into the field called `word`; whoever asks has the right to."""
    field = field_named(desk, word)
    if field is None or field.key in _FIXED:
        return Unchangeable.UNKNOWN if field is None else Unchangeable.FIXED
    await leads.lock(desk.tx, lead_id)
    before = await leads.particulars(desk, lead_id)
    try:
        after = _with(desk, before, field, "" if value.strip() in CLEAR else value)
    except BadValueError as exc:
        return Wrong(str(exc))
    if not (after.phone.reveal() or after.email.reveal() or after.external_id):
        return Unchangeable.NEEDED
    taken = await _take_keys(desk, lead_id, before, after, by=by)
    if taken is not None:
        return taken
    was, becomes = _value(before, field), _value(after, field)
    lead = await leads.write(desk, lead_id, after)
    if was != becomes:
        await lead_changes.note(desk, lead_id, field.key, before=was, after=becomes, by=by)
        lead = (await hand_over(desk, await scoring.count(desk, lead))).lead
    return Changed(lead, field, _shown(lead, field, becomes))


def _with(desk: Desk, before: Particulars, field: LeadField, value: str) -> Particulars:
    """The particulars with the new value; BadValueError if it does not fit."""
    kept: Value = clean(desk.company, field, value) if value else ""
    text = kept if isinstance(kept, str) else "、".join(kept)
    match field.key:
        case "phone":
            return replace(before, phone=_phone(text))
        case "email":
            return replace(before, email=_email(text))
        case "company":
            name = company_name(text)
            return replace(before, company=name, company_key=company_key(name))
        case "province" | "city":
            return _placed(desk, before, field.key, text)
        case "name" | "title" | "industry" | "message" as key:
            # Their names are columns of text; the type checker cannot follow a computed keyword.
            same: dict[str, Any] = {key: text}
            return replace(before, **same)
        case key:
            custom = {**before.custom, key: kept}
            return replace(before, custom={k: v for k, v in custom.items() if v})


def _phone(text: str) -> Phone:
    found = read_phone(text) if text else Phone()
    if found is None:
        raise BadValueError(texts.BAD_PHONE)
    return found


def _email(text: str) -> Email:
    found = read_email(text) if text else Email()
    if found is None:
        raise BadValueError(texts.BAD_EMAIL)
    return found


def _placed(desk: Desk, before: Particulars, key: str, text: str) -> Particulars:
    """A new city brings its province, and both their region; an unknown place leaves the region."""
    said = {"province": "" if key == "city" else before.province, "city": before.city, key: text}
    place = read_place(province=said["province"], city=said["city"] if key == "city" else "")
    city = place.city if key == "city" else (place.city or before.city)
    region = region_of(desk.company, province=place.province, city=city) or before.region
    return replace(before, province=place.province, city=city, region=region)


async def _take_keys(
    desk: Desk, lead_id: str, before: Particulars, after: Particulars, *, by: str
) -> Taken | None:
    """Let a new phone or address lead here. The old one goes on doing so: people have two numbers."""
    old, new = (
        lead_keys.keys_of(desk.vault, phone=one.phone.reveal(), name=one.name, email=one.email.reveal())
        for one in (before, after)
    )
    for key in new:
        if key not in old and not await lead_keys.take(desk, key, lead_id):
            other = await lead_keys.holder(desk.tx, key)
            if other is not None and other != lead_id:
                await _collided(desk, lead_id, other, key, by=by)
                return Taken(other)
    return None


async def _collided(desk: Desk, lead_id: str, other: str, key: LeadKey, *, by: str) -> None:
    await incidents.count(desk.tx, "lead.conflict", "changed_to_another's", desk.now)
    await audit.note(desk, actor=by, action="lead.collided", of=f"lead:{lead_id}", other=other, kind=key.kind)


def _value(known: Particulars, field: LeadField) -> str:
    """A field's value in the clear, as history keeps it."""
    match field.key:
        case "phone":
            return known.phone.reveal()
        case "email":
            return known.email.reveal()
        case "name" | "company" | "title" | "province" | "city" | "industry" | "message" as key:
            return str(getattr(known, key))
        case key:
            kept = known.custom.get(key, "")
            return kept if isinstance(kept, str) else "、".join(kept)


def _shown(lead: Lead, field: LeadField, value: str) -> str:
    match field.key:
        case "phone":
            return lead.phone_masked
        case "email":
            return lead.email_masked
        case _:
            return value
