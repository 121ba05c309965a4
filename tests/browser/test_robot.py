"""The chats with the smart robot, and the switches for faults, in a browser; the robot is played by hand."""

from __future__ import annotations

import contextlib
import io
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
import segno
from playwright.async_api import Browser, expect

from bot.kit.clock import system_clock
from bot.kit.ids import seeded_random_bytes
from bot.simulator.dingtalk.faults import KINDS as DING_KINDS
from bot.simulator.server import DemoSecrets, RunningSimulator, start_simulator
from bot.simulator.wecom.faults import KINDS
from bot.simulator.wecom.model import ContactWay
from tests.browser.album import NARROW, snap
from tests.browser.demo import Demo
from tests.browser.desk import Desk, Watch
from tests.browser.looks import can_be_read
from tests.simulator.wecom.robot.program import Program

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

USUAL = {"width": 1500, "height": 860}
LINK = {"type": 1, "url": "https://example.com"}


def offer(**parts):
    return {
        "card_type": "button_interaction",
        "task_id": "lead-1",
        "main_title": {"title": "新线索：王芳", "desc": "官网 · 上海"},
        "button_list": [
            {"text": "领取", "style": 1, "key": "claim"},
            {"text": "放弃", "style": 2, "key": "no"},
        ],
    } | parts


FIVE = [
    {
        "card_type": "text_notice",
        "source": {"desc": "客铃助手"},
        "main_title": {"title": "喜报", "desc": "张三 签单"},
        "emphasis_content": {"title": "¥48,000", "desc": "本月第 3 单"},
        "quote_area": {"type": 0, "title": "客户说", "quote_text": "合作愉快"},
        "horizontal_content_list": [{"type": 3, "keyname": "销售", "userid": "zhangsan"}],
        "jump_list": [{"type": 3, "title": "本月排名", "question": "本月业绩排名"}],
        "card_action": LINK,
    },
    {
        "card_type": "news_notice",
        "main_title": {"title": "本周简报"},
        "card_image": {"url": "", "aspect_ratio": 2.25},
        "vertical_content_list": [{"title": "新增线索 23", "desc": "比上周多 5 条"}],
        "card_action": LINK,
    },
    offer(
        task_id="five-3",
        button_selection={
            "question_key": "q",
            "title": "区域",
            "option_list": [{"id": "a", "text": "上海组"}, {"id": "b", "text": "杭州组"}],
        },
    ),
    {
        "card_type": "vote_interaction",
        "task_id": "five-4",
        "main_title": {"title": "为什么退回"},
        "checkbox": {
            "question_key": "why",
            "mode": 1,
            "option_list": [{"id": "far", "text": "不在我的区域"}, {"id": "busy", "text": "忙不过来"}],
        },
        "submit_button": {"text": "提交", "key": "give-back"},
    },
    {
        "card_type": "multiple_interaction",
        "task_id": "five-5",
        "main_title": {"title": "转给谁"},
        "select_list": [
            {"question_key": "team", "title": "团队", "option_list": [{"id": "sh", "text": "上海组"}]},
            {
                "question_key": "who",
                "title": "销售",
                "option_list": [{"id": "lina", "text": "李娜"}, {"id": "zhangsan", "text": "张三"}],
            },
        ],
        "submit_button": {"text": "转交", "key": "hand-over"},
    },
]


@dataclass
class Stage:
    """The simulator, the robot's program, and windows onto the page."""

    running: RunningSimulator
    program: Program
    browser: Browser

    @contextlib.asynccontextmanager
    async def window(self, size, **options) -> AsyncIterator[Desk]:
        context = await self.browser.new_context(
            viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", **options
        )
        watch = Watch(context, Demo(self.running.base_url, self.running.base_url))
        page = await context.new_page()
        await page.goto(self.running.base_url)
        await expect(page.get_by_test_id("live")).to_contain_text("已连接")
        yield Desk(page, watch)
        await context.close()
        assert watch.troubles == []


@pytest_asyncio.fixture(loop_scope="module")
async def stage(browser: Browser) -> AsyncIterator[Stage]:
    secrets = DemoSecrets.invent(seeded_random_bytes(5))
    running = await start_simulator(
        host="127.0.0.1",
        port=0,
        clock=system_clock,
        monotonic=time.monotonic,
        rng=random.Random(5),
        secrets=secrets,
    )
    async with aiohttp.ClientSession() as http, http.ws_connect(running.robot_url) as ws:
        program = Program(ws, secrets)
        assert (await program.subscribe())["errcode"] == 0
        yield Stage(running, program, browser)
    await running.stop()


async def look(desk: Desk, folder: Path | None, name: str) -> None:
    await can_be_read(desk)
    if folder is not None:
        await snap(desk, folder / f"robot-{name}.png")


