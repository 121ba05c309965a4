"""What is sent: once where twice would be seen, until it is through elsewhere, in order, never in silence."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.adapter import Throttle
from bot.chat.card import Button, Card
from bot.chat.outbound import Notice, SendText, UpdateCard
from bot.crm.commands import ClaimLead
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from bot.store import incidents, outbox, sending
from bot.store.buttons import open_button
from bot.worker.sender import Sender

OFFER = Card(kind="lead_offered", title="新线索", buttons=(Button("领取", ClaimLead("L7")),))
TAKEN = Card(kind="lead_taken", title="已被张三领取")


async def drain(bench, clock, steps: int = 12, push: timedelta = timedelta(seconds=40)) -> None:
    sender = Sender(bench)
    for _ in range(steps):
        while await sender.step():
            pass
        clock.push(push)


async def states(unit) -> dict[str, int]:
    return await unit(lambda desk: sending.counts(desk.tx))


async def test_the_same_occasion_is_said_once(bench, unit, mei, platform, clock):
    """However often it is asked for."""
    notice = Notice(to=mei, key="welcome", text="你好")

    assert [await unit(lambda d: outbox.post(d, notice)) for _ in range(3)] == [True, False, False]
    await drain(bench, clock)

    assert platform.texts() == ["你好"]


async def test_a_notice_to_nobody_is_counted(unit):
    """Somebody who left, or never was, gets nothing; the count tells."""
    posted = await unit(lambda d: outbox.post(d, Notice(to="ghost", key="k", text="?")))

    assert posted is False
    assert await unit(lambda d: incidents.totals(d.tx)) == {("notice.skipped", "no_address"): 1}


async def test_a_card_is_changed_by_the_code_that_its_sending_brought(bench, unit, mei, platform, clock):
    """Sent, then flipped; the code is spent."""
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="offer", card=OFFER, topic="lead:L7")))
    await drain(bench, clock, 1)
    shown = (await unit(lambda d: outbox.on_topic(d, "lead:L7")))[0]
    await unit(lambda d: outbox.redraw(d, shown, TAKEN))
    await drain(bench, clock)

    assert [u.code for u in platform.updates()] == ["code-1"]
    assert platform.updates()[0].card.title == "已被张三领取"
    assert await states(unit) == {"sent": 2}


async def test_an_equal_drawing_is_not_sent(unit, mei):
    """Nothing changed, nothing moves."""
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="offer", card=OFFER, topic="lead:L7")))
    shown = (await unit(lambda d: outbox.on_topic(d, "lead:L7")))[0]

    assert await unit(lambda d: outbox.redraw(d, shown, OFFER)) is False
    assert await unit(lambda d: outbox.redraw(d, shown, OFFER, force=True)) is True


async def test_a_later_change_makes_an_earlier_one_needless(bench, unit, mei, platform, clock):
    """Only what is true now is shown."""
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="offer", card=OFFER, topic="lead:L7")))
    await drain(bench, clock, 1)
    shown = (await unit(lambda d: outbox.on_topic(d, "lead:L7")))[0]
    await unit(lambda d: outbox.redraw(d, shown, TAKEN))
    await unit(lambda d: outbox.redraw(d, shown, Card(kind="lead_gone", title="已失效")))
    await drain(bench, clock)

    assert [u.card.title for u in platform.updates()] == ["已失效"]


async def test_who_pressed_a_card_that_cannot_change_gets_a_new_one(bench, unit, mei, platform, clock):
    """The platform lost the code; he still hears the answer."""
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="offer", card=OFFER, topic="lead:L7")))
    await drain(bench, clock, 1)
    shown = (await unit(lambda d: outbox.on_topic(d, "lead:L7")))[0]
    await unit(lambda d: outbox.redraw(d, shown, TAKEN, force=True))
    await drain(bench, clock, 1)
    await unit(lambda d: outbox.redraw(d, shown, OFFER, force=True))
    await drain(bench, clock)

    assert [c.card.title for c in platform.cards()] == ["新线索", "新线索"]
    assert (await unit(lambda d: incidents.totals(d.tx)))["send.skipped", "no_code"] == 1


GONE = Card(kind="lead_taken", source="L7", title="林晓", note="已由张三负责")


async def test_a_reader_is_told_once_what_his_card_cannot_show(bench, unit, mei, platform, clock):
    """The platform refuses the code for good: buttons would stand there that do nothing."""
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="offer", card=OFFER, topic="lead:L7")))
    await drain(bench, clock, 1)
    shown = (await unit(lambda d: outbox.on_topic(d, "lead:L7")))[0]
    platform.faults = [PlatformRejectedError("wecom", 42016, "code used")]
    await unit(lambda d: outbox.redraw(d, shown, GONE))
    await drain(bench, clock)
    await unit(lambda d: outbox.redraw(d, shown, replace(GONE, note="已由李娜负责")))
    await drain(bench, clock)

    assert platform.updates() == []
    assert [text for text in platform.texts() if "L7" in text] == ["L7 已由张三负责"]
    assert len(platform.cards()) == 1


async def test_a_card_whose_code_was_lost_with_the_answer_is_told_about(bench, unit, mei, platform, clock):
    """Shown, but nobody knows by what to change it."""
    platform.faults, platform.acts_first = [AnswerLostError("wecom", "timeout")], True
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="offer", card=OFFER, topic="lead:L7")))
    await drain(bench, clock)
    shown = (await unit(lambda d: outbox.on_topic(d, "lead:L7")))[0]
    await unit(lambda d: outbox.redraw(d, shown, GONE))
    await drain(bench, clock)

    assert platform.texts() == ["L7 已由张三负责"]


async def test_a_card_that_was_closed_in_time_needs_no_word(bench, unit, mei, platform, clock):
    """What becomes of the lead later misleads nobody."""
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="offer", card=OFFER, topic="lead:L7")))
    await drain(bench, clock, 1)
    shown = (await unit(lambda d: outbox.on_topic(d, "lead:L7")))[0]
    await unit(lambda d: outbox.redraw(d, shown, GONE))
    await drain(bench, clock)
    await unit(lambda d: outbox.redraw(d, shown, replace(GONE, note="已由李娜负责")))
    await drain(bench, clock)

    assert len(platform.updates()) == 1
    assert platform.texts() == []


async def test_a_lost_answer_to_a_keyed_card_is_tried_again_and_shown_once(bench, unit, mei, platform, clock):
    """The platform knows our key: the second try is recognised."""
    platform.faults, platform.acts_first = [AnswerLostError("wecom", "timeout")], True
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="offer", card=OFFER)))
    await drain(bench, clock)

    assert len(platform.cards()) == 1
    assert await states(unit) == {"sent": 1}


async def test_a_lost_answer_without_a_key_is_unknown_for_ever(bench, unit, mei, platform, clock):
    """A second one in the group would be seen: it is shown to people instead."""
    platform.faults, platform.acts_first = [AnswerLostError("wecom", "timeout")], True
    await unit(lambda d: outbox.post(d, Notice(to="wecom:wins", key="good", text="喜报", group=True)))
    await drain(bench, clock)

    assert len(platform.wire) == 1
    assert await states(unit) == {"unknown": 1}
    assert (await unit(lambda d: incidents.totals(d.tx)))["send.unknown", "text"] == 1


@pytest.mark.parametrize(("group", "ends"), [(True, "unknown"), (False, "sent")], ids=["unkeyed", "window"])
async def test_a_sender_that_vanishes_after_the_tombstone(bench, unit, mei, platform, clock, group, ends):
    """Frozen or killed between the commit and the answer: its policy decides, never a guess."""
    to = "wecom:wins" if group else mei
    await unit(lambda d: outbox.post(d, Notice(to=to, key="k", text="喜报", group=group)))

    async def vanish(desk):
        leased = (await sending.lease(desk.tx, desk.vault, now=desk.now, most=1))[0]
        assert await sending.mark_sending(desk.tx, leased, now=desk.now)
        return leased

    frozen = await unit(vanish)
    clock.push(timedelta(minutes=1))
    await drain(bench, clock)

    assert await states(unit) == {ends: 1}
    assert await unit(lambda d: sending.end(d.tx, frozen, state="sent", now=d.now)) is False


async def test_two_senders_never_hold_the_same_thing(bench, unit, mei):
    """A lease is one sender's."""
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="k", text="一")))

    async def lease(desk):
        return await sending.lease(desk.tx, desk.vault, now=desk.now, most=5)

    taken = await asyncio.gather(*(unit(lease) for _ in range(5)))

    assert sorted(len(t) for t in taken) == [0, 0, 0, 0, 1]


