"""Pictures: how long one takes, and how much later than it should the loop runs meanwhile.

The painter has a session, and so a share of the machine, of its own: it is given the priority that the
bench itself was started with. How busy the machine was is printed.

The loop's lag is given beside that of an idle loop, and of one in whose own process a thread draws: the
renderer holds the interpreter's lock.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

import structlog

from bench import figures
from bot.insight import charts, pictures
from bot.insight.pictures.process import Painter
from bot.worker.painting import Painting

AIM = figures.at_most(100, "ms")
LAG = figures.at_most(5, "ms")
_BEAT = 0.002
_REGIONS = ("华东大区", "华南大区", "华北大区", "西南大区")
_MONTHS = [f"2026年{month}月" for month in range(1, 13)]


def run(*, rounds: int = 5) -> bool:
    """Print both; whether the aims are met."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), cache_logger_on_first_use=False)
    took, lags = asyncio.run(_measure(rounds))
    rows = [
        [kind, f"{median(ms):.0f} ms", f"{max(ms):.0f} ms", f"{figures.spread(ms):.0f} %", verdict]
        for kind, ms in took.items()
        for verdict in [figures.verdict(median(ms), AIM)]
    ]
    figures.show(
        f"Pictures: asked to PNG, median of {rounds} rounds; load {os.getloadavg()[0]:.1f}",
        ["kind", "median", "worst", "spread", "aim"],
        rows,
    )
    added = median(lags["process"]) - median(lags["idle"])
    shown = [
        ["idle", f"{median(lags['idle']):.2f} ms", f"{max(lags['idle']):.2f} ms", ""],
        ["while the painter draws", f"{median(lags['process']):.2f} ms", f"{max(lags['process']):.2f} ms",
         f"{added:+.2f} ms {figures.verdict(added, LAG)}"],
        ["if a thread drew", f"{median(lags['thread']):.2f} ms", f"{max(lags['thread']):.2f} ms", ""],
    ]  # fmt: skip
    columns = ["", "median", "worst", "added to idle"]
    figures.show("The loop meanwhile: lag of its 95th percentile", columns, shown)
    return all(AIM.met(median(ms)) for ms in took.values()) and LAG.met(added)


async def _measure(rounds: int) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    painting, painter = Painting(), Painter()
    took: dict[str, list[float]] = {kind: [] for kind in _charts(0)}
    lags: dict[str, list[float]] = {"idle": [], "process": [], "thread": []}
    await painting.paint(_charts(-1)["ranking"])
    _as_urgent_as_we(painting.pid)

    async def by_process(number: int) -> None:
        for kind, chart in _charts(number).items():
            begun = time.perf_counter()
            drawn = await painting.paint(chart)
            took[kind].append((time.perf_counter() - begun) * 1000)
            assert isinstance(drawn, bytes), drawn

    async def by_thread(number: int) -> None:
        for chart in _charts(number).values():
            await asyncio.to_thread(painter.paint, chart)

    for number in range(rounds):
        lags["idle"].append(await _lag(lambda: asyncio.sleep(0.5)))
        lags["process"].append(await _lag(lambda number=number: by_process(number)))
        lags["thread"].append(await _lag(lambda number=number: by_thread(number)))
    await painting.close()
    return took, lags


def _as_urgent_as_we(pid: int | None) -> None:
    """Only where the system groups by session, and lets us."""
    with contextlib.suppress(OSError):
        own = Path("/proc/self/autogroup").read_text(encoding="ascii").split()[-1]
        Path(f"/proc/{pid}/autogroup").write_text(own, encoding="ascii")


async def _lag(work: Callable[[], Awaitable[None]]) -> float:
    """The 95th percentile of how much too late a beat of two milliseconds comes while this goes on."""
    late: list[float] = []
    task = asyncio.ensure_future(work())
    while not task.done():
        due = time.perf_counter() + _BEAT
        await asyncio.sleep(_BEAT)
        late.append((time.perf_counter() - due) * 1000)
    await task
    return sorted(late)[int(len(late) * 0.95)]


def _charts(number: int) -> dict[str, charts.Chart]:
    """One of each kind, unlike those of any other round."""
    about = {
        "subtitle": f"2026年第{number}轮，全部",
        "note": "数据截至 2026-11-18 10:00；业绩＝赢单的商机的金额合计",
    }
    lines = [
        charts.series_of(name, [(at * 7 + n) % 23 for n in range(12)]) for at, name in enumerate(_REGIONS)
    ]
    band = [(8e6, 12e6)] * 4
    found = {
        "number": charts.number_chart("赢单金额", 12_345_678 + number, unit="money", **about),
        "funnel": charts.funnel_chart("线索转化漏斗", [[1280, 610, 288, 140, 61, 23]], **about),
        "trend": charts.trend_chart("每月新增线索", _MONTHS, lines, **about),
        "ranking": charts.ranking_chart(
            "业绩排名", [f"销售{n}" for n in range(50)], list(range(50, 0, -1)), **about
        ),
        "comparison": charts.comparison_chart("各大区业绩", _REGIONS, [4, 3, 2, 1], [3, 3, 3, 3], **about),
        "heat map": charts.heat_chart(
            "每小时新增线索",
            [str(n) for n in range(24)],
            {f"周{day}": list(range(24)) for day in "一二三四五六日"},
            **about,
        ),
        "interval": charts.interval_chart("销售预测", _REGIONS, [10e6] * 4, band, target=[11e6] * 4, **about),
    }
    assert all(pictures.is_worth_it(chart) for chart in found.values())
    return found