async def test_a_group_asks_the_robot_and_sees_one_card(stage: Stage, folder: Path | None) -> None:
    """A mention, an answer that grows, a card that flips on all three phones when one of them taps it.

    On a usual desk all five phones stand side by side without pushing.
    """
    async with stage.window(USUAL) as desk:
        for who in ("form", "zhangsan", "lina", "wanglei", "customer"):
            await expect(desk.phone(who).node).to_be_in_viewport(ratio=0.99)
        phones = [desk.phone(who) for who in ("zhangsan", "lina", "wanglei")]
        zhangsan, lina, wanglei = phones
        for phone in phones:
            await phone.back()
            await phone.opens("上海销售群")
        await lina.says("中午吃什么")
        await zhangsan.node.get_by_test_id("mention").click()
        await expect(desk.page.get_by_test_id("input-zhangsan")).to_have_value("@客铃助手 ")
        await zhangsan.says("@客铃助手 本月新增多少")
        asked = await stage.program.heard()

        await stage.program.stream(asked, "本月新增")
        await wanglei.reads("本月新增")
        await expect(wanglei.node.locator(".streaming")).to_have_count(1)
        await stage.program.stream(asked, "本月新增线索 **23** 条", finish=True)
        for phone in phones:
            await phone.reads("本月新增线索 23 条")
            await expect(phone.node.locator(".streaming")).to_have_count(0)
        assert asked["body"]["text"]["content"] == "@客铃助手 本月新增多少"

        await stage.program.answer(asked, msgtype="template_card", template_card=offer())
        await (await zhangsan.sees("新线索：王芳")).tap("领取")
        click = await stage.program.heard()
        await expect(zhangsan.card("新线索：王芳").node).to_contain_text("加载中")
        await expect(lina.card("新线索：王芳").button("领取")).to_be_enabled()
        taken = offer(sub_title_text="已被张三领取", replace_text="已领取")
        await stage.program.flip(click, taken)

        for phone in phones:
            await phone.card("已被张三领取").has_buttons("已领取")
        assert click["body"]["from"] == {"userid": "zhangsan"}
        await look(desk, folder, "group")


async def test_all_five_cards_and_a_picture_are_shown(stage: Stage, folder: Path | None) -> None:
    """In the chat of two, on a phone: dark on light, nothing cut; a question on a card asks it."""
    async with stage.window(NARROW, device_scale_factor=2, has_touch=True, color_scheme="dark") as desk:
        lina = await desk.front("lina")
        box = await lina.node.bounding_box()
        assert box is not None
        assert box["y"] <= 120, "the head of the page takes too much of the height"
        await lina.back()
        await lina.opens("客铃助手")
        entered = await stage.program.heard()
        await stage.program.answer(
            entered, "aibot_respond_welcome_msg", msgtype="text", text={"content": "您好，我是客铃助手。"}
        )
        await lina.says("都给我看看")
        asked = await stage.program.heard()
        FIVE[1]["card_image"]["url"] = f"{stage.running.base_url}/static/favicon.svg"
        for number, card in enumerate(FIVE, 1):
            ack = await stage.program.answer(asked, msgtype="template_card", template_card=card)
            assert ack["errcode"] == 0
            shown = lina.node.locator(f"article.card-{card['card_type']}")
            await expect(shown).to_be_visible()
            if folder is not None:
                await shown.scroll_into_view_if_needed()
                await snap(desk, folder / f"robot-card-{number}.png")

        await lina.node.get_by_test_id("check-far").check()
        await lina.card("为什么退回").tap("提交")
        click = (await stage.program.heard())["body"]["event"]["template_card_event"]
        assert click["selected_items"]["selected_item"][0]["option_ids"] == {"option_id": ["far"]}

        await lina.button("本月排名").click()
        assert (await stage.program.heard())["body"]["text"]["content"] == "本月业绩排名"

        picture = io.BytesIO()
        segno.make("名片").save(picture, kind="png", scale=8)
        files = [{"name": "名片.png", "mimeType": "image/png", "buffer": picture.getvalue()}]
        await desk.page.set_input_files("[data-testid=file-lina]", files=files)
        assert (await stage.program.heard())["body"]["msgtype"] == "image"
        await expect(lina.node.locator("img.photo")).to_be_visible()
        await look(desk, folder, "picture")


async def test_faults_are_explained_and_switched(stage: Stage, folder: Path | None) -> None:
    """A group for each side of the wire; seconds can be set; one press turns all off."""
    async with stage.window(NARROW, device_scale_factor=2, has_touch=True) as desk:
        faults = stage.running.world.faults
        await desk.page.get_by_test_id("faults-open").click()
        kinds = len(KINDS) + len(DING_KINDS)
        await expect(desk.page.locator(".fault-group h3")).to_have_count(9)
        await expect(desk.page.locator(".fault-about")).to_have_count(kinds)
        await look(desk, folder, "faults")
        await desk.page.get_by_test_id("seconds-slow").fill("7")
        for kind in ("slow", "token_expired", "callback_pause", "robot_cut"):
            await desk.page.get_by_test_id(f"fault-{kind}").check()
        await expect(desk.page.get_by_test_id("faults-open")).to_have_attribute("data-count", "4")
        assert (faults.active["slow"].value, faults.active["token_expired"].times) == (7.0, 1)
        await stage.program.closed()

        await desk.page.get_by_test_id("faults-off").click()

        await expect(desk.page.get_by_test_id("fault-robot_cut")).not_to_be_checked()
        assert faults.active == {}


async def test_the_guide_remembers_and_codes_say_whom_they_add(stage: Stage) -> None:
    """What was done belongs to the world: a reload changes nothing. A code names its lead and its people."""
    world = stage.running.world
    for number, users in enumerate((["lina", "zhangsan"], ["zhangsan"])):
        way = ContactWay(f"way{number}", 2, 2, "L1", True, "s", users, [])
        way.qr_code = f"{world.base_url}/sim/qr/{way.config_id}.png"
        world.ways[way.config_id] = way
    async with stage.window(USUAL) as desk:
        shown = world.new_message("app", "card", card=offer(), card_state="ready")
        world.show(world.people["lina"], shown)
        await desk.guide_says("1/11")
        desk.watch.expect(r"net::ERR_ABORTED")  # the reload hangs up
        await desk.page.reload()
        await desk.guide_says("1/11")
        assert world.guide == {0}

        await desk.phone("customer").button("扫一扫").first.click()
        codes = desk.page.locator(".scan-code")
        await expect(codes.first).to_contain_text("张三")
        await expect(codes.first).to_contain_text("线索 L1 的感谢页")
        await expect(codes.last).to_contain_text("2 位销售中的一位")
        await expect(codes.last).to_contain_text("随机加其中一位：李娜、张三")
        await can_be_read(desk)
