"""From a form to people: who is told, which clock runs, what is scored, what is never changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.crm.signals import RemindResponse
from bot.crm.user import SYSTEM
from bot.kit.wire import name_of
from bot.store import lead_status, leads, ownership, scores, users
from bot.store.desk import Desk
from bot.store.tables.leads import lifecycle_changes, submissions
from bot.store.tables.machinery import outbox, timers
from tests.intake.world import LINA, enquire, hire, queued


@pytest.fixture(autouse=True)
async def team(unit: Any) -> None:
    await unit(hire)


async def assign(desk: Desk) -> None:
    lead = await leads.get(desk.tx, "L1")
    assert await ownership.take(desk, lead, to=await users.get(desk.tx, "lina"), how="assigned", by=SYSTEM)


async def rung(desk: Desk) -> list[str]:
    """Who was sent a card, in order."""
    rows = await desk.tx.all(select(outbox).where(outbox.c.kind == "card").order_by(outbox.c.id))
    return [row.recipient for row in rows]


async def test_who_writes_again_rings_his_owner_and_starts_the_clock_anew(unit, clock) -> None:
    async def first(desk: Desk) -> None:
        await enquire(desk)
        await assign(desk)

    async def again(desk: Desk) -> None:
        before = len(await rung(desk))
        lead = await enquire(desk, message="什么时候能报价？")
        assert lead.waiting_since == desk.now
        assert lead.created_at < desk.now
        assert (await rung(desk))[before:] == ["wx-lina"]
        (card,) = (await queued(desk, "card"))[before:]
        assert "什么时候能报价？" in card.card.note
        kind = name_of(RemindResponse("", ""))
        (timer,) = await desk.tx.all(select(timers).where(timers.c.kind == kind))
        assert timer.due_at == desk.now + timedelta(minutes=30)
        assert await leads.message(desk, "L1") == "什么时候能报价？"
        kinds = await desk.tx.all(select(submissions).order_by(submissions.c.at))
        assert [(row.kind, row.owner_id, row.team) for row in kinds] == [
            ("created", None, ""),
            ("re_enquiry", "lina", "上海组"),
        ]

    await unit(first)
    clock.push(timedelta(hours=1))
    await unit(again)


async def test_a_lead_that_lies_in_its_pool_is_offered_again(unit, clock) -> None:
    """Whoever was shown it is shown it once more: the customer is there now."""

    async def first(desk: Desk) -> None:
        await enquire(desk)
        assert await rung(desk) == ["wx-lina"]

    async def again(desk: Desk) -> None:
        await enquire(desk)
        assert await rung(desk) == ["wx-lina", "wx-lina"]

    await unit(first)
    clock.push(timedelta(hours=1))
    await unit(again)


async def test_an_invalid_lead_that_writes_again_is_not_worthless(unit, clock) -> None:
    async def first(desk: Desk) -> None:
        lead = await enquire(desk)
        assert await lead_status.invalidate(desk, lead, by=LINA, owner=None, reason="空号")

    async def again(desk: Desk) -> None:
        lead = await enquire(desk)
        assert (lead.status, lead.invalid_reason, lead.pool_id) == ("recycled", None, "east")
        assert await rung(desk) == ["wx-lina", "wx-lina"]

    await unit(first)
    clock.push(timedelta(days=1))
    await unit(again)


async def test_a_nurtured_lead_rings_with_an_urgent_form_or_at_the_line(unit) -> None:
    """白皮书 and 活动 wait; 询价 does not, nor does a score of 60."""

    async def work(desk: Desk) -> None:
        await enquire(desk, "whitepaper")
        await enquire(desk, "event")
        assert await rung(desk) == []
        lead = await enquire(desk, "whitepaper", title="总监")
        assert (lead.score, lead.status) == (60, "offered")
        assert lead.sales_qualified_at == desk.now
        assert await rung(desk) == ["wx-lina"]

    await unit(work)


async def test_one_form_counts_once_and_reasons_add_up(unit) -> None:
    """The same form sent twice gives its points once; each point has its reason."""

    async def work(desk: Desk) -> None:
        for form in ("whitepaper", "whitepaper", "event"):
            lead = await enquire(desk, form, title="总监", source="官网")
        assert lead.score == 60
        found = await scores.reasons(desk.tx, "L1")
        assert [(one.text, one.points) for one in found] == [("提交了表单", 40), ("官网来源且职位为总监", 20)]

    await unit(work)


async def test_the_lifecycle_goes_forward_only(unit) -> None:
    async def work(desk: Desk) -> None:
        seen = [(await enquire(desk, form)).lifecycle for form in ("whitepaper", "website", "whitepaper")]
        assert seen == ["认知", "考虑", "考虑"]
        rows = await desk.tx.all(select(lifecycle_changes).order_by(lifecycle_changes.c.id))
        assert [(row.before, row.after) for row in rows] == [("", "认知"), ("认知", "考虑")]

    await unit(work)


async def test_later_forms_complete_a_lead_and_never_change_its_beginning(unit) -> None:
    async def work(desk: Desk) -> None:
        await enquire(desk, source="展会", campaign="秋季展会", company="", city="")
        lead = await enquire(desk, "trial", source="抖音", name="王小伟", title="总监", employees=50)
        assert (lead.source, lead.campaign, lead.form) == ("展会", "秋季展会", "website")
        assert (lead.name, lead.company, lead.title, lead.region) == ("王伟", "云帆科技", "总监", "华东大区")
        assert lead.custom == {"employees": "50"}

    await unit(work)
