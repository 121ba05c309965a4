"""Whom a row of another kind is about: a lead, an account, an opportunity that we know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.intake.clean.company import company_key, company_name
from bot.intake.imports import cells, texts
from bot.intake.imports.kinds.accounts import new_account, phone_digest
from bot.intake.imports.outcome import RejectedError
from bot.intake.imports.record import Record
from bot.intake.imports.terms import Terms
from bot.intake.imports.world import World
from bot.kit.masked import Phone
from bot.store import lead_hints, lead_keys
from bot.store.import_lookups import KnownLead, Wants
from bot.store.import_writing import Insert, Written
from bot.store.lead_keys import LeadKey

_OUR_LEAD = re.compile(r"L\d{1,12}")
_OUR_DEAL = re.compile(r"D\d{1,12}")
_OUR_ACCOUNT = re.compile(r"A\d{1,12}")


@dataclass(frozen=True, slots=True)
class LeadRef:
    """How a row names a lead: by our id, by the number it has elsewhere, by phone."""

    #: As a report may say it: a phone only masked.
    shown: str
    lead_id: str
    keys: tuple[LeadKey, ...]
    #: By what an account with this number is found.
    phone_digest: str = ""
    #: Of an office number, which is no key by itself.
    landline: str = ""


def lead_ref(terms: Terms, record: Record) -> LeadRef | None:
    """What a row says of a lead; None if it says nothing."""
    said, phone = cells.plain(record.get("lead")), record.get("phone")
    if not (said or phone):
        return None
    lead_id = said if _OUR_LEAD.fullmatch(said) else ""
    keys = list(lead_keys.keys_of(terms.vault, external_id=said)) if said else []
    digest = landline = ""
    for cell in (phone, said):
        number = _phone(cell, strictly=cell is phone)
        if number:
            keys += lead_keys.keys_of(terms.vault, phone=number)
            digest = digest or phone_digest(terms.vault, number)
            landline = landline or lead_hints.hints_of(terms.vault, phone=number).get("landline", "")
    is_number = any(key.kind == "phone" for key in keys)
    return LeadRef(Phone(phone or said).masked if is_number else said, lead_id, tuple(keys), digest, landline)


def _phone(cell: str, *, strictly: bool) -> str:
    if not cell:
        return ""
    try:
        return cells.read_phones(cell).first.reveal()
    except cells.BadCellError as exc:
        if strictly:
            raise RejectedError(texts.bad_field("手机", str(exc))) from exc
        return ""


def want_lead(ref: LeadRef | None, wants: Wants) -> None:
    """Have it looked up."""
    if ref is not None:
        wants.lead_keys.update(ref.keys)
        wants.lead_ids |= {ref.lead_id} if ref.lead_id else set()
        wants.landlines |= {ref.landline} if ref.landline else set()


def account_of_number(ref: LeadRef | None, world: World) -> Mapping[str, Any] | None:
    """The firm that has the number by which a row names its customer."""
    return world.account_by("phone_digest", ref.phone_digest) if ref is not None else None


def the_lead(ref: LeadRef | None, world: World) -> KnownLead | None:
    """The lead; None if the row names none; RejectedError if there is none such."""
    if ref is None:
        return None
    for key in ref.keys:
        lead_id = world.lead_of(key)
        if lead_id is not None and (found := world.lead(lead_id)) is not None:
            return found
    lead_id = ref.lead_id or world.lead_at(ref.landline)
    found = world.lead(lead_id) if lead_id else None
    if found is None or found.columns.get("merged_into"):
        raise RejectedError(texts.unknown_lead(ref.shown))
    return found


@dataclass(frozen=True, slots=True)
class AccountRef:
    """How a row names an account: by our id, by the number it has elsewhere, or by name."""

    said: str
    name: str
    name_key: str


def account_ref(record: Record) -> AccountRef | None:
    """What a row says of an account; None if it says nothing."""
    name = company_name(record.get("account"))
    if not name:
        return None
    return AccountRef(cells.plain(record.get("account")), name, company_key(name) or name.lower())


def want_account(ref: AccountRef | None, wants: Wants) -> None:
    """Have it looked up."""
    if ref is not None:
        wants.account_external_ids.add(ref.said)
        wants.account_keys.add(ref.name_key)
        if _OUR_ACCOUNT.fullmatch(ref.said):
            wants.account_ids.add(ref.said)


def the_account(
    terms: Terms, ref: AccountRef, world: World, line: Written, *, owner_id: str | None = None
) -> Mapping[str, Any]:
    """The account, opened if nobody of this name was known."""
    found = world.account(ref.said, ref.name_key)
    if found is not None:
        return found
    account_id = f"A{terms.account_numbers.pop()}"
    values = new_account(terms, account_id, ref.name, industry="", city="", owner_id=owner_id)
    line.inserts.append(Insert("accounts", values, {"id": account_id}))
    world.add_account(values)
    return values


def want_deal(said: str, wants: Wants) -> None:
    """Have it looked up."""
    wants.deal_external_ids.add(said)
    if _OUR_DEAL.fullmatch(said):
        wants.deal_ids.add(said)
