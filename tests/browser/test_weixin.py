"""The customers' 公众号 and 小程序 on the simulator's page, in a real browser."""

from __future__ import annotations

import random

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.kit.clock import system_clock, system_monotonic
from bot.kit.ids import seeded_random_bytes
from bot.simulator.common.weixin_templates import Template
from bot.simulator.server import DemoSecrets, start_simulator

pytestmark = pytest.mark.asyncio(loop_scope="module")
#: Nobody listens there: what is pushed is lost at once, which the page says.
NOWHERE = "http://127.0.0.1:9/nowhere"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def simulator():
    running = await start_simulator(
        host="127.0.0.1", port=0, clock=system_clock, monotonic=system_monotonic, rng=random.Random(1),
        secrets=DemoSecrets.invent(seeded_random_bytes(1)), wechat_url=NOWHERE, mini_url=NOWHERE,
        mini_open_url=NOWHERE,
    )  # fmt: skip
    running.wechat.notices["SUB1"] = Template("发货通知", ("thing1",))
    running.mini.templates["MINI1"] = Template("到店提醒", ("thing1",))
    yield running
    await running.stop()


async def test_a_customer_follows_allows_writes_and_reads(browser: Browser, simulator) -> None:
    """On a phone's width: each thing that he does is told, and what he got stands in his thread."""
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    await page.goto(simulator.base_url)
    await page.request.post(f"{simulator.base_url}/sim/api/customers", data={"name": "林晓"})
    await page.get_by_test_id("weixin-open").click()
    state = page.get_by_test_id("weixin-state")
    await expect(state).to_contain_text("还没有关注")
    await page.get_by_test_id("act-scan").click()
    await expect(state).to_contain_text("已关注。 现在还能给他发 3 条")
    await page.get_by_test_id("allow-SUB1").click()
    await expect(page.get_by_test_id("grant-SUB1")).to_contain_text("还能收 1 条")
    field = page.get_by_test_id("weixin-text")
    await field.fill("在吗")
    await field.press("Enter")
    await expect(page.get_by_test_id("weixin-message-1")).to_contain_text("在吗")
    [person] = simulator.wechat.people.by_id.values()
    simulator.wechat.people.put(
        person, use="template", text="thing1：已发货", title="发货通知", link="https://a.cn"
    )
    await expect(page.get_by_test_id("weixin-message-2")).to_contain_text("模板消息")
    await expect(page.get_by_test_id("weixin-message-2").get_by_role("link")).to_have_attribute(
        "href", "https://a.cn"
    )
    await page.get_by_test_id("disallow-SUB1").click()
    await expect(page.get_by_test_id("grant-SUB1")).to_contain_text("没有允许")
    await page.get_by_test_id("act-leave").click()
    await expect(state).to_contain_text("还没有关注")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    await page.get_by_test_id("weixin-mini").click()
    await expect(state).to_contain_text("还没打开过")
    await page.get_by_test_id("act-open").click()
    await expect(state).to_contain_text("用过小程序")
    await page.get_by_test_id("allow-MINI1").click()
    await expect(page.get_by_test_id("grant-MINI1")).to_contain_text("还能收 1 条")
    await page.close()


async def test_phones_keep_their_width_beside_it(browser: Browser, simulator) -> None:
    """The desk makes room for it as for the other drawers."""
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    await page.goto(simulator.base_url)
    await page.get_by_test_id("weixin-open").click()
    await expect(page.get_by_test_id("weixin-state")).to_be_visible()
    phones = await page.locator(".phone").all()
    widths = [box["width"] for one in phones if (box := await one.bounding_box()) is not None]
    assert widths
    assert max(widths) <= 375
    await page.close()
