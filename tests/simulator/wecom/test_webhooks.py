"""A robot that only speaks: our own adapter and a bare client, against the simulated platform."""

from __future__ import annotations

import base64

import pytest

from bot.chat.card import Card, Field
from bot.chat.outbound import SendCard, SendPicture, SendText
from bot.errors import PlatformBusyError
from tests.adapters.wecom.platform import adapter

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def url(sim) -> str:
    return sim.running.hands.admin.add_webhook("喜报群", ["zhangsan", "lina"])


@pytest.fixture
async def robot(sim, url):
    built = adapter(lambda: 0.0, api_base=sim.running.base_url, webhooks__deals=url)
    yield built
    await built.close()


def shown(sim):
    (chat,) = sim.world.chats.values()
    return [(message.kind, message.text) for message in chat.messages]


async def test_our_adapter_speaks_there(sim, robot):
    """Text, a card as markdown, a picture."""
    await robot.send(SendText(to="webhook:deals", text="喜报", group=True))
    card = Card(kind="good_news", title="喜报：李四 签单", fields=(Field("产品", "专业版"),))
    await robot.send(SendCard(to="webhook:deals", card=card, card_key="", buttons=(), group=True))
    await robot.send(SendPicture(to="webhook:deals", data=PNG, instead="图", group=True))

    assert [kind for kind, _ in shown(sim)] == ["text", "markdown", "image"]


async def test_the_twenty_first_of_a_minute_is_refused(sim, robot):
    """45009, which our adapter waits for."""
    for number in range(20):
        await robot.send(SendText(to="webhook:deals", text=f"第 {number} 条", group=True))

    with pytest.raises(PlatformBusyError):
        await robot.send(SendText(to="webhook:deals", text="第 21 条", group=True))
    assert len(shown(sim)) == 20


@pytest.mark.parametrize(
    ("query", "body", "code"),
    [
        ("?key=wrong", {"msgtype": "text", "text": {"content": "喜报"}}, 93000),
        ("", {"msgtype": "text", "text": {"content": "喜报"}}, 93000),
        (None, {"msgtype": "voice", "voice": {"media_id": "m"}}, 40008),
        (None, {"msgtype": "image", "image": {"base64": base64.b64encode(PNG).decode(), "md5": "0"}}, 40058),
        (None, {"msgtype": "image", "image": {"base64": "!", "md5": "0"}}, 40058),
    ],
)
async def test_what_it_does_not_take(sim, url, query, body, code):
    """A wrong key, another kind, a picture whose checksum is wrong."""
    address = url if query is None else url.split("?")[0] + query
    async with sim.http.post(address, json=body) as response:
        answer = await response.json()

    assert answer["errcode"] == code
    assert shown(sim) == []