async def test_what_one_receiver_gets_he_gets_in_order(bench, unit, mei, platform, clock):
    """A busy platform delays the first, and nothing overtakes what is under way."""
    platform.faults = [PlatformBusyError("wecom", timedelta(seconds=1))]
    for i in range(4):
        await unit(lambda d, i=i: outbox.post(d, Notice(to=mei, key=f"k{i}", text=f"{i}")))
        clock.push(timedelta(milliseconds=1))
    await drain(bench, clock)

    assert sorted(platform.texts()) == ["0", "1", "2", "3"]


async def test_a_refusal_is_the_end_and_is_counted(bench, unit, mei, platform, clock):
    """Unknown receivers, cards too large: never tried again."""
    platform.faults = [PlatformRejectedError("wecom", 81013, "invalid user")]
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="k", text="一")))
    await drain(bench, clock)

    assert platform.wire == []
    assert (await unit(lambda d: incidents.totals(d.tx)))["send.failed", "text:81013"] == 1


async def test_what_came_too_late_is_skipped(bench, unit, mei, platform, clock):
    """A greeting after its twenty seconds would be refused anyway."""
    due = clock.now + timedelta(seconds=15)
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="k", text="一", expires_at=due)))
    clock.push(timedelta(seconds=16))
    await drain(bench, clock)

    assert platform.wire == []
    assert (await unit(lambda d: incidents.totals(d.tx)))["send.skipped", "expired"] == 1


