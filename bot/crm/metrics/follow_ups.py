"""Metrics of a rep's work: follow-ups, first responses, tasks."""

from __future__ import annotations

from bot.crm.metrics.metric import LEAD_DIMENSIONS, Kind, Metric, Subject, Unit
from bot.crm.metrics.spoken import spoken

METRICS = (
    Metric(
        id="follow_ups",
        name="跟进次数",
        words=spoken(
            "跟进数 跟进量 跟进记录数 跟进总数 跟进记录 跟单次数 线索跟进次数 跟进总次数 客户跟进次数 "
            "跟进频次 跟进条数"
        ),
        definition="时间段内的跟进记录数",
        is_not="不是跟进线索数，同一条线索跟进两次算两次",
        unit=Unit.COUNT,
        kind=Kind.FLOW,
        subject=Subject.FOLLOW_UP,
        dimensions=LEAD_DIMENSIONS,
        additive=True,
    ),
    Metric(
        id="followed_leads",
        name="跟进线索数",
        words=spoken("跟进线索 跟进的线索数 跟进客户数 已跟进线索 已跟进线索数 跟进线索量 已跟进"),
        definition="时间段内有跟进记录的不同线索数",
        is_not="不是跟进次数，同一条线索只算一次",
        unit=Unit.COUNT,
        kind=Kind.FLOW,
        subject=Subject.FOLLOW_UP,
        dimensions=LEAD_DIMENSIONS,
    ),
    Metric(
        id="first_response_minutes",
        name="首次响应时长",
        words=spoken(
            "首响 首次响应 首次响应时间 响应时长 响应时间 首响时长 首响时间 响应速度 首次跟进时长 "
            "首次跟进时间 首次响应速度 响应 首响速度 首次响应用时 响应用时 多久响应 多久首响 首响用时 "
            "首次响应分钟数"
        ),
        definition="从线索新建或再次咨询到负责人首次跟进的平均工作分钟数，按首次跟进的日期计",
        is_not="不是自然时间，只算工作时间；还没跟进的不算",
        unit=Unit.MINUTES,
        kind=Kind.RATE,
        subject=Subject.LEAD,
        dimensions=LEAD_DIMENSIONS,
    ),
    Metric(
        id="on_time_rate",
        name="跟进及时率",
        words=spoken(
            "及时率 任务及时率 任务按时完成率 按时完成率 准时率 任务准时率 按时率 任务及时完成率 "
            "跟进准时率 跟进按时率 按时跟进率 及时跟进率 任务按时率 准时完成率 及时完成率"
        ),
        definition="时间段内到期的任务中，按时完成的比例",
        is_not="不是完成率，逾期后才完成的不算；取消的和还没到期的不算",
        unit=Unit.PERCENT,
        kind=Kind.RATE,
        subject=Subject.TASK,
        dimensions=LEAD_DIMENSIONS,
    ),
    Metric(
        id="tasks_done",
        name="完成任务数",
        words=spoken(
            "完成任务 任务完成数 完成的任务 完成的任务数 任务完成量 完成任务量 已完成任务 已完成任务数 "
            "已完成的任务 办结任务 任务完成 做完的任务 做完任务"
        ),
        definition="时间段内完成的任务数",
        is_not="不看到期日，也不看有没有逾期",
        unit=Unit.COUNT,
        kind=Kind.FLOW,
        subject=Subject.TASK,
        dimensions=LEAD_DIMENSIONS,
        additive=True,
    ),
)
