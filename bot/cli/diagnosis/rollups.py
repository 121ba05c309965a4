"""Sums kept beside the facts: whether they follow, and whether a night found them wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from bot.cli.diagnosis.finding import Finding, fine, worth_a_look

#: Differences older than this are history.
_LATELY = timedelta(days=7)
#: Days of all books; more wait only while much was imported, or while nobody works them out.
_MANY = 500


async def look(url: str, now: datetime) -> AsyncIterator[Finding]:
    """Read what waits and what was found, beside whoever runs the bot."""
    from bot.store import rollups, rollups_check
    from bot.store.reader import open_reader

    reader = open_reader(url)
    try:
        async with reader.read() as tx:
            marks, days = await rollups.waiting(tx)
            cells, example = await rollups_check.found_since(tx, now - _LATELY)
    finally:
        await reader.close()
    text = f"待汇总：{days:,} 天、{marks:,} 处改动；这些先按明细计算，数字不受影响"
    if days + marks > _MANY:
        yield worth_a_look(
            "rollups.waiting", text, "刚导入过大批数据时会这样；一直不降请看 scheduler 角色是否在运行"
        )
    else:
        yield fine("rollups.waiting", text)
    if cells:
        said = f"最近 7 天夜间核对发现 {cells:,} 个汇总数和明细对不上（例如 {example}），已改按明细重算"
        yield worth_a_look(
            "rollups.differed", said, "这是客铃的缺陷，请把这一行和日志 rollups.differed 转给维护者"
        )
    else:
        yield fine("rollups.differed", "汇总数和明细：最近 7 天没有发现不一致")
