"""退回, 无效, 转交, 改派: with a reason, with rights, and never by an old card."""

from __future__ import annotations

import pytest

from bot.assignment import arrive
from bot.crm.commands import ClaimLead, MarkInvalid, ReassignLead, ReleaseLead, ShowLead
from bot.crm.lead import LeadStatus
from bot.crm.user import Role, User
from bot.handlers.claim import on_claim
from bot.handlers.mark_invalid import on_mark_invalid
from bot.handlers.reassign import on_reassign
from bot.handlers.release import on_release
from bot.handlers.show_lead import on_show_lead
from tests.assignment.conftest import EAST, hire, labels


@pytest.fixture
async def owned(world, ask):
    """张三 has the lead."""
    lead = await world.lead()
    await world.unit(lambda desk: arrive.arrive(desk, lead, rings=True))
    await ask(on_claim, ClaimLead("L1"), "zhangsan")
    return world


async def test_a_return_asks_for_a_reason_first(owned, ask, company):
    """The list is the company's; nothing is chosen beforehand, and nothing has happened yet."""
    reply = await ask(on_release, ReleaseLead("L1"), "zhangsan")

    assert [label for _, label in reply.card.poll.options] == list(company.reasons.returned)
    assert reply.card.poll.ticked == ()
    assert labels(reply.card) == ["确定", "取消"]
    assert (await owned.get()).owner_id == "zhangsan"


async def test_a_return_with_a_reason_is_done(owned, ask):
    """His card says so, and the lead lies in the pool."""
    reply = await ask(on_release, ReleaseLead("L1"), "zhangsan", selected={"reason": ("联系不上",)})

    assert (reply.card.note, reply.card.text) == ("你已退回公海", "原因：联系不上")
    lead = await owned.get()
    assert (lead.owner_id, lead.status) == (None, LeadStatus.RECYCLED)


async def test_a_reason_of_ones_own_is_asked_for_again(owned, ask):
    """Reasons are counted later, so they come from the list."""
    reply = await ask(on_release, ReleaseLead("L1", "心情不好"), "zhangsan", tapped=False)

    assert reply.card.note == "请从清单里选一个原因"
    assert (await owned.get()).owner_id == "zhangsan"


async def test_cancelling_shows_the_lead_as_it_is(owned, ask):
    """取消 leads back to the owner's card."""
    reply = await ask(on_show_lead, ShowLead("L1"), "zhangsan")

    assert reply.card.kind == "lead_owned"


async def test_an_old_card_returns_nothing_for_somebody_else(owned, ask):
    """The loser presses what he should not have: he sees who has it, and nothing changes."""
    reply = await ask(on_release, ReleaseLead("L1"), "lisi", selected={"reason": ("联系不上",)})

    assert reply.card.kind == "lead_taken"
    assert (await owned.get()).owner_id == "zhangsan"


async def test_an_invalid_lead_is_closed_for_everybody(owned, ask):
    """With its reason on every card, and out of the owner's hands."""
    reply = await ask(on_mark_invalid, MarkInvalid("L1"), "zhangsan", selected={"reason": ("同行",)})

    assert (reply.card.note, reply.card.text) == ("已标为无效", "原因：同行")
    assert (await owned.card_of("lisi")).note == "已标为无效"
    lead = await owned.get()
    assert (lead.status, lead.invalid_reason) == (LeadStatus.INVALID, "同行")


async def test_a_rep_cannot_condemn_a_colleagues_lead(owned, ask):
    """Only its owner, or who leads the region."""
    await ask(on_mark_invalid, MarkInvalid("L1"), "lisi", selected={"reason": ("同行",)})

    assert (await owned.get()).status is LeadStatus.ASSIGNED


async def test_a_hand_over_offers_the_reps_of_the_region(owned, ask):
    """Without a name he is asked; he himself is not on the list."""
    reply = await ask(on_reassign, ReassignLead("L1"), "zhangsan")

    assert reply.card.title == "转交：林晓·星河科技"
    assert reply.card.choice.options == (("-", "请选择"), ("lisi", "李四 杭州组"))
    assert [button.label for button in reply.card.buttons] == ["下一步", "取消"]


