"""Go along the audit chain from its beginning and find the first row that is not as we wrote it."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, func, select

from bot.kit.vault import Vault
from bot.store.audit import RAW
from bot.store.audit_chain import START, Chain, Head, same, spelled
from bot.store.tables.machinery import audit, audit_head, inbox
from bot.store.tx import Tx

#: Rows read at a time: some ten milliseconds of work.
PAGE = 2000
#: Of a link, in what people are told; see Head.told.
_TOLD_MIN = 8
_PAGE = (
    select(*RAW)
    .where(audit.c.n > bindparam("after"), audit.c.n <= bindparam("upto"))
    .order_by(audit.c.n)
    .limit(bindparam("most"))
)
_WAITING = (
    select(*RAW)
    .where(audit.c.n.is_(None), audit.c.id > bindparam("after"))
    .order_by(audit.c.id)
    .limit(bindparam("most"))
)
_PLACES = select(
    func.count(audit.c.n).label("linked"),
    func.min(audit.c.n).label("least"),
    func.max(audit.c.n).label("most"),
)
_HEAD = select(audit_head)
_ANY_WORK = select(inbox.c.id).limit(1)


class Wrong(enum.Enum):
    """What is not as it was."""

    #: The row, or its place, is another one than was linked.
    ALTERED = "altered"
    #: There is no row at this place.
    MISSING = "missing"
    #: A row that was never linked here.
    EXTRA = "extra"
    #: The database cannot even read it.
    UNREADABLE = "unreadable"
    #: A row that waits for its place and was not written by us.
    FORGED = "forged"
    #: The record of where the chain ends is gone, or not ours.
    HEAD_GONE = "head_gone"
    HEAD_FORGED = "head_forged"
    #: The chain is whole, and not the one that somebody wrote down.
    OTHER_THAN_TOLD = "other_than_told"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong; `n` is its place in the chain, None if it has none."""

    wrong: Wrong
    n: int | None = None
    row_id: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A head that somebody wrote down: the number of rows, and how the last link began."""

    n: int
    begins: str

    @staticmethod
    def read(text: str) -> Told:
        """Read `1204:3fa9c2d07b1e4c55`; ValueError for anything else."""
        number, _, begins = text.strip().partition(":")
        if (
            not number.isascii()
            or not number.isdigit()
            or len(begins) < _TOLD_MIN
            or len(number) > len("9" * 15)
        ):
            raise ValueError(text)
        int(begins, 16)
        return Told(int(number), begins.lower())


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the chain is whole, and what is wrong first."""

    head: Head
    #: Rows that wait for their place, and since when.
    waiting: int = 0
    waiting_since: datetime | None = None
    fault: Fault | None = None

    @property
    def whole(self) -> bool:
        """Every row is as we wrote it, and none is missing."""
        return self.fault is None


def _silent(_rows: int) -> None:
    return


async def verify(
    tx: Tx, vault: Vault, *, told: Told | None = None, progress: Callable[[int], None] = _silent
) -> Verdict:
    """Check every row; rows that are added meanwhile are checked too or left for the next time."""
    return await _Walk(tx, Chain(vault), told, progress).go()


