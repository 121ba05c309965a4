"""Accounts: by the number they have elsewhere, by their credit code, by their name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.intake.clean.company import company_key, company_name
from bot.intake.clean.email import read_email
from bot.intake.clean.place import read as read_place
from bot.intake.clean.uscc import read_uscc
from bot.intake.imports import cells, texts
from bot.intake.imports.outcome import Outcome, RejectedError
from bot.intake.imports.record import Record
from bot.intake.imports.terms import Terms
from bot.intake.imports.world import World
from bot.kit.masked import Phone
from bot.kit.vault import Vault
from bot.store.import_lookups import Wants
from bot.store.import_writing import Change, Insert, Written
from bot.store.leads import dialled

#: Filled in where they were empty, never overwritten.
_COMPLETED = ("external_id", "uscc", "industry", "city", "owner_id", "phone", "email")
#: What goes with a number or an address that is filled in.
_WITH = {"phone": ("phone_masked", "phone_digest"), "email": ("email_masked",)}


@dataclass(slots=True)
class PreparedAccount:
    """A row that is a firm."""

    record: Record
    values: dict[str, Any] = field(repr=False)


class Accounts:
    """The kind."""

    series = "account"
    opens_accounts = False
    table = "accounts"

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def prepare(self, record: Record, number: int) -> PreparedAccount:
        """Clean it."""
        name = company_name(record.get("name"))
        if not name:
            raise RejectedError(texts.NO_NAME)
        said = record.get("uscc")
        uscc = read_uscc(said) if said else None
        if said and uscc is None:
            raise RejectedError(texts.BAD_USCC)
        owner = self._terms.owner(record)
        values = new_account(
            self._terms, f"A{number}", name, industry=self._terms.name("industry", record.get("industry")),
            city=read_place(province="", city=record.get("city")).city, owner_id=owner.id if owner else None,
        )  # fmt: skip
        values |= {"external_id": record.get("external_id") or None, "uscc": uscc}
        values |= self._reached(record, values["id"])
        return PreparedAccount(record, values)

    def _reached(self, record: Record, account_id: str) -> dict[str, Any]:
        """How the firm is reached: sealed, as leads' are."""
        vault, said, found = self._terms.vault, record.get("phone"), dict[str, Any]()
        if said:
            phone = self._phone(said)
            found["phone"] = vault.seal(phone.reveal().encode(), f"accounts.phone:{account_id}")
            found["phone_masked"] = Phone(dialled(phone.reveal())).masked
            found["phone_digest"] = phone_digest(vault, phone.reveal())
        if said := record.get("email"):
            email = read_email(said)
            if email is None:
                raise RejectedError(texts.bad_field(texts.LABELS["email"], texts.BAD_EMAIL))
            found["email"] = vault.seal(email.reveal().encode(), f"accounts.email:{account_id}")
            found["email_masked"] = email.masked
        return found

    @staticmethod
    def _phone(said: str) -> Phone:
        try:
            return cells.read_phones(said).first
        except cells.BadCellError as exc:
            raise RejectedError(texts.bad_field(texts.LABELS["phone"], str(exc))) from exc

    def want(self, prepared: PreparedAccount, wants: Wants) -> None:
        """Whoever may be the same firm."""
        values = prepared.values
        wants.account_keys.add(values["name_key"])
        if values["external_id"]:
            wants.account_external_ids.add(values["external_id"])
        if values["uscc"]:
            wants.account_uscc.add(values["uscc"])

    def decide(self, prepared: PreparedAccount, world: World) -> Written:
        """New, or completed."""
        values = prepared.values
        line = Written(prepared.record.number, Outcome.CREATED, external_id=values["external_id"] or "")
        known = self._known(values, world)
        if known is None:
            line.entity_id, line.inserts = values["id"], [Insert("accounts", values)]
            world.add_account(values)
            return line
        line.entity_id = known["id"]
        new = {name: values[name] for name in _COMPLETED if values[name] and not known[name]}
        for name in _WITH.keys() & new.keys():
            new |= {one: values[one] for one in _WITH[name]}
            new[name] = self._moved(name, values, known["id"])
        line.outcome = Outcome.MERGED if new else Outcome.UNCHANGED
        if new:
            before = {name: known[name] for name in new}
            line.changes.append(Change("accounts", {"id": known["id"]}, before, new))
            world.add_account({**known, **new})
        return line

    def _moved(self, column: str, values: Mapping[str, Any], to: str) -> bytes:
        """What was sealed for a firm of its own, sealed for the one that it is."""
        vault = self._terms.vault
        plain = vault.open(values[column], f"accounts.{column}:{values['id']}")
        return vault.seal(plain, f"accounts.{column}:{to}")

    @staticmethod
    def _known(values: Mapping[str, Any], world: World) -> Mapping[str, Any] | None:
        for name in ("external_id", "uscc"):
            found = world.account_by(name, values[name] or "")
            if found is not None:
                return found
        same_name = world.account_by("name_key", values["name_key"])
        # Two firms of one name with numbers of their own are two firms.
        tells_apart = same_name is not None and any(
            values[name] and same_name[name] and values[name] != same_name[name]
            for name in ("external_id", "uscc")
        )
        return None if tells_apart else same_name


def new_account(
    terms: Terms, account_id: str, name: str, *, industry: str, city: str, owner_id: str | None
) -> dict[str, Any]:
    """The columns of a firm that we do not know."""
    return {
        "id": account_id,
        "name": name,
        # A name with nothing of its own is at least itself.
        "name_key": company_key(name) or name.lower(),
        "external_id": None,
        "uscc": None,
        "industry": industry,
        "city": city,
        "owner_id": owner_id,
        **dict.fromkeys(("phone", "phone_masked", "phone_digest", "email", "email_masked")),
        "created_at": terms.now,
    }


def phone_digest(vault: Vault, phone: str) -> str:
    """By what an account is found by its number (E.164)."""
    return vault.index("account.phone", phone)
