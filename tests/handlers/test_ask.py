"""Asking for numbers in chat: an answer, a question back, a hint; never silence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.chat.card import Card
from bot.chat.outbound import Reply
from bot.crm.commands import Ask, ShowHelp
from bot.crm.company import Company
from bot.handlers import Scope
from bot.handlers.ask import on_ask
from bot.kit.vault import Vault
from bot.store import dialogues
from bot.store.database import Store
from bot.store.desk import Desk
from tests.insight.small_company import BY_ID, NOW, small_company
from tests.store.metrics_data import pour


class Chat:
    """One person's chat: what he says, and what is remembered of it."""

    def __init__(self, store: Store, company: Company, vault: Vault, random_bytes: Any) -> None:
        self.store, self.company, self.vault, self.random_bytes = store, company, vault, random_bytes
        self.now: datetime = NOW

    def desk(self, tx: Any) -> Desk:
        return Desk(
            tx=tx, company=self.company, now=self.now, vault=self.vault, random_bytes=self.random_bytes
        )

    async def says(self, text: str, who: str = "chenli", **scope: Any) -> Reply:
        """As the worker does it: read beside the writer, then keep what is to be remembered."""
        async with self.store.read() as tx:
            reply = await on_ask(Ask(text), Scope(self.desk(tx), BY_ID[who], **scope))
        memory = reply.memory
        if memory is not None:
            await self.store.write(
                lambda tx: dialogues.keep(self.desk(tx), who, memory.kind, memory.state, for_=memory.lasts)
            )
        return reply

    async def presses(self, card: Card, label: str, who: str = "chenli") -> Reply:
        command = next(one.command for one in card.buttons if one.label == label)
        assert isinstance(command, Ask)
        return await self.says(command.text, who, tapped=True)


@pytest.fixture
def chat(
    database_url: str, store: Store, company: Company, vault: Vault, random_bytes: Callable[[int], bytes]
) -> Chat:
    pour(database_url, small_company())
    return Chat(store, company, vault, random_bytes)


def card_of(reply: Reply) -> Card:
    assert reply.card is not None, reply
    return reply.card


async def test_a_number_comes_as_a_card_with_the_figure_large(chat: Chat) -> None:
    """What was understood on top, the number, what it means below."""
    card = card_of(await chat.says("本月新增多少线索"))
    assert card.emphasis == ("4 条", "新增线索")
    assert card.title == "2026年11月，新增线索"
    assert card.text.startswith("口径：")
    assert card.buttons == ()


async def test_a_wish_to_export_leads_to_the_records(chat: Chat) -> None:
    """One tap to where they can be saved; without an address it is said why not."""
    bare = card_of(await chat.says("导出本月新增线索"))
    assert bare.title == "2026年11月，新增线索"
    assert "LEADBELL_PUBLIC_URL" in bare.text
    chat.company = replace(chat.company, doors=replace(chat.company.doors, base_url="https://crm.example"))
    card = card_of(await chat.says("把本月新增线索导出来"))
    assert [one.label for one in card.buttons] == ["明细"]
    assert card.buttons[0].url.startswith("https://crm.example/console/rows/")
    assert "Excel" in card.text
    assert "不在你的查看范围" in (await chat.says("导出陈晨的业绩", "lina")).text


async def test_a_condition_that_cannot_be_held_has_a_button_that_answers(chat: Chat) -> None:
    """One tap and the number stands there."""
    card = card_of(await chat.says("除了华东大区本月业绩"))
    assert [one.label for one in card.buttons] == ["1. 按大区", "2. 赢单金额"]
    assert "1. 2026年11月，按大区，赢单金额" in card.text
    answer = await chat.presses(card, "1. 按大区")
    assert "华东大区：¥180,000.50" in answer.text


async def test_the_managers_two_questions(chat: Chat) -> None:
    """A manager's words are answered for his region."""
    leads = card_of(await chat.says("本月新增多少线索", "wanglei"))
    sales = card_of(await chat.says("本月业绩", "wanglei"))
    assert leads.emphasis == ("2 条", "新增线索")
    assert sales.emphasis == ("¥180,000.50", "赢单金额")
    assert "华东大区" in sales.title


async def test_a_list_comes_as_a_message(chat: Chat) -> None:
    """A card would cut it."""
    reply = await chat.says("本月业绩排名")
    assert reply.card is None
    assert "1. 张三：¥120,000" in reply.text


async def test_an_ambiguous_question_is_asked_back_and_a_press_answers_it(chat: Chat) -> None:
    """Each way out is a button; the pressed card becomes the answer."""
    asked = card_of(await chat.says("本月转化率"))
    assert {"赢单率", "线索成交率"} <= {one.label for one in asked.buttons}
    answer = card_of(await chat.presses(asked, "赢单率"))
    assert answer.emphasis == ("75%", "赢单率")


async def test_a_namesake_is_asked_about_and_may_be_chosen_by_number(chat: Chat) -> None:
    """There are two of the name; the second one is meant."""
    asked = card_of(await chat.says("王伟本月业绩"))
    assert len(asked.buttons) == 2
    answer = card_of(await chat.says("2"))
    assert answer.emphasis == ("¥0", "赢单金额")


