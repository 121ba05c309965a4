"""Leads in the store: sealed, masked, found again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.kit.masked import Email, Phone
from bot.store import consents, lead_keys, leads, scores
from bot.store.consents import Consent
from bot.store.desk import Desk
from bot.store.leads import Origin, Particulars
from bot.store.tables.leads import leads as table
from bot.store.tables.leads import status_changes

KNOWN = Particulars(
    name="王伟",
    company="云帆科技",
    company_key="云帆科技",
    phone=Phone("+8613812345678"),
    email=Email("wang@example.com"),
    message="想要报价",
    custom={"employees": "200", "likes": ("茶", "马")},
)


async def enter(desk: Desk, lead_id: str = "L1", known: Particulars = KNOWN) -> Any:
    return await leads.create(desk, lead_id, known, Origin(source="官网", form="website"), by="form")


async def test_what_identifies_a_person_lies_sealed_and_shows_masked(unit) -> None:
    async def work(desk: Desk) -> None:
        lead = await enter(desk)
        assert (lead.phone_masked, lead.email_masked) == ("138****5678", "w***@example.com")
        raw = await desk.tx.first(select(table))
        kept = b"".join(value for value in (raw.phone, raw.email, raw.message))
        assert b"1381234" not in kept
        assert "报价".encode() not in kept
        contact = await leads.reveal(desk, "L1")
        assert (contact.phone.reveal(), contact.email.reveal()) == ("13812345678", "wang@example.com")
        assert "13812345678" not in f"{contact!r} {contact.phone}"
        assert await leads.particulars(desk, "L1") == KNOWN

    await unit(work)


async def test_a_sealed_value_opens_only_in_its_own_row(unit) -> None:
    """Copied into another lead, a phone is refused, not shown."""

    async def work(desk: Desk) -> None:
        await enter(desk)
        await enter(desk, "L2")
        raw = await desk.tx.first(select(table.c.phone).where(table.c.id == "L1"))
        await desk.tx.run(table.update().where(table.c.id == "L2").values(phone=raw.phone))
        with pytest.raises(ValueError, match="altered or moved"):
            await leads.reveal(desk, "L2")

    await unit(work)


async def test_a_lead_begins_with_nobody_and_a_first_row_of_history(unit) -> None:
    async def work(desk: Desk) -> None:
        lead = await enter(desk)
        assert (lead.status, lead.owner_id, lead.epoch) == ("new", None, 0)
        assert lead.created_at == lead.waiting_since == desk.now
        (row,) = await desk.tx.all(select(status_changes))
        assert (row.before, row.after, row.by) == ("", "new", "form")
        assert lead.custom == {"employees": "200", "likes": ("茶", "马")}

    await unit(work)


async def test_a_lead_that_is_not_there_is_none_or_an_error(unit) -> None:
    async def work(desk: Desk) -> None:
        assert await leads.find(desk.tx, "L9") is None
        for look in (leads.get(desk.tx, "L9"), leads.lock(desk.tx, "L9"), leads.reveal(desk, "L9")):
            with pytest.raises(KeyError):
                await look

    await unit(work)


async def test_a_key_belongs_to_whoever_took_it_first(unit) -> None:
    async def work(desk: Desk) -> None:
        await enter(desk)
        await enter(desk, "L2")
        (phone,) = lead_keys.keys_of(desk.vault, phone="+8613812345678")
        assert "138" not in phone.digest
        assert await lead_keys.take(desk, phone, "L1")
        assert not await lead_keys.take(desk, phone, "L2")
        assert await lead_keys.holder(desk.tx, phone) == "L1"
        await desk.tx.run(table.update().where(table.c.id == "L1").values(merged_into="L2"))
        assert await lead_keys.holder(desk.tx, phone) == "L2"

    await unit(work)


async def test_points_are_given_once_and_the_day_of_a_line_stays(unit, clock) -> None:
    """A second telling of the same occasion adds nothing; a lower score later takes no date away."""
    from datetime import timedelta

    from bot.rules.score import Points

    gains = [Points("form", 20, "提交了表单", "website"), Points("director", 20, "职位为总监")]

    async def first(desk: Desk) -> None:
        await enter(desk)
        assert await scores.add(desk, "L1", gains) == 40
        await scores.settle(desk, "L1", 40, tier="nurture", is_mql=True, is_sql=False)

    async def later(desk: Desk) -> None:
        assert await scores.add(desk, "L1", gains) == 40
        assert await scores.add(desk, "L1", [Points("director", -20, "职位为总监", "~1")]) == 20
        await scores.settle(desk, "L1", 20, tier="nurture", is_mql=False, is_sql=False)
        lead = await leads.get(desk.tx, "L1")
        assert lead.marketing_qualified_at == desk.now - timedelta(days=1)
        assert (lead.score, lead.sales_qualified_at) == (20, None)
        assert [one.text for one in await scores.reasons(desk.tx, "L1")] == ["提交了表单"]

    await unit(first)
    clock.push(timedelta(days=1))
    await unit(later)


async def test_the_last_word_on_a_consent_holds(unit) -> None:
    async def work(desk: Desk) -> None:
        await enter(desk)
        assert not await consents.holds(desk.tx, "L1", "marketing")
        for given in (True, False):
            said = Consent(given=given, purpose="marketing", channel="form", text="同意", version="1")
            await consents.record(desk, "L1", said)
            assert await consents.holds(desk.tx, "L1", "marketing") is given

    await unit(work)


async def test_adding_in_wechat_counts_once(unit) -> None:
    async def work(desk: Desk) -> None:
        await enter(desk)
        assert await leads.bind(desk, "L1", "wm1")
        assert not await leads.bind(desk, "L1", "wm2")
        assert (await leads.get(desk.tx, "L1")).external_contact_id == "wm1"

    await unit(work)
