"""The store's own lock: a question that its asker may not ask is stopped before anything is read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.crm.query import Period, Query
from bot.crm.user import Role, User
from bot.store import Store
from bot.store.metrics.guard import Breach, NotPermittedError, permit
from bot.store.metrics.read import read
from bot.store.tables.people import users

EAST, SOUTH = "华东大区", "华南大区"
PEOPLE = (
    User(id="boss", name="陈总", role=Role.EXECUTIVE, region="", team=""),
    User(id="dir", name="周敏", role=Role.DIRECTOR, region="", team=""),
    User(id="east", name="王磊", role=Role.MANAGER, region=EAST, team=""),
    User(id="nowhere", name="无区", role=Role.MANAGER, region="", team=""),
    User(id="zhangsan", name="张三", role=Role.REP, region=EAST, team="上海组"),
    User(id="chenchen", name="陈晨", role=Role.REP, region=SOUTH, team="深圳组"),
    User(id="mkt", name="市场", role=Role.MARKETER, region="市场部", team=""),
    User(id="admin", name="管理", role=Role.ADMIN, region="", team=""),
    User(id="gone", name="离职", role=Role.EXECUTIVE, region="", team="", active=False),
)
BY_ID = {one.id: one for one in PEOPLE}
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


@pytest.fixture
async def team(unit: Any) -> None:
    async def hire(desk: Any) -> None:
        for one in PEOPLE:
            row = {
                name: getattr(one, name) for name in ("id", "name", "region", "team", "position", "active")
            }
            more = {"role": one.role.value, "on_duty": True, "platform": "wecom", "joined_at": desk.now}
            await desk.tx.insert(users, {**row, **more})

    await unit(hire)


def asked(metric: str, *by: str, **where: tuple[str, ...]) -> Query:
    now = metric in {"pool_leads", "unassigned_leads", "open_leads"}
    return Query(metrics=(metric,), by=by, where=where, period=None if now else NOVEMBER)


ALLOWED = (
    ("boss", asked("won_amount", "owner")),
    ("dir", asked("channel_cost")),
    ("east", asked("won_amount", "owner", region=(EAST,))),
    ("east", asked("won_amount", team=("杭州组",))),
    ("east", asked("won_amount", owner=("zhangsan",))),
    ("east", asked("won_amount", owner=("east",))),
    ("east", asked("pool_leads", "region")),
    ("zhangsan", asked("won_amount", owner=("zhangsan",))),
    ("zhangsan", asked("pool_leads")),
    ("zhangsan", asked("pool_leads", region=(EAST,))),
    ("mkt", asked("won_amount", "team")),
    ("mkt", asked("open_rate", "channel")),
)
STOPPED = (
    ("east", asked("won_amount"), Breach.UNSCOPED),
    ("east", asked("won_amount", source=("官网",)), Breach.UNSCOPED),
    ("east", asked("won_amount", region=(SOUTH,)), Breach.REGION),
    ("east", asked("won_amount", region=(EAST, SOUTH)), Breach.REGION),
    ("east", asked("won_amount", team=("深圳组",)), Breach.REGION),
    ("east", asked("won_amount", owner=("chenchen",)), Breach.REGION),
    ("east", asked("won_amount", owner=("zhangsan", "chenchen")), Breach.REGION),
    ("east", asked("channel_cost"), Breach.ROLE),
    ("nowhere", asked("won_amount", region=("",)), Breach.NO_REGION),
    ("zhangsan", asked("won_amount"), Breach.REP),
    ("zhangsan", asked("won_amount", region=(EAST,)), Breach.REP),
    ("zhangsan", asked("won_amount", owner=("zhangsan", "chenchen")), Breach.REP),
    ("zhangsan", asked("open_leads", team=("上海组",)), Breach.REP),
    ("zhangsan", asked("pool_leads", region=(SOUTH,)), Breach.REP),
    ("mkt", asked("won_amount", "owner"), Breach.MARKETER),
    ("mkt", asked("won_amount", owner=("zhangsan",)), Breach.MARKETER),
    ("admin", asked("new_leads"), Breach.ROLE),
    ("admin", asked("pool_leads"), Breach.ROLE),
    ("gone", asked("new_leads"), Breach.LEFT),
    ("boss", asked("new_leads", "phone"), Breach.DIMENSION),
    ("boss", asked("new_leads", "stage"), Breach.DIMENSION),
    ("boss", asked("new_leads", month=("2026-11-01",)), Breach.DIMENSION),
    ("boss", asked("open_leads", "day"), Breach.DIMENSION),
)


@pytest.mark.parametrize(("asker", "query"), ALLOWED)
async def test_what_is_his_is_let_through(
    team: None, store: Store, company: Any, asker: str, query: Query
) -> None:
    """The scope of each role, as the contract has it."""
    async with store.read() as tx:
        assert (await permit(tx, query, BY_ID[asker], company)).query == query


@pytest.mark.parametrize(("asker", "query", "breach"), STOPPED)
async def test_what_is_not_his_is_stopped(
    team: None, store: Store, company: Any, asker: str, query: Query, breach: Breach
) -> None:
    """No scope, another's scope, another's metric, an unknown column: each is named."""
    async with store.read() as tx:
        with pytest.raises(NotPermittedError) as caught:
            await permit(tx, query, BY_ID[asker], company)
    assert caught.value.breach is breach


async def test_a_permit_is_good_for_its_own_metrics_alone(
    team: None, store: Store, company: Any, now: Any
) -> None:
    """A permit for new leads does not open the won amount."""
    async with store.read() as tx:
        allowed = await permit(tx, asked("new_leads"), BY_ID["boss"], company)
        with pytest.raises(ValueError, match="won_amount"):
            await read(tx, allowed, "won_amount", NOVEMBER, now=now)


async def test_a_rep_counts_the_pools_he_may_take_from(
    team: None, unit: Any, store: Store, company: Any, now: Any
) -> None:
    """Leads in another region's pool do not exist for him; his manager sees them all."""
    from bot.store import leads
    from bot.store.ownership import into_pool

    mine, other = (company.pools.of_region(region).id for region in (EAST, SOUTH))
    assert mine != other

    async def fill(desk: Any) -> None:
        for number, pool in enumerate((mine, mine, other)):
            lead = await leads.create(
                desk, f"L{number}", leads.Particulars(name="某人"), leads.Origin(source="官网"), by="system"
            )
            await into_pool(desk, lead, pool_id=pool, region=EAST if pool == mine else SOUTH)

    await unit(fill)
    query = asked("pool_leads")
    seen = {}
    async with store.read() as tx:
        for asker in ("zhangsan", "chenchen", "east", "boss"):
            allowed = await permit(tx, query, BY_ID[asker], company)
            seen[asker] = (await read(tx, allowed, "pool_leads", None, now=now))[()].value
    assert seen == {"zhangsan": 2, "chenchen": 1, "east": 3, "boss": 3}
