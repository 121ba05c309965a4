"""The funnel: what became of the leads that were created in the period."""

from __future__ import annotations

from bot.crm.metrics.metric import LEAD_DIMENSIONS, Kind, Metric, Subject, Unit
from bot.crm.metrics.spoken import spoken

#: From the widest step to the narrowest.
STEPS = spoken("线索 MQL SQL 商机 报价 成交")

METRICS = (
    Metric(
        id="funnel",
        name="转化漏斗",
        words=spoken(
            "漏斗 销售漏斗 漏斗图 线索漏斗 线索转化漏斗 营销漏斗 漏斗数据 转化漏斗图 销售漏斗图 "
            "全链路转化 获客漏斗 业务漏斗 成交漏斗 漏斗情况 漏斗转化"
        ),
        definition="时间段内新建的线索，到现在依次走到" + "→".join(STEPS) + "的数量和每步转化率",
        is_not="不是当前各阶段的存量；商机退回去的，走到过的步骤也算，直接转商机的也算走过前面各步",
        unit=Unit.COUNT,
        kind=Kind.COHORT,
        subject=Subject.LEAD,
        dimensions=LEAD_DIMENSIONS,
        additive=True,
    ),
)