async def test_a_hand_over_by_choice(owned, ask):
    """The old owner reads whose it is now; the new one has it before him."""
    reply = await ask(on_reassign, ReassignLead("L1"), "zhangsan", selected={"to": ("lisi",), "why": ("-",)})

    assert reply.card.note == "你已转交给李四"
    assert (await owned.get()).owner_id == "lisi"
    assert "张三转交给你" in [card.note for card in await owned.cards_of("lisi")]


async def test_a_careless_tap_gives_nothing_away(owned, ask):
    """Nobody is chosen beforehand, and a press says so."""
    reply = await ask(on_reassign, ReassignLead("L1"), "zhangsan", selected={"to": ("-",)})

    assert reply.card.note == "请选给谁"
    assert (await owned.get()).owner_id == "zhangsan"


async def test_a_press_without_a_reason_is_told_so(owned, ask):
    """确定 with nothing ticked; the card says for how long he leaves the lead to others."""
    asked = await ask(on_release, ReleaseLead("L1"), "zhangsan")
    again = await ask(on_release, asked.card.buttons[0].command, "zhangsan")

    assert asked.card.note == "退回后别人可以领，你 7 天内不能再领"
    assert again.card.note == "请先选一个原因"
    assert (await owned.get()).owner_id == "zhangsan"


async def test_a_manager_reassigns_by_name(owned, ask):
    """改派 L1 李四, by whoever leads the region."""
    reply = await ask(on_reassign, ReassignLead("L1", "李四"), "zhaoliu", tapped=False)

    assert reply.card.kind == "lead_watched"
    assert reply.card.fields[0].value == "李四"
    assert (await owned.get()).owner_id == "lisi"


async def test_a_name_that_two_people_have_is_asked_back(owned, ask):
    """Better a question than the wrong one of two."""
    await owned.unit(
        lambda desk: hire(desk, User(id="lisi2", name="李四", role=Role.REP, region=EAST, team="上海组"))
    )

    reply = await ask(on_reassign, ReassignLead("L1", "李四"), "zhaoliu", tapped=False)

    assert reply.card.note == "有几位叫“李四”，请选一位"
    assert {option for option, _ in reply.card.choice.options} == {"-", "lisi", "lisi2"}
    assert (await owned.get()).owner_id == "zhangsan"


async def test_a_name_that_nobody_has_is_asked_back(owned, ask):
    """With the list of those who could be meant."""
    reply = await ask(on_reassign, ReassignLead("L1", "赵日天"), "zhaoliu", tapped=False)

    assert reply.card.note == "没有找到“赵日天”，请选一位"


async def test_a_manager_of_another_region_may_not(owned, ask):
    """To him the lead does not exist."""
    await owned.unit(
        lambda desk: hire(desk, User(id="south", name="孙南", role=Role.MANAGER, region="华南大区", team=""))
    )

    reply = await ask(on_reassign, ReassignLead("L1", "wangwu"), "south", tapped=False)

    assert reply.card.title == "没有这条线索"
    assert (await owned.get()).owner_id == "zhangsan"


async def test_somebody_who_has_left_does_nothing_by_an_old_card(owned, ask):
    """His card may still hang there; it has no effect and tells him nothing."""
    from bot.store import departures, users

    async def gone(desk):
        await departures.mark_left(desk, await users.get(desk.tx, "zhangsan"), by="system", reason="")

    await owned.unit(gone)
    for handler, command in (
        (on_release, ReleaseLead("L1", "联系不上")),
        (on_mark_invalid, MarkInvalid("L1", "同行")),
        (on_reassign, ReassignLead("L1", "lisi")),
        (on_show_lead, ShowLead("L1")),
    ):
        assert (await ask(handler, command, "zhangsan")).card.title == "没有这条线索"
    lead = await owned.get()
    assert (lead.owner_id, lead.status) == ("zhangsan", LeadStatus.ASSIGNED)
