"""A file goes in, piece by piece: the trial and the real thing are the same code but for the last step."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import orjson
import structlog

from bot.crm.company import Company
from bot.errors import BotError
from bot.intake.imports import texts
from bot.intake.imports.kinds.kind import Kind
from bot.intake.imports.kinds.register import KINDS
from bot.intake.imports.mapping import ColumnMap
from bot.intake.imports.outcome import ElsewhereError, Outcome, RejectedError
from bot.intake.imports.record import Reader, Record
from bot.intake.imports.table import Row, Table
from bot.intake.imports.terms import People, Terms
from bot.intake.imports.world import World
from bot.kit.clock import Clock
from bot.kit.ids import RandomBytes
from bot.kit.vault import Vault
from bot.store import Store, import_batches, import_lookups, import_writing, users
from bot.store.desk import Desk
from bot.store.import_batches import Batch, Counts
from bot.store.import_lookups import Wants
from bot.store.import_writing import Written
from bot.store.tx import Tx

_log = structlog.get_logger()
#: Rows in one unit of work: taps go between two of them.
PIECE = 400
#: Most numbers that are reserved at once.
_BLOCK = 4_000
#: Seconds to wait for a commit: nobody stands at the door.
_WITHIN = 60.0
_TRIES = 3
#: Made since the last look for circles; Python's own number is 700, a sixth of what one piece makes.
_OBJECTS = 50_000
#: Longer than any number of ours.
_NOBODYS = 10**13


@dataclass(frozen=True, slots=True)
class Tools:
    """What an import is done with."""

    store: Store
    company: Company
    vault: Vault
    clock: Clock
    random_bytes: RandomBytes

    def desk(self, tx: Tx) -> Desk:
        """Lay a desk in a unit of work."""
        return Desk(
            tx=tx, company=self.company, now=self.clock(), vault=self.vault, random_bytes=self.random_bytes
        )


@dataclass(slots=True)
class _Prepared:
    """A row, cleaned or refused."""

    record: Record
    said: object = field(default=None, repr=False)
    refused: str = ""


#: Hears of each piece: what became of its rows, and the rows.
Heard = Callable[[Sequence[Written]], None]


def digest_of(table: Table, mapping: ColumnMap) -> str:
    """Names a file and what is made of it."""
    means = orjson.dumps(mapping.as_document(), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(table.digest.encode() + means).hexdigest()


async def run(
    tools: Tools, table: Table, mapping: ColumnMap, *, batch: Batch | None, by: str = "",
    heard: Heard | None = None,
) -> Counts:  # fmt: skip
    """Take a whole file in; without a batch nothing is written, and all is said that would be.

    A batch that was cut short goes on where it ended. `by` is whose trial it is.
    """
    async with tools.store.read() as tx:
        people = People(await users.everybody(tx))
    terms = Terms(
        tools.company, tools.vault, batch.id if batch else "", tools.clock(), mapping, people,
        importer=people.get(batch.by if batch else by), trial=batch is None,
    )  # fmt: skip
    kind = KINDS[mapping.kind](terms)
    work = _Work(tools, terms, kind, Reader(mapping, table.header), batch)
    with _collecting_seldom():
        return await _walk(work, iter(table), batch, heard)


async def _walk(work: _Work, rows: Iterator[Row], batch: Batch | None, heard: Heard | None) -> Counts:
    """Go through the rows piece by piece."""
    counts = batch.counts if batch else Counts()
    piece = await work.next_piece(rows, after=batch.done_through if batch else 0)
    while piece:
        lines, counts = await work.settle(piece, counts)
        if heard is not None:
            heard(lines)
        # One after the other: while the next piece is read, a writer at work would wait for the
        # interpreter at each row, and with it every tap behind that piece.
        piece = await work.next_piece(rows, after=0)
    return counts


@contextlib.contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Have circles of objects looked for less often: an import makes millions of objects, and no circles."""
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _Work:
    """One run of one file."""

    def __init__(self, tools: Tools, terms: Terms, kind: Kind, reader: Reader, batch: Batch | None) -> None:
        self._tools = tools
        self._terms = terms
        self._kind = kind
        self._reader = reader
        self._batch = batch
        self._world = World(trial=batch is None)
        self._numbers: list[int] = []
        self._account_numbers: list[int] = []
        self._nobodys = _NOBODYS
        #: Every row up to here has its outcome.
        self._through = batch.done_through if batch else 0
        self._fetched_yet = 0

    async def next_piece(self, rows: Iterator[Row], *, after: int) -> list[_Prepared]:
        """Read and clean the next rows, in another thread; those up to `after` have their outcome."""
        series = self._kind.series
        # How many are passed over because they have their outcome, nobody knows before.
        read = None if after else await asyncio.to_thread(lambda: list(islice(rows, PIECE)))
        n = PIECE if read is None else len(read)
        numbers = await self._reserve(series, self._numbers, n) if series else [0] * n
        return await asyncio.to_thread(self._prepare, rows if read is None else read, numbers, after)

    async def _reserve(self, series: str, kept: list[int], n: int) -> list[int]:
        """The next numbers of a series, fetched in blocks."""
        if len(kept) < n:
            kept += await self._fetched(series, n - len(kept))
        taken = kept[:n]
        del kept[:n]
        return taken

    async def _fetched(self, series: str, missing: int) -> Sequence[int]:
        """Blocks grow with the file: after a short one the next lead's number follows on."""
        count = missing if missing < PIECE else min(_BLOCK, max(missing, self._fetched_yet))
        self._fetched_yet += count
        if self._batch is None:
            # In a trial nothing keeps its number, and none is one that somebody has.
            self._nobodys += count
            return range(self._nobodys - count, self._nobodys)
        return await self._tools.store.write(lambda tx: tx.numbers(series, count), within=_WITHIN)

    def _prepare(self, rows: Iterable[Row], numbers: Sequence[int], after: int) -> list[_Prepared]:
        found: list[_Prepared] = []
        # What was done before the cut is read again, for the second of two equal lines is another one.
        for row in rows:
            prepared = self._cleaned(self._reader.read(row), numbers[len(found)])
            if row.number > after:
                found.append(prepared)
            if len(found) == len(numbers):
                break
        return found

    def _cleaned(self, record: Record, number: int) -> _Prepared:
        try:
            return _Prepared(record, self._kind.prepare(record, number))
        except RejectedError as exc:
            return _Prepared(record, refused=str(exc))

    async def settle(self, piece: list[_Prepared], counts: Counts) -> tuple[list[Written], Counts]:
        """Decide a piece and write it down, all of it or nothing."""
        await self._have_account_numbers(len(piece) * _TRIES)
        if self._batch is None:
            async with self._tools.store.read() as tx:
                lines = await self._decide(self._tools.desk(tx), piece)
            return lines, _added(counts, lines)
        after = self._through
        for attempt in range(_TRIES):
            try:
                done = await self._tools.store.write(
                    lambda tx: self._write(self._tools.desk(tx), piece, counts, after),
                    lane_key=f"import:{self._batch.id}", within=_WITHIN,
                )  # fmt: skip
            except BotError:
                raise
            except Exception as exc:
                # Somebody was entered at the very same time: the second look finds him.
                _log.warning("import.piece_again", batch=self._batch.id, error=type(exc).__name__)
                if attempt == _TRIES - 1:
                    raise
            else:
                self._through = piece[-1].record.number
                return done
        msg = "unreachable"
        raise AssertionError(msg)

    async def _have_account_numbers(self, n: int) -> None:
        """As many as the rows of a piece can open accounts, at every try."""
        missing = n - len(self._terms.account_numbers)
        if self._kind.opens_accounts and missing > 0:
            more = await self._reserve("account", self._account_numbers, min(missing, _BLOCK))
            self._terms.account_numbers += more

    async def _write(
        self, desk: Desk, piece: list[_Prepared], counts: Counts, after: int
    ) -> tuple[list[Written], Counts]:
        assert self._batch is not None  # noqa: S101 - asked by the caller
        self._terms.now = desk.now
        lines = await self._decide(desk, piece)
        counts = _added(counts, lines)
        # First of all, for two who write the same rows would stand in each other's way.
        if not await import_batches.progress(
            desk.tx, self._batch.id, counts, after=after, through=piece[-1].record.number, now=desk.now
        ):
            raise ElsewhereError(texts.elsewhere(self._batch.id))
        await import_writing.write(desk.tx, desk.vault, self._batch.id, lines, now=desk.now)
        return lines, counts

    async def _decide(self, desk: Desk, piece: list[_Prepared]) -> list[Written]:
        wants = Wants()
        for one in piece:
            if not one.refused:
                self._kind.want(one.said, wants)
        self._world.turn(await import_lookups.fetch(desk, wants, locked=self._batch is not None))
        return [self._decided(one) for one in piece]

    def _decided(self, one: _Prepared) -> Written:
        record = one.record
        if one.refused:
            line = Written(record.number, Outcome.REJECTED, reason=one.refused)
        else:
            try:
                line = self._kind.decide(one.said, self._world)
            except RejectedError as exc:
                line = Written(record.number, Outcome.REJECTED, reason=str(exc))
        if line.outcome is Outcome.REJECTED:
            line.external_id = record.get("external_id")
        if self._batch is not None and self._is_kept(line, record):
            whole = orjson.dumps(self._reader.whole(record))
            line.raw = self._terms.vault.seal(whole, f"import_rows.raw:{self._batch.id}:{record.number}")
        return line

    def _is_kept(self, line: Written, record: Record) -> bool:
        """Whether cells would be lost without the row's own record."""
        if line.reason == texts.ERASED:
            return False
        if line.outcome in (Outcome.MERGED, Outcome.REJECTED):
            return True
        return line.outcome != Outcome.UNCHANGED and self._reader.has_spare(record)


def _added(counts: Counts, lines: Sequence[Written]) -> Counts:
    more = import_batches.total(str(line.outcome) for line in lines)
    return Counts(
        counts.created + more.created,
        counts.merged + more.merged,
        counts.unchanged + more.unchanged,
        counts.rejected + more.rejected,
    )


def sample(table: Table, n: int) -> list[Row]:
    """The first rows, for guessing; the table has to be reopened afterwards."""
    return list(islice(table, n))
