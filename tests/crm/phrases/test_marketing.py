"""How people speak of tags, hand-over, segments, rules and somebody's own data."""

from __future__ import annotations

import pytest

from bot.crm.journey_commands import ListJourneys
from bot.crm.marketing_commands import (
    AcceptLead,
    ListSegments,
    RejectLead,
    ShowSegment,
    TagLead,
    UntagLead,
)
from bot.crm.phrases import parse
from bot.crm.privacy_commands import ErasePerson, ExportPerson


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("打标签 L7 价格敏感", TagLead("L7", "价格敏感")),
        ("给L7打标签：价格敏感", TagLead("L7", "价格敏感")),
        ("l7 加标签 决策人", TagLead("L7", "决策人")),
        ("打标签 L7", TagLead("L7")),
        ("去掉标签 L7 价格敏感", UntagLead("L7", "价格敏感")),
        ("L7 去标签 价格敏感", UntagLead("L7", "价格敏感")),
        ("接受 L7", AcceptLead("L7")),
        ("L7 接受", AcceptLead("L7")),
        ("退回市场 L7 没有需求", RejectLead("L7", "没有需求")),
        ("L7 退回市场", RejectLead("L7")),
        ("分群", ListSegments()),
        ("分群 高意向未成交", ShowSegment("高意向未成交")),
        ("看分群：潜客", ShowSegment("潜客")),
        ("规则", ListJourneys()),
        ("导出 L7", ExportPerson("L7")),
        ("删除 L7", ErasePerson("L7")),
        ("删除 L7 的个人信息 本人来信要求", ErasePerson("L7", "本人来信要求")),
    ],
)
def test_words_mean_commands(said: str, command: object):
    """Before or after the number, with or without a colon."""
    assert parse(said) == command
