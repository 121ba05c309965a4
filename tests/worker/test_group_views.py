"""One card before a group: whoever has the lead sees what he can do with it, all others see whose it is."""

from __future__ import annotations

import pytest

from bot.chat.card import Card
from bot.chat.inbound import Tap
from bot.chat.outbound import SendCard, UpdateCard
from bot.crm.pool import pool_of
from bot.store import chats, leads
from tests.worker.two_platforms import Both, account, open_both

GROUP = "cidG"


@pytest.fixture
async def both(store, company, vault, clock, random_bytes, unit) -> Both:
    """Two on DingTalk and one on WeCom; their pool rings in a group on DingTalk."""
    opened = open_both(store, company, vault, clock, random_bytes, unit)
    for one, on in (("jun", "dingtalk"), ("bo", "dingtalk"), ("mei", "wecom")):
        await opened.hire(one, on)
    await bind(opened, "dingtalk")
    return opened


async def bind(both: Both, platform: str) -> None:
    pool = pool_of(both.bench.company, None).id
    await both.unit(lambda desk: chats.bind(desk, platform=platform, chat=GROUP, pool_id=pool, by="jun"))


def changes(both: Both, platform: str = "dingtalk") -> list[SendCard | UpdateCard]:
    wire = both.bench.adapters[platform].wire
    return [one for one in wire if isinstance(one, SendCard | UpdateCard) and one.to == GROUP]


def seen(both: Both, user_id: str) -> tuple[Card, dict[str, str]]:
    """The group's card as one of them sees it now, and the seal of each of its buttons."""
    card, seals = changes(both)[0].card, changes(both)[0].buttons
    own: tuple[Card, tuple[str, ...]] | None = None
    for one in changes(both):
        card, seals = one.card, one.buttons
        for view in one.views:
            if view.user_id == account("dingtalk", user_id):
                own = (view.card, view.buttons)
    face, buttons = own or (card, seals)
    return face, {b.label: seal for b, seal in zip(face.presses, buttons, strict=True)}


async def press(both: Both, user_id: str, label: str, *, seal: str = "") -> None:
    """Somebody presses what he sees, or what somebody else does."""
    tap: Tap[object] = Tap(
        platform="dingtalk", user_id=account("dingtalk", user_id), card_key=changes(both)[0].card_key,
        button=seal or seen(both, user_id)[1][label], update_code="", chat=GROUP,
    )  # fmt: skip
    await both.bring("dingtalk", user_id, tap)
    await both.work()


async def owner(both: Both) -> str | None:
    return (await both.unit(lambda desk: leads.get(desk.tx, "L7"))).owner_id


async def test_the_winner_sees_his_buttons_and_the_losers_see_whose_it_is(both):
    await both.lead()
    await press(both, "jun", "领取")

    face, buttons = seen(both, "jun")
    assert list(buttons) == ["跟进", "看电话", "转商机"]
    assert "你已领取" in face.note
    lost, nothing = seen(both, "bo")
    assert (nothing, "已被jun" in lost.note) == ({}, True)
    assert await owner(both) == "jun"


async def test_nothing_personal_is_on_what_hangs_in_a_group(both):
    """Not even on the part that its owner alone sees: name masked, no number, no mail."""
    await both.lead()
    await press(both, "jun", "领取")
    await press(both, "jun", "看电话")

    for one in changes(both):
        for card in (one.card, *(view.card for view in one.views)):
            assert not any(part in str(card) for part in ("林晓", "13812345678", "138****", "lin@xinghe.cn"))


async def test_what_he_presses_there_is_answered_in_his_own_chat(both):
    """The number and the question come to him alone; the group's card stays as it was for the others."""
    await both.lead()
    await press(both, "jun", "领取")

    await press(both, "jun", "看电话")
    assert "13812345678" in str(both.shown("dingtalk")["ding-jun"].fields)
    await press(both, "jun", "跟进")
    asked = both.dingtalk.texts("ding-jun")[-1]
    await both.say("dingtalk", "jun", "已电话，客户要报价")

    assert "L7" in asked
    assert both.dingtalk.texts(GROUP) == []
    assert both.shown("dingtalk")["ding-jun"].kind != "lead_offered"
    assert "13812345678" not in str([one for one in both.dingtalk.wire if one.to != "ding-jun"])