class _Walk:
    """One way along the chain."""

    def __init__(self, tx: Tx, chain: Chain, told: Told | None, progress: Callable[[int], None]) -> None:
        self._tx = tx
        self._chain = chain
        self._told = told
        self._progress = progress
        self._n, self._link = 0, START

    async def go(self) -> Verdict:
        """The linked rows, then where they end, then those that wait."""
        fault = await self._linked()
        if fault is None:
            fault = await self._ends()
        if fault is None and self._told is not None and self._told.n > self._n:
            fault = Fault(Wrong.OTHER_THAN_TOLD, self._told.n)
        verdict = await self._waiting(Verdict(Head(self._n, self._link)))
        return verdict if fault is None else replace(verdict, fault=fault)

    async def _linked(self) -> Fault | None:
        while True:
            head = await self._tx.first(_HEAD)
            if head is None:
                return await self._headless()
            upto = head.n if isinstance(head.n, int) else 0
            while self._n < upto:
                fault = await self._page(upto)
                if fault is not None:
                    return fault
                self._progress(self._n)
            if not self._chain.sealed(Head(head.n, head.link), head.seal):
                return Fault(Wrong.HEAD_FORGED)
            if head.link != self._link:
                return Fault(Wrong.HEAD_FORGED)
            newer = await self._tx.first(_HEAD)
            if newer is not None and newer.n == head.n:
                return None

    async def _headless(self) -> Fault | None:
        """Fine for a program that has never worked; its head is made when it starts."""
        places = await self._tx.first(_PLACES)
        unused = places is not None and places.linked == 0 and await self._tx.first(_ANY_WORK) is None
        return None if unused else Fault(Wrong.HEAD_GONE)

    async def _page(self, upto: int) -> Fault | None:
        try:
            rows = await self._tx.all(_PAGE, after=self._n, upto=upto, most=PAGE)
        except Exception:  # noqa: BLE001 - a value that no driver can read is a finding, not a failure
            return await self._one_by_one(upto)
        if not rows:
            return Fault(Wrong.MISSING, self._n + 1)
        for row in rows:
            fault = self._row(*row)
            if fault is not None:
                return fault
        return None

    async def _one_by_one(self, upto: int) -> Fault | None:
        """Find the row that cannot be read."""
        while self._n < upto:
            place = self._n + 1
            try:
                rows = await self._tx.all(_PAGE, after=self._n, upto=place, most=1)
            except Exception:  # noqa: BLE001 - this is the one
                return Fault(Wrong.UNREADABLE, place)
            fault = self._row(*rows[0]) if rows else Fault(Wrong.MISSING, place)
            if fault is not None or place % PAGE == 0:
                return fault
        return None

    def _row(self, n: object, link: object, *contents: object) -> Fault | None:
        place = self._n + 1
        if n != place:
            # Of two rows at one place the second is too many; after a gap the one before is missing.
            is_gap = isinstance(n, int) and n > place
            return Fault(Wrong.MISSING, place) if is_gap else Fault(Wrong.EXTRA, self._n, str(contents[0]))
        ours = self._chain.link(self._link, place, spelled(*contents))
        if not same(ours, link):
            return Fault(Wrong.ALTERED, place, str(contents[0]))
        if self._told is not None and self._told.n == place and not ours.startswith(self._told.begins):
            return Fault(Wrong.OTHER_THAN_TOLD, place)
        self._n, self._link = place, ours
        return None

    async def _ends(self) -> Fault | None:
        """Nothing stands beyond the end, before the beginning, or between two places."""
        places = await self._tx.first(_PLACES)
        head = await self._tx.first(_HEAD)
        if places is None or places.linked == 0:
            return None
        if head is None:
            return Fault(Wrong.HEAD_GONE)
        if not isinstance(places.most, int) or not isinstance(places.least, int):
            return Fault(Wrong.EXTRA)
        if places.least != 1:
            return Fault(Wrong.EXTRA, places.least)
        if places.most > head.n:
            return Fault(Wrong.EXTRA, head.n + 1)
        return None if places.linked == places.most else Fault(Wrong.EXTRA)

    async def _waiting(self, verdict: Verdict) -> Verdict:
        after, count, since, fault = "", 0, None, None
        while True:
            try:
                rows = await self._tx.all(_WAITING, after=after, most=PAGE)
            except Exception:  # noqa: BLE001 - see _page
                return replace(verdict, waiting=count, fault=fault or Fault(Wrong.UNREADABLE))
            for row in rows:
                count += 1
                if not same(self._chain.waiting(spelled(*row[2:])), row.link):
                    fault = fault or Fault(Wrong.FORGED, None, str(row.id))
                else:
                    since = min(filter(None, (since, _instant(row.at))))
            if len(rows) < PAGE:
                return replace(verdict, waiting=count, waiting_since=since, fault=fault)
            after = rows[-1].id


def _instant(at: object) -> datetime:
    return at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
