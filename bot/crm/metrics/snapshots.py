"""Metrics as of now: what lies in the pools, in hands, in the pipeline, overdue."""

from __future__ import annotations

from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.metric import DEAL_DIMENSIONS, LEAD_DIMENSIONS, Audience, Kind, Metric, Subject, Unit
from bot.crm.metrics.spoken import spoken

D = Dimension

#: Days without a follow-up after which a lead is stale, unless the question says otherwise.
STALE_AFTER_DAYS = 3
NOBODYS = LEAD_DIMENSIONS - {D.OWNER}


def _now(
    id: str,
    name: str,
    words: tuple[str, ...],
    *,
    means: str,
    is_not: str,
    subject: Subject,
    unit: Unit = Unit.COUNT,
    audience: Audience = Audience.SALES,
    dimensions: frozenset[Dimension] = LEAD_DIMENSIONS,
) -> Metric:
    return Metric(
        id=id,
        name=name,
        words=words,
        definition=means,
        is_not=is_not,
        unit=unit,
        kind=Kind.SNAPSHOT,
        subject=subject,
        audience=audience,
        dimensions=dimensions,
        additive=True,
    )


METRICS = (
    _now(
        "pool_leads",
        "公海线索",
        spoken(
            "公海 公海线索数 公海池 线索池 公海量 公海存量 公海数 公海池线索 线索公海 公海线索量 "
            "线索池线索 公海待领取线索 待领取线索 待领取 公海客户 可领取线索"
        ),
        means="现在在公海里的线索数",
        is_not="不含有负责人的，也不是新增线索",
        subject=Subject.LEAD,
        audience=Audience.OPEN,
        dimensions=NOBODYS,
    ),
    _now(
        "unassigned_leads",
        "未分配线索",
        spoken(
            "未分配 未分配线索数 没分配 没有分配 待分配线索 待分配 还没分配 尚未分配 未分派 无主线索 "
            "没人认领 没分出去 未分配的线索 没分下去 待分派 没有负责人 无负责人 没分配出去 没有分出去 "
            "未指派"
        ),
        means="现在还没有负责人的线索数，在公海里的也算",
        is_not="不是没跟进的线索，那些有负责人",
        subject=Subject.LEAD,
        audience=Audience.OPEN,
        dimensions=NOBODYS,
    ),
    _now(
        "open_leads",
        "在手线索",
        spoken(
            "在手线索数 手上线索 手里线索 名下线索 持有线索 在跟线索 手头线索 跟进中的线索 跟进中线索 "
            "在跟进线索 在手线索量 在跟线索数 名下线索数 在跟进的线索 正在跟进的线索 在跟的线索 "
            "手上的线索 手里的线索 名下的线索 手头的线索 存量线索 保有线索 在手的线索 持有线索数"
        ),
        means="现在有负责人且未关闭的线索数",
        is_not="不含已转商机和无效的，也不是新增线索",
        subject=Subject.LEAD,
    ),
    _now(
        "stale_leads",
        "未跟进线索",
        spoken(
            "没跟进 未跟进 没有跟进 未跟进线索数 没人跟进 未跟进的线索 没跟进的线索 还没跟进 没跟的线索 "
            "沉默线索 沉睡线索 无人跟进 没有跟进的线索 未跟进名单 没人跟的线索 尚未跟进 没跟过 没联系 "
            "未联系 没跟进线索"
        ),
        means=f"现在有负责人、连续N天没有跟进的线索数，不说天数按{STALE_AFTER_DAYS}天",
        is_not="不是逾期任务，也不含没有负责人的",
        subject=Subject.LEAD,
    ),
    _now(
        "open_deals",
        "在跟商机数",
        spoken(
            "在跟商机 进行中商机 进行中的商机 未关闭商机 活跃商机 跟进中的商机 跟进中商机 手上商机 "
            "在谈商机 存量商机 在谈的单子 在跟的商机 在手商机 未关闭的商机 在跟商机数量 在谈的商机 "
            "正在跟的商机 正在跟进的商机 打开的商机 名下商机 手上的商机 名下的商机 手里的商机 管道商机 "
            "管道商机数 在途商机 在跟进的商机 在跟单子 手头商机"
        ),
        means="现在还未赢单或输单的商机数",
        is_not="不是新增商机数，哪天新建的都算",
        subject=Subject.DEAL,
        dimensions=DEAL_DIMENSIONS | {D.STAGE},
    ),
    _now(
        "pipeline_amount",
        "在跟商机金额",
        spoken(
            "管道金额 管道 pipeline 在谈金额 在跟金额 进行中商机金额 管道总额 在跟商机总额 在谈商机金额 "
            "在手商机金额 在途金额 管道总金额 pipeline金额 在跟商机总金额 在途商机金额 未关闭商机金额 "
            "存量商机金额 管线金额 销售管道 在跟商机额 销售管道金额 活跃商机金额"
        ),
        means="现在还未赢单或输单的商机金额之和",
        is_not="不是销售预测，没有按赢单概率打折",
        subject=Subject.DEAL,
        unit=Unit.MONEY,
        dimensions=DEAL_DIMENSIONS | {D.STAGE},
    ),
    _now(
        "overdue_tasks",
        "逾期任务",
        spoken(
            "逾期没完成 逾期没完成的 逾期没完成任务 逾期还没完成 过期没完成 逾期未完成的 逾期任务数 逾期 "
            "超期任务 过期任务 逾期未完成 超时任务 逾期数 逾期的任务 超期 逾期未完成任务 "
            "逾期待办 到期未完成 到期没完成 过期未完成 逾期未做 超期任务数 过期没做 逾期没做 逾期任务量 "
            "超期未完成 到期未做 拖期任务 延期任务"
        ),
        means="现在已过期且未完成的任务数",
        is_not="不是未跟进线索，完成和取消的不算",
        subject=Subject.TASK,
    ),
)