async def test_each_answer_makes_his_buttons_anew(both):
    """A platform that numbers no presses tells the second from the first by what the button carries."""
    await both.lead()
    await press(both, "jun", "领取")
    before = seen(both, "jun")[1]["看电话"]

    await press(both, "jun", "看电话")

    assert seen(both, "jun")[1]["看电话"] != before


async def test_his_buttons_work_for_nobody_else(both):
    """Whoever got hold of them has nothing: they are sealed for their owner."""
    await both.lead()
    await press(both, "jun", "领取")
    sent = len(both.dingtalk.wire)

    await press(both, "bo", "", seal=seen(both, "jun")[1]["看电话"])

    assert "13812345678" not in str(both.dingtalk.wire[sent:])
    assert [
        one for one in both.dingtalk.wire[sent:] if one.to == "ding-bo" and isinstance(one, SendCard)
    ] == []


async def test_a_late_tap_of_a_loser_sends_nothing_of_the_winners(both):
    """His answer is what all see; what the winner sees has not changed and costs no call."""
    await both.lead()
    stale = seen(both, "bo")[1]["领取"]
    await press(both, "jun", "领取")

    await press(both, "bo", "领取", seal=stale)

    assert changes(both)[-1].views == ()
    assert list(seen(both, "jun")[1]) == ["跟进", "看电话", "转商机"]


async def test_a_claim_on_the_other_platform_gives_his_view_to_who_reads_on_both(both):
    await both.hire("li", "wecom", "dingtalk")
    await both.lead()

    await both.say("wecom", "li", "领取 L7")

    assert list(seen(both, "li")[1]) == ["跟进", "看电话", "转商机"]
    assert "已被li" in seen(both, "jun")[0].note


async def test_who_gave_it_back_sees_what_all_see_from_then_on(both):
    """His own values stay on the platform, so he is told of each change like the group."""
    await both.lead()
    await press(both, "jun", "领取")
    await both.say("dingtalk", "jun", f"退回 L7 {both.bench.company.reasons.returned[0]}")
    assert await owner(both) is None
    free, everybodys = seen(both, "jun")
    assert (free, everybodys) == seen(both, "bo")
    assert list(everybodys) == ["领取"]

    await press(both, "bo", "领取")

    assert await owner(both) == "bo"
    assert "已被bo" in seen(both, "jun")[0].note
    assert not seen(both, "jun")[1]
    assert list(seen(both, "bo")[1]) == ["跟进", "看电话", "转商机"]


async def test_what_was_not_sent_yet_is_not_lost_with_a_newer_change(both):
    """A tap that follows before the winner saw his own takes it along."""
    await both.lead()
    stale = seen(both, "bo")[1]["领取"]
    for one, seal in (("jun", seen(both, "jun")[1]["领取"]), ("bo", stale)):
        tap: Tap[object] = Tap(
            platform="dingtalk", user_id=account("dingtalk", one), card_key=changes(both)[0].card_key,
            button=seal, update_code="", chat=GROUP,
        )  # fmt: skip
        await both.bring("dingtalk", one, tap)
    await both.work()

    winner = await owner(both)
    (loser,) = {"jun", "bo"} - {winner}
    assert list(seen(both, winner)[1]) == ["跟进", "看电话", "转商机"]
    assert not seen(both, loser)[1]


async def test_a_platform_that_shows_all_the_same_is_asked_for_nothing_more(both):
    """There the group's card flips once, and no change is sent for the winner's sake."""
    await bind(both, "wecom")
    await both.lead()
    before = len(changes(both, "wecom"))
    await both.say("wecom", "mei", "领取 L7")
    flipped = len(changes(both, "wecom"))

    await both.say("wecom", "mei", "转商机 L7 专业版 5万")

    assert flipped - before <= 1
    assert len(changes(both, "wecom")) - flipped <= 1
    assert all(one.views == () for one in changes(both, "wecom"))
