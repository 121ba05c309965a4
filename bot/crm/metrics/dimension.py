"""What a number may be filtered and grouped by, and what people call it."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from bot.crm.metrics.spoken import spoken


class Dimension(enum.StrEnum):
    """The declared dimensions; a custom field of the company adds its own key."""

    OWNER = "owner"
    TEAM = "team"
    REGION = "region"
    SOURCE = "source"
    INDUSTRY = "industry"
    PRODUCT = "product"
    STAGE = "stage"
    CHANNEL = "channel"
    CAMPAIGN = "campaign"
    TAG = "tag"
    LOST_REASON = "lost_reason"
    INVALID_REASON = "invalid_reason"
    LIFECYCLE = "lifecycle"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


D = Dimension

#: Grouping by one of these cuts the period; they are never filters.
TIME_UNITS = frozenset({D.DAY, D.WEEK, D.MONTH, D.QUARTER, D.YEAR})
#: Whose the number is; from the widest to the narrowest.
WHO = (D.REGION, D.TEAM, D.OWNER)
PEOPLE = frozenset(WHO)

#: The first word is the one shown.
DIMENSION_WORDS: Mapping[Dimension, tuple[str, ...]] = {
    D.OWNER: spoken(
        "负责人 人 个人 人员 销售 销售员 销售人员 销售代表 员工 同事 业务员 业务 顾问 成员 代表 组员 "
        "客户经理 归属人 跟进人"
    ),
    D.TEAM: spoken("组 小组 团队 销售组 组别 班组 队伍"),
    D.REGION: spoken("大区 区域 区 地区 片区 战区 销售区域 分区"),
    D.SOURCE: spoken("来源 线索来源 获客渠道 来源渠道 线索渠道 推广渠道 投放渠道 客户来源"),
    D.INDUSTRY: ("行业", "客户行业", "行业类型"),
    D.PRODUCT: ("产品", "产品线", "版本", "品类", "产品类型"),
    D.STAGE: ("阶段", "销售阶段", "商机阶段"),
    D.CHANNEL: ("触达渠道", "触达方式", "通道", "发送渠道", "触达通道"),
    D.CAMPAIGN: ("活动", "营销活动", "市场活动", "推广活动", "广告计划"),
    D.TAG: ("标签", "客户标签"),
    D.LOST_REASON: spoken("输单原因 丢单原因 失败原因 流失原因 输单理由 丢单理由"),
    D.INVALID_REASON: ("无效原因", "无效理由"),
    D.LIFECYCLE: ("生命周期", "生命周期阶段", "客户旅程"),
    D.DAY: ("天", "日", "日期", "日度"),
    D.WEEK: ("周", "星期", "礼拜", "周度"),
    D.MONTH: ("月", "月份", "月度"),
    D.QUARTER: ("季度", "季"),
    D.YEAR: ("年", "年度", "年份"),
}

#: Words that mean one dimension or another, as the metric has it.
SHARED_WORDS: Mapping[str, tuple[Dimension, ...]] = {
    "渠道": (D.SOURCE, D.CHANNEL),
    "原因": (D.LOST_REASON, D.INVALID_REASON),
    "理由": (D.LOST_REASON, D.INVALID_REASON),
    "部门": (D.TEAM, D.REGION),
    "分公司": (D.TEAM, D.REGION),
}

LIFECYCLES = spoken("认知 考虑 决策 购买 服务 忠诚")


def dimension_name(key: str) -> str:
    """What a dimension is called in Chinese; a custom field's key stands for itself."""
    try:
        return DIMENSION_WORDS[Dimension(key)][0]
    except ValueError:
        return key
