"""Leads: cleaned and matched as those that forms bring, by the thousand."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Any

from bot.crm.user import Role, User
from bot.intake.clean.values import Value
from bot.intake.completing import completed, own
from bot.intake.imports import texts
from bot.intake.imports.lead_cells import LeadCells
from bot.intake.imports.lead_rows import changed_lead, new_lead
from bot.intake.imports.outcome import Outcome, RejectedError
from bot.intake.imports.points import Judge
from bot.intake.imports.record import Record
from bot.intake.imports.terms import Terms
from bot.intake.imports.world import EARLIER, World
from bot.kit.masked import Phone
from bot.store import lead_keys
from bot.store.consents import Consent
from bot.store.import_lookups import KnownLead, Wants
from bot.store.import_writing import Insert, Written
from bot.store.lead_keys import LeadKey
from bot.store.leads import Origin, Particulars

#: Who may have leads of his own.
_SELLING = frozenset({Role.REP, Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})
#: Different sources and campaigns that are remembered.
_WAYS = 1_000
#: A marketing agreement that came with a list.
_PURPOSE, _CHANNEL = "marketing", "import"
_parts = attrgetter(*(one.name for one in fields(Particulars) if one.name != "custom"))


@dataclass(slots=True)
class PreparedLead:
    """A row that is somebody; all that it would write if he were new."""

    record: Record
    known: Particulars = field(repr=False)
    keys: tuple[LeadKey, ...]
    origin: Origin
    made: KnownLead
    inserts: list[Insert] = field(repr=False)
    owner: User | None


class Leads:
    """The kind."""

    series = "lead"
    opens_accounts = False
    table = "leads"

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._judge = Judge(terms.company)
        self._cells = LeadCells(terms.company)
        self._origins: dict[tuple[str, str], Origin] = {}

    def prepare(self, record: Record, number: int) -> PreparedLead:
        """Clean it, and write all down that a new lead would be."""
        read = self._cells
        values, phones = read.values(record), read.phones(record)
        known = read.particulars(values, phones.first, read.email(record))
        keys = self._keys(known, phones.more)
        if not keys:
            raise RejectedError(texts.NO_KEY)
        said: Any = values.get
        origin = self._origin(said("source", ""), said("campaign", ""))
        owner = self._owner(record)
        made, inserts = new_lead(
            self._terms, self._judge, f"L{number}", known=known, origin=origin, keys=keys,
            at=self._terms.past_day(record, "created_on"), consent=self._consent(values), owner=owner,
        )  # fmt: skip
        return PreparedLead(record, known, keys, origin, made, inserts, owner)

    def want(self, prepared: PreparedLead, wants: Wants) -> None:
        """Whoever has one of its keys."""
        wants.lead_keys.update(prepared.keys)
        wants.scores = True

    def decide(self, prepared: PreparedLead, world: World) -> Written:
        """New if nobody has its keys; else it adds what was not known."""
        record = prepared.record
        if world.wants_nothing_kept(prepared.keys):
            raise RejectedError(texts.ERASED)
        line = Written(record.number, Outcome.CREATED, external_id=prepared.known.external_id)
        holders: dict[LeadKey, str] = {}
        for key in prepared.keys:
            if (held := world.lead_of(key)) is not None:
                holders[key] = held
        if not holders:
            line.entity_id, line.inserts, line.owner = prepared.made.id, prepared.inserts, prepared.owner
            world.add_lead(prepared.made, prepared.keys)
            return line
        line.outcome, line.reason = Outcome.MERGED, texts.SAME_PERSON
        line.entity_id = min(set(holders.values()), key=_age)
        foreign = tuple(sorted({key.kind for key, held in holders.items() if held != line.entity_id}))
        if foreign and EARLIER not in holders.values():
            line.reason = texts.conflict(foreign)
        free = tuple([key for key in prepared.keys if key not in holders])
        lead = world.lead(line.entity_id)
        if lead is None:
            # In a trial: only that there is one was remembered.
            world.add_lead(replace(prepared.made, id=line.entity_id), free)
            return line
        if prepared.owner is not None and lead.columns.get("owner_id") != prepared.owner.id:
            line.reason += texts.OWNER_STAYS
        self._merge(prepared, lead, line, world, free=free, foreign=frozenset(foreign))
        return line

    def _merge(
        self, prepared: PreparedLead, lead: KnownLead, line: Written, world: World, *,
        free: tuple[LeadKey, ...], foreign: frozenset[str],
    ) -> None:  # fmt: skip
        before, said = lead.particulars, own(prepared.known, foreign) if foreign else prepared.known
        changed = lead
        if _adds(before, said):
            # What is in a list was said long ago: it never pushes aside what somebody wrote to us.
            after = replace(completed(before, said), message=before.message or said.message)
            changed = changed_lead(self._terms, self._judge, lead, after, line)
        for key in free:
            held = {"kind": key.kind, "digest": key.digest}
            values = {**held, "lead_id": lead.id, "created_at": self._terms.now}
            line.inserts.append(Insert("lead_keys", values, held))
        world.add_lead(changed, free)

    def _origin(self, source: str, campaign: str) -> Origin:
        """Made once for all that came the same way."""
        found = self._origins.get((source, campaign))
        if found is None:
            if len(self._origins) >= _WAYS:
                self._origins.clear()
            found = self._origins[source, campaign] = Origin(source=source, campaign=campaign)
        return found

    def _owner(self, record: Record) -> User | None:
        """Who looks after it; RejectedError if that cannot be."""
        owner = self._terms.owner(record)
        if owner is None:
            return None
        if not owner.active:
            raise RejectedError(texts.owner_left(owner.name))
        if owner.role not in _SELLING:
            raise RejectedError(texts.owner_sells_nothing(owner.name))
        if not self._terms.may_give_to(owner):
            raise RejectedError(texts.owner_elsewhere(owner.name))
        return owner

    def _keys(self, known: Particulars, more: tuple[Phone, ...]) -> tuple[LeadKey, ...]:
        vault = self._terms.vault
        keys = lead_keys.keys_of(
            vault, phone=known.phone.reveal(), name=known.name, email=known.email.reveal(),
            external_id=known.external_id,
        )  # fmt: skip
        for one in more:
            keys += lead_keys.keys_of(vault, phone=one.reveal(), name=known.name)
        return keys

    def _consent(self, values: dict[str, Value]) -> Consent | None:
        if "consent" not in values:
            return None
        given, words = values["consent"] == "true", str(values.get("consent_text", ""))
        return Consent(given=given, purpose=_PURPOSE, channel=_CHANNEL, text=words, version="")


def _adds(before: Particulars, said: Particulars) -> bool:
    """Whether a row says anything that was not known; most that come again say nothing new."""
    return (
        any(one and not known for one, known in zip(_parts(said), _parts(before), strict=True))
        or not said.custom.keys() <= before.custom.keys()
    )


def _age(lead_id: str) -> int:
    """Ids count upwards; one of this trial's is the latest."""
    return int(lead_id[1:]) if lead_id[1:].isdigit() else 2**62
