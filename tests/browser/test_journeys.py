"""A journey as people see it: a white paper is asked for, its mail comes, its pages show who is where."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.album import NARROW
from tests.browser.demo import Demo
from tests.browser.desk import Desk
from tests.browser.looks import seen_troubles
from tests.browser.test_dashboard import BROAD, opened

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
LIU = {"姓名": "刘明", "邮箱": "liu@example.com", "公司": "明远制造", "城市": "上海"}


async def test_a_white_paper_is_asked_for_and_its_journey_seen(
    desk: Desk, demo: Demo, folder: Path | None
) -> None:
    """The form in a browser; the mail in the mailbox; the journey's page and its trials; what it brought."""
    form = await desk.page.context.new_page()
    await form.goto(f"{demo.bot}/l/handbook")
    for label, answer in LIU.items():
        await form.get_by_role("textbox", name=label).fill(answer)
    await form.get_by_role("checkbox").check()
    await form.get_by_role("button", name="提交").click()
    await expect(form.get_by_role("heading", name="收到，谢谢")).to_be_visible()
    await form.close()
    await expect(desk.page.get_by_test_id("postbox-open")).to_have_attribute("data-count", "1")
    await the_guide_leads_there(desk)

    manager = desk.phone("wanglei")
    await manager.says("旅程 白皮书跟进")
    page = await opened(desk, manager, "白皮书跟进", "模拟、试算")
    await page.get_by_role("button", name="打开").click()
    await expect(page.locator("[data-picture=journey] svg")).to_be_visible()
    await is_read_at_both_widths(page, folder, "picture")

    await page.get_by_role("textbox", name="模拟一位客户").fill("L99")
    await page.get_by_role("button", name="模拟").click()
    await expect(page.get_by_role("status")).to_contain_text("没有这位客户")
    await page.get_by_role("button", name="看一遍").click()
    way = page.get_by_role("region", name="一天一天看")
    await expect(way).to_contain_text("发")
    await is_read_at_both_widths(page, folder, "anybody")
    await page.get_by_role("combobox", name="如果早就有它").select_option("30")
    await page.get_by_role("button", name="回测").click()
    await expect(page.get_by_role("heading", name="回测「白皮书跟进」")).to_be_visible()
    await is_read_at_both_widths(page, folder, "past")
    await page.close()


async def the_guide_leads_there(desk: Desk) -> None:
    """Its step turns the form's phone to the white paper, and is ticked when the mail is opened."""
    step = desk.page.get_by_test_id("guide-step-10")
    await step.click()
    await desk.page.get_by_test_id("guide-page").click()
    await expect(desk.form.get_by_role("heading", name="免费领取《选型白皮书》")).to_be_visible()
    await desk.page.get_by_test_id("postbox-open").click()
    await desk.page.locator(".post-row").first.click()
    await expect(step).to_have_class(re.compile("done"))
    await desk.page.get_by_test_id("postbox-close").click()


async def test_what_a_journey_brought_stands_on_its_page(desk: Desk, folder: Path | None) -> None:
    """Asked for in words; one person is in it, and each step says so."""
    manager = desk.phone("wanglei")
    await manager.says("旅程 白皮书跟进 结果")
    page = await opened(desk, manager, "白皮书跟进", "打开结果页")
    opens = page.get_by_role("button", name="打开")
    if await opens.count():
        await opens.click()
    await expect(page.get_by_role("region", name="总的")).to_contain_text("1 人")
    await expect(page.get_by_role("region", name="每一步").get_by_role("listitem").first).to_be_visible()
    await is_read_at_both_widths(page, folder, "results")
    await page.close()


async def is_read_at_both_widths(page: Page, folder: Path | None, name: str) -> None:
    for size, width in ((NARROW, "390"), (BROAD, "1400")):
        await page.set_viewport_size(size)
        assert await seen_troubles(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if folder is not None:
            path = folder / f"journey-{name}-{width}.png"
            await page.screenshot(path=path, full_page=True, animations="disabled")
