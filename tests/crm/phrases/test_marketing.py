"""How people speak of tags, hand-over and segments."""

from __future__ import annotations

import pytest

from bot.crm.marketing_commands import (
    AcceptLead,
    ListSegments,
    RejectLead,
    ShowSegment,
    TagLead,
    UntagLead,
)
from bot.crm.phrases import parse


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
    ],
)
def test_words_mean_commands(said: str, command: object):
    """Before or after the number, with or without a colon."""
    assert parse(said) == command
