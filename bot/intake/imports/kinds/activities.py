"""Activities: what colleagues did with leads, and what leads did themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.crm.follow_up import KIND_LABELS, FollowUpKind, guess_kind
from bot.crm.user import User
from bot.intake.imports import texts
from bot.intake.imports.kinds import references
from bot.intake.imports.kinds.references import LeadRef
from bot.intake.imports.lead_rows import with_points
from bot.intake.imports.outcome import Outcome, RejectedError
from bot.intake.imports.points import Judge, values_of
from bot.intake.imports.record import Record
from bot.intake.imports.terms import Terms, facts_of
from bot.intake.imports.world import World
from bot.rules.score import Behaviour
from bot.store.import_lookups import KnownLead, Wants
from bot.store.import_writing import Change, Insert, Written
from bot.store.leads import Origin

_CHANNEL = "import"
#: Other words for the ways of following up.
_KINDS = {
    **{one.value: one for one in FollowUpKind},
    **{label: kind for kind, label in KIND_LABELS.items()},
    "phone": FollowUpKind.CALL,
    "电话沟通": FollowUpKind.CALL,
    "去电": FollowUpKind.CALL,
    "上门": FollowUpKind.VISIT,
    "上门拜访": FollowUpKind.VISIT,
    "meeting": FollowUpKind.VISIT,
    "会议": FollowUpKind.VISIT,
    "email": FollowUpKind.MAIL,
    "短信": FollowUpKind.MESSAGE,
    "sms": FollowUpKind.MESSAGE,
    "备注": FollowUpKind.NOTE,
}


@dataclass(slots=True)
class PreparedActivity:
    """A row that is something done."""

    record: Record
    id: str
    at: datetime
    lead: LeadRef
    #: The colleague who did it; None for what the lead itself did.
    by: User | None
    kind: FollowUpKind | None
    event: str = ""


class Activities:
    """The kind."""

    series = ""
    opens_accounts = False
    table = "follow_ups"

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._judge = Judge(terms.company)
        events = terms.company.scoring.events
        self._events = {**{key: key for key in events}, **{label: key for key, label in events.items()}}

    def prepare(self, record: Record, number: int) -> PreparedActivity:
        """Clean it."""
        del number
        terms, lead = self._terms, references.lead_ref(self._terms, record)
        if lead is None:
            raise RejectedError(texts.NO_LEAD)
        at = terms.past_day(record, "at")
        if at is None:
            raise RejectedError(texts.NO_DAY)
        names = ("lead", "phone", "owner", "kind", "at", "text")
        own_id = terms.own_id("activity", *map(record.get, names))
        event = self._events.get(record.get("kind").strip(), "")
        if event:
            return PreparedActivity(record, own_id, at, lead, None, None, event)
        if not record.get("text"):
            raise RejectedError(texts.NO_TEXT)
        by = terms.owner(record)
        if by is None:
            raise RejectedError(texts.NO_OWNER)
        return PreparedActivity(record, own_id, at, lead, by, self._kind(record))

    def _kind(self, record: Record) -> FollowUpKind:
        said = record.get("kind").strip().lower()
        if not said:
            return guess_kind(record.get("text"))
        found = _KINDS.get(said)
        if found is None:
            known = (*KIND_LABELS.values(), *self._terms.company.scoring.events.values())
            raise RejectedError(texts.unknown_kind(record.get("kind"), known))
        return found

    def want(self, prepared: PreparedActivity, wants: Wants) -> None:
        """Its lead, and whether it is there."""
        references.want_lead(prepared.lead, wants)
        wants.scores = wants.scores or bool(prepared.event)
        table = "behaviours" if prepared.event else "follow_ups"
        wants.ids.setdefault(table, set()).add(_id(prepared))

    def decide(self, prepared: PreparedActivity, world: World) -> Written:
        """New, unless the very same line is there."""
        line = Written(prepared.record.number, Outcome.CREATED, _id(prepared))
        table = "behaviours" if prepared.event else "follow_ups"
        if world.has(table, _id(prepared)):
            line.outcome = Outcome.UNCHANGED
            return line
        lead = references.the_lead(prepared.lead, world)
        if lead is None:
            raise RejectedError(texts.NO_LEAD)
        world.add(table, _id(prepared))
        world.add_lead(
            self._behaved(prepared, lead, line) if prepared.event else self._done(prepared, lead, line)
        )
        return line

    def _done(self, prepared: PreparedActivity, lead: KnownLead, line: Written) -> KnownLead:
        by, said = prepared.by, prepared.record.get("text")
        assert by is not None  # noqa: S101 - prepared so
        assert prepared.kind is not None  # noqa: S101 - likewise
        sealed = self._terms.vault.seal(said.encode(), f"follow_ups.text:{prepared.id}")
        line.inserts.append(Insert("follow_ups", {
            "id": prepared.id, "lead_id": lead.id, "opportunity_id": None, "user_id": by.id,
            "kind": prepared.kind.value, "text": sealed, "at": prepared.at, "response_minutes": None,
            **facts_of(by),
        }, {"id": prepared.id}))  # fmt: skip
        return self._latest(lead, "last_follow_up_at", prepared.at, line)

    def _behaved(self, prepared: PreparedActivity, lead: KnownLead, line: Written) -> KnownLead:
        about = prepared.record.get("text")
        message_id = _id(prepared)
        line.inserts.append(Insert("behaviours", {
            "message_id": message_id, "lead_id": lead.id, "visitor": None, "event": prepared.event,
            "object": about, "channel": _CHANNEL, "properties": {}, "at": prepared.at,
            "received_at": self._terms.now,
        }, {"message_id": message_id}))  # fmt: skip
        row = lead.columns
        values = values_of(lead.particulars, Origin(source=row["source"], campaign=row["campaign"]))
        behaviour = Behaviour(prepared.event, prepared.at, about)
        gains = [
            one for one in self._judge.gains_of(values, behaviour)
            if (one.rule, one.occasion) not in lead.points
        ]  # fmt: skip
        lead = with_points(self._terms, self._judge, lead, gains, line, at=prepared.at)
        return self._latest(lead, "last_behaviour_at", prepared.at, line)

    def _latest(self, lead: KnownLead, column: str, at: datetime, line: Written) -> KnownLead:
        known = lead.columns.get(column)
        if known is not None and known >= at:
            return lead
        new = {column: at}
        line.changes.append(Change("leads", {"id": lead.id}, {column: known}, new))
        return replace(lead, columns={**lead.columns, **new})


def _id(prepared: PreparedActivity) -> str:
    return f"import:{prepared.id}" if prepared.event else prepared.id
