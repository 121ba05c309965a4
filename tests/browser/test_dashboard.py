"""Numbers as pages: asked for in the chat, opened by a tap, on a phone and on a wide screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.album import NARROW
from tests.browser.desk import Desk, Phone
from tests.browser.looks import seen_troubles

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

BROAD: ViewportSize = {"width": 1400, "height": 900}
#: Rows of pictures, and of numbers beside one, that do not reach the right edge of their panel.
_HALF_EMPTY = """() => [...document.querySelectorAll(".panel")].flatMap(panel => {
  const inner = panel.getBoundingClientRect().right - parseFloat(getComputedStyle(panel).paddingRight);
  const boxes = [...panel.querySelectorAll("figure")].map(one => one.getBoundingClientRect());
  return boxes
    .filter(box => !boxes.some(other => Math.abs(other.top - box.top) < 4 && inner - other.right < 8))
    .map(box => `${panel.querySelector("h2").textContent}: ${Math.round(inner - box.right)}px`);
})"""
WANG = {"姓名": "王芳", "手机": "13912345678", "公司": "=1+1制造", "城市": "上海"}


async def test_a_manager_opens_his_dashboard_from_the_chat(desk: Desk, folder: Path | None) -> None:
    """看板, a tap, a press; every number readable at both widths, its meaning and its records a tap away."""
    for label, answer in WANG.items():
        await desk.form.get_by_role("textbox", name=label).fill(answer)
    await desk.form.get_by_role("button", name="提交").click()
    zhangsan, manager = desk.phone("zhangsan"), desk.phone("wanglei")
    await (await zhangsan.sees("新线索：王芳")).tap("领取")
    await zhangsan.sees("待跟进：王芳")

    await manager.says("看板")
    page = await opened(desk, manager, "大区看板", "打开看板")
    await expect(page.get_by_role("button", name="打开")).to_be_visible()
    await page.get_by_role("button", name="打开").click()
    await expect(page.get_by_role("heading", name="大区看板")).to_be_visible()
    new = page.locator('[data-metric="new_leads"]').first
    await expect(new.locator(".value")).to_have_text("1 条")
    for size, name in ((NARROW, "390"), (BROAD, "1400")):
        await page.set_viewport_size(size)
        await page.get_by_role("link", name="本季度").click()
        await expect(page.get_by_role("link", name="本季度")).to_have_attribute("aria-current", "page")
        assert await seen_troubles(page) == []
        assert await page.evaluate(_HALF_EMPTY) == []
        await shot(page, folder, f"board-{name}")
        await page.get_by_role("link", name="本月").click()
    await new.get_by_text("口径").click()
    await expect(new.get_by_text("时间段内新建的线索数")).to_be_visible()

    await new.get_by_role("link", name="明细").click()
    await expect(page.locator("#total")).to_have_text("1")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.locator("tbody")).to_contain_text("139****5678")
    assert await seen_troubles(page) == []
    await shot(page, folder, "rows-1400")
    await page.set_viewport_size(NARROW)
    assert await seen_troubles(page) == []
    await shot(page, folder, "rows-390")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="CSV").click()
    text = read(Path(await (await download.value).path()))
    assert "王芳·=1+1制造" in text
    assert len(text.splitlines()) == 2
    await page.close()
    await an_answer_leads_to_its_records(desk, manager, folder)


async def an_answer_leads_to_its_records(desk: Desk, manager: Phone, folder: Path | None) -> None:
    """The same browser opens the next link by itself; the page counts what the answer said."""
    await manager.says("本月每个人的新增线索")
    page = await opened(desk, manager, "新增线索", "明细")
    await expect(page.locator("#total")).to_have_text("1")
    await page.get_by_role("link", name="张三：1 条").click()
    await expect(page.locator("#total")).to_have_text("1")
    await page.set_viewport_size(NARROW)
    assert await seen_troubles(page) == []
    await shot(page, folder, "narrowed-390")
    await page.close()


async def opened(desk: Desk, phone: Phone, card: str, label: str) -> Page:
    """The page behind a link on the newest such card."""
    found = (await phone.sees(card)).button(label)
    async with desk.page.context.expect_page() as opening:
        await found.click()
    page = await opening.value
    await page.wait_for_load_state()
    return page


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


async def shot(page: Page, folder: Path | None, name: str) -> None:
    if folder is not None:
        await page.screenshot(path=folder / f"numbers-{name}.png", full_page=True, animations="disabled")


async def test_the_chat_follows_pictures_that_come_late(desk: Desk) -> None:
    """A picture takes its room only when it has come: the newest is seen all the same, and all of it."""
    manager = desk.phone("wanglei")
    photos = manager.node.locator("img.photo")
    before = await photos.count()
    for asked in ("本月漏斗", "本季度漏斗", "今年漏斗"):
        await manager.says(asked)
    await expect(photos).to_have_count(before + 3)
    newest = manager.node.locator("article, .row-app").last
    await expect(newest).to_be_in_viewport(ratio=0.95)
    await expect(photos.last).to_be_in_viewport(ratio=0.95)
