"""Protection: whoever neglects a lead is reminded and then loses it, and a preview says so beforehand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.assignment import arrive, claim
from bot.assignment.preview import preview
from bot.crm.assigning import LockLead, PreviewRecycling
from bot.crm.commands import ConvertLead, ReassignLead, RecordFollowUp
from bot.crm.lead import LeadStatus
from bot.store import counters, tenures, users
from bot.store.claims import holding_key
from bot.store.desk import Desk
from bot.store.tables.assignment import follow_up_checks
from bot.store.tables.leads import tenures as history
from bot.worker.assigning import hourly
from tests.assignment.conftest import World
from tests.assignment.firm import Firm, protection, with_terms

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def firm(world: World, company: Any, clock: Any) -> Firm:
    """Ten working days, three from a follow-up, twenty at most; no first-response clock in the way."""
    firm = Firm(world, with_terms(company, protection=protection()), clock)
    slow = company.response.first_response.model_copy(
        update={"act_after_minutes": 500_000, "remind_after_minutes": 400_000}
    )
    firm.company = _with(firm.company, response=company.response.model_copy(update={"first_response": slow}))
    return firm


def _with(company: Any, **files: Any) -> Any:
    from tests.assignment.firm import changed

    return changed(company, **files)


async def owned(firm: Firm, lead_id: str = "L1", by: str = "zhangsan") -> None:
    lead = await firm.world.lead(lead_id)
    await firm.unit(lambda desk: arrive.arrive(desk, lead, rings=False))

    async def take(desk: Desk) -> None:
        won = await claim.claim(desk, lead_id, by=await users.get(desk.tx, by))
        assert isinstance(won, claim.Claimed)

    await firm.unit(take)


async def falls(firm: Firm, lead_id: str = "L1") -> datetime:
    """When it is announced to fall."""
    row = (await firm.world.timers(lead_id))["signal.protection.look"]
    from bot.kit.wire import unpack

    return datetime.fromisoformat(unpack(row.payload).falls)  # type: ignore[attr-defined]


async def notes(firm: Firm, user_id: str, lead_id: str = "L1") -> list[str]:
    cards = await firm.world.cards_of(user_id, f"lead:{lead_id}")
    return [card.note for card in cards if card.kind == "protection_reminder"]


async def test_a_neglected_lead_is_announced_twice_and_then_taken(firm: Firm):
    """Taken on Wednesday 18 November: reminded three and one working days before, gone on 2 December at six."""
    await owned(firm)
    assert await falls(firm) == at("2026-12-02 18:00")

    await firm.let_pass(at("2026-11-27 09:30"))
    assert await notes(firm, "zhangsan") == ["还有 3 个工作日，12月2日 18:00 收回公海"]
    await firm.let_pass(at("2026-12-01 09:30"))
    assert len(await notes(firm, "zhangsan")) == 2
    await firm.let_pass(at("2026-12-02 17:30"))
    assert (await firm.world.get()).owner_id == "zhangsan"
    await firm.let_pass(at("2026-12-02 18:30"))

    lead = await firm.world.get()
    assert (lead.owner_id, lead.status, lead.pool_id) == (None, LeadStatus.RECYCLED, "east")
    (tenure,) = await firm.unit(lambda desk: tenures.of_lead(desk.tx, "L1"))
    assert (tenure.ended_how, tenure.ended_reason, tenure.ended_by) == (
        "recycled",
        "保护期内没有有效跟进",
        "system",
    )
    assert await firm.unit(lambda desk: counters.read(desk.tx, holding_key("zhangsan"))) == 0


async def test_whoever_lost_it_has_to_leave_it_to_others(firm: Firm):
    """The cool-down is the same as after giving it back."""
    await owned(firm)
    await firm.let_pass(at("2026-12-02 18:30"), step=timedelta(hours=12))

    async def tap(desk: Desk) -> Any:
        return await claim.claim(desk, "L1", by=await users.get(desk.tx, "zhangsan"))

    assert (await firm.unit(tap)).why.value == "cooling"


async def test_a_follow_up_that_says_something_extends_it(firm: Firm):
    """On the last day: three working days more."""
    await owned(firm)
    firm.clock.now = at("2026-12-02 10:00")
    await firm.does("zhangsan", RecordFollowUp("L1", "客户要报价，还在走流程"))

    assert await falls(firm) == at("2026-12-07 18:00")


async def test_a_follow_up_that_says_nothing_is_kept_and_extends_nothing(firm: Firm):
    """It is written down, and he reads kindly that it does not count; a copy of the last one neither."""
    await owned(firm)
    firm.clock.now = at("2026-12-02 10:00")

    short = await firm.does("zhangsan", RecordFollowUp("L1", "1"))
    assert short.card is not None
    assert short.card.note == "已记下，不过太短，不延长保护期。补一句客户怎么说就行。"
    assert await falls(firm) == at("2026-12-02 18:00")

    await firm.does("zhangsan", RecordFollowUp("L1", "客户出差，下周再联系"))
    firm.clock.now = at("2026-12-03 10:00")
    copied = await firm.does("zhangsan", RecordFollowUp("L1", "客户出差,下周再联系!"))
    assert copied.card is not None
    assert "和上次一样" in copied.card.note
    assert await falls(firm) == at("2026-12-07 18:00")
    rows = await firm.unit(lambda desk: desk.tx.all(select(follow_up_checks.c.verdict)))
    assert sorted(row.verdict for row in rows) == ["copied", "counts", "too_short"]


async def test_what_became_an_opportunity_is_not_taken(firm: Firm):
    """Nor is what was won with it."""
    await owned(firm)
    await firm.does("zhangsan", ConvertLead("L1", "专业版", "5万", "月底"))
    await firm.let_pass(at("2026-12-20 18:30"), step=timedelta(hours=12))

    assert (await firm.world.get()).owner_id == "zhangsan"


async def test_a_locked_lead_is_not_taken_until_it_is_unlocked(firm: Firm):
    """Its manager locks it; unlocked long after its time, it falls at the end of the next working day."""
    await owned(firm)
    await firm.does("zhaoliu", LockLead("L1"))
    await firm.let_pass(at("2026-12-11 10:00"), step=timedelta(hours=12))
    assert (await firm.world.get()).owner_id == "zhangsan"

    await firm.does("zhaoliu", LockLead("L1", "off"))
    assert await falls(firm) == at("2026-12-14 18:00")
    await firm.let_pass(at("2026-12-14 18:30"), step=timedelta(hours=6))
    assert (await firm.world.get()).owner_id is None


async def test_handing_it_round_renews_nothing_but_a_managers_hand_does(firm: Firm):
    """Two reps who pass it to each other keep its first day; who is given it begins anew."""
    await owned(firm)
    firm.clock.now = at("2026-11-30 10:00")
    await firm.does("zhangsan", ReassignLead("L1", "lisi"))
    assert await falls(firm) == at("2026-12-02 18:00")

    await firm.does("zhaoliu", ReassignLead("L1", "zhangsan"))
    assert await falls(firm) == at("2026-12-14 18:00")


async def test_it_goes_into_the_pool_that_the_terms_name(firm: Firm, company: Any):
    """Another pool gets what this one's reps neglect."""
    firm.company = _with(
        with_terms(company, protection=protection(recycle_to="nation", days=1, longest_days=1)),
        response=firm.company.response,
    )
    await owned(firm)
    await firm.let_pass(at("2026-11-19 18:30"), step=timedelta(hours=6))

    assert (await firm.world.get()).pool_id == "nation"


