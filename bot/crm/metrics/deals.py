"""Metrics of opportunities: new, won, lost, paid, planned and expected."""

from __future__ import annotations

from bot.crm.metrics.dimension import PEOPLE, Dimension
from bot.crm.metrics.metric import DEAL_DIMENSIONS, Kind, Metric, Subject, Unit
from bot.crm.metrics.spoken import spoken

D = Dimension


def _deal(
    id: str,
    name: str,
    words: tuple[str, ...],
    *,
    means: str,
    unit: Unit = Unit.COUNT,
    kind: Kind = Kind.FLOW,
    is_not: str,
    dimensions: frozenset[Dimension] = DEAL_DIMENSIONS,
) -> Metric:
    return Metric(
        id=id,
        name=name,
        words=words,
        definition=means,
        is_not=is_not,
        unit=unit,
        kind=kind,
        subject=Subject.DEAL,
        dimensions=dimensions,
        additive=kind is Kind.FLOW,
    )


METRICS = (
    _deal(
        "new_deals",
        "新增商机数",
        spoken(
            "新增商机 新商机 新建商机 新增商机数量 商机新增数 新建商机数 新增商机量 新增机会 新增项目 "
            "商机新增 新开商机"
        ),
        means="时间段内新建的商机数",
        is_not="不是在跟商机数，后来关闭的也算",
        dimensions=DEAL_DIMENSIONS | {D.STAGE},
    ),
    _deal(
        "deal_amount",
        "新增商机金额",
        spoken("新商机金额 新增商机总额 新建商机金额 新增商机额 商机新增金额 新增商机总金额"),
        means="时间段内新建商机的当前金额之和",
        is_not="不是新建那天填的金额，也不是成交额",
        unit=Unit.MONEY,
        dimensions=DEAL_DIMENSIONS | {D.STAGE},
    ),
    _deal(
        "won_deals",
        "赢单数",
        spoken(
            "赢单量 成交单数 成交数 成交量 签单数 签单量 成单数 成单量 赢单商机数 成交笔数 签约数 "
            "成交订单数 签约单数 赢单数量 成交单量 开单数 出单数 出单量 赢单商机 签单数量 成交数量 "
            "中标数"
        ),
        means="时间段内以赢单关闭的商机数",
        is_not="不是客户数，一个客户可以有几单",
    ),
    _deal(
        "won_amount",
        "赢单金额",
        spoken(
            "成交额 业绩 销售额 销售业绩 成交金额 签单金额 签约金额 签约额 签单额 赢单额 合同额 合同金额 "
            "成单金额 销售金额 总业绩 业绩额 成单额 销售总额 成交总额 出单金额 业绩金额 成交业绩 "
            "签单业绩 销售成绩 成绩 赢单总额 赢单总金额 成交总金额 中标金额"
        ),
        means="时间段内以赢单关闭的商机金额之和",
        unit=Unit.MONEY,
        is_not="不是回款，钱到账看回款",
    ),
    _deal(
        "lost_deals",
        "输单数",
        spoken(
            "丢单数 输单 丢单 输单量 丢单量 败单数 败单 掉单 掉单数 输单数量 丢单数量 输掉的单 输了几单 "
            "丢了几单 输了多少单 丢了多少单 输单商机 丢单商机 丢掉的单子 输掉的商机 丢掉的商机"
        ),
        means="时间段内以输单关闭的商机数",
        is_not="不是无效线索，也不是客户流失",
        dimensions=DEAL_DIMENSIONS | {D.LOST_REASON},
    ),
    _deal(
        "win_rate",
        "赢单率",
        spoken(
            "胜率 赢率 商机赢单率 签单率 商机成交率 赢单比例 商机胜率 赢单比率 赢单概率 赢单占比 商机赢率"
        ),
        means="时间段内关闭的商机中，赢单数 ÷（赢单数 + 输单数）",
        unit=Unit.PERCENT,
        kind=Kind.RATE,
        is_not="不是线索成交率，还没关闭的商机不算",
    ),
    _deal(
        "sales_cycle_days",
        "销售周期",
        spoken(
            "成交周期 赢单周期 成单周期 签单周期 成交天数 平均成交天数 成交要多久 多久成交 多久成单 "
            "成单天数 赢单天数 成交用时 签单要多久 成单要多久 销售周期天数 成交时长 多少天成交 几天成交"
        ),
        means="时间段内赢单的商机，从新建到赢单的平均天数",
        is_not="不从线索进来那天算，输单不算",
        unit=Unit.DAYS,
        kind=Kind.RATE,
    ),
    _deal(
        "avg_deal_amount",
        "客单价",
        spoken(
            "单均金额 单均额 平均成交金额 平均成交额 平均赢单金额 平均每单金额 平均订单金额 平均合同额 "
            "平均单价 平均单额 每单平均金额 平均一单多少钱 平均每单多少钱 单均 件均 均单价 每单金额 "
            "平均签单金额 平均签约金额 客单"
        ),
        means="赢单金额 ÷ 赢单数",
        is_not="是每单的平均，不是每个客户的平均",
        unit=Unit.MONEY,
        kind=Kind.RATE,
    ),
    _deal(
        "payments",
        "回款",
        spoken(
            "回款额 回款金额 回款总额 到账 到账金额 到款 收款 收款金额 收款额 实收 回笼资金 收了多少钱 "
            "回了多少款 收回多少款 回了多少钱 收到多少钱 收回多少钱 到账多少钱 进账 到账额 回款数 "
            "收回来多少钱 回款多少钱"
        ),
        means="时间段内收到的款项",
        unit=Unit.MONEY,
        is_not="不是赢单金额，签了没付的不算",
    ),
    _deal(
        "quota_attainment",
        "业绩达成率",
        spoken(
            "完成率 达成率 业绩完成率 目标完成率 目标达成率 指标完成率 指标达成率 销售目标完成率 "
            "KPI完成率 KPI达成率 业绩达成 目标完成情况 业绩完成情况 目标达成情况 业绩达成情况 "
            "业绩目标完成率 业绩目标达成率 销售目标达成率 目标完成度 目标完成了多少 完成了目标的多少 "
            "目标完成进度 业绩完成进度 业绩完成度 业绩进度 指标完成情况 目标进度 配额完成率 "
            "销售任务完成率 业绩任务完成率 任务达成率 任务目标完成率"
        ),
        means="赢单金额 ÷ 同一时间段、同一人或组的目标；没有自己的目标按下级之和，不满一个月按天数折算",
        is_not="不是回款的完成率，有一个月没设目标就算不出",
        unit=Unit.PERCENT,
        kind=Kind.RATE,
        dimensions=PEOPLE,
    ),
    _deal(
        "forecast_amount",
        "销售预测",
        spoken(
            "预计业绩 业绩预测 预测业绩 预计成交额 预计赢单金额 预计销售额 预测 预测金额 预测销售额 "
            "预估业绩 预计成交金额 预测成交额 预计能签多少 预计能成交多少 预计能卖多少 预估成交额 "
            "预估销售额 能做多少业绩 预计签单金额 预计签约金额 成交预测 预计签多少 预计成交多少 "
            "预计能做多少 预计签单额 能做多少 能签多少 能卖多少 能成交多少 能做到多少 能完成多少业绩 "
            "大概能做多少 预计完成多少业绩 预计做多少"
        ),
        means="时间段内预期的赢单金额",
        unit=Unit.MONEY,
        kind=Kind.RATE,
        dimensions=DEAL_DIMENSIONS | {D.STAGE},
        is_not="不是已经成交的金额",
    ),
)
