"""Opportunities: with their history on its own days, so that past months count what happened in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.crm.company.pipeline import Stage
from bot.crm.user import User
from bot.intake.imports import texts
from bot.intake.imports.kinds import references
from bot.intake.imports.kinds.deal_rows import as_row, converted, stage_row
from bot.intake.imports.kinds.references import AccountRef, LeadRef
from bot.intake.imports.outcome import Outcome, RejectedError
from bot.intake.imports.record import Record
from bot.intake.imports.terms import Terms
from bot.intake.imports.world import World
from bot.store.import_lookups import KnownLead, Wants
from bot.store.import_writing import Change, Insert, Written

#: Words that every sales tool has for the two ends.
_WON = frozenset(("won", "closed won", "win", "成交", "已成交", "赢单", "赢", "签约", "已签约"))
_LOST = frozenset(("lost", "closed lost", "loss", "输单", "丢单", "失败", "战败", "已丢失", "流失"))


@dataclass(slots=True)
class PreparedDeal:
    """A row that is an opportunity."""

    record: Record
    deal_id: str
    stage: Stage
    owner: User | None
    amount: Decimal | None
    created_at: datetime | None
    closed_at: datetime | None
    expected_on: date | None
    lead: LeadRef | None
    account: AccountRef | None
    content_id: str = field(default="", repr=False)

    @property
    def won(self) -> bool | None:
        """How it ended."""
        return None if self.stage.kind == "open" else self.stage.kind == "won"


class Deals:
    """The kind."""

    series = "opportunity"
    opens_accounts = True
    table = "opportunities"

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def prepare(self, record: Record, number: int) -> PreparedDeal:
        """Clean it."""
        terms, stage = self._terms, self._stage(record)
        created_at = terms.past_day(record, "created_on")
        closed_at = terms.past_day(record, "closed_on") if stage.kind != "open" else None
        if stage.kind != "open" and closed_at is None:
            raise RejectedError(texts.NO_CLOSING_DAY)
        if closed_at is not None and created_at is not None and closed_at < created_at:
            raise RejectedError(texts.CLOSED_BEFORE)
        expected = terms.day(record, "expected_close_on")
        external_id = record.get("external_id")
        same = "" if external_id else terms.own_id("opportunity", *map(record.get, sorted(record.values)))
        return PreparedDeal(
            record, f"D{number}", stage, terms.owner(record), terms.money(record), created_at, closed_at,
            terms.local_date(expected) if expected else None, references.lead_ref(terms, record),
            references.account_ref(record), same,
        )  # fmt: skip

    def _stage(self, record: Record) -> Stage:
        said, pipeline = record.get("stage").strip(), self._terms.company.pipeline
        if not said:
            raise RejectedError(texts.NO_STAGE)
        found = pipeline.get(said)
        if found is None and said.lower() in _WON:
            found = pipeline.won
        if found is None and said.lower() in _LOST:
            found = pipeline.lost
        if found is None:
            raise RejectedError(texts.unknown_stage(said, [one.name for one in pipeline.stages]))
        return found

    def want(self, prepared: PreparedDeal, wants: Wants) -> None:
        """The deal itself, its lead, its account."""
        references.want_deal(prepared.record.get("external_id") or prepared.content_id, wants)
        references.want_lead(prepared.lead, wants)
        references.want_account(prepared.account, wants)

    def decide(self, prepared: PreparedDeal, world: World) -> Written:
        """New; or the next state of one we know."""
        record = prepared.record
        external_id = record.get("external_id") or prepared.content_id
        line = Written(record.number, Outcome.CREATED, external_id=record.get("external_id"))
        known = world.deal(external_id)
        lead = references.the_lead(prepared.lead, world)
        if known is not None:
            self._update(prepared, known, line, world)
            return line
        account_id = self._account_of(prepared, lead, line, world)
        values = as_row(self._terms, prepared, lead, account_id, external_id=external_id)
        values["industry"] = values["industry"] or self._industry(account_id, world)
        line.entity_id = values["id"]
        line.inserts.append(Insert("opportunities", values))
        line.inserts += self._history(prepared, values)
        if lead is not None:
            converted(self._terms, lead, values, line, world)
        world.add_deal(values)
        return line

    def _account_of(self, prepared: PreparedDeal, lead: KnownLead | None, line: Written, world: World) -> str:
        owner_id = prepared.owner.id if prepared.owner else None
        if prepared.account is not None:
            found = references.the_account(self._terms, prepared.account, world, line, owner_id=owner_id)
            return str(found["id"])
        return str(lead.columns.get("account_id") or "") if lead is not None else ""

    @staticmethod
    def _industry(account_id: str, world: World) -> str:
        found = world.account(account_id, "") if account_id else None
        return str(found["industry"]) if found is not None else ""

    def _history(self, prepared: PreparedDeal, values: Mapping[str, Any]) -> list[Insert]:
        """Created at its first stage, or where it stands; closed on its day."""
        first = self._terms.company.pipeline.first.name
        stands = prepared.stage.name if prepared.closed_at is None else first
        made = stage_row(self._terms, values, "", stands, "created", at=values["created_at"])
        if prepared.closed_at is None:
            return [Insert("stage_changes", made)]
        reason = prepared.record.get("lost_reason")
        ended = stage_row(self._terms, values, first, prepared.stage.name, reason, at=prepared.closed_at)
        return [Insert("stage_changes", made), Insert("stage_changes", ended)]

    def _update(self, prepared: PreparedDeal, known: Mapping[str, Any], line: Written, world: World) -> None:
        """What the row says otherwise than before; an ended deal is never opened again by a list."""
        line.entity_id = known["id"]
        said = as_row(self._terms, prepared, None, known["account_id"], external_id=known["external_id"])
        names = ["name", "product", "amount", "expected_close_on", "owner_id"]
        if known["closed_at"] is None:
            names += ["stage", "closed_at", "won", "lost_reason", "stage_since"]
            names += ["closed_owner_id", "closed_team", "closed_region"]
        new = {name: said[name] for name in names if said[name] is not None and said[name] != known[name]}
        new = {name: value for name, value in new.items() if value != ""}
        if "stage" not in new:
            new.pop("stage_since", None)
        line.outcome = Outcome.MERGED if new else Outcome.UNCHANGED
        if not new:
            return
        before = {name: known[name] for name in new}
        line.changes.append(Change("opportunities", {"id": known["id"]}, before, new))
        if "stage" in new:
            at = prepared.closed_at or self._terms.now
            row = stage_row(self._terms, {**known, **new}, known["stage"], new["stage"], "imported", at=at)
            key = {name: row[name] for name in ("opportunity_id", "after", "at", "by")}
            line.inserts.append(Insert("stage_changes", row, key))
        world.add_deal({**known, **new})
