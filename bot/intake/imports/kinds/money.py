"""Costs, payments and targets: lists of amounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bot.intake.imports import cells, texts
from bot.intake.imports.kinds import references
from bot.intake.imports.outcome import Outcome, RejectedError
from bot.intake.imports.record import Record
from bot.intake.imports.terms import Terms, facts_of
from bot.intake.imports.world import World
from bot.store.import_lookups import Wants
from bot.store.import_writing import Change, Insert, Written


@dataclass(slots=True)
class PreparedAmount:
    """A row that is an amount on a day."""

    record: Record
    id: str
    amount: Decimal
    on: date


def _amount(terms: Terms, record: Record, *, positive: bool) -> Decimal:
    amount = terms.money(record)
    if amount is None:
        raise RejectedError(texts.NO_AMOUNT)
    if positive and not amount:
        raise RejectedError(texts.NOT_ABOVE_ZERO)
    return amount


def _on(terms: Terms, record: Record) -> date:
    at = terms.day(record, "on")
    if at is None:
        raise RejectedError(texts.NO_DAY)
    return terms.local_date(at)


class Costs:
    """What was spent."""

    series = ""
    opens_accounts = False
    table = "costs"

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def prepare(self, record: Record, number: int) -> PreparedAmount:
        """Clean it."""
        del number
        if not (record.get("source") or record.get("campaign")):
            raise RejectedError(texts.NO_SOURCE)
        amount, on = _amount(self._terms, record, positive=False), _on(self._terms, record)
        parts = (record.get("source"), record.get("campaign"), on.isoformat(), str(amount))
        return PreparedAmount(record, self._terms.own_id("cost", *parts), amount, on)

    def want(self, prepared: PreparedAmount, wants: Wants) -> None:
        """Whether it is there."""
        wants.ids.setdefault("costs", set()).add(prepared.id)

    def decide(self, prepared: PreparedAmount, world: World) -> Written:
        """New, unless the very same line is there."""
        terms, record = self._terms, prepared.record
        line = Written(record.number, Outcome.CREATED, prepared.id)
        if world.has("costs", prepared.id):
            line.outcome = Outcome.UNCHANGED
            return line
        campaign = terms.name("campaign", record.get("campaign"))
        source = terms.name("source", record.get("source")) or self._source_of(campaign)
        line.inserts.append(Insert("costs", {
            "id": prepared.id, "source": source, "campaign": campaign, "on": prepared.on,
            "amount": prepared.amount, "batch": terms.batch_id,
        }))  # fmt: skip
        world.add("costs", prepared.id)
        return line

    def _source_of(self, campaign: str) -> str:
        found = (one for one in self._terms.company.catalogue.campaigns if one.name == campaign)
        return next((one.source or "" for one in found), "")


class Payments:
    """What came in."""

    series = ""
    opens_accounts = False
    table = "payments"

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def prepare(self, record: Record, number: int) -> PreparedAmount:
        """Clean it."""
        del number
        if not record.get("opportunity"):
            raise RejectedError(texts.NO_DEAL)
        amount, on = _amount(self._terms, record, positive=True), _on(self._terms, record)
        parts = (record.get("opportunity"), on.isoformat(), str(amount))
        return PreparedAmount(record, self._terms.own_id("payment", *parts), amount, on)

    def want(self, prepared: PreparedAmount, wants: Wants) -> None:
        """Its deal, and whether it is there."""
        references.want_deal(cells.plain(prepared.record.get("opportunity")), wants)
        wants.ids.setdefault("payments", set()).add(prepared.id)

    def decide(self, prepared: PreparedAmount, world: World) -> Written:
        """New, unless the very same line is there."""
        terms, said = self._terms, cells.plain(prepared.record.get("opportunity"))
        line = Written(prepared.record.number, Outcome.CREATED, prepared.id)
        if world.has("payments", prepared.id):
            line.outcome = Outcome.UNCHANGED
            return line
        deal = world.deal(said)
        if deal is None:
            raise RejectedError(texts.unknown_deal(said))
        values: dict[str, Any] = {
            "id": prepared.id, "opportunity_id": deal["id"], "amount": prepared.amount, "on": prepared.on,
            "by": terms.by, "at": terms.now, **facts_of(terms.people.get(deal["owner_id"])),
        }  # fmt: skip
        line.inserts.append(Insert("payments", values))
        world.add("payments", prepared.id)
        return line


@dataclass(slots=True)
class PreparedTarget:
    """A row that is a target."""

    record: Record
    key: tuple[str, str, date]
    amount: Decimal


class Targets:
    """What is to be reached."""

    series = ""
    opens_accounts = False
    table = "targets"

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def prepare(self, record: Record, number: int) -> PreparedTarget:
        """Clean it."""
        del number
        scope, name = self._whose(record)
        said = record.get("month")
        if not said:
            raise RejectedError(texts.NO_MONTH)
        try:
            month = cells.read_month(said, self._terms.zone)
        except cells.BadCellError as exc:
            raise RejectedError(texts.bad_field(texts.LABELS["month"], str(exc))) from exc
        return PreparedTarget(record, (scope, name, month), _amount(self._terms, record, positive=False))

    def _whose(self, record: Record) -> tuple[str, str]:
        said = [scope for scope in ("owner", "team", "region") if record.get(scope)]
        if len(said) != 1:
            raise RejectedError(texts.ONE_WHOSE)
        if said[0] == "owner":
            return "owner", self._terms.people.named(record.get("owner")).id
        org = self._terms.company.org
        known = [one.name for one in (org.teams if said[0] == "team" else org.regions)]
        name = self._terms.name(said[0], record.get(said[0]))
        # Teams of the address book that no file names are teams, too.
        if name not in known and not self._terms.people.has(said[0], name):
            raise RejectedError(texts.unknown_name(texts.LABELS[said[0]], name, known))
        return said[0], name

    def want(self, prepared: PreparedTarget, wants: Wants) -> None:
        """What is set for that month."""
        wants.target_months.add(prepared.key[2])

    def decide(self, prepared: PreparedTarget, world: World) -> Written:
        """A later target takes an earlier one's place."""
        scope, name, month = prepared.key
        line = Written(prepared.record.number, Outcome.CREATED, f"{scope}:{name}:{month.isoformat()[:7]}")
        key = {"scope": scope, "name": name, "month": month}
        before = world.target(prepared.key)
        if before is None:
            line.inserts.append(Insert("targets", {**key, "amount": prepared.amount}, key))
        elif before == prepared.amount:
            line.outcome = Outcome.UNCHANGED
        else:
            line.outcome = Outcome.MERGED
            line.changes.append(Change("targets", key, {"amount": before}, {"amount": prepared.amount}))
        world.set_target(prepared.key, prepared.amount)
        return line
