"""Keep the audit chain: link what waits, and tell the managers each day where it ends."""

from __future__ import annotations

import asyncio

import structlog

from bot.cards.texts import audit as texts
from bot.chat.outbound import Notice
from bot.errors import StoreBusyError
from bot.store import Tx, audit, audit_verify, outbox, users
from bot.store.audit_verify import Verdict
from bot.worker.bench import Bench

log = structlog.get_logger()

#: Rounds between polls; a row that waits for its place is linked within so many.
_POLLS = 6
#: Rows linked in one unit.
_MOST = 200


class AuditKeeper:
    """Links the rows that their own unit could not link."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._forged = 0

    async def run(self) -> None:
        """Link until cancelled."""
        while True:
            try:
                more = await self.step() == _MOST
            except StoreBusyError:
                log.warning("audit.store_busy")
                more = False
            if not more:
                await asyncio.sleep(_POLLS * self._bench.poll)

    async def step(self) -> int:
        """One round; how many rows got their place."""
        async with self._bench.store.read() as tx:
            if not await audit.needs_linking(tx):
                return 0
        done = await self._bench.store.write(
            lambda tx: audit.link_waiting(tx, self._bench.vault, most=_MOST), lane_key="audit"
        )
        if done.forged > self._forged:
            log.error("audit.forged_rows_found", count=done.forged)
        self._forged = done.forged
        return done.linked


async def announce(bench: Bench) -> None:
    """Check the whole chain, and tell everybody who leads the company where it ends."""
    await AuditKeeper(bench).step()
    async with bench.store.read() as tx:
        verdict = await audit_verify.verify(tx, bench.vault)
        leaders = [one for one in await users.active(tx) if one.sees_all()]
    told = verdict.head.told()
    # The log is a second place outside the database.
    if verdict.whole:
        log.info("audit.verified", rows=verdict.head.n, head=told)
    else:
        log.error("audit.broken", rows=verdict.head.n, head=told, found=_found(verdict))
    today = bench.clock().astimezone(bench.company.org.zone).date()
    text = texts.daily_head(today, rows=verdict.head.n, head=told, found=_found(verdict))

    async def unit(tx: Tx) -> None:
        for leader in leaders:
            key = f"audit_head:{today.isoformat()}:{leader.id}"
            await outbox.post(bench.desk(tx), Notice(to=leader.id, key=key, text=text))

    await bench.store.write(unit, lane_key="audit", within=10)


def _found(verdict: Verdict) -> str:
    fault = verdict.fault
    return "" if fault is None else texts.trouble(fault.wrong.value, fault.n, fault.row_id)
