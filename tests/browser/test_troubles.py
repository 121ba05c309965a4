"""When the platform misbehaves: the page says so, and the next try works."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.album import snap
from tests.browser.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_a_lost_press_is_told_and_can_be_made_again(desk: Desk, folder: Path | None) -> None:
    """The card says that the app did not answer; once callbacks arrive again it is claimed."""
    await desk.form.get_by_role("textbox", name="姓名").fill("王芳")
    await desk.form.get_by_role("textbox", name="手机").fill("13912345678")
    await desk.form.get_by_role("textbox", name="城市").fill("上海")
    await desk.form.get_by_role("button", name="提交").click()
    zhangsan = desk.phone("zhangsan")
    offered = await zhangsan.sees("新线索：王芳")

    await desk.switch("callback_drop", on=True)
    await offered.tap("领取")
    await offered.has("应用没有回应，请再点一次")
    await expect(offered.button("领取")).to_be_enabled()
    await expect(desk.phone("lina").card("王芳").button("领取")).to_be_enabled()
    if folder is not None:
        await snap(desk, folder / "fault-wide.png")

    await desk.switch("callback_drop", on=False)
    await offered.tap("领取")
    mine = await zhangsan.sees("待跟进：王芳")
    await expect(mine.node).not_to_contain_text("应用没有回应")
    await desk.phone("lina").reads("已被张三")


async def test_a_delivery_made_twice_is_answered_once(desk: Desk) -> None:
    """Each callback comes twice; the manager reads one answer to one question."""
    await desk.switch("callback_duplicate", on=True)
    wanglei = desk.phone("wanglei")

    await wanglei.says("本月新增多少线索")
    await wanglei.sees("新增线索")
    await wanglei.says("本月业绩")
    await wanglei.sees("赢单金额")

    await expect(wanglei.node.locator("article.card")).to_have_count(2)
