"""Metrics of touches, our messages to customers, and of pages with a form."""

from __future__ import annotations

from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.metric import TOUCH_DIMENSIONS, Audience, Kind, Metric, Subject, Unit
from bot.crm.metrics.spoken import spoken


def _rate(id: str, name: str, words: tuple[str, ...], means: str, is_not: str) -> Metric:
    return Metric(
        id=id,
        name=name,
        words=words,
        definition=means,
        is_not=is_not,
        unit=Unit.PERCENT,
        kind=Kind.RATE,
        subject=Subject.TOUCH,
        audience=Audience.MARKETING,
        dimensions=TOUCH_DIMENSIONS,
    )


METRICS = (
    Metric(
        id="touches_sent",
        name="触达量",
        words=spoken(
            "发送量 触达次数 触达数 发送数 发送次数 推送量 群发量 触达条数 发送条数 触达发送量 推送次数 "
            "推送数 发送总量 触达总量 触达 触达人次 发送 发出 触达了 触达了多少 触达了多少人 发送了 群发了 "
            "推送了 发了多少 发了多少条 发了多少封 发了几封 "
            "发了几条 触达数量 发送数量"
        ),
        definition="时间段内渠道已接受的触达数，一条消息给一个客户算一次",
        is_not="不是送达数，也不是人数",
        unit=Unit.COUNT,
        kind=Kind.FLOW,
        subject=Subject.TOUCH,
        audience=Audience.MARKETING,
        dimensions=TOUCH_DIMENSIONS,
        additive=True,
    ),
    _rate(
        "delivery_rate",
        "到达率",
        spoken("送达率 触达到达率 投递率 触达送达率 发送成功率 触达成功率 送达比例"),
        means="时间段内的送达数 ÷ 触达量",
        is_not="送达不等于看过；没有回执的渠道（如邮件、企业微信）发出没退回就算送达",
    ),
    _rate(
        "open_rate",
        "打开率",
        spoken("阅读率 开信率 打开比例 触达打开率 已读率 查看率"),
        means="时间段内的打开数 ÷ 送达数，同一条多次打开只算一次",
        is_not="邮件客户端自动加载图片也会算打开",
    ),
    _rate(
        "click_rate",
        "点击率",
        spoken("CTR 点击比例 触达点击率 链接点击率 点开率 点击转化"),
        means="时间段内的点击数 ÷ 送达数，同一条多次点击只算一次",
        is_not="不是点击 ÷ 打开",
    ),
    _rate(
        "unsubscribe_rate",
        "退订率",
        spoken("取消订阅率 退订比例 触达退订率"),
        means="时间段内的退订数 ÷ 送达数，按退订那天算",
        is_not="不是投诉，也不是流失",
    ),
    _rate(
        "failure_rate",
        "失败率",
        spoken("发送失败率 触达失败率 失败比例 推送失败率 触达失败比例"),
        means="时间段内的失败数 ÷（触达量 + 失败数），渠道没接受的才是失败",
        is_not="渠道接受后没送到的不算，那看到达率",
    ),
    Metric(
        id="form_conversion_rate",
        name="落地页转化率",
        words=spoken(
            "表单转化率 表单提交率 落地页表单转化率 页面转化率 落地页转化 表单转化 落地页提交率 留资率 "
            "着陆页转化率 落地页留资率 表单填写率"
        ),
        definition="时间段内的表单提交数 ÷ 带表单页面的访客数",
        is_not="不是线索成交率；一个访客看几次只算一个",
        unit=Unit.PERCENT,
        kind=Kind.RATE,
        subject=Subject.PAGE,
        audience=Audience.MARKETING,
        dimensions=frozenset({Dimension.SOURCE, Dimension.CAMPAIGN}),
    ),
)
