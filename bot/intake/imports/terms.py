"""What all kinds of rows are taken by: the company, the keys, the people, this batch."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.crm.company import Company
from bot.crm.user import Role, User
from bot.intake.imports import cells, texts
from bot.intake.imports.mapping import ColumnMap
from bot.intake.imports.outcome import RejectedError
from bot.intake.imports.record import Record
from bot.kit.ids import keyed
from bot.kit.vault import Vault

_SOON = timedelta(days=1)


@dataclass(slots=True)
class Terms:
    """Of one import."""

    company: Company
    vault: Vault
    batch_id: str
    now: datetime
    mapping: ColumnMap
    people: People
    #: Whose import it is; None from the command line, which may all.
    importer: User | None = None
    #: Nothing is written: what earlier rows would have made is remembered instead.
    trial: bool = False
    #: Numbers for accounts that rows of other kinds open; as many as a piece has rows.
    account_numbers: list[int] = field(default_factory=list)
    #: How often the same content has come: the second of two equal lines is another one.
    _times: dict[str, int] = field(default_factory=dict)
    _words: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The company's."""
        return self.company.org.zone

    @property
    def by(self) -> str:
        """Who did it, in histories."""
        return f"import:{self.batch_id}"

    def day(self, record: Record, key: str) -> datetime | None:
        """A day or a moment that a row says."""
        said = record.get(key)
        if not said:
            return None
        with _rejecting(key):
            return cells.read_day(said, self.zone, self.mapping.dates)

    def past_day(self, record: Record, key: str) -> datetime | None:
        """As `day`, but not ahead."""
        found = self.day(record, key)
        if found is not None and found > self.now + _SOON:
            raise RejectedError(texts.bad_field(texts.LABELS.get(key, key), texts.ahead(record.get(key))))
        return found

    def local_date(self, at: datetime) -> date:
        """The company's day."""
        return at.astimezone(self.zone).date()

    def money(self, record: Record, key: str = "amount") -> Decimal | None:
        """An amount that a row says."""
        said = record.get(key)
        if not said:
            return None
        with _rejecting(key):
            return cells.read_money(said)

    def owner(self, record: Record) -> User | None:
        """The colleague that a row names."""
        said = record.get("owner")
        return self.people.named(said) if said else None

    def may_give_to(self, owner: User) -> bool:
        """Whether the importer may make somebody the owner of a lead: a manager, people of his region."""
        by = self.importer
        return by is None or by.role is not Role.MANAGER or by.leads_region(owner.region)

    def own_id(self, kind: str, *parts: str) -> str:
        """The same content gives the same id; the second time in one file, the next one."""
        digest = keyed(self.vault.key("import"), kind, *parts)
        nth = self._times[digest] = self._times.get(digest, 0) + 1
        return digest if nth == 1 else keyed(self.vault.key("import"), digest, str(nth))

    def own_external_id(self, kind: str, external_id: str) -> str:
        """The id of a thing that has a number where it comes from."""
        return keyed(self.vault.key("import"), kind, "external_id", external_id)

    def name(self, kind: str, said: str) -> str:
        """A word of the company for what a row calls by an alias; else the row's own."""
        if not self._words:
            self._words = {
                (kind_of, word.lower()): name_of
                for kind_of, names in self.company.lexicon_words().items()
                for name_of, spoken in names.items()
                for word in spoken
            }
        return self._words.get((kind, said.strip().lower()), said.strip())


@contextlib.contextmanager
def _rejecting(key: str) -> Iterator[None]:
    try:
        yield
    except cells.BadCellError as exc:
        raise RejectedError(texts.bad_field(texts.LABELS.get(key, key), str(exc))) from exc


class People:
    """Colleagues by id and by name."""

    def __init__(self, users: Iterable[User]) -> None:
        found = list(users)
        self._by_id = {one.id: one for one in found}
        self._by_name: dict[str, list[User]] = {}
        for one in found:
            self._by_name.setdefault(one.name, []).append(one)

    def get(self, user_id: str | None) -> User | None:
        """The one of this id."""
        return self._by_id.get(user_id) if user_id else None

    def has(self, kind: str, name: str) -> bool:
        """Whether anybody is in this team or region."""
        return any(getattr(one, kind) == name for one in self._by_id.values())

    def named(self, said: str) -> User:
        """The one of this id, or of this name if it is unique; RejectedError otherwise."""
        if said in self._by_id:
            return self._by_id[said]
        found = self._by_name.get(said, [])
        active = [one for one in found if one.active] or found
        if len(active) > 1:
            raise RejectedError(texts.several_owners(said))
        if not active:
            raise RejectedError(texts.unknown_owner(said))
        return active[0]


def facts_of(owner: User | None, *, region: str = "") -> dict[str, str | None]:
    """Whose a fact is, as they are now."""
    if owner is None:
        return {"owner_id": None, "team": "", "region": region}
    return {"owner_id": owner.id, "team": owner.team, "region": owner.region}
