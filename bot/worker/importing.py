"""Files from the chat: fetched, tried, taken in and taken back, by one process at a time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import orjson
import structlog

from bot.cards import import_done, import_offer
from bot.cards.texts import imports as texts
from bot.chat.adapter import Downloaded, Downloads
from bot.chat.card import Card
from bot.chat.outbound import Notice
from bot.errors import BotError, ImportFileError, PlatformBusyError, PlatformError
from bot.intake.imports import job, limits, report, say, trial
from bot.intake.imports.columns import KIND_LABELS
from bot.intake.imports.engine import Tools
from bot.intake.imports.outcome import ElsewhereError
from bot.intake.imports.trial import Trial
from bot.intake.imports.undo import undo
from bot.store import import_batches, leases, outbox
from bot.store.import_batches import (
    CHECKED,
    CONFIRMED,
    FAILED,
    FETCHING,
    FILE,
    REPORT,
    RUNNING,
    UNDOING,
    Batch,
)
from bot.store.tx import Tx
from bot.worker.bench import Bench

log = structlog.get_logger()
_ROLE = "importer"
_LEASE = timedelta(seconds=60)
#: Seconds between renewals of the lease while a file is worked on.
_RENEW = 20.0
_WITHIN = 30.0
#: A platform that is busy is asked again; so often, so many seconds apart.
_TRIES, _PAUSE = 5, 2.0


class Importer:
    """Does what batches wait for."""

    def __init__(self, bench: Bench, *, base_url: str = "") -> None:
        self._bench = bench
        self._base_url = base_url
        self._tools = Tools(bench.store, bench.company, bench.vault, bench.clock, bench.random_bytes)

    async def run(self) -> None:
        """Look for work until cancelled."""
        while True:
            if not await self.step():
                await asyncio.sleep(self._bench.poll)

    async def step(self) -> bool:
        """Do one thing that is waited for; False when there is none for us."""
        async with self._bench.store.read() as tx:
            waiting = [one for one in await import_batches.under_way(tx) if _is_ours(one)]
        if not waiting or not await self._hold():
            return False
        held = asyncio.create_task(self._keep_holding())
        try:
            await self._work(waiting[0])
        finally:
            held.cancel()
        # A lease that runs out unreturned looks like an importer that died.
        await self._bench.store.write(
            lambda tx: leases.release(tx, _ROLE, by=self._bench.name), within=_WITHIN
        )
        self._bench.wake()
        return True

    async def _hold(self) -> bool:
        bench = self._bench
        term = await bench.store.write(
            lambda tx: leases.hold(tx, _ROLE, by=bench.name, now=bench.clock(), for_=_LEASE), within=_WITHIN
        )
        return term is not None

    async def _keep_holding(self) -> None:
        while True:
            await asyncio.sleep(_RENEW)
            await self._hold()

    async def _work(self, batch: Batch) -> None:
        try:
            match batch.state:
                case import_batches.FETCHING:
                    await self._try(batch)
                case import_batches.UNDOING:
                    await self._undo(batch)
                case _:
                    await self._take(batch)
        except ElsewhereError:
            # Our lease ran out on the way; whoever has it now goes on.
            log.warning("import.taken_over", batch=batch.id)
        except (ImportFileError, PlatformError) as exc:
            why = str(exc) if isinstance(exc, ImportFileError) else texts.NO_FILE
            log.warning("import.failed", batch=batch.id, error=type(exc).__name__)
            await self._fail(batch, texts.FAILED.format(name=batch.file_name, why=why))
        except BotError:
            raise
        except Exception:
            log.exception("import.broken", batch=batch.id)
            await self._fail(batch, texts.BROKEN.format(name=batch.file_name))

    async def _fail(self, batch: Batch, text: str) -> None:
        async def unit(tx: Tx) -> None:
            desk = self._bench.desk(tx)
            now = await import_batches.get(tx, batch.id)
            await import_batches.to_state(desk, now, FAILED)
            await outbox.post(
                desk, Notice(to=batch.by, key=f"import.failed:{batch.id}:{now.state}", text=text)
            )

        await self._bench.store.write(unit, within=_WITHIN)

    async def _data(self, batch: Batch) -> bytes:
        """The file: kept with its batch, or fetched from the platform and kept."""
        async with self._bench.store.read() as tx:
            data = await import_batches.file(tx, self._bench.vault, batch.id, FILE)
        if data is not None:
            return data
        adapter = self._bench.adapters.get(batch.platform)
        if not isinstance(adapter, Downloads):
            raise ImportFileError(texts.NO_FILE)
        media = orjson.loads(import_batches.media_of(self._bench.vault, batch))
        found = await self._fetched(adapter, media)

        async def unit(tx: Tx) -> None:
            await import_batches.put_file(self._bench.desk(tx), batch.id, FILE, found.data)
            if found.name and batch.file_name == texts.ANY_FILE:
                await import_batches.rename(tx, batch.id, found.name)

        await self._bench.store.write(unit, within=_WITHIN)
        return found.data

    @staticmethod
    async def _fetched(adapter: Downloads, media: dict[str, str]) -> Downloaded:
        for attempt in range(1, _TRIES + 1):
            try:
                return await adapter.download(media["media_id"], media["key"], most=limits.CHAT_MOST)
            except PlatformBusyError:
                if attempt == _TRIES:
                    raise
                await asyncio.sleep(_PAUSE * attempt)
        msg = "unreachable"
        raise AssertionError(msg)

    async def _try(self, batch: Batch) -> None:
        data = await self._data(batch)
        async with self._bench.store.read() as tx:
            batch = await import_batches.get(tx, batch.id)
        tried = await trial.try_out(self._tools, data, batch.file_name, kind=batch.kind, by=batch.by)

        async def unit(tx: Tx) -> None:
            desk = self._bench.desk(tx)
            seen = await import_batches.same_file(tx, tried.digest)
            mapping = tried.mapping
            await import_batches.means(
                tx, batch.id, digest=tried.digest, kind=mapping.kind.value, mapping=mapping.as_document()
            )
            await import_batches.put_file(desk, batch.id, REPORT, tried.report)
            await import_batches.to_state(desk, await import_batches.get(tx, batch.id), CHECKED)
            card = import_offer.card(self._shown(batch, tried, seen.id if seen else ""))
            key = f"import.offer:{batch.id}:{mapping.kind.value}"
            await outbox.post(desk, Notice(to=batch.by, key=key, card=card, topic=f"import:{batch.id}"))

        await self._bench.store.write(unit, within=_WITHIN)

    def _shown(self, batch: Batch, tried: Trial, seen: str) -> import_offer.Tried:
        return import_offer.Tried(
            batch_id=batch.id, file_name=batch.file_name, kind=tried.mapping.kind.value,
            kinds={kind.value: label for kind, label in KIND_LABELS.items()},
            counts=_counts(tried.counts), columns=tried.columns, spare=tried.spare,
            problems=[(one.row, one.reason) for one in tried.problems],
            report_url=self._report_url(batch), seen=seen,
        )  # fmt: skip

    def _report_url(self, batch: Batch) -> str:
        return f"{self._base_url}{report.path(self._bench.vault, batch.id)}" if self._base_url else ""

    async def _take(self, batch: Batch) -> None:
        data = await self._data(batch)
        opened, mapping = trial.as_checked(data, batch)
        if batch.state == CONFIRMED:
            await self._bench.store.write(
                lambda tx: import_batches.to_state(self._bench.desk(tx), batch, RUNNING), within=_WITHIN
            )
        done = await job.carry_out(self._tools, opened, mapping, batch)
        kind = say.kind(done.kind)
        card = import_done.card(
            done.id, done.file_name, kind, _counts(done.counts), report_url=self._report_url(done)
        )
        await self._post(done, f"import.done:{done.id}", card, to=done.by)

    async def _undo(self, batch: Batch) -> None:
        done = await undo(self._tools, batch)
        card = import_done.undone(done.id, done.file_name, done.kept, report_url=self._report_url(done))
        await self._post(done, f"import.undone:{done.id}:{done.changed_at.isoformat()}", card, to=batch.note)

    async def _post(self, batch: Batch, key: str, card: Card, *, to: str) -> None:
        notice = Notice(to=to, key=key, card=card, topic=f"import:{batch.id}")
        await self._bench.store.write(lambda tx: outbox.post(self._bench.desk(tx), notice), within=_WITHIN)


def _is_ours(batch: Batch) -> bool:
    """What was asked for in a chat; the command line sees to its own."""
    if batch.state == UNDOING:
        return bool(batch.note)
    return bool(batch.platform) and batch.state in (FETCHING, CONFIRMED, RUNNING)


def _counts(counts: import_batches.Counts) -> dict[str, int]:
    names = ("rows", "created", "merged", "unchanged", "rejected")
    return {name: getattr(counts, name) for name in names}
