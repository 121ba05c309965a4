"""Leads: cleaned and matched as those that forms bring, by the thousand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.crm.company.fields import LeadField
from bot.intake.clean.company import company_key, company_name
from bot.intake.clean.email import read_email
from bot.intake.clean.place import Place
from bot.intake.clean.place import read as read_place
from bot.intake.clean.values import BadValueError, Value, clean, is_missing
from bot.intake.completing import completed, own
from bot.intake.imports import cells, texts
from bot.intake.imports.lead_rows import changed_lead, new_lead
from bot.intake.imports.outcome import Outcome, RejectedError
from bot.intake.imports.points import Judge
from bot.intake.imports.record import Record
from bot.intake.imports.terms import Terms
from bot.intake.imports.world import EARLIER, World
from bot.kit.masked import Email, Phone
from bot.rules.region import region_of
from bot.store import lead_keys
from bot.store.consents import Consent
from bot.store.import_lookups import KnownLead, Wants
from bot.store.import_writing import Insert, Written
from bot.store.lead_keys import LeadKey
from bot.store.leads import Origin, Particulars

_APART = frozenset(
    (
        *("name", "title", "industry", "message", "external_id", "phone", "email", "company", "province"),
        *("city", "source", "campaign", "consent", "consent_text", "created_on"),
    )
)
_REMEMBERED = 50_000
#: A marketing agreement that came with a list.
_PURPOSE, _CHANNEL = "marketing", "import"


@dataclass(slots=True)
class PreparedLead:
    """A row that is somebody; all that it would write if he were new."""

    record: Record
    known: Particulars = field(repr=False)
    keys: tuple[LeadKey, ...]
    origin: Origin
    made: KnownLead
    inserts: list[Insert] = field(repr=False)


class Leads:
    """The kind."""

    series = "lead"
    opens_accounts = False
    table = "leads"

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._judge = Judge(terms.company)
        self._fields = {one.key: one for one in terms.company.fields.fields}
        #: What cells were read as: columns repeat themselves.
        self._read: dict[tuple[str, str], Value] = {}
        self._firms: dict[str, tuple[str, str]] = {}
        self._places: dict[tuple[str, str], tuple[Place, str]] = {}

    def prepare(self, record: Record, number: int) -> PreparedLead:
        """Clean it, and write all down that a new lead would be."""
        values = {
            key: self._clean(self._fields[key], said)
            for key, said in record.values.items()
            if key in self._fields and key not in ("phone", "email")
        }
        phones = self._phones(record)
        known = self._particulars(values, phones.first, self._email(record))
        keys = self._keys(known, phones.more)
        if not keys:
            raise RejectedError(texts.NO_KEY)
        origin = Origin(source=_text(values, "source"), campaign=_text(values, "campaign"))
        at = self._terms.past_day(record, "created_on")
        made, inserts = new_lead(
            self._terms, self._judge, f"L{number}", known=known, origin=origin, keys=keys, at=at,
            consent=self._consent(values, record),
        )  # fmt: skip
        return PreparedLead(record, known, keys, origin, made, inserts)

    def want(self, prepared: PreparedLead, wants: Wants) -> None:
        """Whoever has one of its keys."""
        wants.lead_keys.update(prepared.keys)
        wants.scores = True

    def decide(self, prepared: PreparedLead, world: World) -> Written:
        """New if nobody has its keys; else it adds what was not known."""
        record = prepared.record
        line = Written(record.number, Outcome.CREATED, external_id=prepared.known.external_id)
        holders = {key: held for key in prepared.keys if (held := world.lead_of(key)) is not None}
        if not holders:
            line.entity_id, line.inserts = prepared.made.id, prepared.inserts
            world.add_lead(prepared.made, prepared.keys)
            return line
        line.outcome, line.reason = Outcome.MERGED, texts.SAME_PERSON
        line.entity_id = min(set(holders.values()), key=_age)
        foreign = tuple(sorted({key.kind for key, held in holders.items() if held != line.entity_id}))
        if foreign and EARLIER not in holders.values():
            line.reason = texts.conflict(foreign)
        free = tuple(key for key in prepared.keys if key not in holders)
        lead = world.lead(line.entity_id)
        if lead is None:
            # In a trial: only that there is one was remembered.
            world.add_lead(replace(prepared.made, id=line.entity_id), free)
            return line
        self._merge(prepared, lead, line, world, free=free, foreign=frozenset(foreign))
        return line

    def _merge(
        self, prepared: PreparedLead, lead: KnownLead, line: Written, world: World, *,
        free: tuple[LeadKey, ...], foreign: frozenset[str],
    ) -> None:  # fmt: skip
        after = completed(lead.particulars, own(prepared.known, foreign))
        # What is in a list was said long ago: it never pushes aside what somebody wrote to us.
        after = replace(after, message=lead.particulars.message or prepared.known.message)
        changed = changed_lead(self._terms, self._judge, lead, after, line)
        for key in free:
            held = {"kind": key.kind, "digest": key.digest}
            values = {**held, "lead_id": lead.id, "created_at": self._terms.now}
            line.inserts.append(Insert("lead_keys", values, held))
        world.add_lead(changed, free)

    def _clean(self, one: LeadField, said: str) -> Value:
        at = (one.key, said)
        found = self._read.get(at)
        if found is not None:
            return found
        try:
            found = (
                "" if is_missing(said) else clean(self._terms.company, one, _splitted(one, cells.plain(said)))
            )
        except BadValueError as exc:
            raise RejectedError(texts.bad_field(one.label, str(exc))) from exc
        if len(self._read) >= _REMEMBERED:
            self._read.clear()
        self._read[at] = found
        return found

    def _phones(self, record: Record) -> cells.Phones:
        said = record.get("phone")
        try:
            return cells.read_phones(said) if said else cells.Phones()
        except cells.BadCellError as exc:
            raise RejectedError(texts.bad_field(self._fields["phone"].label, str(exc))) from exc

    def _email(self, record: Record) -> Email:
        said = record.get("email")
        found = read_email(said) if said else Email()
        if found is None:
            raise RejectedError(texts.bad_field(self._fields["email"].label, texts.BAD_EMAIL))
        return found

    def _particulars(self, values: dict[str, Value], phone: Phone, email: Email) -> Particulars:
        place, region = self._place(_text(values, "province"), _text(values, "city"))
        firm = self._firm(_text(values, "company"))
        return Particulars(
            name=_text(values, "name"), title=_text(values, "title"), industry=_text(values, "industry"),
            message=_text(values, "message"), external_id=_text(values, "external_id"),
            company=firm[0], company_key=firm[1], phone=phone, email=email,
            province=place.province, city=place.city, region=region,
            custom={key: value for key, value in values.items() if key not in _APART and value},
        )  # fmt: skip

    def _firm(self, said: str) -> tuple[str, str]:
        """A firm's name to show and to compare; lists repeat their firms."""
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
            region = region_of(self._terms.company, province=place.province, city=place.city) or ""
            found = self._places[province, city] = (place, region)
        return found

    def _keys(self, known: Particulars, more: tuple[Phone, ...]) -> tuple[LeadKey, ...]:
        keys = lead_keys.keys_of(
            self._terms.vault, phone=known.phone.reveal(), email=known.email.reveal(),
            external_id=known.external_id,
        )  # fmt: skip
        others = [key for one in more for key in lead_keys.keys_of(self._terms.vault, phone=one.reveal())]
        return (*keys, *others) if others else keys

    def _consent(self, values: dict[str, Value], record: Record) -> Consent | None:
        if "consent" not in values:
            return None
        del record
        given = _text(values, "consent") == "true"
        return Consent(
            given=given, purpose=_PURPOSE, channel=_CHANNEL, text=_text(values, "consent_text"), version=""
        )


def _splitted(one: LeadField, said: str) -> object:
    """Tags stand in one cell, apart by signs."""
    if one.type != "tags":
        return said
    for sign in ("、", "，", ",", ";", "；", "|"):
        if sign in said:
            return [part.strip() for part in said.split(sign) if part.strip()]
    return [said]


def _text(values: dict[str, Value], key: str) -> str:
    value = values.get(key, "")
    return value if isinstance(value, str) else "、".join(value)


def _age(lead_id: str) -> int:
    """Ids count upwards; one of this trial's is the latest."""
    return int(lead_id[1:]) if lead_id[1:].isdigit() else 2**62
