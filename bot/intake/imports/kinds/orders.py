"""Orders: what customers bought, on the day they did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.intake.imports import texts
from bot.intake.imports.kinds import references
from bot.intake.imports.kinds.references import AccountRef, LeadRef
from bot.intake.imports.lead_rows import moved_on
from bot.intake.imports.outcome import Outcome, RejectedError
from bot.intake.imports.record import Record
from bot.intake.imports.terms import Terms
from bot.intake.imports.world import World
from bot.intake.lifecycle import LIFECYCLE
from bot.store.import_lookups import KnownLead, Wants
from bot.store.import_writing import Change, Insert, Written

_BOUGHT = LIFECYCLE[3]


@dataclass(slots=True)
class PreparedOrder:
    """A row that is an order."""

    record: Record
    order_id: str
    amount: Decimal
    ordered_at: datetime
    lead: LeadRef | None
    account: AccountRef | None


class Orders:
    """The kind."""

    series = ""
    opens_accounts = True
    table = "orders"

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def prepare(self, record: Record, number: int) -> PreparedOrder:
        """Clean it."""
        del number
        terms, amount = self._terms, self._terms.money(record)
        if amount is None:
            raise RejectedError(texts.NO_AMOUNT)
        if not amount:
            raise RejectedError(texts.NOT_ABOVE_ZERO)
        at = terms.past_day(record, "ordered_at")
        if at is None:
            raise RejectedError(texts.NO_DAY)
        lead, account = references.lead_ref(terms, record), references.account_ref(record)
        if lead is None and account is None:
            raise RejectedError(texts.NO_CUSTOMER)
        number_of = record.get("external_id")
        order_id = (
            terms.own_external_id("order", number_of)
            if number_of
            else terms.own_id("order", *map(record.get, sorted(record.values)))
        )
        return PreparedOrder(record, order_id, amount, at, lead, account)

    def want(self, prepared: PreparedOrder, wants: Wants) -> None:
        """The order itself, and whose it is."""
        references.want_lead(prepared.lead, wants)
        references.want_account(prepared.account, wants)
        if prepared.lead is not None and prepared.lead.phone_digest:
            wants.account_phones.add(prepared.lead.phone_digest)
        wants.ids.setdefault("orders", set()).add(prepared.order_id)
        if number := prepared.record.get("external_id"):
            wants.order_external_ids.add(number)

    def decide(self, prepared: PreparedOrder, world: World) -> Written:
        """New; or another amount, product or day of one we know."""
        record = prepared.record
        external_id = record.get("external_id")
        line = Written(record.number, Outcome.CREATED, prepared.order_id, external_id)
        product = self._terms.name("product", record.get("product"))
        known = world.order(external_id) if external_id else None
        if known is not None:
            new = {"amount": prepared.amount, "ordered_at": prepared.ordered_at, "product": product}
            self._update(known, new, line, world)
            return line
        if world.has("orders", prepared.order_id):
            line.outcome = Outcome.UNCHANGED
            return line
        lead, account = self._customer(prepared, world, line)
        account_id = account["id"] if account is not None else lead and lead.columns.get("account_id")
        values = {
            "id": prepared.order_id, "external_id": external_id or None, "account_id": account_id,
            "lead_id": lead.id if lead else None, "product": product, "amount": prepared.amount,
            "ordered_at": prepared.ordered_at, "batch": self._terms.batch_id, "created_at": self._terms.now,
        }  # fmt: skip
        line.inserts.append(Insert("orders", values))
        world.add("orders", prepared.order_id)
        world.add_order(values)
        if lead is not None:
            world.add_lead(moved_on(self._terms, lead, _BOUGHT, "ordered", line, at=prepared.ordered_at))
        return line

    def _customer(
        self, prepared: PreparedOrder, world: World, line: Written
    ) -> tuple[KnownLead | None, Mapping[str, Any] | None]:
        """Who bought: the lead of that number, or the firm that has it, or the firm that is named."""
        if prepared.account is not None:
            lead = references.the_lead(prepared.lead, world)
            return lead, references.the_account(self._terms, prepared.account, world, line)
        try:
            return references.the_lead(prepared.lead, world), None
        except RejectedError:
            account = references.account_of_number(prepared.lead, world)
            if account is None:
                raise
            return None, account

    @staticmethod
    def _update(known: Any, said: dict[str, Any], line: Written, world: World) -> None:  # noqa: ANN401 - a row
        line.entity_id = known["id"]
        new = {name: value for name, value in said.items() if value and value != known[name]}
        line.outcome = Outcome.MERGED if new else Outcome.UNCHANGED
        if new:
            before = {name: known[name] for name in new}
            line.changes.append(Change("orders", {"id": known["id"]}, before, new))
            world.add_order({**known, **new})
