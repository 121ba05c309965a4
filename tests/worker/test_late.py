"""Who asks faster than the platform lets us answer is told so, and finds each answer under its question."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.cards import late as late_cards
from bot.chat.adapter import Throttle
from bot.chat.card import Card
from bot.chat.inbound import Accepted, Message
from bot.chat.outbound import Notice, SendCard, SendText
from bot.store import inbox, outbox
from bot.worker.sender import Sender

MINUTE = timedelta(minutes=1)


async def asks(unit: Any, platform: Any, vault: Any, n: int) -> None:
    """The n-th question is written down, and answered by a card and two texts."""
    body = f"q{n}".encode()
    platform.inbound[body] = Message(platform="wecom", user_id="mei", text=f"第{n}个大区的\n业绩")

    async def answered(desk: Any) -> None:
        accepted = Accepted("wecom", f"key{n}", "wecom:user:mei", body)
        await inbox.receive(desk.tx, vault, accepted, now=desk.now)
        shown = {"to": "mei", "answers": True, "reply_to": f"key{n}"}
        card = Card(kind="answer", title=f"答{n}", note="见下一条")
        await outbox.post(desk, Notice(key=f"c{n}", card=card, **shown))
        for part in "甲乙":
            await outbox.post(desk, Notice(key=f"t{n}{part}", text=f"答{n}{part}", **shown))

    await unit(answered)


async def sends(sender: Sender, clock: Any, seconds: int) -> None:
    for _ in range(seconds):
        while await sender.step():
            pass
        clock.push(timedelta(seconds=1))


def said(one: Any) -> str:
    return one.text if isinstance(one, SendText) else f"{one.card.note}|{one.card.title}"


async def test_an_answer_that_comes_late_repeats_its_question(bench, unit, mei, platform, clock, vault):
    """Eight questions within seconds: five are answered at once, of the others he hears at once."""
    platform.throttle = Throttle(18, MINUTE)
    for n in range(8):
        await asks(unit, platform, vault, n)
    sender = Sender(bench)
    await sends(sender, clock, 10)

    first = [said(one) for one in platform.wire]
    waits = [text for text in first if text.startswith("稍等")]
    assert len(first) == 18
    assert len(waits) == 1
    assert "60 秒后" in waits[0]
    assert not any("你问的" in text for text in first)

    await sends(sender, clock, 130)
    rest = [said(one) for one in platform.wire[18:] if not said(one).startswith("稍等")]
    assert all(text.startswith("你问的：「第") for text in rest)
    assert rest[-1] == "你问的：「第7个大区的 业绩」\n答7乙"
    assert rest[-3] == "你问的：「第7个大区的 业绩」\n见下一条|答7"


async def test_they_come_in_the_order_they_were_asked(bench, unit, mei, platform, clock, vault):
    """One who asks again while answers wait hears that one last."""
    platform.throttle = Throttle(6, MINUTE)
    sender = Sender(bench)
    for n in range(4):
        await asks(unit, platform, vault, n)
        await sends(sender, clock, 7)
    await sends(sender, clock, 200)

    answers = [said(one).rpartition("\n")[2] for one in platform.wire if not said(one).startswith("稍等")]
    expected = [text for n in range(4) for text in (f"答{n}", f"答{n}甲", f"答{n}乙")]
    assert [text.rpartition("|")[2] for text in answers] == expected
    per_minute = [one for one in platform.wire if isinstance(one, SendText | SendCard)]
    assert len(per_minute) <= 12 + 4


async def test_an_answer_that_took_long_to_find_repeats_its_question(
    bench, unit, mei, platform, clock, vault
):
    """Not the platform but we were slow: other words stand between all the same."""
    await asks(unit, platform, vault, 1)
    await unit(
        lambda desk: inbox.receive(
            desk.tx, vault, Accepted("wecom", "slow", "wecom:user:mei", b"q1"), now=desk.now
        )
    )
    clock.push(MINUTE)
    later = Notice(to="mei", key="slow", text="慢", answers=True, reply_to="slow")
    await unit(lambda desk: outbox.post(desk, later))
    await sends(Sender(bench), clock, 1)
    assert platform.texts()[-1] == "你问的：「第1个大区的 业绩」\n慢"


async def test_what_nobody_waits_for_tells_nobody_to_wait(bench, unit, mei, platform, clock):
    """Notices above the limit become one text, as ever."""
    platform.throttle = Throttle(5, MINUTE)
    for n in range(12):
        await unit(lambda desk, n=n: outbox.post(desk, Notice(to="mei", key=f"n{n}", text=f"提醒{n}")))
    await sends(Sender(bench), clock, 90)

    assert not any("稍等" in text or "你问的" in text for text in platform.texts())


async def test_an_answer_whose_question_is_gone_stands_alone(bench, unit, mei, platform, clock):
    """What was written is kept for some time only."""
    await unit(
        lambda desk: outbox.post(
            desk, Notice(to="mei", key="a", text="答", answers=True, reply_to="nobody knows")
        )
    )
    clock.push(MINUTE)
    await sends(Sender(bench), clock, 1)
    assert platform.texts() == ["答"]


def test_what_is_quoted_is_masked():
    """A number or an address that somebody typed stands nowhere whole again, cut or not."""
    assert late_cards.quoted("录线索 王芳 13913570055", "好") == "你问的：「录线索 王芳 139****0055」\n好"
    assert late_cards.quoted("找 fang@example.com", "好") == "你问的：「找 ***@example.com」\n好"
    assert "1391357" not in late_cards.quoted("请把这个新来的客户的号码记下来 13913570055 上海", "好")
