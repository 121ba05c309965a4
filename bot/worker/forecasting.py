"""Each night: learn how the company's deals end, and how far off forecasts would have been."""

from __future__ import annotations

import asyncio

import structlog

from bot.insight.forecast import forecasting
from bot.insight.forecast.backtest import weighted_error
from bot.store.reads import forecast as reads
from bot.worker.bench import Bench

log = structlog.get_logger()


async def learn(bench: Bench) -> None:
    """Read what became of them, learn beside the loop, write down what came of it."""
    zone = bench.company.org.zone
    async with bench.store.read() as tx:
        deals = await reads.history(tx, zone)
    today = bench.clock().astimezone(zone).date()
    found = await asyncio.to_thread(forecasting.study, deals, today)
    await bench.store.write(
        lambda tx: forecasting.keep(bench.desk(tx), found), lane_key="forecast_models", within=5
    )
    error = weighted_error((one.outlook.mean, one.actual) for one in found.quarters)
    log.info(
        "forecast.learned",
        outcome=type(found.model).__name__,
        deals=len(deals),
        tried=len(found.quarters) + len(found.months),
        error=None if error is None else round(error, 3),
    )
