"""Somebody in a task that a colleague was asked to send is erased: taken back, or told why that failed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.chat.group_sending import Got
from bot.crm.company.content import Content
from bot.crm.touching import Purpose, TouchState
from bot.crm.user import SYSTEM, Role, User
from bot.errors import PlatformRejectedError
from bot.intake.merge import merge
from bot.store import consents, group_messages, incidents
from bot.store.personal import erase
from bot.store.tables.machinery import outbox
from bot.store.tables.outreach import group_message_members as members
from bot.store.tables.outreach import group_messages as groups
from tests.touch.house import STOPS
from tests.touch.test_group_messages import Colleagues, drain, many

BOSS = User(id="boss", name="周", role=Role.EXECUTIVE, region="", team="")


@pytest.fixture
def both(house) -> Colleagues:
    """The same on each database, for what their statements could do differently."""
    made = Colleagues()
    house.bench.channels = {**house.bench.channels, "wecom": made}
    return made


@pytest.fixture
def colleagues(lite_house) -> Colleagues:
    made = Colleagues()
    lite_house.bench.channels = {**lite_house.bench.channels, "wecom": made}
    return made


async def erases(house, lead_id: str) -> None:
    await house.unit(lambda desk: erase.begin(desk, lead_id, by=SYSTEM, reason="本人要求"))
    while await house.unit(lambda desk: erase.step(desk, lead_id)):
        pass


async def rows(house) -> dict[str, tuple[TouchState, str]]:
    return {row.key: (row.state, row.reason) for row in await house.rows()}


async def kept(house):
    """What is left of members: address, as what it says, and its index."""
    return await house.unit(_kept)


async def _kept(desk):
    found = await desk.tx.all(select(members).where(members.c.lead_id == "L1"))
    return [
        (desk.vault.open(one.address, f"group_message_members.address:{one.touch_id}").decode(), one.digest)
        for one in found
    ]


async def asked(house, n: int) -> None:
    await many(house, n)
    await drain(house)
    await drain(house, seconds=60)
    house.push(seconds=5)


async def test_who_is_erased_is_taken_out_before_it_is_sent(house, both):
    """Taken back at the platform at once, and asked again without him; nothing names him."""
    await asked(house, 2)
    await erases(house, "L1")
    await drain(house)
    await drain(house, seconds=60)

    assert both.cancelled == {"msg1"}
    assert [one[1] for one in both.made] == [("wm-L1", "wm-L2"), ("wm-L2",)]
    told = await rows(house)
    assert told["k1"] == (TouchState.SKIPPED, "gone")
    assert told["k2"][0] is TouchState.ASKED
    assert await kept(house) == [("（已删除）", "")]


async def test_who_is_erased_while_it_gathers_is_never_asked_for(lite_house, colleagues):
    """Nothing has to be taken back."""
    house = lite_house
    await many(house, 2)
    await drain(house)
    await erases(house, "L1")
    await drain(house, seconds=60)

    assert colleagues.cancelled == set()
    assert [one[1] for one in colleagues.made] == [("wm-L2",)]
    assert (await rows(house))["k1"][0] is TouchState.SKIPPED


async def test_what_had_gone_by_then_stays_sent(lite_house, colleagues):
    """He got it before: the ledger says so, though his id is gone by then."""
    house = lite_house
    await asked(house, 2)
    colleagues.sent["msg1"] = {"wm-L1": Got.SENT, "wm-L2": Got.SENT}
    await erases(house, "L1")
    await drain(house)

    assert {key: state for key, (state, _) in (await rows(house)).items()} == {
        "k1": TouchState.SENT,
        "k2": TouchState.SENT,
    }
    assert colleagues.cancelled == set()
    assert await kept(house) == [("（已删除）", "")]


async def test_what_is_not_taken_back_is_told_and_counted(lite_house, colleagues):
    """The platform refuses: its colleague hears not to send it, and the rows say that it is unknown."""
    house = lite_house
    await asked(house, 2)

    refusal = PlatformRejectedError("wecom", 41106, "not allowed")

    async def refuses(task_id: str) -> None:
        raise refusal

    colleagues.cancel = refuses
    await erases(house, "L1")
    await drain(house)

    found = {row.key: row for row in await house.rows()}
    assert {one.state for one in found.values()} == {TouchState.UNKNOWN}
    assert {one.detail for one in found.values()} == {"not_taken_back:41106"}
    notices = await house.unit(lambda desk: desk.tx.all(select(outbox.c.key)))
    assert [one.key for one in notices if one.key.endswith(":kept")] != []
    counted = await house.unit(lambda desk: incidents.totals(desk.tx))
    assert "group_message.not_taken_back" in str(counted)
    assert await kept(house) == [("（已删除）", "")]


async def test_a_stop_goes_with_who_is_merged(lite_house, colleagues):
    """He said it under the number that is gone a moment later: the task is made without him."""
    house = lite_house
    await house.hire(BOSS)
    await many(house, 3)
    await drain(house)
    await house.unit(lambda desk: consents.record(desk, "L2", STOPS))
    house.push(seconds=5)
    await house.unit(lambda desk: merge(desk, "L1", "L2", by=BOSS, how="card"))
    await drain(house, seconds=60)

    assert colleagues.made
    assert all("wm-L2" not in to for _, to, _ in colleagues.made)


async def test_a_text_with_his_name_in_it_forgets_him(house, both):
    """Whoever is in no other text is named in his own: it says neither him nor his firm afterwards."""
    library = {
        "named": Content.model_validate(
            {
                "name": "问候",
                "purpose": Purpose.MARKETING,
                "channels": {"wecom": {"text": "{{ lead.name }}您好，{{ lead.company }}的资料好了"}},
            }
        )
    }
    company = house.bench.company
    house.bench.company = replace(company, content={**company.content, **library})
    await many(house, 1, content="named", channels=("wecom",))
    await asked(house, 1)
    both.sent["msg1"] = {"wm-L1": Got.SENT}
    await drain(house, hours=1)
    assert ["林晓您好" in one for one in await house.unit(_texts)].count(True) == 1

    await erases(house, "L1")

    assert [one for one in await house.unit(_texts) if "林晓" in one or "星河" in one] == []
    assert "（已删除）您好，（已删除）的资料好了" in await house.unit(_texts)


async def _texts(desk):
    return [await group_messages.text_of(desk, row.id) for row in await desk.tx.all(select(groups.c.id))]
