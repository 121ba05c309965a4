"""The keeper of live segments: by itself, idle when nothing happens, and after another configuration."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.store.tables.segments import segment_members
from bot.worker.bench import Bench
from bot.worker.segments import SegmentKeeper, nightly
from tests.store.leads_by_hand import put, with_segments


async def test_it_follows_what_happens_and_another_definition(lite, company, vault, clock, random_bytes):
    """Who reaches the line is in at the next look; a new configuration is taken up without a restart."""
    hot = {
        "hot": {"field": "score", "op": ">=", "value": 60},
        "new": {"since": "created_at", "within_days": 1},
    }
    bench = Bench(store=lite, adapters={}, router=None, company=with_segments(company, hot), vault=vault,
                  clock=clock, random_bytes=random_bytes, name="test")  # fmt: skip
    keeper = SegmentKeeper(bench)

    async def members() -> set[tuple[str, str]]:
        while await keeper.step():
            pass
        async with lite.read() as tx:
            return {(row.segment, row.lead_id) for row in await tx.all(select(segment_members))}

    await keeper.define()
    await lite.write(lambda tx: put(bench.desk(tx), "L1", score=70), within=5)
    await lite.write(lambda tx: put(bench.desk(tx), "L2"), within=5)
    assert await members() == {("hot", "L1"), ("new", "L1"), ("new", "L2")}
    assert await keeper.step() is False

    clock.push(timedelta(days=1))
    assert await members() == {("hot", "L1")}

    bench.company = with_segments(company, {"cold": {"field": "score", "op": "<", "value": 60}})
    await keeper.define()
    assert await members() == {("cold", "L2")}
    await nightly(bench)
    assert await members() == {("cold", "L2")}