async def test_it_is_counted_as_recycled(firm: Firm, store: Any):
    """The metric 回收线索 counts it in the month in which it fell."""
    await owned(firm)
    await firm.let_pass(at("2026-12-02 18:30"), step=timedelta(hours=12))

    async def count(desk: Desk) -> int:
        rows = await desk.tx.all(select(history.c.lead_id).where(history.c.ended_how == "recycled"))
        return len(rows)

    assert await firm.unit(count) == 1


class Bench:
    """What the hourly job needs of a bench."""

    def __init__(self, firm: Firm, store: Any, vault: Any, random_bytes: Any) -> None:
        self._firm, self.store = firm, store
        self._vault, self._random_bytes = vault, random_bytes

    def desk(self, tx: Any) -> Desk:
        firm = self._firm
        return Desk(tx, firm.company, firm.clock.now, self._vault, self._random_bytes)


@pytest.fixture
def hour(firm: Firm, store: Any, vault: Any, random_bytes: Any) -> Any:
    return lambda: hourly(Bench(firm, store, vault, random_bytes))  # type: ignore[arg-type]


async def test_a_rule_that_is_switched_on_takes_what_its_preview_said(firm: Firm, company: Any, hour: Any):
    """Off for weeks; on Saturday the manager asks, on Sunday it is on, on Monday exactly those are gone."""
    asked = firm.company
    off = protection(on=False)
    firm.company = _with(with_terms(company, protection=off), response=firm.company.response)
    for number, who in enumerate(("zhangsan", "zhangsan", "lisi", "wangwu"), 1):
        await owned(firm, f"L{number}", who) if who != "wangwu" else None
    firm.clock.now = at("2026-11-30 10:00")
    await owned(firm, "L5", "lisi")
    firm.clock.now = at("2026-12-01 10:00")
    await firm.does("lisi", RecordFollowUp("L3", "客户要看演示，周五上门"))
    firm.clock.now = at("2026-12-05 10:00")
    assert await firm.world.timers("L1") is not None

    said = (await firm.does("zhaoliu", PreviewRecycling("10/3/20"))).text
    seen = await firm.unit(lambda desk: _preview(desk, protection()))
    assert said.splitlines()[1] == "12月7日 周一 下班前会掉 3 条：张三 2、李四 1"

    firm.company = asked
    firm.clock.now = at("2026-12-06 10:00")
    await hour()
    await firm.let_pass(at("2026-12-07 17:30"))
    assert await notes(firm, "zhangsan") == ["今天 18:00 收回公海"]
    await hour()
    await firm.let_pass(at("2026-12-07 18:30"))

    gone = [f"L{n}" for n in (1, 2, 3, 5) if (await firm.world.get(f"L{n}")).owner_id is None]
    assert gone == sorted(seen.asked.leads) == ["L1", "L2", "L3"]


