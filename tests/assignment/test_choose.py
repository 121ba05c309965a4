"""Rules that name people: shares, hands that are full, who goes on, and when a rule is asked at all."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from bot.assignment import arrive
from bot.rules.route import smooth
from bot.store import counters, decisions, leads, users
from bot.store.claims import holding_key
from tests.assignment.conftest import World
from tests.assignment.firm import Firm, with_rules, with_terms

ALL = ["zhangsan", "lisi", "wangwu"]


@pytest.fixture
def firm(world: World, company: Any, clock: Any) -> Firm:
    return Firm(world, company, clock)


async def come(firm: Firm, count: int, *, first: int = 1, **known: Any) -> list[str | None]:
    """Leads come in; whose each became."""
    owners = []
    for number in range(first, first + count):
        firm_name = str(known.get("company", f"公司{number}"))
        known_now = {**known, "company": firm_name, "company_key": firm_name}
        lead = await firm.world.lead(f"L{number}", **known_now)
        after = await firm.unit(lambda desk, lead=lead: arrive.arrive(desk, lead, rings=True))
        owners.append(after.owner_id)
    return owners


async def away(firm: Firm, user_id: str) -> None:
    async def work(desk: Any) -> None:
        await users.set_duty(desk, await users.get(desk.tx, user_id), is_on=False)

    await firm.unit(work)


async def held(firm: Firm, user_id: str) -> int:
    return await firm.unit(lambda desk: counters.read(desk.tx, holding_key(user_id)))


async def last(firm: Firm, lead_id: str) -> decisions.Decision:
    found: list[decisions.Decision] = await firm.unit(lambda desk: decisions.of_lead(desk.tx, lead_id))
    return found[-1]


@pytest.mark.parametrize(
    ("shares", "turns"),
    [
        ({"a": 1}, "a"),
        ({"a": 1, "b": 1}, "ab"),
        ({"a": 2, "b": 1}, "aba"),
        ({"a": 3, "b": 1}, "aaba"),
        ({"a": 5, "b": 1, "c": 1}, "aabacaa"),
    ],
)
def test_shares_are_spread_as_evenly_as_they_can_be(shares: dict[str, int], turns: str):
    """Nobody gets all of his in a row."""
    assert "".join(smooth(shares)) == turns


async def test_by_shares_each_gets_his(firm: Firm, company: Any):
    """Two to one, over twelve leads: eight and four."""
    firm.company = with_rules(company, {"name": "比例", "to": {"weighted": {"zhangsan": 2, "lisi": 1}}})

    assert Counter(await come(firm, 12)) == {"zhangsan": 8, "lisi": 4}


async def test_who_stands_in_for_somebody_away_loses_no_share(firm: Firm, company: Any):
    """While he is away all go to the other; back again it is two to one as before."""
    firm.company = with_rules(company, {"name": "比例", "to": {"weighted": {"zhangsan": 2, "lisi": 1}}})
    await away(firm, "zhangsan")
    assert set(await come(firm, 3)) == {"lisi"}

    async def back(desk: Any) -> None:
        await users.set_duty(desk, await users.get(desk.tx, "zhangsan"), is_on=True)

    await firm.unit(back)

    assert Counter(await come(firm, 6, first=4)) == {"zhangsan": 4, "lisi": 2}


async def test_the_least_busy_gets_it(firm: Firm, company: Any):
    """Whoever holds fewest; among equals in turn."""
    firm.company = with_rules(company, {"name": "最少", "to": {"least_busy": ALL}})
    for _ in range(2):
        await firm.unit(lambda desk: counters.take(desk.tx, holding_key("zhangsan"), cap=None))
    await firm.unit(lambda desk: counters.take(desk.tx, holding_key("lisi"), cap=None))

    assert await come(firm, 6) == ["wangwu", "lisi", "wangwu", "zhangsan", "lisi", "wangwu"]
    assert [await held(firm, one) for one in ALL] == [3, 3, 3]


async def test_full_hands_are_passed_over_and_then_it_lies_in_the_pool(firm: Firm, company: Any):
    """Two places each: four leads find an owner, the fifth rings in the pool; the reasons are kept."""
    firm.company = with_rules(
        with_terms(company, holding=2), {"name": "轮流", "to": {"round_robin": ["zhangsan", "lisi"]}}
    )

    assert await come(firm, 5) == ["zhangsan", "lisi", "zhangsan", "lisi", None]

    decision = await last(firm, "L5")
    assert [(one.user_id, one.passed, one.figure) for one in decision.candidates] == [
        ("zhangsan", "full", 2),
        ("lisi", "full", 2),
    ]
    assert [await held(firm, one) for one in ("zhangsan", "lisi")] == [2, 2]
    assert (await firm.world.card_of("lisi", "lead:L5")).kind == "lead_offered"


async def test_a_named_owner_with_full_hands_gets_no_more_by_rule(firm: Firm, company: Any):
    """The cap is the same for all ways; only a manager's hand goes above it."""
    firm.company = with_rules(with_terms(company, holding=1), {"name": "指定", "to": {"owner": "zhangsan"}})

    assert await come(firm, 2) == ["zhangsan", None]
    given = await firm.says("zhaoliu", "改派 L2 张三")
    assert given.card is not None
    assert (await firm.world.get("L2")).owner_id == "zhangsan"
    assert await held(firm, "zhangsan") == 2


