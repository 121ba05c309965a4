"""The cells of a row about a lead, read once for equal cells: lists repeat their firms, titles and towns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.crm.company import Company
from bot.crm.company.fields import LeadField
from bot.intake.clean.company import company_key, company_name
from bot.intake.clean.email import read_email
from bot.intake.clean.place import Place
from bot.intake.clean.place import read as read_place
from bot.intake.clean.text import line
from bot.intake.clean.values import BadValueError, Value, clean, is_missing
from bot.intake.imports import cells, texts
from bot.intake.imports.outcome import RejectedError
from bot.intake.imports.record import Record
from bot.kit.masked import Email, Phone
from bot.rules.region import region_of
from bot.store.leads import Particulars

#: Different cells of one column that are remembered.
_REMEMBERED = 60_000
#: As many of a column of plain text: titles repeat, names do not, and are as quickly read again.
_REPEATED = 1_000
#: What a lead has a column of its own for, or what is no particular of it.
_APART = frozenset(
    (
        *("name", "title", "industry", "message", "external_id", "phone", "email", "company", "province"),
        *("city", "source", "campaign", "consent", "consent_text", "created_on"),
    )
)
_OWN_READERS = ("phone", "email")
#: Fewer characters than any text field allows.
_SHORT = 100
_PARAGRAPHS = ("message", "consent_text")
_NO_PHONES = cells.Phones()
_NO_EMAIL = Email()


class LeadCells:
    """Reads what a row says of somebody."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._fields = {one.key: one for one in company.fields.fields}
        self._read: dict[str, dict[str, Value]] = {key: {} for key in self._fields if key not in _OWN_READERS}
        #: Names and the like, of which each row has its own: the longest that needs no second look.
        self._plain = {one.key: one.max_length or _SHORT for one in company.fields.fields if _is_plain(one)}
        self._firms: dict[str, tuple[str, str]] = {}
        self._places: dict[tuple[str, str], tuple[Place, str]] = {}

    def values(self, record: Record) -> dict[str, Value]:
        """Each field that the row names, cleaned; RejectedError says what is wrong with one.

        What a lead has a column of its own for is text.
        """
        found: dict[str, Value] = {}
        for key, said in record.values.items():
            known = self._read.get(key)
            if known is not None:
                value = known.get(said)
                found[key] = self._cleaned(key, said, known) if value is None else value
        return found

    def phones(self, record: Record) -> cells.Phones:
        """The number, and others of the same cell."""
        said = record.values.get("phone")
        if not said:
            return _NO_PHONES
        try:
            return cells.read_phones(said)
        except cells.BadCellError as exc:
            raise RejectedError(texts.bad_field(self._fields["phone"].label, str(exc))) from exc

    def email(self, record: Record) -> Email:
        """The address."""
        said = record.values.get("email")
        if not said:
            return _NO_EMAIL
        found = read_email(said)
        if found is None:
            raise RejectedError(texts.bad_field(self._fields["email"].label, texts.BAD_EMAIL))
        return found

    def particulars(self, values: Mapping[str, Value], phone: Phone, email: Email) -> Particulars:
        """All of it together."""
        said: Any = values.get
        place, region = self._place(said("province", ""), said("city", ""))
        firm, firm_key = self._firm(said("company", ""))
        more = () if values.keys() <= _APART else values.keys() - _APART
        return Particulars(
            name=said("name", ""), title=said("title", ""), industry=said("industry", ""),
            message=said("message", ""), external_id=said("external_id", ""),
            company=firm, company_key=firm_key, phone=phone, email=email,
            province=place.province, city=place.city, region=region,
            custom={key: value for key, value in values.items() if key in more and value} if more else {},
        )  # fmt: skip

    def _cleaned(self, key: str, said: str, known: dict[str, Value]) -> Value:
        one = self._fields[key]
        found: Value
        most = self._plain.get(key, 0)
        if most and len(found := line(cells.plain(said))) <= most:
            if len(known) < _REPEATED:
                known[said] = found
            return found
        try:
            found = "" if is_missing(said) else clean(self._company, one, _splitted(one, cells.plain(said)))
        except BadValueError as exc:
            raise RejectedError(texts.bad_field(one.label, str(exc))) from exc
        if key in _APART and not isinstance(found, str):
            found = "、".join(found)
        if len(known) >= _REMEMBERED:
            known.clear()
        known[said] = found
        return found

    def _firm(self, said: str) -> tuple[str, str]:
        """A firm's name to show and to compare."""
        found = self._firms.get(said)
        if found is None:
            name = company_name(said)
            if len(self._firms) >= _REMEMBERED:
                self._firms.clear()
            found = self._firms[said] = (name, company_key(name) if name else "")
        return found

    def _place(self, province: str, city: str) -> tuple[Place, str]:
        found = self._places.get((province, city))
        if found is None:
            place = read_place(province=province, city=city)
            region = region_of(self._company, province=place.province, city=place.city) or ""
            if len(self._places) >= _REMEMBERED:
                self._places.clear()
            found = self._places[province, city] = (place, region)
        return found


def _is_plain(one: LeadField) -> bool:
    """Whether any line of text will do."""
    return one.type == "text" and one.key not in _PARAGRAPHS and not (one.format or one.pattern)


def _splitted(one: LeadField, said: str) -> object:
    """Tags stand in one cell, apart by signs."""
    if one.type != "tags":
        return said
    for sign in ("、", "，", ",", ";", "；", "|"):
        if sign in said:
            return [part.strip() for part in said.split(sign) if part.strip()]
    return [said]