async def _preview(desk: Desk, terms: Any) -> Any:
    return await preview(desk, await users.get(desk.tx, "zhaoliu"), terms)


async def test_a_rule_that_is_switched_off_takes_nothing_and_forgets_nothing(
    firm: Firm, company: Any, hour: Any
):
    """Its clock finds it off; on again, the days count from when he got it."""
    on = firm.company
    await owned(firm)
    firm.company = _with(with_terms(company, protection=protection(on=False)), response=on.response)
    await firm.let_pass(at("2026-12-03 10:00"), step=timedelta(hours=12))
    assert (await firm.world.get()).owner_id == "zhangsan"

    firm.company = on
    await hour()

    assert await falls(firm) == at("2026-12-04 18:00")


async def test_a_stricter_rule_is_announced_before_it_takes(firm: Firm, company: Any, hour: Any):
    """From ten days to two: what would be over already falls at the end of the next working day."""
    await owned(firm)
    firm.clock.now = at("2026-11-24 10:00")
    firm.company = _with(
        with_terms(company, protection=protection(days=2, longest_days=5)), response=firm.company.response
    )
    await hour()

    assert await falls(firm) == at("2026-11-25 18:00")


async def test_only_those_above_see_who_would_lose_what(firm: Firm):
    """A rep is sent to his own list, a manager of another region counts nothing, nonsense is asked back."""
    await owned(firm)

    assert "给经理看" in (await firm.does("lisi", PreviewRecycling("1/1/1"))).text
    assert "只能私聊" in (await firm.does("zhaoliu", PreviewRecycling(), chat="g1")).text
    assert "没看懂" in (await firm.does("zhaoliu", PreviewRecycling("10/3/2"))).text
    mine = (await firm.does("boss", PreviewRecycling("1/1/1"))).text
    assert mine.splitlines()[0] == "按 1/1/1（保护/延长/最长，工作日）："
    assert "张三 1" in mine
    assert "现在的规则同一天掉 0 条" in mine