async def test_a_list_after_a_press_leaves_a_card_that_points_to_it(chat: Chat) -> None:
    """The pressed card may not stay as a question, and the list is a message."""
    await chat.says("本月各销售业绩")
    reply = await chat.says("本月业绩排名", tapped=True)
    assert "结果见下一条消息" in card_of(reply).note
    assert "张三" in reply.text


async def test_the_next_words_go_on_from_the_last(chat: Chat) -> None:
    """The period and the metric stay; the region is put in."""
    await chat.says("本月业绩")
    answer = card_of(await chat.says("华南呢"))
    assert answer.emphasis == ("¥60,000.50", "赢单金额")


async def test_after_ten_minutes_a_conversation_is_over(chat: Chat) -> None:
    """The same words are a new question then, and too little for one."""
    await chat.says("本月业绩")
    chat.now += timedelta(minutes=11)
    reply = await chat.says("华南呢")
    assert reply.card is None or reply.card.emphasis is None


async def test_what_an_older_version_remembered_is_forgotten(chat: Chat) -> None:
    """The question is answered as if it were the first."""
    await chat.store.write(
        lambda tx: dialogues.keep(chat.desk(tx), "chenli", "ask", {"draft": 5}, for_=timedelta(minutes=5))
    )
    assert card_of(await chat.says("本月业绩")).emphasis == ("¥240,001", "赢单金额")


@pytest.mark.parametrize("text", ["今天天气怎么样", "asdfgh", "", "云桌面的赢单率"])
async def test_words_that_nobody_understands_get_a_hint(chat: Chat, text: str) -> None:
    """What can be asked, as buttons, and help."""
    card = card_of(await chat.says(text))
    assert card.title
    assert isinstance(card.buttons[-1].command, ShowHelp)


async def test_what_is_not_his_is_refused_without_a_word_of_it(chat: Chat) -> None:
    """Neither the name nor the number is in the reply."""
    reply = await chat.says("陈晨本月业绩", "lina")
    assert reply.card is None
    assert "不在你的查看范围内" in reply.text
    assert "陈晨" not in reply.text
    assert "60" not in reply.text
    assert "不查看销售数字" in (await chat.says("本月业绩", "itops")).text


@pytest.mark.parametrize("text", ["本月新增线索", "各大区本月业绩", "每月业绩", "本月新增线索走势"])
async def test_a_group_gets_totals(chat: Chat, text: str) -> None:
    """As words, since a card would go to whoever asked alone; and nobody is named."""
    reply = await chat.says(text, chat="group-1")
    assert "数据截至" in reply.text
    assert reply.card is None
    assert not [one.name for one in BY_ID.values() if one.name in reply.text]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("张三本月业绩", "chenli"), ("本月业绩排名", "chenli"), ("谁本月业绩最低", "chenli"),
        ("上海组本月业绩", "chenli"), ("各组本月业绩", "wanglei"), ("我本月业绩", "chenli"),
        ("张三本月业绩", "wanglei"), ("陈晨本月业绩", "wanglei"), ("华南本月业绩", "wanglei"),
        ("本月业绩", "zhangsan"), ("本月新增线索", "itops"), ("王伟本月业绩", "chenli"), ("李那本月业绩", "chenli"),
        ("渠道花费", "chenli"), ("本月业绩走势", "chenli"), ("客单价按来源", "chenli"), ("本月邮件打开率", "shichang"), ("云桌面的赢单率", "chenli"), ("你好", "chenli"),
    ],
)  # fmt: skip
async def test_before_others_nobody_is_named_and_no_small_number_told(
    chat: Chat, text: str, who: str
) -> None:
    """Neither a figure nor a name, whether asked for, offered or suggested."""
    reply = await chat.says(text, who, chat="group-1")
    assert "私聊" in reply.text
    assert reply.card is None
    assert reply.image is None
    assert reply.memory is None
    assert not [one.name for one in BY_ID.values() if one.name in reply.text]
    assert not any(char.isdigit() for char in reply.text)


async def test_what_was_said_in_private_is_not_gone_on_with_before_others(chat: Chat) -> None:
    """The same words are a new question there, and what was said there is no part of the private talk."""
    await chat.says("李娜上月业绩")
    aloud = await chat.says("本月业绩呢", chat="group-1")
    private = await chat.says("赢单数呢")
    assert "李娜" not in aloud.text
    assert aloud.memory is None
    assert "李娜" in card_of(private).title


async def test_what_cannot_be_worked_out_is_said(chat: Chat) -> None:
    """What cannot be worked out is no nought."""
    assert card_of(await chat.says("本月邮件打开率")).emphasis == ("算不出", "打开率")


async def test_a_question_may_also_be_answered_inside_a_unit_of_work(
    chat: Chat, unit: Callable[[Callable[[Desk], Awaitable[Any]]], Awaitable[Any]]
) -> None:
    """The same statements run on the writer's own connection."""
    reply = await unit(lambda desk: on_ask(Ask("官网和抖音2026年新增线索按月"), Scope(desk, BY_ID["chenli"])))
    assert "2026年10月：1 条" in reply.text
    assert "2026年11月：4 条" in reply.text
