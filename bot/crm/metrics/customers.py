"""Metrics of accounts: new, buying again, lost, content."""

from __future__ import annotations

from bot.crm.metrics.dimension import PEOPLE, Dimension
from bot.crm.metrics.metric import DEAL_DIMENSIONS, Kind, Metric, Subject, Unit
from bot.crm.metrics.spoken import spoken

SURVEYED = PEOPLE | {
    Dimension.PRODUCT,
    Dimension.INDUSTRY,
    Dimension.SOURCE,
    Dimension.TAG,
    Dimension.LIFECYCLE,
}

METRICS = (
    Metric(
        id="new_customers",
        name="新增客户",
        words=spoken(
            "新客户 新客 新增客户数 新客户数 新签客户 新签客户数 新客数 新增成交客户 新开客户 首单客户 "
            "新增客户量 新成交客户 新增成交客户数 首次成交客户 新增新客 客户新增数 新客户数量"
        ),
        definition="首个赢单落在时间段内的客户数",
        is_not="不是新增线索，老客户再签不算",
        unit=Unit.COUNT,
        kind=Kind.FLOW,
        subject=Subject.CUSTOMER,
        dimensions=DEAL_DIMENSIONS,
        additive=True,
    ),
    Metric(
        id="repeat_rate",
        name="复购率",
        words=spoken(
            "回购率 重复购买率 再购率 老客复购率 客户复购率 复购比例 再次购买率 老客户复购率 复购占比"
        ),
        definition="时间段内有赢单或订单的客户中，在这段时间之前已买过的比例",
        is_not="同一时间段里买两次不算复购",
        unit=Unit.PERCENT,
        kind=Kind.RATE,
        subject=Subject.CUSTOMER,
        dimensions=DEAL_DIMENSIONS,
    ),
    Metric(
        id="churn_rate",
        name="流失率",
        words=spoken("客户流失率 流失比例 老客流失率 老客户流失率 流失占比 客户流失比例"),
        definition="时间段前365天内有订单的客户中，在时间段内满365天没有新订单的比例（两个天数可以配置）",
        is_not="不是输单，也不看有没有跟进",
        unit=Unit.PERCENT,
        kind=Kind.RATE,
        subject=Subject.CUSTOMER,
        dimensions=DEAL_DIMENSIONS,
    ),
    Metric(
        id="satisfaction",
        name="满意度",
        words=spoken(
            "客户满意度 满意度评分 满意度得分 平均满意度 CSAT 满意度打分 满意分 满意度分数 客户满意度评分"
        ),
        definition="时间段内收回的问卷评分的平均值，1到5分",
        is_not="不是好评率，没答的不算",
        unit=Unit.MARK,
        kind=Kind.RATE,
        subject=Subject.CUSTOMER,
        dimensions=SURVEYED,
    ),
    Metric(
        id="complaints",
        name="投诉数",
        words=spoken(
            "投诉 投诉量 客诉 客诉数 客诉量 投诉单 客户投诉 客户投诉数 投诉件数 投诉数量 客户投诉量 "
            "被投诉 被投诉数 投诉次数 客诉单"
        ),
        definition="时间段内新开的投诉数",
        is_not="不是还没处理完的投诉数",
        unit=Unit.COUNT,
        kind=Kind.FLOW,
        subject=Subject.CUSTOMER,
        dimensions=SURVEYED,
        additive=True,
    ),
)
