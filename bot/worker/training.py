"""Each night: learn from how the company's leads ended, beside the loop."""

from __future__ import annotations

import asyncio

import structlog

from bot.insight import chances
from bot.rules.scorecard.card import Trained
from bot.store.reads.outcomes import outcomes
from bot.worker.bench import Bench

log = structlog.get_logger()


async def train(bench: Bench) -> None:
    """Read what ended, learn, write down what came of it."""
    async with bench.store.read() as tx:
        found = await outcomes(tx, ripe=bench.clock() - chances.RIPE)
    result = await asyncio.to_thread(chances.learn, bench.company, found)
    await bench.store.write(lambda tx: chances.keep(bench.desk(tx), result), lane_key="scorecards", within=5)
    auc = round(result.proof.auc, 3) if isinstance(result, Trained) else None
    log.info("scorecard.trained", outcome=type(result).__name__, leads=len(found), auc=auc)
