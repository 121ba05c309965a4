"""The records behind every number: as many as it counts, adding up to it, on both databases."""

from __future__ import annotations

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.crm.company import Company
from bot.crm.metrics.registry import METRICS
from bot.crm.query import Period, Query
from bot.crm.user import Role, User
from bot.store.metrics.guard import permit
from bot.store.metrics.listing import Kind, kind_of, listed
from bot.store.metrics.read import funnel, read
from bot.store.metrics.registry import MEASURES
from bot.store.metrics.sums import figure
from bot.store.reader import open_reader
from tests.insight.reading import closing
from tests.store.metrics_data import Maker, pour

BOSS = User(id="boss", name="陈总", role=Role.EXECUTIVE, region="", team="")
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
YEAR, MONTH = Period(date(2026, 1, 1), date(2027, 1, 1)), Period(date(2026, 9, 1), date(2026, 10, 1))
#: Numbers of what nobody has a name for.
NAMELESS = {"form_conversion_rate"}
COUNTED = sorted(set(MEASURES) - NAMELESS)


@pytest.mark.parametrize("seed", [3])
async def test_what_is_listed_is_what_was_counted(seed: int, database_url: str, company: Company) -> None:
    """For every metric, whole and filtered: the records' own shares add up to the number, each once."""
    pour(database_url, Maker(seed, ZoneInfo("Asia/Shanghai"), NOW, leads=60).make())
    seen = 0
    async with closing(open_reader(database_url)) as reader, reader.read() as tx:
        for metric_id in COUNTED:
            snapshot = METRICS[metric_id].is_snapshot
            for place in ({}, {"region": ("华东大区",)}):
                where = {key: value for key, value in place.items() if METRICS[metric_id].takes(key)}
                for period in (None,) if snapshot else (YEAR, MONTH):
                    query = Query(metrics=(metric_id,), where=where, period=period)
                    allowed = await permit(tx, query, BOSS, company)
                    found = await listed(tx, allowed, metric_id, period, now=NOW, most=5000)
                    assert found is not None, metric_id
                    ids = [one.id for one in found.entries]
                    assert len(ids) == len(set(ids)) == found.total, metric_id
                    own = tuple(sum(one.parts[at] for one in found.entries) for at in range(len(found.sums)))
                    assert own == found.sums, metric_id
                    if metric_id == "funnel":
                        whole = await funnel(tx, allowed, period, now=NOW)
                        assert whole.get((), (0,) * 6) == found.sums
                        continue
                    number = (await read(tx, allowed, metric_id, period, now=NOW)).get(())
                    if number is not None:
                        assert figure(METRICS[metric_id].unit, found.sums) == number, metric_id
                    seen += found.total
    assert seen > 500


async def test_a_page_is_a_part_of_the_whole(database_url: str, company: Company) -> None:
    """Pages of seven put together are the list, the latest first, and the count is the same on each."""
    pour(database_url, Maker(5, ZoneInfo("Asia/Shanghai"), NOW, leads=60).make())
    async with closing(open_reader(database_url)) as reader, reader.read() as tx:
        allowed = await permit(tx, Query(metrics=("new_leads",), period=YEAR), BOSS, company)
        whole = await listed(tx, allowed, "new_leads", YEAR, now=NOW, most=5000)
        assert whole is not None
        pages = [
            await listed(tx, allowed, "new_leads", YEAR, now=NOW, most=7, skipped=7 * page)
            for page in range(10)
        ]
    assert [one for page in pages if page for one in page.entries] == list(whole.entries)
    assert {page.total for page in pages if page} == {whole.total}
    moments = [one.at for one in whole.entries]
    assert moments == sorted(moments, reverse=True)


def test_every_metric_says_what_its_records_are() -> None:
    """A rate set against a target lists what was won; visitors without a name cannot be listed."""
    assert {key for key in MEASURES if kind_of(key) is None} == NAMELESS
    assert (kind_of("quota_attainment"), kind_of("cost_per_lead")) == (Kind.DEAL, Kind.LEAD)
    assert (kind_of("click_rate"), kind_of("repeat_rate")) == (Kind.TOUCH, Kind.ACCOUNT)
    assert kind_of("churn_rate") is None
