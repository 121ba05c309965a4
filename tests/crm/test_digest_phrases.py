"""What is a subscription, and what only looks like one."""

from __future__ import annotations

import pytest

from bot.crm import digest_commands as g
from bot.crm.commands import Ask, CancelDialogue, PostponeTask, SetDuty
from bot.crm.phrases import answer, parse
from bot.crm.quality_commands import ShowQuality
from bot.crm.setting_commands import ChangeSetting


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("每周一9点发华东漏斗给我", g.Subscribe("每周一9点", "华东漏斗")),
        ("每周一早上9点把上周华东的漏斗发我", g.Subscribe("每周一早上9点", "上周华东的漏斗")),
        ("每天18点发今天新增线索", g.Subscribe("每天18点", "今天新增线索")),
        ("请每个工作日早上8点半给我推送昨天新增线索吧", g.Subscribe("每个工作日早上8点半", "昨天新增线索")),
        ("每周五下午5点把销售排名发到群", g.Subscribe("每周五下午5点", "销售排名", "group")),
        ("每天晚上8点群里发今天业绩", g.Subscribe("每天晚上8点", "今天业绩", "group")),
        ("每月底18点发本月回款到群里", g.Subscribe("每月底18点", "本月回款", "group")),
        ("每天18点提醒我未跟进线索", g.Subscribe("每天18点", "未跟进线索")),
        ("每两周发一次漏斗给我", g.Subscribe("每", "每两周发一次漏斗给我")),
        ("订阅周报", g.Subscribe("", "周报")),
        ("订阅每周一 9点 华东漏斗", g.Subscribe("每周一 9点", "华东漏斗")),
        ("改成周二", g.ChangeSubscription("", "周二")),
        ("把华东漏斗改成每周二10点", g.ChangeSubscription("华东漏斗", "每周二10点")),
        ("S3 改成下午5点", g.ChangeSubscription("S3", "下午5点")),
        ("停掉华东漏斗", g.StopSubscription("华东漏斗")),
        ("不要再发周报了", g.StopSubscription("周报")),
        ("退订 S3", g.StopSubscription("S3")),
        ("我的订阅", g.ListSubscriptions()),
        ("今天要跟进的人", g.ShowDigest("morning")),
        ("周报", g.ShowDigest("weekly")),
        ("改规则前后对比", g.CompareChange()),
        ("配置3前后对比", g.CompareChange("3")),
    ],
)
def test_said_so(text, command):
    """As people say it."""
    assert parse(text) == command


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("每天发了多少短信", Ask),
        ("每天9点发的短信有多少", Ask),
        ("本月每天新增线索", Ask),
        ("每周一发送量", Ask),
        ("每天触达量", Ask),
        ("退订率最高的渠道", Ask),
        ("退订人数最多的活动", Ask),
        ("取消", CancelDialogue),
        ("取消请假", SetDuty),
        ("取消 L7", Ask),
        ("T5 改到周二", PostponeTask),
        ("每日领取上限改成8", ChangeSetting),
        ("停掉规则 form", ChangeSetting),
        ("数据质量周报", ShowQuality),
    ],
)
def test_what_only_looks_like_one(text, kind):
    """Other commands and questions keep their words."""
    assert type(parse(text)) is kind


@pytest.mark.parametrize("text", ["取消采购计划了", "改成周二再说", "停掉旧系统", "每周三9点发资料"])
def test_an_answer_stays_an_answer(text):
    """While a reason or a follow-up is asked for, words that name no subscription are it."""
    found = answer("follow_up", {"lead_id": "L1"}, text)

    assert type(found).__name__ == "RecordFollowUp"
