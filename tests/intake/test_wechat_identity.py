"""What WeChat knows a lead by: a key like a phone; two leads with one of them are put before people."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.crm.capture_signals import FollowerHasCome
from bot.intake import followers, wechat_identity
from bot.store import leads
from bot.store.desk import Desk
from bot.store.tables.capture import followers as table
from bot.store.tables.machinery import incidents
from bot.store.tables.quality import lookalikes
from tests.intake.world import TEAM, enquire, hire

ACCOUNT, OPEN_ID, UNION = "gh_leadbell", "oFollower1", "uUnion1"


@pytest.fixture
async def two(unit: Any) -> None:
    """Two enquiries by different phones: L1 and L2."""

    async def enter(desk: Desk) -> None:
        await hire(desk, *TEAM)
        await enquire(desk, phone="13812345678")
        await enquire(desk, phone="13912345678")

    await unit(enter)


async def known(desk: Desk, lead_id: str, **key: str) -> None:
    await wechat_identity.take(desk, await leads.get(desk.tx, lead_id), **key)


async def pairs(desk: Desk) -> list[tuple[str, str, list[str]]]:
    rows = await desk.tx.all(select(lookalikes))
    return [(row.first, row.second, list(row.evidence)) for row in rows]


async def test_two_leads_of_one_wechat_are_put_before_people_once(unit, two) -> None:
    await unit(lambda desk: known(desk, "L1", union_id=UNION))
    for _ in range(2):
        await unit(lambda desk: known(desk, "L2", union_id=UNION))

    assert await unit(pairs) == [("L1", "L2", ["same_unionid"])]
    assert await unit(lambda desk: wechat_identity.lead_of(desk, union_id=UNION)) == "L1"


async def test_the_same_lead_again_is_no_conflict(unit, two) -> None:
    for _ in range(2):
        await unit(lambda desk: known(desk, "L1", union_id=UNION, wecom="wm1"))

    assert await unit(pairs) == []
    assert await unit(lambda desk: desk.tx.all(select(incidents))) == []


async def test_a_follower_who_is_known_by_his_union_is_that_lead(unit, two) -> None:
    """Which came first does not matter: the lead's id across apps, or the follower with it."""
    scan = FollowerHasCome(account=ACCOUNT, open_id=OPEN_ID, union_id=UNION, scene="", is_new="yes")
    await unit(lambda desk: known(desk, "L2", union_id=UNION))
    await unit(lambda desk: followers.came(desk, scan))

    (row,) = await unit(lambda desk: desk.tx.all(select(table)))
    assert row.lead_id == "L2"
    assert await unit(lambda desk: wechat_identity.lead_of(desk, openid=f"{ACCOUNT}:{OPEN_ID}")) == "L2"


async def test_a_follower_from_before_becomes_that_lead(unit, two) -> None:
    scan = FollowerHasCome(account=ACCOUNT, open_id=OPEN_ID, union_id=UNION, scene="", is_new="yes")
    await unit(lambda desk: followers.came(desk, scan))
    await unit(lambda desk: followers.is_lead(desk, UNION, "L1"))

    assert await unit(lambda desk: wechat_identity.lead_of(desk, openid=f"{ACCOUNT}:{OPEN_ID}")) == "L1"