async def test_the_same_company_goes_to_the_same_rep_for_a_while(firm: Firm, company: Any):
    """Thirty days; later it is whose turn it is."""
    rule = {
        "name": "同公司",
        "sticky": {"same": "company", "days": 30},
        "to": {"round_robin": ["zhangsan", "lisi"]},
    }
    firm.company = with_rules(company, rule)

    assert await come(firm, 3, company="星河科技") == ["zhangsan"] * 3
    assert (await last(firm, "L3")).mode == "sticky"
    assert await come(firm, 1, first=4, company="银河贸易") == ["lisi"]

    firm.clock.push(timedelta(days=31))
    assert await come(firm, 1, first=5, company="银河贸易") == ["zhangsan"]


async def test_the_same_source_goes_on_for_some_hours_only(firm: Firm, company: Any):
    """微伴's continuity: within eight hours of the last one."""
    rule = {
        "name": "同来源",
        "sticky": {"same": "source", "hours": 8},
        "to": {"round_robin": ["zhangsan", "lisi"]},
    }
    firm.company = with_rules(company, rule)

    assert await come(firm, 2) == ["zhangsan", "zhangsan"]
    firm.clock.push(timedelta(hours=7))
    assert await come(firm, 1, first=3) == ["zhangsan"]
    firm.clock.push(timedelta(hours=9))
    assert await come(firm, 1, first=4) == ["lisi"]


async def test_who_goes_on_but_is_away_is_passed_over(firm: Firm, company: Any):
    """The customer does not wait for him."""
    rule = {
        "name": "同公司",
        "sticky": {"same": "company", "days": 30},
        "to": {"round_robin": ["zhangsan", "lisi"]},
    }
    firm.company = with_rules(company, rule)
    await come(firm, 1, company="星河科技")
    await away(firm, "zhangsan")

    assert await come(firm, 1, first=2, company="星河科技") == ["lisi"]


async def test_a_rule_for_nights_is_not_asked_by_day(firm: Firm, company: Any):
    """By day the pool, at night whoever is on watch; the rule that did not fit is remembered."""
    watch = {"name": "夜班", "during": "closed", "to": {"round_robin": ["wangwu"]}}
    firm.company = with_rules(company, watch, {"name": "按区域进公海", "to": {"region_pool": True}})

    assert await come(firm, 1) == [None]
    decision = await last(firm, "L1")
    assert (decision.mode, decision.rule, decision.pool_id) == ("pool", "按区域进公海", "east")
    assert decision.inputs["unfit"] == ["夜班"]

    firm.clock.push(timedelta(hours=12))
    assert await come(firm, 1, first=2) == ["wangwu"]


async def test_a_decision_holds_no_name_and_no_number_of_the_customer(firm: Firm, company: Any):
    """It can be read by whoever keeps the database."""
    firm.company = with_rules(company, {"name": "轮流", "to": {"round_robin": ["zhangsan"]}})
    await come(firm, 1, name="欧阳金鸣", company="金丝雀科技")

    decision = await last(firm, "L1")
    told = f"{decision.inputs}{decision.candidates}"
    assert not any(secret in told for secret in ("欧阳", "金丝雀", "13812345678", "lin@xinghe.cn"))
    assert decision.inputs["city"] == "上海"
    assert decision.version == decisions.version_of(firm.company)
    assert (await firm.unit(lambda desk: leads.get(desk.tx, "L1"))).owner_id == "zhangsan"
