"""为什么没发, 触达记录, 同意记录, 退订, 恢复订阅: said in Chinese with what decided, to whom it concerns."""

from __future__ import annotations

import pytest

from bot.chat.card import plain
from bot.crm.phrases import parse
from bot.crm.touch_commands import (
    ExplainTouches,
    ResumeMessages,
    ShowConsent,
    ShowTouches,
    StopMessages,
)
from bot.crm.touching import NotSent, Planned, Purpose
from bot.crm.user import Role, User
from bot.store import consents
from bot.store.tables.machinery import audit
from bot.touch.request import request
from tests.handlers.workday import GAO, LINA, TEAM, WANG, Day
from tests.intake.world import hire
from tests.touch.house import AGREES, STOPS, company_of, intent

MARY = User(id="mary", name="周婷", role=Role.MARKETER, region="", team="", platform="wecom")


@pytest.fixture
def company(company):
    """With channels and contents."""
    return company_of(company)


@pytest.fixture
async def day(unit, clock):
    await unit(lambda desk: hire(desk, *TEAM, MARY))
    return Day(unit, clock)


async def agreed(day, lead_id, consent=AGREES):
    await day.unit(lambda desk: consents.record(desk, lead_id, consent))


async def ask(day, lead_id, key="k1", **more):
    return await day.unit(lambda desk: request(desk, intent(key, lead_id, **more)))


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("为什么没发 L7", ExplainTouches("L7")),
        ("为什么没给王总发邮件？", ExplainTouches("王总", "email")),
        ("为什么没给 L7 发短信", ExplainTouches("L7", "sms")),
        ("怎么还没给L7发邮件", ExplainTouches("L7", "email")),
        ("为什么给 L7 发了邮件", ExplainTouches("L7", "email")),
        ("为什么没发短信给L7", ExplainTouches("L7", "sms")),
        ("L7 为什么没收到邮件", ExplainTouches("L7")),
        ("触达记录 L7", ShowTouches("L7")),
        ("L7的触达记录", ShowTouches("L7")),
        ("触达记录", ShowTouches()),
        ("同意记录 L7", ShowConsent("L7")),
        ("退订 L7 邮件 电话里说不要再发", StopMessages("L7", "email", "电话里说不要再发")),
        ("退订 L7", StopMessages("L7")),
        ("L7 退订 全部 客户要求不再联系", StopMessages("L7", "all", "客户要求不再联系")),
        ("恢复订阅 L7 短信 当面说可以", ResumeMessages("L7", "sms", "当面说可以")),
    ],
)
def test_how_people_say_it(said, command):
    """As it is typed."""
    assert parse(said) == command


async def test_the_owner_hears_why_nothing_went(day):
    """With the channel, the reason, and what became of it."""
    lead = await day.lead()
    await ask(day, lead.id, channels=("email", "sms", "wecom"))
    said = (await day.says(LINA, f"为什么没发 {lead.id}")).text

    assert "营销《资讯0》转成了任务" in said
    assert "营销邮件：客户从没同意过营销消息" in said
    assert "营销短信：客户从没同意过营销消息" in said


async def test_a_cap_is_said_in_figures(day):
    """One of one today."""
    lead = await day.lead()
    await agreed(day, lead.id)
    for n in range(9):
        verdict = await ask(day, lead.id, f"k{n}", content=f"news{n}")
    assert isinstance(verdict, NotSent)
    said = (await day.says(LINA, f"为什么没给 {lead.id} 发邮件")).text

    assert "营销邮件：次数到上限：当天 1/1、近7天" in said


async def test_what_goes_is_explained_too(day):
    """Consent, and what there was before it."""
    lead = await day.lead()
    await agreed(day, lead.id)
    assert isinstance(await ask(day, lead.id), Planned)
    said = (await day.says(LINA, f"为什么给 {lead.id} 发了邮件")).text

    assert "营销邮件《资讯0》待发送" in said
    assert "客户同意接收营销消息" in said


