"""A race between a rep on WeCom and one on DingTalk, watched side by side; and DingTalk's phone on a small screen."""

from __future__ import annotations

import re

import aiohttp
import pytest
from playwright.async_api import Locator, expect

from tests.browser.album import NARROW, WIDE
from tests.browser.demo import Demo
from tests.browser.desk import Desk
from tests.browser.looks import can_be_read

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

HE, ON_DINGTALK = "0421003", "ding:0421003"
WITHIN = 30_000  # milliseconds on a busy machine


def ding(desk: Desk) -> Locator:
    return desk.page.get_by_test_id(f"phone-ding-{HE}")


async def enquires(demo: Demo, name: str, phone: str) -> None:
    lead = {"name": name, "phone": phone, "city": "上海", "company": "云杉", "consent": True}
    async with aiohttp.ClientSession() as http, http.post(f"{demo.bot}/forms/website", json=lead) as answer:
        assert answer.status == 200


async def test_a_claim_on_one_platform_flips_the_card_on_the_other(window, demo: Demo) -> None:
    """Both rings; who taps on DingTalk wins, WeCom sees who it was; and the other way round."""
    async with window(viewport=WIDE) as desk:
        first = desk.phone("zhangsan")
        await enquires(demo, "李先生", "13912345678")
        await first.sees("新线索：李先生·云杉")
        card = ding(desk).locator(".ding-card", has_text="新线索：李先生·云杉")
        await card.get_by_test_id("btn-领取").click(timeout=WITHIN)
        await first.sees("李先生·云杉", "已被何静")
        own = ding(desk).locator(".ding-card", has_text="待跟进：李先生·云杉")
        await expect(own.get_by_test_id("btn-跟进")).to_be_visible(timeout=WITHIN)

        await enquires(demo, "周女士", "13912345679")
        offered = await first.sees("新线索：周女士·云杉")
        await expect(ding(desk).locator(".ding-card", has_text="新线索：周女士·云杉")).to_be_visible(
            timeout=WITHIN
        )
        await offered.tap("领取")
        flipped = ding(desk).locator(".ding-card", has_text="周女士·云杉").last
        await expect(flipped).to_contain_text(re.compile("已被张三"), timeout=WITHIN)
        await expect(flipped.get_by_test_id("btn-领取")).to_have_count(0)
        await can_be_read(desk)


async def test_it_answers_and_lists_on_a_small_screen(window) -> None:
    """A question is answered in DingTalk's chat; groups and the to-do list are one tap away."""
    async with window(viewport=NARROW, has_touch=True) as desk:
        await desk.page.get_by_test_id("add-phone-tab").select_option(ON_DINGTALK)
        phone = ding(desk)
        await phone.get_by_test_id(f"input-ding-{HE}").fill("帮助")
        await phone.get_by_test_id(f"send-ding-{HE}").click()
        await expect(phone).to_contain_text("直接发文字", timeout=WITHIN)
        await phone.get_by_test_id(f"back-ding-{HE}").click()
        await expect(phone).to_contain_text("华东抢单群")
        await phone.get_by_test_id("open-todos").click()
        await expect(phone.get_by_test_id(f"todos-{HE}")).to_be_visible()
        await can_be_read(desk)
