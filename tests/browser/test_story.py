"""The whole story in a real browser: a form, a claimed lead, a follow-up, a deal, an answered question."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.async_api import Locator, expect

from bot.crm.spoken import say_day
from tests.browser.album import Album
from tests.browser.desk import Desk
from tests.browser.looks import can_be_read
from tests.conftest import SHANGHAI

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PHONE = "13912345678"
WANG = {
    "姓名": "王芳",
    "手机": PHONE,
    "公司": "星海制造",
    "职位": "采购总监",
    "城市": "上海",
    "留言": "想了解专业版价格",
}


async def test_a_newcomer_lives_through_the_whole_story(desk: Desk, album: Album) -> None:
    """One address and one lead, from the form to the manager's numbers."""
    await a_customer_fills_the_form(desk, album)
    await it_rings_for_both_and_one_takes_it(desk, album)
    await the_owner_calls_and_writes_it_down(desk, album)
    await the_deal_is_won(desk, album)
    await the_manager_asks(desk, album)
    await the_customer_is_greeted_once(desk, album)
    await can_be_read(desk)


async def a_customer_fills_the_form(desk: Desk, album: Album) -> None:
    for label, answer in WANG.items():
        await desk.form.get_by_role("textbox", name=label).fill(answer)
    await desk.form.get_by_role("checkbox").check()
    await album.stage("01-form", front="form")

    await desk.form.get_by_role("button", name="提交").click()

    await expect(desk.form.get_by_role("heading", name="收到了，谢谢")).to_be_visible()
    await expect(code(desk)).to_be_visible()


async def it_rings_for_both_and_one_takes_it(desk: Desk, album: Album) -> None:
    zhangsan, lina = desk.phone("zhangsan"), desk.phone("lina")
    everybodys = str(await code(desk).get_attribute("src"))
    offered = await zhangsan.sees("新线索：王芳·星海制造")
    await offered.has("采购总监 · 上海", "官网 · 官网询价", "40 分", "话术：", "前")
    await offered.has_buttons("领取")
    await expect(zhangsan.node).not_to_contain_text(PHONE)
    await (await lina.sees("新线索：王芳·星海制造")).has_buttons("领取")
    await album.stage("02-both-ring", front="zhangsan", words="新线索")

    await offered.tap("领取")

    mine = await zhangsan.sees("待跟进：王芳·星海制造")
    await mine.has("139****5678")
    await mine.has_buttons("看电话", "跟进", "转商机", "转交", "退回", "无效")
    lost = lina.card("王芳·星海制造")
    await expect(lost.node).to_contain_text(re.compile(r"已被张三于 \d\d:\d\d:\d\d 领取"))
    await lost.has_buttons()
    await expect(code(desk)).not_to_have_attribute("src", everybodys)
    await album.stage("03-claimed", front="lina", words="已被张三")


async def the_owner_calls_and_writes_it_down(desk: Desk, album: Album) -> None:
    zhangsan = desk.phone("zhangsan")
    mine = zhangsan.card("待跟进：王芳·星海制造")
    await mine.tap("看电话")
    number = mine.node.get_by_role("link", name=PHONE)
    await expect(number).to_have_attribute("href", f"tel:{PHONE}")
    await expect(desk.phone("lina").node).not_to_contain_text(PHONE)
    await album.stage("04-phone", front="zhangsan", words=PHONE)
    await album.poster()

    await zhangsan.says("跟进 L1 已电话,客户要报价,下周二回访")

    recorded = await zhangsan.sees("已记录跟进：王芳·星海制造")
    await recorded.has("客户要报价", "电话", f"{next_tuesday()} 回访")
    task = await zhangsan.sees("任务：回访")
    await task.has("王芳·星海制造", next_tuesday())
    await task.has_buttons("完成", "推迟", "转交", "写跟进", "看线索")
    await album.stage("05-follow-up", front="zhangsan", words="已记录跟进")


async def the_deal_is_won(desk: Desk, album: Album) -> None:
    zhangsan, lina = desk.phone("zhangsan"), desk.phone("lina")
    await zhangsan.says("转商机 L1 专业版 5万")
    converted = await zhangsan.sees("商机 D1：星海制造·专业版", "已转商机")
    await converted.has("初步接触", "¥50,000")
    await album.stage("06-deal", front="zhangsan", words="已转商机")

    await converted.tap("报价")
    await zhangsan.reads("D1 报价多少？")
    await zhangsan.says("48000 九五折")
    await (await zhangsan.sees("商机 D1", "已记录报价 ¥48,000（优惠 5%）")).has("方案报价")
    await album.stage("07-quote", front="zhangsan", words="已记录报价")

    await zhangsan.says("D1 赢单")
    await (await zhangsan.sees("商机 D1", "已赢单")).has_buttons("回款", "跟进")
    await album.stage("08-won", front="zhangsan", words="已赢单")
    await lina.back()
    await lina.opens("喜报")
    await lina.reads(re.compile("喜报：张三 签单 ¥48,000.*上海组.*星海制造.*专业版", re.DOTALL))
    await album.stage("09-good-news", front="lina")


async def the_manager_asks(desk: Desk, album: Album) -> None:
    wanglei = desk.phone("wanglei")
    await wanglei.says("本月新增多少线索")
    await (await wanglei.sees("新增线索", "华东大区")).has("1 条", "口径：")
    await wanglei.says("本月业绩")
    await (await wanglei.sees("赢单金额", "华东大区")).has("¥48,000", "口径：")
    await desk.guide_says("9/11")
    await album.stage("10-numbers", front="wanglei", words="赢单金额")


async def the_customer_is_greeted_once(desk: Desk, album: Album) -> None:
    """By the owner whose code the thank-you page shows by now."""
    customer = desk.phone("customer")
    await customer.button("扫一扫").first.click()
    await desk.page.get_by_test_id("scan-url").fill(str(await code(desk).get_attribute("src")))
    await album.stage("11-scan", front="customer")
    await desk.page.get_by_test_id("scan-go").click()
    await customer.reads("你已添加了张三")
    await customer.reads("我是云帆软件的张三")
    await desk.phone("zhangsan").reads("王芳·星海制造 加了你的微信")
    await expect(desk.form.get_by_role("heading", name="已添加顾问微信")).to_be_visible()
    await expect(customer.node.locator(".row-app")).to_have_count(1)
    await album.stage("12-greeted", front="customer")
    await customer.back()
    await desk.page.get_by_test_id("why-open").click()
    await expect(desk.page.get_by_test_id("why-text")).to_contain_text("王芳")
    await album.stage("13-why", front="customer")
    await desk.page.get_by_test_id("why-close").click()


def code(desk: Desk) -> Locator:
    """The QR code on the thank-you page."""
    return desk.form.get_by_role("img", name="顾问的企业微信二维码")


def next_tuesday() -> str:
    """下周二 as the cards say it today."""
    today = datetime.now(SHANGHAI).date()
    return say_day(today + timedelta(days=8 - today.weekday()), today)
