"""A customer gets mail and SMS of ours, opens, clicks, answers, and ends them; over the real wires."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from bot.crm.touching import Intent, Planned, Purpose, Verdict
from bot.store import Tx, consents
from bot.store.consents import Consent
from bot.store.tables.behaviour import behaviours
from bot.store.tables.content import touch_texts
from bot.store.tables.insight import touches
from bot.store.tables.touch import touch_plans, touch_suppressions
from bot.touch.request import request
from tests.conftest import ROOT
from tests.story.conftest import ShiftedClock, World, running

BROWSER = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile"}


class Story:
    """One customer, and what is sent to him."""

    def __init__(self, world: World, lead_id: str) -> None:
        self.world, self.lead_id = world, lead_id

    async def asks(
        self, key: str, content: str, *channels: str, purpose: Purpose = Purpose.MARKETING
    ) -> Verdict:
        """A journey wants something said."""
        bench = self.world.app.bench
        intent = Intent(key=key, lead_id=self.lead_id, purpose=purpose, content=content, channels=channels)
        return await bench.store.write(lambda tx: request(bench.desk(tx), intent))

    async def rows(self, table: Any) -> list[Any]:
        async with self.world.app.bench.store.read() as tx:
            return await tx.all(select(table))

    async def until(self, holds: Callable[[], Any], within: float = 15.0) -> Any:
        """Wait until it does."""
        async with asyncio.timeout(within):
            while True:
                found = holds()
                if asyncio.iscoroutine(found):
                    found = await found
                if found:
                    return found
                await asyncio.sleep(0.05)

    async def touched(self, column: str) -> bool:
        return any(getattr(row, column) is not None for row in await self.rows(touches))

    async def did(self, event: str) -> bool:
        return any(row.event == event and not row.uncounted for row in await self.rows(behaviours))

    async def get(self, address: str) -> aiohttp.ClientResponse:
        return await self.world.http.get(address, headers=BROWSER, allow_redirects=False)


@pytest.fixture
async def story(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    # Without journeys: nobody else wants anything said.
    own = shutil.copytree(ROOT / "config", tmp_path / "config", ignore=shutil.ignore_patterns("journeys"))
    async with running(sqlite_url, clock=ShiftedClock(), config=own, channels=True) as world:
        sent = await world.form(
            name="王伟", phone="13812345678", email="wang@example.com", company="云帆科技"
        )
        story = Story(world, sent["lead_id"])
        bench = world.app.bench

        async def agree(tx: Tx) -> None:
            for channel in ("email", "sms"):
                purpose = f"marketing_{channel}"
                given = Consent(given=True, purpose=purpose, channel="form", text="同意", version="1")
                await consents.record(bench.desk(tx), story.lead_id, given)

        await bench.store.write(agree)
        yield story


async def test_a_mail_is_read_clicked_and_ended(story: Story) -> None:
    """Sent over SMTP; the picture opens it, the link clicks it, the mailbox's own button ends advertising."""
    verdict = await story.asks("k1", "product_intro", "email")
    assert isinstance(verdict, Planned), verdict
    (letter,) = await story.until(lambda: story.world.simulator.mail.letters)
    assert (letter.to, letter.view()["subject"]) == ("wang@example.com", "广告 云帆科技可以怎样用好线索")
    assert letter.envelope_from == f"bounce+{verdict.touch_id}@yunfan.example"
    await story.until(lambda: story.touched("sent_at"))
    await asyncio.sleep(2.1)  # sooner nobody has read it
    pixel = letter.html.partition('<img src="')[2].partition('"')[0]
    assert (await story.get(pixel)).content_type == "image/gif"
    await story.until(lambda: story.did("mail_opened"))
    link = letter.html.partition('<a href="')[2].partition('"')[0]
    assert (await story.get(link)).headers["Location"] == "https://example.com/product"
    await story.until(lambda: story.did("link_clicked"))
    assert await story.touched("opened_at")
    assert await story.touched("clicked_at")
    async with story.world.http.post(
        f"{story.world.simulator.base_url}/sim/api/mail/1/leave", json={}
    ) as done:
        assert (await done.json())["done"] is True
    refused = await story.asks("k2", "product_intro", "email")
    assert not isinstance(refused, Planned)
    service = await story.asks("k3", "quote_follow_up", "email", purpose=Purpose.TRANSACTIONAL)
    assert isinstance(service, Planned), service


async def test_an_sms_arrives_is_settled_by_its_receipt_and_ended_by_a_reply(story: Story) -> None:
    """The receipt says that it came there and as how many it is paid; R ends marketing SMS."""
    verdict = await story.asks("k1", "product_intro", "sms")
    assert isinstance(verdict, Planned), verdict
    (sms,) = await story.until(lambda: story.world.simulator.phones.messages)
    assert sms.text.endswith("拒收请回复R")
    await story.until(lambda: story.touched("delivered_at"))
    (text,) = await story.rows(touch_texts)
    assert (text.pieces, text.billed) == (1, 1)
    story.world.simulator.phones.answer(sms.phone, "r ")
    await story.until(lambda: story.touched("unsubscribed_at"))
    assert not isinstance(await story.asks("k2", "product_intro", "sms"), Planned)


async def test_a_lost_answer_is_not_sent_again_and_the_receipt_settles_it(story: Story) -> None:
    """One SMS on the wire, unknown until the provider reports; then it was sent."""
    phones = story.world.simulator.phones
    phones.fault = "lost"
    callback, phones.console.callback_url = phones.console.callback_url, ""
    await story.asks("k1", "welcome", "sms", purpose=Purpose.TRANSACTIONAL)

    async def state() -> str:
        return "".join(row.state for row in await story.rows(touch_plans))

    async def is_unknown() -> bool:
        return await state() == "unknown"

    await story.until(is_unknown)
    assert len(phones.messages) == 1
    phones.fault, phones.console.callback_url = "", callback
    async with story.world.http.post(callback, json=phones.receipt(phones.messages[0])) as answer:
        assert await answer.json() == {"code": 0, "msg": "成功"}

    async def is_sent() -> bool:
        return await state() == "sent"

    await story.until(is_sent)
    assert len(phones.messages) == 1


async def test_where_the_server_says_that_nobody_is_nothing_is_written_to_again(story: Story) -> None:
    """550 5.1.1: failed, the address closed, and the next one is not tried."""
    story.world.simulator.mail.fault = "refused"
    await story.asks("k1", "quote_follow_up", "email", purpose=Purpose.TRANSACTIONAL)
    await story.until(lambda: story.touched("failed_at"))
    story.world.simulator.mail.fault = ""
    again = await story.asks("k2", "welcome", "email", purpose=Purpose.TRANSACTIONAL)
    assert not isinstance(again, Planned)
    assert [one.reason for one in await story.rows(touch_suppressions)] == ["bounced"]
    assert story.world.simulator.mail.letters == []


async def test_strangers_at_the_receipts_address_get_an_empty_401(story: Story) -> None:
    """All alike: a wrong secret, another provider, no provider."""
    base = story.world.base
    for path in ("aliyun/wrong", "tencent/wrong", "x/y"):
        async with story.world.http.post(f"{base}/callback/sms/{path}", json=[]) as answer:
            assert (answer.status, await answer.read()) == (401, b"")
