"""A race between a rep on WeCom and one on DingTalk, watched side by side; and DingTalk's phone on a small screen."""

from __future__ import annotations

import re
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Locator, expect

from tests.browser.album import NARROW, WIDE, snap
from tests.browser.demo import Demo
from tests.browser.desk import Desk
from tests.browser.looks import can_be_read

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

HE, SHE, BOSS, ON_DINGTALK = "0421003", "0421004", "manager3", "ding:0421003"
WITHIN = 30_000  # milliseconds on a busy machine


def ding(desk: Desk) -> Locator:
    return desk.page.get_by_test_id(f"phone-ding-{HE}")


async def enquires(demo: Demo, name: str, phone: str) -> None:
    lead = {"name": name, "phone": phone, "city": "上海", "company": "云杉", "consent": True}
    async with aiohttp.ClientSession() as http:
        for _ in range(5):
            async with http.post(f"{demo.bot}/forms/website", json=lead) as answer:
                if answer.status != 503:  # a busy machine says so, and a page asks again
                    break
        assert answer.status == 200


async def test_a_claim_on_one_platform_flips_the_card_on_the_other(window, demo: Demo) -> None:
    """Both rings; who taps on DingTalk wins, WeCom sees who it was; and the other way round."""
    async with window(viewport=WIDE) as desk:
        first = desk.phone("zhangsan")
        await enquires(demo, "李先生", "13912345678")
        await first.sees("新线索：李先生·云杉")
        card = ding(desk).locator(".ding-card", has_text="新线索：李先生·云杉").last
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
        for step in (8, 9):
            await expect(desk.page.get_by_test_id(f"guide-step-{step}")).to_have_class(re.compile("done"))
        await can_be_read(desk)


async def test_in_a_group_each_sees_his_own_of_one_card(window, demo: Demo, folder: Path | None) -> None:
    """Whoever took it has his buttons on the group's card; the others read whose it is, and have none."""
    async with window(viewport=WIDE) as desk:
        await desk.page.get_by_test_id("remove-customer").click()
        await desk.page.get_by_test_id("add-phone").select_option(f"ding:{SHE}")
        group = await the_group(demo)
        await says(demo, BOSS, "@客铃 绑定本群 华东", group)
        phones = [desk.page.get_by_test_id(f"phone-ding-{one}") for one in (HE, SHE)]
        for phone, one in zip(phones, (HE, SHE), strict=True):
            await phone.get_by_test_id(f"back-ding-{one}").click()
            await phone.get_by_test_id(f"open-{group}").click()
            await expect(phone).to_contain_text("好的", timeout=WITHIN)
        await enquires(demo, "钱先生", "13912345680")
        his, hers = (phone.locator(".ding-card", has_text="云杉").last for phone in phones)
        await expect(hers.get_by_test_id("btn-领取")).to_be_visible(timeout=WITHIN)

        await his.get_by_test_id("btn-领取").click(timeout=WITHIN)

        await expect(his.locator(".ding-button")).to_have_text(["跟进", "看电话", "转商机"], timeout=WITHIN)
        await expect(his).to_contain_text("你已领取")
        await expect(hers).to_contain_text(re.compile("已被何静于"), timeout=WITHIN)
        await expect(hers.locator(".ding-button")).to_have_count(0)
        for phone in phones:
            await expect(phone).not_to_contain_text("钱先生")
        await can_be_read(desk)
        if folder is not None:
            await snap(desk, folder / "22-ding-group-wide.png")


async def the_group(demo: Demo) -> str:
    async with aiohttp.ClientSession() as http, http.get(f"{demo.page}/sim/api/dingtalk/world") as answer:
        (found,) = [one["id"] for one in (await answer.json())["groups"] if one["name"] == "华东公海群"]
        return str(found)


async def says(demo: Demo, who: str, text: str, group: str) -> None:
    address = f"{demo.page}/sim/api/dingtalk/people/{who}/text"
    body = {"text": text, "group": group}
    async with aiohttp.ClientSession() as http, http.post(address, json=body) as answer:
        assert answer.status == 200, await answer.text()


@pytest.mark.parametrize("width", [1500, 1150])
async def test_the_guide_is_as_high_at_every_step_and_a_drawer_cuts_no_phone(window, demo, folder, width):
    """What is read below does not jump; beside an open drawer phones stand whole, six of them included."""
    async with window(viewport={"width": width, "height": 900}) as desk:
        await desk.page.get_by_test_id("add-ding").click()
        heights = set()
        # The last one brings a phone in front with which all others stand from the left edge on.
        for step in (10, 11, *range(1, 10)):
            await desk.page.get_by_test_id(f"guide-step-{step}").click()
            bar = await desk.page.locator("#guide").bounding_box()
            toggle = await desk.page.get_by_test_id("guide-toggle").bounding_box()
            assert bar is not None
            assert toggle is not None
            heights.add((bar["height"], toggle["y"]))
        assert len(heights) == 1
        if folder is not None:
            await snap(desk, folder / f"23-guide-{width}.png")
        await enquires(demo, "孙女士", f"1391235{width}")
        card = await desk.phone("zhangsan").sees("新线索：孙女士")
        await card.tap("领取")
        mine = await desk.phone("zhangsan").sees("待跟进：孙女士")
        for label in ("看电话", "转商机"):
            box = await mine.button(label).bounding_box()
            assert box is not None
            assert box["height"] < 48
        if width == 1500:
            await desk.page.get_by_test_id("faults-open").click()
            drawer = await desk.page.locator("#faults").bounding_box()
            assert drawer is not None
            for phone in await desk.page.locator(".place").all():
                box = await phone.bounding_box()
                assert box is not None
                assert box["x"] + box["width"] <= drawer["x"] or box["x"] >= drawer["x"] - 1
            if folder is not None:
                await snap(desk, folder / "24-drawer-1500.png")
            await desk.page.get_by_test_id("faults-close").click()


async def test_the_head_of_a_small_screen_leaves_room_for_the_chat(window, folder: Path | None) -> None:
    """Folded or not: at most a quarter of the screen lies above the first message."""
    async with window(viewport=NARROW, has_touch=True) as desk:
        await desk.front("zhangsan")
        for shot in ("folded", "unfolded"):
            top = await desk.page.get_by_test_id("phone-zhangsan").locator(".phone-body").bounding_box()
            assert top is not None
            assert top["y"] < NARROW["height"] / 4
            if folder is not None:
                await snap(desk, folder / f"25-head-{shot}-390.png")
            await desk.page.get_by_test_id("guide-toggle").click()


async def test_it_answers_and_lists_on_a_small_screen(window) -> None:
    """A question is answered in DingTalk's chat; groups and the to-do list are one tap away."""
    async with window(viewport=NARROW, has_touch=True) as desk:
        await desk.page.get_by_test_id("add-phone-tab").select_option(ON_DINGTALK)
        phone = ding(desk)
        await phone.get_by_test_id(f"input-ding-{HE}").fill("帮助")
        await phone.get_by_test_id(f"send-ding-{HE}").click()
        await expect(phone).to_contain_text("直接发文字", timeout=WITHIN)
        await phone.get_by_test_id(f"back-ding-{HE}").click()
        await expect(phone).to_contain_text("华东公海群")
        await phone.get_by_test_id("open-todos").click()
        await expect(phone.get_by_test_id(f"todos-{HE}")).to_be_visible()
        await can_be_read(desk)
