"""What a rep wrote down: by what means, and what comes next."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.crm.company import Company
from bot.crm.follow_up import FollowUpKind, guess_kind, next_step

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=SHANGHAI)
CASES = (
    ("已电话,客户要报价,下周二回访", "call", "11-24", "回访"),
    ("今天已电话，对方说下周开会，周五给他打电话", "call", "11-20", "给他打电话"),
    ("客户说下周二开会定，周五给他打电话", "call", "11-20", "给他打电话"),
    ("已加微信", "wechat", "", ""),
    ("加了微信，明天去拜访", "wechat", "11-19", "去拜访"),
    ("上午拜访了客户，月底签约", "visit", "11-30", "签约"),
    ("打了电话没接，下午3点再打", "call", "11-18", "再打"),
    ("明天发报价，周五回访", "note", "11-19", "发报价"),
    ("发了邮件，等3天再跟进", "mail", "11-23", "再跟进"),
    ("下周二，回访", "note", "11-24", "回访"),
    ("聊了需求，12月3号上午10点演示", "note", "12-03", "演示"),
    ("没有打通", "call", "", ""),
    ("微信沟通，过两天再联系", "wechat", "11-20", "再联系"),
    ("周五下午3点去他公司演示", "note", "11-20", "去他公司演示"),
    ("客户对价格不满意，要便宜一点", "note", "", ""),
    ("今天下午2点通过电话了", "call", "", ""),
    ("约了明天下午3点上门演示", "visit", "11-19", "约了上门演示"),
    ("28号前给方案", "note", "11-28", "给方案"),
    ("客户11月30日之前要定，明天上午把合同发过去", "note", "11-19", "把合同发过去"),
    ("已发短信", "message", "", ""),
    ("下周二", "note", "11-24", "回访"),
    ("见面聊了两小时，很有意向", "visit", "", ""),
)


@pytest.mark.parametrize(("text", "kind", "day", "title"), CASES)
def test_kind_and_next_step(company: Company, text: str, kind: str, day: str, title: str):
    step = next_step(text, now=NOW, working_time=company.working_time)

    assert guess_kind(text, step) is FollowUpKind(kind)
    assert (f"{step.when.due_at.astimezone(SHANGHAI):%m-%d}" if step else "") == day
    assert (step.title if step else "") == title


def test_a_long_sentence_makes_a_short_title(company: Company):
    step = next_step("明天" + "把方案再改一遍" * 20, now=NOW, working_time=company.working_time)

    assert step is not None
    assert len(step.title) <= 40
