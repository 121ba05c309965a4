"""Metrics of touches, our messages to customers, and of pages with a form."""

from __future__ import annotations

from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.metric import TOUCH_DIMENSIONS, Audience, Kind, Metric, Subject, Unit
from bot.crm.metrics.spoken import spoken


def _rate(id: str, name: str, words: tuple[str, ...], means: str) -> Metric:
    return Metric(
        id=id,
        name=name,
        words=words,
        definition=means,
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
        definition="渠道已接受的触达数",
        is_not="不等于送达数",
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
        means="送达数 ÷ 触达量",
    ),
    _rate(
        "open_rate",
        "打开率",
        spoken("阅读率 开信率 打开比例 触达打开率 已读率 查看率"),
        means="打开人数 ÷ 送达数，每人只算一次",
    ),
    _rate(
        "click_rate",
        "点击率",
        spoken("CTR 点击比例 触达点击率 链接点击率 点开率 点击转化"),
        means="点击人数 ÷ 送达数，每人只算一次",
    ),
    _rate(
        "unsubscribe_rate",
        "退订率",
        spoken("取消订阅率 退订比例 触达退订率"),
        means="退订人数 ÷ 送达数，每人只算一次",
    ),
    _rate(
        "failure_rate",
        "失败率",
        spoken("发送失败率 触达失败率 失败比例 推送失败率 触达失败比例"),
        means="失败数 ÷（触达量 + 失败数）",
    ),
    Metric(
        id="form_conversion_rate",
        name="落地页转化率",
        words=spoken(
            "表单转化率 表单提交率 落地页表单转化率 页面转化率 落地页转化 表单转化 落地页提交率 留资率 "
            "着陆页转化率 落地页留资率 表单填写率"
        ),
        definition="表单提交数 ÷ 带表单页面的访客数",
        unit=Unit.PERCENT,
        kind=Kind.RATE,
        subject=Subject.PAGE,
        audience=Audience.MARKETING,
        dimensions=frozenset({Dimension.SOURCE, Dimension.CAMPAIGN}),
    ),
)