async def test_never_more_than_the_limit_and_the_rest_in_one_text(bench, unit, mei, platform, clock):
    """Thirty a minute are dropped in silence by the platform: we stay below and digest."""
    platform.throttle = Throttle(25, timedelta(minutes=1))
    sent_at: list = []
    platform.before_send = lambda _: sent_at.append(clock.now)
    for i in range(60):
        await unit(lambda d, i=i: outbox.post(d, Notice(to=mei, key=f"k{i}", text=f"第{i}条")))
    await drain(bench, clock, steps=400, push=timedelta(seconds=1))

    said = "\n".join(platform.texts())
    assert all(f"第{i}条" in said for i in range(60))
    assert any(text.startswith("你还有") for text in platform.texts())
    for at in sent_at:
        assert sum(at <= other < at + timedelta(minutes=1) for other in sent_at) <= 25


async def test_the_buttons_that_were_sent_come_back_whole(bench, unit, mei, platform, clock, vault):
    """And only for this card and this receiver."""
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="offer", card=OFFER)))
    await drain(bench, clock, 1)
    card = platform.cards()[0]
    button = card.buttons[0]

    assert open_button(vault, button, card_key=card.card_key, audience="wecom:mei").command == ClaimLead("L7")
    assert open_button(vault, button, card_key=card.card_key, audience="wecom:jun") is None
    assert open_button(vault, button, card_key="other", audience="wecom:mei") is None
    assert (
        open_button(vault, button.replace("L7", "L8"), card_key=card.card_key, audience="wecom:mei") is None
    )


def test_nothing_sent_is_readable_in_the_store(vault):
    """A stolen file tells nothing (the bodies are sealed)."""
    sealed = vault.seal(b"13812345678", "outbox.body:a:b")

    assert b"13812345678" not in sealed
    with pytest.raises(ValueError, match="moved"):
        vault.open(sealed, "outbox.body:a:c")
    assert SendText(to="a", text="b") != UpdateCard(to="a", card=TAKEN, card_key="k", buttons=(), code="")


async def test_a_change_whose_answer_was_lost_is_tried_with_the_same_code(bench, unit, mei, platform, clock):
    """The platform says that the code is spent: the first try got through, nobody gets a second card."""
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="offer", card=OFFER, topic="lead:L7")))
    await drain(bench, clock, 1)
    shown = (await unit(lambda d: outbox.on_topic(d, "lead:L7")))[0]
    await unit(lambda d: outbox.redraw(d, shown, TAKEN, force=True))
    platform.faults, platform.acts_first = [AnswerLostError("wecom", "timeout")], True
    await drain(bench, clock, 1)
    platform.faults, platform.acts_first = [PlatformRejectedError("wecom", 42016, "code used")], False
    await drain(bench, clock)

    assert [u.code for u in platform.updates()] == ["code-1"]
    assert len(platform.cards()) == 1
    assert await states(unit) == {"sent": 2}
