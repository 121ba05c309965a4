"""The golden story: a download is worth forty points, three more signs of interest make it sixty."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.store.tables.behaviour import behaviours, touch_points
from bot.store.tables.leads import leads, score_changes
from bot.store.tables.sales import tasks
from tests.story.conftest import ShiftedClock, running

KEY = "a-write-key-of-this-test"
READER = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile"}
LIU = {
    "name": "刘畅",
    "phone": "13712345678",
    "email": "liuchang@example.com",
    "company": "东方精密有限公司",
    "title": "市场总监",
    "city": "上海",
    "source": "官网",
    "consent": True,
}


@pytest.fixture
async def world(database_url):
    """Everything running, with the website's write key."""
    async with running(database_url, clock=ShiftedClock(), tracking={"website": KEY}) as started:
        yield started


async def post(world, path, body, **headers):
    """As a sender does who is told «not now» by a busy machine: once more, and nothing happens twice."""
    for _ in range(20):
        async with world.http.post(f"{world.base}{path}", json=body, headers=headers) as response:
            if response.status != 503:
                assert response.status == 200, await response.text()
                return await response.json()
        await asyncio.sleep(0.5)
    raise AssertionError(path)


async def send(world, kind, **call):
    call.setdefault("messageId", repr(sorted(call.items())))
    await post(world, f"/v1/{kind}", {"writeKey": KEY, **call})


async def download(world):
    """The form of the white paper, by whom the story is about."""
    return await post(world, "/forms/whitepaper", LIU, **{"Idempotency-Key": "k1"})


async def rows(world, statement):
    async with world.app.bench.store.read() as tx:
        return await tx.all(statement)


async def score(world, points):
    """Wait until all is done; the only lead, which stands at this score then."""
    await world.quiet(within=60)
    [lead] = await rows(world, select(leads))
    assert lead.score == points
    return lead


async def test_from_forty_to_sixty(world):
    """Form and title make 40; mail +5, handbook +5, pricing page +10: it rings, once, with a task."""
    # Before anybody knew who it was: the ad that brought the visitor, and a look at the pricing page's rival.
    anonymous = "4a1c0e9e-browser"
    page = {"path": "/", "url": "https://www.example.com/?utm_source=baidu&utm_campaign=autumn&bd_vid=v1"}
    await send(world, "page", anonymousId=anonymous, properties=page, messageId="p0")

    first = await download(world)
    lead = await score(world, 40)
    assert (lead.tier, lead.owner_id, lead.sales_qualified_at) == ("nurture", None, None)
    assert lead.marketing_qualified_at is not None
    assert not world.shown("zhangsan"), "a nurtured lead rings for nobody"

    await send(
        world, "identify", anonymousId=anonymous, userId="c-77", messageId="i1",
        traits={"email": LIU["email"]},
    )  # fmt: skip
    await send(world, "track", userId="c-77", event="Email Opened", properties={"mail": "m1"}, messageId="t1")
    await score(world, 45)
    await send(world, "track", userId="c-77", event="Email Opened", properties={"mail": "m1"}, messageId="t2")
    await score(world, 45)
    await send(
        world, "track", userId="c-77", event="Handbook Downloaded",
        properties={"file": "handbook.pdf"}, messageId="t3",
    )  # fmt: skip
    await score(world, 50)
    assert not world.shown("zhangsan")

    pricing = {"path": "/pricing", "url": "https://www.example.com/pricing"}
    await send(world, "page", anonymousId=anonymous, properties=pricing, messageId="p1")

    card = await world.sees("zhangsan", "刘畅")
    assert "黄金窗口" in "\n".join(world.shown("zhangsan"))
    assert LIU["phone"] not in card
    lead = await score(world, 60)
    assert (lead.id, lead.tier, lead.pool_id) == (first["lead_id"], "hot", "east")
    assert lead.sales_qualified_at is not None

    await world.tap("zhangsan", "领取")
    await world.sees("lina", "已被张三")
    await world.quiet()
    [task] = await rows(world, select(tasks))
    assert (task.owner_id, task.lead_id, task.is_urgent, task.state) == ("zhangsan", lead.id, True, "open")


async def test_the_mail_alone_brings_him_to_sixty(sqlite_url):
    """The white paper comes by mail: he opens it, downloads it, looks at the prices; then it rings."""
    async with running(sqlite_url, clock=ShiftedClock(), channels=True) as world:
        await download(world)
        await score(world, 40)
        async with asyncio.timeout(60):
            while not world.simulator.mail.letters:  # noqa: ASYNC110 - the simulator tells nobody
                await asyncio.sleep(0.1)
        await world.quiet(within=60)
        await asyncio.sleep(2.1)  # sooner nobody has read it
        [letter] = world.simulator.mail.letters
        addresses = re.findall(r'(?:src|href)="(http[^"]+/[or]/[^"]+)"', letter.html)
        assert len(addresses) == 3, letter.html
        for address in addresses:
            async with world.http.get(address, headers=READER, allow_redirects=False) as answer:
                assert answer.status in {200, 302}

        card = await world.sees("zhangsan", "刘畅")
        assert LIU["phone"] not in card
        lead = await score(world, 60)
        assert (lead.tier, lead.pool_id) == ("hot", "east")


async def test_a_repeat_and_a_second_look_give_nothing(world):
    """The same message twice is one; a page counts once a day, and again the next day; it rings once."""
    await download(world)
    await send(world, "identify", anonymousId="b", traits={"phone": "+86 137-1234-5678"}, messageId="i1")
    look = {"anonymousId": "b", "properties": {"path": "/pricing/"}}
    await send(world, "page", **look, messageId="p1")
    await send(world, "page", **look, messageId="p1")
    await score(world, 50)
    await send(world, "page", **look, messageId="p2")
    await score(world, 50)

    world.clock.push(timedelta(days=1))
    await send(world, "page", **look, messageId="p3")

    lead = await score(world, 60)
    kept = await rows(world, select(behaviours).where(behaviours.c.event == "pricing_page_viewed"))
    assert [row.lead_id for row in kept] == [lead.id] * 3
    assert not any(row.uncounted for row in kept)
    given = await rows(world, select(score_changes).where(score_changes.c.rule == "pricing_page"))
    assert [row.points for row in given] == [10, 10]


async def test_what_was_done_before_anybody_knew_is_counted_when_it_is_known(world):
    """Three looks without a name, then a phone: the history is the lead's, and its points too."""
    at = world.clock()
    for day, path in ((3, "/pricing"), (2, "/pricing"), (1, "/compare/us")):
        seen = (at - timedelta(days=day)).isoformat()
        await send(
            world, "page", anonymousId="b9", timestamp=seen, sentAt=at.isoformat(),
            properties={"path": path, "url": f"https://www.example.com{path}?utm_source=zhihu"},
        )  # fmt: skip
    lead_id = (await download(world))["lead_id"]
    await score(world, 40)

    await send(world, "identify", anonymousId="b9", userId="c-9", traits={"phone": LIU["phone"]})

    await score(world, 70)
    await world.sees("zhangsan", "刘畅")
    mine = await rows(world, select(behaviours.c.lead_id).where(behaviours.c.visitor == "b9"))
    assert {row.lead_id for row in mine} == {lead_id}
    ways = await rows(world, select(touch_points).where(touch_points.c.source == "zhihu"))
    assert {row.lead_id for row in ways} == {lead_id}
    [lead] = await rows(world, select(leads.c.source))
    assert lead.source == "官网", "the first touch stays"
