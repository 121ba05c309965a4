"""What a row finds: what the database has, and what earlier rows of the file have made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from bot.store.import_lookups import Found, KnownLead
from bot.store.lead_keys import LeadKey

#: In a trial: a lead that an earlier piece of the file would have made.
EARLIER = "?"


@dataclass(slots=True)
class World:
    """Goes with an import from piece to piece."""

    #: In a trial nothing is written, so all that rows would have made is remembered here.
    trial: bool = False
    _found: Found = field(default_factory=Found)
    _made: Found = field(default_factory=Found)
    #: Hashes of the keys of leads that earlier pieces would have made: small, for there may be millions.
    _seen: set[int] = field(default_factory=set)

    def turn(self, found: Found) -> None:
        """Go on to the next piece, of which this was found."""
        self._found = found
        if not self.trial:
            self._made = Found()
            return
        self._seen.update(map(hash, self._made.lead_of_key))
        self._made.leads.clear()
        self._made.lead_of_key.clear()

    # Leads

    def lead_of(self, key: LeadKey) -> str | None:
        """Who has a key."""
        found = self._made.lead_of_key.get(key) or self._found.lead_of_key.get(key)
        return found or (EARLIER if hash(key) in self._seen else None)

    def wants_nothing_kept(self, keys: tuple[LeadKey, ...]) -> bool:
        """Whether one of these was somebody's who asked to be erased."""
        return not self._found.erased.isdisjoint(keys)

    def lead_at(self, landline: str) -> str | None:
        """The only one who gave this office number; several people of an office are nobody for sure."""
        several = self._found.leads_of_landline.get(landline, set())
        return next(iter(several)) if len(several) == 1 else None

    def lead(self, lead_id: str) -> KnownLead | None:
        """A lead by its id."""
        return self._made.leads.get(lead_id) or self._found.leads.get(lead_id)

    def add_lead(self, lead: KnownLead, keys: tuple[LeadKey, ...] = ()) -> None:
        """A row made one, or changed one."""
        self._made.leads[lead.id] = lead
        for key in keys:
            self._made.lead_of_key.setdefault(key, lead.id)

    # Accounts

    def account(self, said: str, name_key: str) -> Mapping[str, Any] | None:
        """An account by our id, by the number it has elsewhere, or by its name."""
        by_id = self._made.accounts.get(said) or self._found.accounts.get(said)
        return by_id or self.account_by("external_id", said) or self.account_by("name_key", name_key)

    def account_by(self, name: str, value: str) -> Mapping[str, Any] | None:
        """An account by one of its keys."""
        if not value:
            return None
        account_id = self._made.account_by.get((name, value)) or self._found.account_by.get((name, value))
        return None if account_id is None else self._account(account_id)

    def _account(self, account_id: str) -> Mapping[str, Any] | None:
        return self._made.accounts.get(account_id) or self._found.accounts.get(account_id)

    def add_account(self, values: Mapping[str, Any]) -> None:
        """A row opened one, or changed one."""
        self._made.accounts[values["id"]] = values
        for name in ("external_id", "uscc", "name_key", "phone_digest"):
            if values.get(name):
                self._made.account_by.setdefault((name, values[name]), values["id"])

    # Deals, orders and what has an id of its own

    def deal(self, said: str) -> Mapping[str, Any] | None:
        """An opportunity by our id or the number it has elsewhere."""
        for one in (self._made, self._found):
            found = one.deals.get(one.deal_by_external_id.get(said, said))
            if found is not None:
                return found
        return None

    def add_deal(self, values: Mapping[str, Any]) -> None:
        """A row made one, or changed one."""
        self._made.deals[values["id"]] = values
        if values.get("external_id"):
            self._made.deal_by_external_id[values["external_id"]] = values["id"]

    def order(self, external_id: str) -> Mapping[str, Any] | None:
        """An order by the number it has elsewhere."""
        return self._made.orders.get(external_id) or self._found.orders.get(external_id)

    def add_order(self, values: Mapping[str, Any]) -> None:
        """A row made one, or changed one."""
        if values.get("external_id"):
            self._made.orders[values["external_id"]] = values

    def has(self, table: str, id: str) -> bool:
        """Whether the very same row is there."""
        return (table, id) in self._made.ids or (table, id) in self._found.ids

    def add(self, table: str, id: str) -> None:
        """A row added one."""
        self._made.ids.add((table, id))

    def target(self, key: tuple[str, str, date]) -> Decimal | None:
        """A target that is set."""
        return self._made.targets.get(key, self._found.targets.get(key))

    def set_target(self, key: tuple[str, str, date], amount: Decimal) -> None:
        """A row set one."""
        self._made.targets[key] = amount
