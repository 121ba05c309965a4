"""Metrics of leads: how they come, qualify, change hands and end."""

from __future__ import annotations

from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.metric import LEAD_DIMENSIONS, Kind, Metric, Subject, Unit
from bot.crm.metrics.spoken import spoken


def _count(
    id: str,
    name: str,
    words: tuple[str, ...],
    *,
    means: str,
    is_not: str,
    extra: frozenset[Dimension] = frozenset(),
) -> Metric:
    return Metric(
        id=id,
        name=name,
        words=words,
        definition=means,
        is_not=is_not,
        unit=Unit.COUNT,
        kind=Kind.FLOW,
        subject=Subject.LEAD,
        dimensions=LEAD_DIMENSIONS | extra,
        additive=True,
    )


def _share(id: str, name: str, words: tuple[str, ...], *, means: str, is_not: str) -> Metric:
    return Metric(
        id=id,
        name=name,
        words=words,
        definition=means,
        is_not=is_not,
        unit=Unit.PERCENT,
        kind=Kind.COHORT,
        subject=Subject.LEAD,
        dimensions=LEAD_DIMENSIONS,
    )


METRICS = (
    _count(
        "new_leads",
        "新增线索",
        spoken(
            "新增线索数 线索数 线索量 新线索 新进线索 新增线索量 线索总数 线索数量 进线 进线量 进线数 "
            "获客数 获客量 留资 留资数 留资量 线索新增 新增客资 客资 客资数 线索新增数 线索新增量 "
            "线索条数 获取线索 获取线索数 新增留资 获客 线索增量"
        ),
        means="时间段内新建的线索数，并入已有线索的重复提交不算",
        is_not="不含再次咨询，也不是现在在手的线索",
    ),
    _count(
        "re_enquiries",
        "再次咨询",
        spoken(
            "再次咨询数 重复咨询 重复咨询数 二次咨询 再次询盘 重复询盘 重复留资 老线索再咨询 回头咨询 "
            "再咨询 又来咨询 重新咨询 二次询盘 再次留资 复询"
        ),
        means="已是线索的人再次提交的次数",
        is_not="不是新增线索，同一个人来两次算两次",
    ),
    _count(
        "mql",
        "MQL",
        spoken("MQL数 MQL数量 市场认可线索 市场合格线索 营销合格线索 市场认可 新增MQL MQL线索"),
        means="时间段内评分首次达到MQL线（默认40分）的线索数",
        is_not="不是当前仍在MQL线上的线索数；不管线索哪天进来，所以和漏斗里的不同",
    ),
    _count(
        "sql",
        "SQL",
        spoken("SQL数 SQL数量 销售认可线索 销售合格线索 销售认可 新增SQL SQL线索"),
        means="时间段内评分首次达到SQL线（默认60分）或人工认可、且未被销售驳回的线索数",
        is_not="不是商机，也不是当前仍在SQL线上的线索数；不管线索哪天进来，所以和漏斗里的不同",
    ),
    _share(
        "lead_to_mql_rate",
        "线索转MQL率",
        spoken("MQL率 线索MQL率 线索转MQL 线索到MQL 线索MQL转化率 MQL占比"),
        means="时间段内新建的线索中，到现在已成为MQL的比例",
        is_not="不是这段时间的MQL数 ÷ 新增线索，越近的线索还有时间；"
        "漏斗里没到MQL就转商机的也算走过，所以漏斗的更高",
    ),
    _share(
        "mql_to_sql_rate",
        "MQL转SQL率",
        spoken("SQL率 MQL转SQL MQL到SQL SQL转化率 MQL的SQL转化率"),
        means="时间段内成为MQL的线索中，到现在已成为SQL的比例",
        is_not="不是这段时间的SQL数 ÷ MQL数",
    ),
    _share(
        "lead_to_won_rate",
        "线索成交率",
        spoken(
            "线索赢单率 线索签单率 线索转成交率 线索转赢单率 线索到成交 线索转成交 线索到赢单 线索转赢单 "
            "线索成单率 线索成交转化率"
        ),
        means="时间段内新建的线索中，到现在已有赢单商机的比例",
        is_not="不是赢单率，赢单率按关闭的商机算",
    ),
    _count(
        "claimed_leads",
        "领取线索",
        spoken(
            "领取线索数 抢单 抢单数 抢单量 领取数 领取量 领线索 领取 认领线索 认领 认领数 线索领取数 "
            "线索领取量 抢线索 抢到线索 领 领了 领到 领到了 领走 领走了 抢 抢了 抢到 抢到了 捞 捞了 "
            "领取了 认领了 领取的线索"
        ),
        means="时间段内从公海领取的不同线索数",
        is_not="不含直接分配和转交的，同一条领两次算一条",
    ),
    _count(
        "returned_leads",
        "退回线索",
        spoken(
            "退回 退回数 退回线索数 退回量 退还线索 线索退回数 线索退回量 退单 退回公海 主动退回 退回了 "
            "退了 退还 退回来"
        ),
        means="时间段内被负责人退回的线索数",
        is_not="不是按规则收回的，那是回收线索",
    ),
    _count(
        "recycled_leads",
        "回收线索",
        spoken(
            "回收 回收数 回收线索数 回收量 掉保 掉保数 掉保线索 掉公海 掉入公海 掉进公海 被回收 自动回收 "
            "线索回收数 掉保线索数 收回 收回线索 回收了 被收回 掉了保 回收到公海 掉回公海"
        ),
        means="时间段内按规则收回的线索数",
        is_not="不是负责人自己退回的，那是退回线索",
    ),
    _count(
        "invalid_leads",
        "无效线索",
        spoken("无效线索数 无效数 无效 废线索 垃圾线索 无效线索量 无效量 判无效 标无效 线索无效数"),
        means="时间段内标记为无效的线索数",
        is_not="不是退回，也不是输单；不看线索是哪天新建的",
        extra=frozenset({Dimension.INVALID_REASON}),
    ),
    _share(
        "invalid_rate",
        "无效率",
        spoken("线索无效率 无效线索率 无效线索占比 无效占比 无效比例 无效线索比例 废线索率"),
        means="时间段内新建的线索中，到现在已标记无效的比例",
        is_not="不是这段时间标无效的数 ÷ 新增线索",
    ),
    _count(
        "wechat_added",
        "加微数",
        spoken(
            "加微 加微信 加微信数 加微量 加微人数 加企微 加企微数 加好友 加好友数 添加微信 加了微信 "
            "加上微信 加微信人数 微信添加数 加V 加到微信"
        ),
        means="时间段内绑定到微信联系人的线索数",
        is_not="不是好友总数，后来删除的也算",
    ),
    _share(
        "wechat_added_rate",
        "加微率",
        spoken("加微信率 微信添加率 加好友率 加企微率 加微比例 加微占比 加V率 加微通过率 微信通过率"),
        means="时间段内新建的线索中，到现在已绑定微信联系人的比例",
        is_not="不是这段时间的加微数 ÷ 新增线索",
    ),
)
