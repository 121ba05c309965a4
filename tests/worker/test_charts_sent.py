"""A chart waits as what it is, becomes a picture when it goes, and never takes the words' place."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.chat.card import Card
from bot.chat.inbound import PRIVATE
from bot.chat.outbound import Image, Notice, Reply, SendCard, SendPicture, SendText
from bot.chat.spelling import read, spell
from bot.errors import AnswerLostError, PlatformBusyError
from bot.insight import charts
from bot.store import incidents, outbox, sending
from bot.store.tables.machinery import outbox as rows
from bot.worker.answering import answer
from bot.worker.painting import Painting
from bot.worker.reading import Request
from bot.worker.sender import Sender
from tests.worker.test_turns import settle

CHART = charts.ranking_chart("业绩排名", ["张三", "李娜"], [3, 2])
SHOWN = Image(chart=CHART)
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def painted(bench):
    bench.painting = Painting()
    yield bench
    await bench.painting.close()


async def kinds(unit) -> list[tuple[str, str]]:
    found = await unit(lambda d: d.tx.all(select(rows.c.key, rows.c.state).order_by(rows.c.id)))
    return [(row.key, row.state) for row in found]


async def test_words_and_picture_are_two_messages_the_words_first(painted, unit, mei, platform):
    """What waits is the chart, not its picture; what goes is the picture."""
    notice = Notice(to=mei, key="n", text="业绩：张三 3", image=SHOWN)
    assert await unit(lambda d: outbox.post(d, notice))
    assert not await unit(lambda d: outbox.post(d, notice))
    (body,) = [
        row.body for row in await unit(lambda d: d.tx.all(select(rows).where(rows.c.kind == "picture")))
    ]
    assert len(body) < 2000
    await settle(painted)

    said, shown = platform.wire
    assert (said.text, said.mark) == ("业绩：张三 3", "n")
    assert isinstance(shown, SendPicture)
    assert shown.data.startswith(PNG)
    assert (shown.mark, shown.instead, shown.chart) == ("n:picture", "", CHART)


async def test_a_lost_answer_is_tried_again_with_the_same_picture(painted, unit, mei, platform, clock):
    """Drawn once: what a platform swallows it can swallow."""
    platform.faults = [None, AnswerLostError("wecom", "gone"), PlatformBusyError("wecom", sending.LEASE)]
    platform.acts_first = True
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="n", text="业绩", image=SHOWN)))
    for _ in range(3):
        await settle(painted)
        clock.now += 3 * sending.LEASE
    pictures = [one for one in platform.wire if isinstance(one, SendPicture)]
    assert len(pictures) == 3
    assert {one.data for one in pictures} == {pictures[0].data}


@pytest.mark.parametrize("text", ["业绩：张三 3", ""])
async def test_what_cannot_be_drawn_is_left_out_and_counted(bench, unit, mei, platform, text):
    """The words have gone; nothing is tried again."""
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="n", text=text, image=SHOWN)))
    await settle(bench)

    assert platform.texts() == ([text] if text else [])
    assert not any(isinstance(one, SendPicture) for one in platform.wire)
    counted = await unit(lambda d: incidents.totals(d.tx))
    assert counted["chart.not_drawn", "not_set_up"] == 1
    assert counted["send.skipped", "not_drawn"] == 1


async def test_words_that_stand_in_are_said_where_a_picture_has_some(bench, unit, mei, platform):
    """As with any other picture."""
    said = SendPicture(to="mei", chart=CHART, instead="业绩：张三 3", mark="k")
    await unit(lambda d: outbox.effect(d, platform="wecom", outgoing=said, key="k", lane_key="wecom:mei"))
    await settle(bench)
    assert platform.wire == [SendText(to="mei", text="业绩：张三 3", mark="k")]


async def test_a_card_has_its_picture_beside_it(painted, unit, mei, platform):
    """The card first."""
    card = Card(kind="answer", title="本月业绩")
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="n", card=card, image=SHOWN)))
    await settle(painted)
    assert [type(one) for one in platform.wire] == [SendCard, SendPicture]


async def replied(unit, reply: Reply, chat: str) -> list[tuple[bool, str]]:
    """Where each part of an answer goes: to the group or not, and what it is."""

    async def work(desk) -> None:
        from bot.store import users

        actor = await users.by_login(desk.tx, "wecom", "mei")
        request = Request(command=None, actor=actor, account="mei", platform="wecom", chat=chat)
        await answer(desk, request, reply, platform="wecom", key="k")

    await unit(work)
    found = await unit(lambda d: d.tx.all(select(rows).order_by(rows.c.id)))
    return [(row.lane_key == "wecom:g1", row.kind) for row in found]


async def test_before_a_group_a_chart_goes_where_its_words_go(unit, mei):
    """What may be said there may be shown there."""
    reply = Reply(text="全部：3", image=SHOWN)
    assert await replied(unit, reply, "g1") == [(True, "text"), (True, "picture")]


async def test_before_a_group_the_chart_of_a_card_goes_to_whoever_asked(unit, mei):
    """A card may tell names; its picture as well."""
    reply = Reply(card=Card(kind="answer", title="本月业绩"), image=SHOWN)
    found = await replied(unit, reply, "g1")
    assert (False, "picture") in found
    assert (True, "picture") not in found


async def test_in_private_everything_is_private(unit, mei):
    """Words and picture."""
    assert await replied(unit, Reply(text="3", image=SHOWN), PRIVATE) == [(False, "text"), (False, "picture")]


def test_a_chart_waits_as_json_and_comes_back():
    """Through the outbox and out again."""
    sent = SendPicture(to="mei", chart=CHART, mark="k")
    assert read(spell(sent)) == sent


@pytest.mark.parametrize(
    "given", [{}, {"data": PNG, "chart": CHART}, {"url": "https://x", "chart": CHART}, {"chart": {}}]
)
def test_a_picture_is_one_thing(given):
    """Bytes, an address or a chart."""
    with pytest.raises(ValueError, match="chart"):
        Image(**given)


async def test_it_is_drawn_before_anything_is_marked_as_under_way(unit, mei, platform, bench):
    """A sender that dies while it draws has sent nothing, and nothing is in doubt."""

    class Watching(Painting):
        seen: tuple[str, ...] = ()

        async def paint(self, chart):
            self.seen = tuple(state for key, state in await kinds(unit) if key == "n:picture")
            return await super().paint(chart)

    bench.painting = painting = Watching()
    await unit(lambda d: outbox.post(d, Notice(to=mei, key="n", text="业绩", image=SHOWN)))
    while await Sender(bench).step():
        pass
    await painting.close()
    assert painting.seen == ("leased",)
    assert (await kinds(unit))[-1] == ("n:picture", "sent")


async def test_a_card_with_words_has_its_picture_after_the_words(unit, mei):
    """Card, list, picture: in the order in which they are read."""
    reply = Reply(card=Card(kind="answer", title="本月业绩"), text="张三 3", image=SHOWN)
    assert [kind for _, kind in await replied(unit, reply, PRIVATE)] == ["card", "text", "picture"]
