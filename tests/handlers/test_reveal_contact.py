"""看电话: the owner alone, alone with us, and each look on record."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.assignment import arrive
from bot.crm.commands import ClaimLead, RevealContact
from bot.handlers.claim import on_claim
from bot.handlers.reveal_contact import on_reveal_contact
from bot.store import consents
from bot.store.consents import Consent
from bot.store.tables.machinery import audit
from tests.assignment.conftest import labels

NUMBER = "13812345678"


@pytest.fixture
async def owned(world, ask):
    """张三 has the lead."""
    lead = await world.lead()
    await world.unit(lambda desk: arrive.arrive(desk, lead, rings=True))
    await ask(on_claim, ClaimLead("L1"), "zhangsan")
    return world


async def rows(world):
    async def look(desk):
        found = await desk.tx.all(select(audit).order_by(audit.c.n))
        return [(row.actor, row.action, row.detail.get("reason", "")) for row in found]

    return await world.unit(look)


async def test_the_owner_gets_a_number_to_press(owned, ask):
    """The same card with the number as a link, and the same buttons."""
    reply = await ask(on_reveal_contact, RevealContact("L1"), "zhangsan")

    phone = reply.card.fields[0]
    assert (phone.label, phone.value, phone.url) == ("电话", NUMBER, f"tel:{NUMBER}")
    assert reply.card.fields[1].value == "lin@xinghe.cn"
    assert "看电话" in labels(reply.card)
    assert await rows(owned) == [("zhangsan", "contact.revealed", "")]


async def test_never_before_others(owned, ask):
    """In a group not even its owner gets it."""
    reply = await ask(on_reveal_contact, RevealContact("L1"), "zhangsan", chat="group-1", tapped=False)

    assert reply.card is None
    assert NUMBER not in reply.text
    assert await rows(owned) == [("zhangsan", "contact.refused", "not_private")]


@pytest.mark.parametrize("user_id", ["lisi", "zhaoliu", "boss"])
async def test_nobody_else_gets_it(owned, ask, user_id):
    """Not the loser, not the manager, not the boss: each sees his own card, and leaves a row."""
    reply = await ask(on_reveal_contact, RevealContact("L1"), user_id)

    assert NUMBER not in str(reply)
    assert "5678" not in str(reply) or "****" in str(reply)
    assert await rows(owned) == [(user_id, "contact.refused", "not_owner")]


@pytest.mark.parametrize(
    ("purpose", "shown"),
    [
        ("marketing", "所有渠道的营销消息"),
        ("marketing_sms", "短信的营销消息"),
        ("contact", "任何消息（他来问的除外）"),
    ],
)
async def test_what_he_ended_stands_on_the_card(owned, ask, purpose, shown):
    """Before whoever has it writes to him."""
    stop = Consent(given=False, purpose=purpose, channel="colleague", text="不要再发", version="")
    await owned.unit(lambda desk: consents.record(desk, "L1", stop))
    reply = await ask(on_reveal_contact, RevealContact("L1"), "zhangsan")

    assert {one.label: one.value for one in reply.card.fields}["已退订"] == shown