async def test_by_name_it_is_ones_own(day):
    """王总 is the one of my leads whose name begins so; a colleague's is nobody."""
    lead = await day.lead(name="王建国")
    await ask(day, lead.id, purpose=Purpose.TRANSACTIONAL, content="notice")

    assert "服务通知" in (await day.says(LINA, "为什么没给王总发邮件")).text
    assert "王建国" not in str(await day.says(GAO, "为什么没给王总发邮件"))
    # Whoever leads him is told how to ask of another's customer, and not that there is none.
    led = (await day.says(WANG, "为什么没给王总发邮件")).text
    assert led.startswith("你名下没有叫“王总”的客户。同事名下的请带编号")
    assert led == (await day.says(WANG, "为什么没给王总发短信")).text


async def test_the_record_and_the_consent_are_for_owner_and_manager(day):
    """A colleague gets neither, and it leaves a row."""
    lead = await day.lead()
    await agreed(day, lead.id)
    await ask(day, lead.id)
    for who in (LINA, WANG):
        assert "营销邮件《资讯0》待发送" in plain((await day.says(who, f"触达记录 {lead.id}")).card)
        told = plain((await day.says(who, f"同意记录 {lead.id}")).card)
        assert "同意 营销 · 表单 · 2026-11 版" in told
        assert "邮件：可以发" in told
    for words in ("触达记录", "同意记录", "为什么没发"):
        assert "星河" not in str(await day.says(GAO, f"{words} {lead.id}"))


async def test_a_colleague_stops_it_with_a_reason(day):
    """At once, with an audit row; without a reason he is asked for one."""
    lead = await day.lead()
    await agreed(day, lead.id)
    asked = await day.says(LINA, f"退订 {lead.id} 邮件")
    assert "请写上原因" in asked.text
    told = await day.says(LINA, f"退订 {lead.id} 邮件 电话里说不要再发")
    assert "不再给" in told.text
    by_mail, by_sms = await ask(day, lead.id, "k1"), await ask(day, lead.id, "k2", channels=("sms",))

    assert isinstance(by_mail, NotSent)
    assert isinstance(by_sms, Planned)
    assert "consent.stopped" in {row.action for row in await day.rows(audit)}
    assert (
        "客户撤回了" in (await day.says(LINA, f"为什么没给 {lead.id} 发邮件")).text
        or "退订" in (await day.says(LINA, f"为什么没给 {lead.id} 发邮件")).text
    )


async def test_and_starts_it_again(day):
    """Who agrees again gets it again."""
    lead = await day.lead()
    await agreed(day, lead.id)
    await day.says(LINA, f"退订 {lead.id} 全部 不要联系")
    assert isinstance(await ask(day, lead.id, "k1"), NotSent)
    await day.says(LINA, f"恢复订阅 {lead.id} 全部 又来问了")

    assert isinstance(await ask(day, lead.id, "k2"), Planned)


async def test_marketing_sees_totals_and_nobodys_name(day):
    """How many went and why others did not; one customer's are not for him, the totals not for a rep."""
    lead = await day.lead()
    await agreed(day, lead.id, STOPS)
    await ask(day, lead.id)
    told = plain((await day.says(MARY, "触达记录")).card)

    assert "没发：1 条" in told
    assert "客户退订或地址停用 1" in told
    assert lead.name not in told
    assert "只给市场" in (await day.says(LINA, "触达记录")).text
    assert lead.name not in str(await day.says(MARY, f"触达记录 {lead.id}"))


async def test_before_others_nothing_is_said(day):
    """In a group it is not told."""
    lead = await day.lead()

    assert "私聊" in (await day.says(LINA, f"同意记录 {lead.id}", chat="g1")).text


async def test_the_history_of_a_customer_has_them(day):
    """时间线 shows what was planned for him, with how it stands."""
    lead = await day.lead()
    await agreed(day, lead.id)
    await ask(day, lead.id)

    assert "邮件待发送：资讯0" in plain((await day.says(LINA, f"时间线 {lead.id}")).card)
