"""Absence: who is away gets nothing, his cover answers, and what was lent comes back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.assignment import arrive, claim
from bot.assignment.absence import from_config
from bot.crm.company.calendar import Leave
from bot.store import users
from tests.assignment.conftest import World
from tests.assignment.firm import Firm, changed, with_rules
from tests.assignment.test_protect import at


@pytest.fixture
async def firm(world: World, company: Any, clock: Any) -> Firm:
    """Leads go in turn to Zhang San and Li Si; it is Wednesday, ten o'clock, and nobody is in a hurry."""
    rule = {"name": "轮流", "to": {"round_robin": ["zhangsan", "lisi"]}}
    slow = {"act_after_minutes": 500_000, "remind_after_minutes": 400_000}
    first = company.response.first_response.model_copy(update=slow)
    company = changed(company, response=company.response.model_copy(update={"first_response": first}))
    return Firm(world, with_rules(company, rule), clock)


async def comes(firm: Firm, lead_id: str) -> str | None:
    lead = await firm.world.lead(lead_id)
    return (await firm.unit(lambda desk: arrive.arrive(desk, lead, rings=True))).owner_id


async def owner(firm: Firm, lead_id: str) -> str | None:
    return (await firm.world.get(lead_id)).owner_id


async def test_an_absence_that_lies_ahead_begins_and_ends_by_itself(firm: Firm):
    """From tomorrow to Friday: today he still gets leads, then none, and on Monday again."""
    said = (await firm.says("zhangsan", "请假 明天到周五")).text
    assert said == "好，11月19日 09:00 到 11月20日 18:00 不推新线索，到时自动恢复。"
    assert await comes(firm, "L1") == "zhangsan"

    firm.clock.now = at("2026-11-19 09:30")
    await firm.run_due()
    assert [await comes(firm, f"L{n}") for n in (2, 3)] == ["lisi", "lisi"]

    firm.clock.now = at("2026-11-23 09:30")
    await firm.run_due()
    assert await comes(firm, "L4") == "zhangsan"


async def test_what_waits_for_an_answer_goes_to_the_cover_and_comes_back(firm: Firm):
    """The unanswered one at once, a re-enquiry when it comes; both are his again when he is back."""
    assert [await comes(firm, f"L{n}") for n in (1, 2, 3)] == ["zhangsan", "lisi", "zhangsan"]
    await firm.says("zhangsan", "跟进 L3 已电话，客户要报价")
    said = (await firm.says("zhangsan", "请假到周五，由李四代班")).text
    assert "由李四先回" in said
    await firm.run_due()
    assert [await owner(firm, one) for one in ("L1", "L3")] == ["lisi", "zhangsan"]

    async def writes(desk: Any) -> None:
        from bot.store import leads

        await arrive.re_enquire(desk, await leads.get(desk.tx, "L3"), "还在吗")

    await firm.unit(writes)
    assert await owner(firm, "L3") == "lisi"
    assert "张三请假，这条先由你回" in [card.note for card in await firm.world.cards_of("lisi", "lead:L3")]

    firm.clock.now = at("2026-11-20 18:30")
    await firm.run_due()
    assert [await owner(firm, one) for one in ("L1", "L2", "L3")] == ["zhangsan", "lisi", "zhangsan"]


async def test_who_is_back_early_says_so_and_gets_them_back(firm: Firm):
    """值班 ends it."""
    await comes(firm, "L1")
    await firm.says("zhangsan", "请假到周五，由李四代班")
    await firm.run_due()
    assert await owner(firm, "L1") == "lisi"

    await firm.says("zhangsan", "值班")
    await firm.run_due()

    assert await owner(firm, "L1") == "zhangsan"
    assert (await firm.world.user("zhangsan")).takes_leads(firm.clock.now)


async def test_without_a_cover_the_manager_hears_who_waits(firm: Firm):
    """A customer who writes again to somebody who is away."""
    await comes(firm, "L1")
    await firm.says("zhangsan", "请假到周五")

    async def writes(desk: Any) -> None:
        from bot.store import leads

        await arrive.re_enquire(desk, await leads.get(desk.tx, "L1"), "还在吗")

    await firm.unit(writes)

    assert "张三请假，没有人代班，客户在等，请改派" in [
        card.note for card in await firm.world.cards_of("zhaoliu", "lead:L1")
    ]


async def test_what_the_configuration_names_needs_no_message(firm: Firm):
    """Written into calendar.yaml; taken out again it is called off."""
    leave = Leave(user="zhangsan", first=date(2026, 11, 19), last=date(2026, 11, 19), cover="lisi")
    without = firm.company
    firm.company = changed(without, calendar=without.calendar.model_copy(update={"leave": (leave,)}))
    assert await firm.unit(from_config) == 1
    assert await firm.unit(from_config) == 0

    firm.clock.now = at("2026-11-19 09:30")
    await firm.run_due()
    assert not (await firm.world.user("zhangsan")).takes_leads(firm.clock.now)

    firm.clock.now = at("2026-11-19 18:30")
    await firm.run_due()
    assert (await firm.world.user("zhangsan")).takes_leads(firm.clock.now)


async def test_nobody_covers_for_himself_and_nobody_unknown(firm: Firm):
    """He is asked again and nothing is planned."""
    assert "没有找到能代班的" in (await firm.says("zhangsan", "请假到周五，由钱七代班")).text
    assert (await firm.world.user("zhangsan")).takes_leads(firm.clock.now)


async def test_who_is_away_cannot_claim(firm: Firm):
    """Until he says that he is back."""
    firm.company = changed(firm.company, routing=firm.company.routing.model_copy(update={"rules": ()}))
    await comes(firm, "L1")
    await firm.says("zhangsan", "请假3天")

    async def tap(desk: Any) -> Any:
        return await claim.claim(desk, "L1", by=await users.get(desk.tx, "zhangsan"))

    refused = await firm.unit(tap)
    assert refused.why.value in {"off_duty", "not_yours"}
