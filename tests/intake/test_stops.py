"""Who asks for no more is obeyed on each way on which he can answer, and of his words none but those are kept."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from sqlalchemy import select

from bot.crm.service_signals import CustomerSaid
from bot.crm.touch_signals import SmsHasCome
from bot.handlers.sms_came import router
from bot.intake import responding, service_desk
from bot.intake.mail.report import read_reply
from bot.store.desk import Desk
from bot.store.tables.leads import consents
from bot.store.tables.touch import touch_suppressions
from tests.intake.mail.letters import raw
from tests.intake.test_responding import PHONE, customer, rows, sent
from tests.intake.world import act, hire

QUOTED = "\n\n在 2026年11月20日，云帆软件 <hi@yunfan.example> 写道：\n> 不想再收到？退订\n"


def answer(text: str) -> bytes:
    return raw(
        text.encode(),
        sender="k@kehu.example",
        message_id="<a@kehu.example>",
        References="<t1@yunfan.example>",
    )


@pytest.mark.parametrize(
    "text", ["退订", "请不要再发了" + QUOTED, "您好，\n麻烦退订，谢谢" + QUOTED, "unsubscribe"]
)
async def test_an_answer_to_a_mail(unit, text: str) -> None:
    """Withdrawn and closed with the commit that reads it."""

    async def inside(desk: Desk) -> None:
        lead_id = await customer(desk)
        await sent(desk, "t1", lead_id, "email")
        report = read_reply(answer(text))
        assert report is not None
        await responding.told(desk, report)

        assert [row.given for row in await rows(desk, consents) if not row.given] == [False]
        assert [row.reason for row in await rows(desk, touch_suppressions)] == ["unsubscribed"]

    await unit(inside)


@pytest.mark.parametrize(
    "text",
    [
        "好的，明天打给我" + QUOTED,
        "方案不错\n\n发自我的iPhone\n退订",
        "看过了\n--\n王芳\n本邮件如不想收到请退订",
        "",
    ],
)
def test_words_that_are_not_his_own_ask_for_nothing(text: str) -> None:
    """Ours, quoted below his; his signature."""
    report = read_reply(answer(text))
    assert report is not None
    assert report.asks == ""


@pytest.mark.parametrize("text", ["退订", "请不要再给我发广告了，合同尽快"])
async def test_what_is_said_at_our_desk(unit, text: str) -> None:
    """In 微信客服 too; of a sentence only the words that ask are kept with the refusal."""

    async def inside(desk: Desk) -> None:
        await hire(desk)
        first = CustomerSaid(
            account="wk1", customer="wm1", item="m1", at=desk.now.isoformat(), text="你好", media="text",
            name="林晓", union_id="",
        )  # fmt: skip
        await service_desk.said(desk, first)
        await service_desk.said(desk, replace(first, item="m2", text=text))
        refused = [row for row in await desk.tx.all(select(consents)) if not row.given]

        assert len(refused) == 1
        assert "合同" not in refused[0].text

    await unit(inside)


@pytest.mark.parametrize(
    ("text", "kept"), [("别再发了13912345678", "别再发"), ("王建国已离职别再发了", "别再发")]
)
async def test_of_a_reply_by_sms_none_but_the_words_that_ask_are_kept(unit, text: str, kept: str) -> None:
    """What else he wrote, names and numbers, lies nowhere where it can be read."""

    async def inside(desk: Desk) -> None:
        lead_id = await customer(desk)
        await sent(desk, "t1", lead_id, "sms")
        said = orjson.dumps({"phone": PHONE, "text": text, "at": "1"}).decode()
        await act(desk, router, SmsHasCome("aliyun", replies=said))

        assert [row.text for row in await rows(desk, consents) if not row.given] == [kept]

    await unit(inside)
