"""The page on a phone: one chat at a time, everything readable, and a form that says what it wants."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from tests.browser.album import snap
from tests.browser.demo import Demo
from tests.browser.desk import Desk
from tests.browser.looks import can_be_read, fonts

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def company(company: Path) -> Path:
    """A company that shows no code on its thank-you pages."""
    forms = company / "forms.yaml"
    before = forms.read_text(encoding="utf-8")
    shipped = "      text: 我们会尽快联系您。也可以扫码加顾问微信，马上聊。\n"
    assert shipped in before
    own = "      text: 我们会在一个工作日内给您打电话。\n      contact_way: false\n"
    forms.write_text(before.replace(shipped, own), encoding="utf-8")
    return company


async def look(desk: Desk, folder: Path | None, name: str) -> None:
    """With the script's eyes, and if somebody wants with his own."""
    await can_be_read(desk)
    if folder is not None:
        await snap(desk, folder / f"phone-{name}.png")


def beside(field: Locator) -> Locator:
    """What the form says right under a field."""
    return field.locator("xpath=following-sibling::*[@role='alert']")


async def test_the_form_says_beside_each_field_what_to_do(pocket: Desk, folder: Path | None) -> None:
    """Empty and wrong answers are kept and explained; a good one is thanked for, here without a code."""
    pocket.watch.expect(r"the server responded with a status of 422")
    form = pocket.form
    name, phone = form.get_by_role("textbox", name="姓名"), form.get_by_role("textbox", name="手机")
    send = form.get_by_role("button", name="提交")
    await look(pocket, folder, "01-form")

    await send.click()
    await expect(beside(name)).to_have_text("请填姓名")
    await expect(beside(phone)).to_have_text("请填手机")
    await expect(phone).to_have_attribute("aria-invalid", "true")
    await expect(beside(form.get_by_role("textbox", name="公司"))).to_have_count(0)
    await look(pocket, folder, "02-empty")

    await name.fill("王芳")
    await phone.fill("1391234")
    await send.click()
    await expect(beside(phone)).to_contain_text("请填 11 位手机号")
    await expect(beside(name)).to_have_count(0)
    await expect(name).to_have_value("王芳")
    await expect(phone).to_have_value("1391234")
    await look(pocket, folder, "03-bad-number")

    await phone.fill("13912345678")
    await send.click()
    await expect(form.get_by_role("heading", name="收到了，谢谢")).to_be_visible()
    await expect(form.get_by_text("我们会在一个工作日内给您打电话。")).to_be_visible()
    await expect(form.get_by_role("img")).to_have_count(0)
    await look(pocket, folder, "04-thanks")


async def test_everything_can_be_read_on_a_phone(pocket: Desk, folder: Path | None) -> None:
    """Tabs, chats, menus, panels: dark on light, every glyph there, nothing wider than the screen."""
    assert any("CJK" in one or "Hei" in one or "Han" in one for one in await fonts(pocket, "h1"))
    for label, answer in {
        "姓名": "欧阳娜娜",
        "手机": "13812345679",
        "公司": "星海制造（上海）有限公司",
    }.items():
        await pocket.form.get_by_role("textbox", name=label).fill(answer)
    await pocket.form.get_by_role("textbox", name="城市").fill("上海")
    await pocket.form.get_by_role("button", name="提交").click()
    await expect(pocket.page.get_by_test_id("tab-lina")).to_contain_text("1")

    zhangsan = await pocket.front("zhangsan")
    await expect(pocket.phone("form").node).to_be_hidden()
    offered = await zhangsan.sees("新线索：欧阳娜娜")
    await look(pocket, folder, "05-offered")
    await offered.tap("领取")
    await zhangsan.sees("待跟进：欧阳娜娜")
    await look(pocket, folder, "06-owned")
    await zhangsan.says("帮助")
    await zhangsan.reads("跟进")
    await look(pocket, folder, "07-help")
    for number, menu in enumerate(("线索", "任务", "更多"), 1):
        await zhangsan.button(menu).click()
        await look(pocket, folder, f"08-menu-{number}")
    await zhangsan.button("更多").click()
    await zhangsan.card("待跟进").tap("退回")
    reason = zhangsan.node.get_by_role("radio", name="区域不符")
    await expect(reason).to_be_in_viewport()
    await look(pocket, folder, "09-give-back")
    await zhangsan.back()
    await look(pocket, folder, "10-chats")

    await (await pocket.front("lina")).reads("已被张三")
    await look(pocket, folder, "11-taken")
    await (await pocket.front("wanglei")).says("本月新增多少线索")
    await pocket.phone("wanglei").sees("新增线索")
    await look(pocket, folder, "12-asked")
    await (await pocket.front("customer")).button("扫一扫").first.click()
    await look(pocket, folder, "13-scan")
    await pocket.page.get_by_test_id("scan-close").click()
    await pocket.page.get_by_test_id("guide-toggle").click()
    # The steps do not fit side by side: the one that is next is brought into view.
    await expect(pocket.page.locator(".guide-step.now")).to_be_in_viewport(ratio=0.9)
    await look(pocket, folder, "14-guide")
    for panel in ("wire", "faults"):
        await pocket.page.get_by_test_id(f"{panel}-open").click()
        await look(pocket, folder, f"15-{panel}")
        await pocket.page.get_by_test_id(f"{panel}-close").click()


async def test_an_answer_about_the_cookie_leaves_what_was_filled_in(pocket: Desk, demo: Demo) -> None:
    """The box goes, the page stays as it is; the next page does not ask again."""
    page = await pocket.page.context.new_page()
    await page.goto(f"{demo.bot}/l/handbook")
    name = page.get_by_role("textbox", name="姓名")
    await name.fill("王芳")

    await page.get_by_role("button", name="同意", exact=True).click()

    await expect(page.get_by_role("button", name="不同意")).to_have_count(0)
    await expect(name).to_have_value("王芳")
    await page.goto(f"{demo.bot}/l/handbook")
    await expect(name).to_be_visible()
    await expect(page.get_by_role("button", name="不同意")).to_have_count(0)
