"""A published client library works against the simulator, unchanged but for its base address."""

from __future__ import annotations

import asyncio
import io

import pytest
from wechatpy.enterprise import WeChatClient
from wechatpy.exceptions import WeChatClientException


@pytest.fixture
def client(sim):
    base = f"{sim.running.base_url}/cgi-bin/"

    class Client(WeChatClient):
        API_BASE_URL = base

        def fetch_access_token(self):
            params = {"corpid": self.corp_id, "corpsecret": self.secret}
            return self._fetch_access_token(url=f"{base}gettoken", params=params)

    peer = Client(sim.app.secrets.corp_id, sim.app.secrets.secret)
    yield peer
    peer._http.close()


async def test_it_sends_texts_and_cards(sim, client, card):
    """A text with send_text, a template card with send."""
    agent = sim.app.secrets.agent_id

    await asyncio.to_thread(client.message.send_text, agent, ["zhangsan", "lina"], "早 🌞")
    message = {"msgtype": "template_card", "template_card": card()}
    sent = await asyncio.to_thread(client.message.send, agent, "lina", msg=message)

    assert sim.driver.texts("zhangsan") == ["早 🌞"]
    assert sim.driver.cards("lina")[0]["task_id"] == "lead-1-v1"
    assert sent["response_code"]


async def test_it_refreshes_a_token_that_died(sim, client):
    """The library's own retry on 40014 is satisfied."""
    agent = sim.app.secrets.agent_id
    await asyncio.to_thread(client.message.send_text, agent, "lina", "一")
    sim.world.faults.turn_on("token_expired", times=1)

    await asyncio.to_thread(client.message.send_text, agent, "lina", "二")

    assert sim.driver.texts("lina") == ["一", "二"]


async def test_it_reads_errors(sim, client):
    """errcode and errmsg arrive in the library's exception."""
    with pytest.raises(WeChatClientException) as caught:
        await asyncio.to_thread(client.message.send_text, 1, "lina", "x")

    assert caught.value.errcode == 301002
    assert "agent" in caught.value.errmsg


async def test_it_reads_the_address_book(sim, client):
    """Departments and members in the shapes it expects."""
    departments = await asyncio.to_thread(client.department.get)
    members = await asyncio.to_thread(client.department.get_users, 1, fetch_child=1)
    person = await asyncio.to_thread(client.user.get, "zhangsan")

    assert len(departments) == 13
    assert len(members) == 19
    assert person["name"] == "张三"


async def test_it_uploads_makes_menus_groups_and_contact_ways(sim, client):
    """The other families, through the library."""
    agent = sim.app.secrets.agent_id
    file = ("a.png", io.BytesIO(b"\x89PNG 12345"), "image/png")
    media = await asyncio.to_thread(client.media.upload, "image", file)
    menu = {"button": [{"type": "click", "name": "公海", "key": "pool"}]}
    await asyncio.to_thread(client.menu.create, agent, menu)
    await asyncio.to_thread(client.appchat.create, "east", "华东", "lina", ["lina", "zhangsan"])
    await asyncio.to_thread(client.appchat.send_text, "east", "喜报")
    way = await asyncio.to_thread(client.external_contact.add_contact_way, 1, 2, user=["lina"], state="s")

    assert media["media_id"] in sim.world.media
    assert sim.world.app.menu == menu["button"]
    assert [m.text for m in sim.world.chats["east"].messages] == ["喜报"]
    assert sim.world.ways[way["config_id"]].state == "s"
