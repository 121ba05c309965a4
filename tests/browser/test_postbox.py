"""The customers' mailbox and phone on the simulator's page, in a real browser."""

from __future__ import annotations

import random
from email.message import EmailMessage

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.kit.clock import system_clock, system_monotonic
from bot.kit.ids import seeded_random_bytes
from bot.simulator.server import DemoSecrets, start_simulator
from bot.simulator.site import PATH as SITE

pytestmark = pytest.mark.asyncio(loop_scope="module")
PHONE = "13812345678"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def simulator():
    secrets = DemoSecrets.invent(seeded_random_bytes(1))
    running = await start_simulator(
        host="127.0.0.1", port=0, clock=system_clock, monotonic=system_monotonic,
        rng=random.Random(1), secrets=secrets,
    )  # fmt: skip
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "云帆 <hi@yunfan.example>", "wang@example.com", "广告 您好"
    mail.set_content("好")
    base = running.base_url
    page = f'<html><head></head><body><p>正文</p><a href="{base}{SITE}pricing">价格</a><script>document.title="bad"</script></body></html>'
    mail.add_alternative(page, subtype="html")
    running.mail.put(mail.as_bytes(), to="wang@example.com", envelope_from="x")
    running.phones.put(PHONE, "【客铃】您好。拒收请回复R")
    yield running
    await running.stop()


async def test_a_mail_is_opened_and_its_link_followed(browser: Browser, simulator) -> None:
    """One click opens it in a frame in which nothing runs; its link opens beside; then it is read."""
    page = await browser.new_page()
    await page.goto(simulator.base_url)
    opener = page.get_by_test_id("postbox-open")
    await expect(opener).to_have_attribute("data-count", "2")
    await opener.click()
    await page.get_by_test_id("mail-1").click()
    letter = page.frame_locator('[data-testid="letter"]')
    await expect(letter.get_by_text("正文")).to_be_visible()
    async with page.expect_popup() as opened:
        await letter.get_by_text("价格").click()
    beside = await opened.value
    await expect(beside.get_by_role("heading")).to_have_text("价格")
    await expect(opener).to_have_attribute("data-count", "1")
    await page.get_by_test_id("letter-back").click()
    await expect(page.get_by_test_id("mail-1")).not_to_have_class("post-row unread")
    await page.close()


async def test_an_sms_is_answered(browser: Browser, simulator) -> None:
    """The answer stands in the thread, once, and at the provider."""
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    await page.goto(simulator.base_url)
    await page.get_by_test_id("postbox-open").click()
    await page.get_by_test_id("post-sms").click()
    field = page.get_by_test_id(f"sms-reply-{PHONE}")
    await field.fill("退订")
    await field.press("Enter")
    await expect(page.locator(".sms.out")).to_have_count(1)
    assert [(one.way, one.text) for one in simulator.phones.messages][-1] == ("out", "退订")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.close()
