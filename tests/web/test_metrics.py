"""/metrics is what Prometheus reads, tells what the store knows, and tells it to our own network alone."""

from __future__ import annotations

from datetime import timezone

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from bot.chat.inbound import Accepted
from bot.store import inbox, incidents, monthly
from bot.store.tables.machinery import outbox as outbox_table
from bot.web import server
from bot.web.callbacks import Callbacks
from bot.web.health import Health
from bot.web.loop_lag import LoopLag
from bot.web.metrics import Metrics
from tests.fakes import FakeAdapter

TOKEN = "a token for other systems"


@pytest.fixture
async def client(store, vault, clock):
    lag = LoopLag()
    metrics = Metrics(store=store, clock=clock, monotonic=lambda: 0.0, lag=lag, token=TOKEN)
    callbacks = Callbacks(adapter=FakeAdapter(), store=store, vault=vault, clock=clock, wake=lambda: None)
    app = server.build(
        callbacks={"wecom": callbacks}, health=Health(store=store, clock=clock), metrics=metrics
    )
    async with TestClient(TestServer(app)) as made:
        yield made


async def scraped(client, **headers):
    answer = await client.get("/metrics", headers=headers)
    assert answer.status == 200
    assert answer.content_type == "text/plain"
    families = {family.name: family for family in text_string_to_metric_families(await answer.text())}
    assert all(family.documentation and family.type != "unknown" for family in families.values())
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in families.values()
        for sample in family.samples
    }


@pytest.fixture
async def busy(store, vault, clock):
    """A delivery that waits, one quarantined, a message nobody knows of, and two odd incidents."""

    async def unit(tx):
        for key in "ab":
            await inbox.receive(tx, vault, Accepted("wecom", key, f"lane{key}", b"x"), now=clock.now)
        kept = (await inbox.waiting(tx, vault, "lanea", most=1))[0]
        await inbox.settle(tx, kept, state="quarantined", name="x", reason="y", now=clock.now)
        row = {
            "lane_key": "l", "platform": "wecom", "kind": "text", "recipient": "r", "body": b"", "topic": "",
            "created_at": clock.now, "due_at": clock.now, "attempts": 1, "fence": 1, "rank": 0,
        }  # fmt: skip
        await tx.insert(outbox_table, {**row, "key": "1", "state": "unknown"})
        await tx.insert(outbox_table, {**row, "key": "2", "state": "pending"})
        await incidents.count(tx, "send.failed", "card:60011", clock.now)
        await incidents.count(tx, "delivery.unknown", '张三 13812345678\n"', clock.now)
        await incidents.count(tx, "delivery.unknown", "13812345678", clock.now)

    await store.write(unit, within=10)


async def test_a_real_parser_reads_what_the_store_knows(client, store, busy, clock):
    from datetime import timedelta

    clock.push(timedelta(seconds=90))
    await client.post("/callback/wecom", data=b"k")
    await client.get("/wp-login.php")
    found = await scraped(client)

    assert found["leadbell_inbox_deliveries", "pending"] == 2
    assert found["leadbell_inbox_deliveries", "quarantined"] == found["leadbell_quarantined",] == 1
    assert found["leadbell_outbox_messages", "unknown", "wecom"] == found["leadbell_sends_unknown",] == 1
    assert found["leadbell_waiting", "messages"] == 1
    assert found["leadbell_oldest_waiting_seconds", "messages"] == 90
    assert found["leadbell_oldest_waiting_seconds", "lanes"] == 90
    assert found["leadbell_incidents_total", "card:#", "send.failed"] == 1
    assert found["leadbell_http_answers_total", "/callback/wecom", "200"] == 1
    assert found["leadbell_http_answers_total", "404", "none"] == 1
    assert found["leadbell_writer_units_total",] >= found["leadbell_writer_groups_total",] >= 2
    info = next(key for key in found if key[0] == "leadbell_build_info")
    assert store.dialect in info


async def test_nothing_that_somebody_wrote_is_repeated(client, busy):
    """A reason that is not a word of ours is only counted."""
    text = await (await client.get("/metrics")).text()
    found = await scraped(client)

    assert "张三" not in text
    assert "13812345678" not in text
    assert found["leadbell_incidents_total", "delivery.unknown", "other"] == 1
    assert found["leadbell_incidents_total", "#", "delivery.unknown"] == 1


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"])
async def test_through_a_proxy_there_is_nothing_here(client, header):
    """Whoever asks from the internet gets what any unknown address gets; with the token he may see."""
    answer = await client.get("/metrics", headers={header: "203.0.113.7"})
    unknown = await client.get("/nothing-of-the-kind")
    wrong = await client.get("/metrics", headers={header: "203.0.113.7", "Authorization": "Bearer wrong"})
    right = await client.get("/metrics", headers={header: "203.0.113.7", "Authorization": f"Bearer {TOKEN}"})

    assert (answer.status, await answer.text()) == (unknown.status, await unknown.text())
    assert (wrong.status, right.status) == (404, 200)


async def test_ready_tells_what_waits(client, busy, clock):
    """Callbacks are taken all the same: late work is a word, not a refusal."""
    from datetime import timedelta

    fresh = await (await client.get("/readyz")).json()
    clock.push(timedelta(seconds=200))
    late = await client.get("/readyz")
    said = await late.json()

    assert (fresh["ready"], fresh["oldest_work_s"], fresh["degraded"]) == (True, 0, [])
    assert late.status == 200
    assert (said["oldest_work_s"], said["oldest_unsent_s"]) == (200, 200)
    assert said["waiting"] == {"deliveries": 1, "lanes": 2, "messages": 1}
    assert said["degraded"] == ["work_is_late", "messages_are_late"]


async def test_draining_is_not_ready(store, vault, clock):
    health = Health(store=store, clock=clock, platforms=0)
    async with TestClient(TestServer(server.build(callbacks={}, health=health))) as client:
        assert (await (await client.get("/readyz")).json())["degraded"] == ["no_platform"]
        health.draining = True
        answer = await client.get("/readyz")
        said = await answer.json()

    assert (answer.status, said) == (503, {"ready": False, "reason": "draining"})


async def test_loop_lag_is_seen():
    """A loop that was held for 0.4 s says so."""
    import asyncio
    import time

    lag = LoopLag()
    looking = asyncio.create_task(lag.run())
    await asyncio.sleep(0.05)
    time.sleep(0.6)  # noqa: ASYNC251 - the loop is to be held
    await asyncio.sleep(0.3)
    looking.cancel()

    assert lag.worst() > 0.2
    assert lag.worst() == 0.0
    assert lag.total > 0.2


async def test_what_platforms_count_by_the_month_is_told(client, store, clock):
    """This month's alone, by platform and by what is counted."""

    async def unit(tx):
        await monthly.count(tx, "dingtalk", "calls", month=monthly.month_of(clock.now, timezone.utc), by=7)
        await monthly.count(tx, "dingtalk", "calls", month="2020-01", by=99)

    await store.write(unit, within=10)
    found = await scraped(client)
    assert found["leadbell_platform_month_used", "calls", "dingtalk"] == 7
