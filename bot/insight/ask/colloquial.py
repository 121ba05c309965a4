"""How metrics are called in speech, beyond their names: 烧了多少, 钱回来多少."""

from __future__ import annotations

from collections.abc import Mapping

from bot.crm.metrics.spoken import spoken

_SAID: Mapping[str, str] = {
    "channel_cost": (
        "烧了多少 烧了 烧掉多少 烧掉多少钱 投了多少 投了 投进去多少 投进去多少钱 砸了多少 砸了多少钱 "
        "砸进去多少钱 用了多少钱 花出去多少 花出去多少钱 投放了多少 投放了多少钱 推广花了多少 广告花了多少"
    ),
    "payments": (
        "钱回来多少 钱回来了多少 回来多少钱 回来了多少钱 钱收回来多少 款回来多少 款回来了多少 回款到了多少 "
        "款到了多少 钱到了多少 到了多少款 收了多少款 回款了多少"
    ),
    "first_response_minutes": (
        "首响应 首响应时长 首响应时间 首次回复时长 首次回复时间 第一次响应 第一次响应时间 第一次跟进要多久 "
        "响应客户 响应线索 回复速度 回复客户要多久 回复时长 多久回复 多久能跟进 "
        "第一次联系要多久 首次联系时长"
    ),
    "sales_cycle_days": "一单要谈多久 一单谈多久 一单要跟多久 谈多久能成 谈多久能签 多久能签",
    "avg_deal_amount": "每单多少钱 平均一单多少 平均单子多大 每单平均多少 单子平均多大 平均每单多少",
    "quota_attainment": (
        "指标完成多少 指标完成了多少 目标完成多少 目标达成多少 目标达成了多少 目标做到多少 目标做了多少 "
        "指标做了多少 任务额完成多少 KPI完成多少 KPI完成了多少 完成了百分之多少 "
        "完成了几成 目标完成几成 目标完成了几成"
    ),
    "satisfaction": "满意不满意 客户满不满意 满不满意 客户打分",
    "stale_leads": "没跟 没人跟 没人跟的 没人跟的线索 晾着 晾着的线索 放着没跟 压着没跟 没动过 没动 没碰过 "
    "没人理 没人理的线索 没人管 没人管的线索",
    "open_deals": "在谈的 正在谈的",
    "lost_deals": "丢的单 丢的单子 黄了的单 黄了几单 黄了多少单 没谈成",
    "won_deals": "开了几单 开了多少单 出了几单 出了多少单 成了几单 成了多少单 谈下来几单 拿下几单 拿了几单",
    "won_amount": "开了多少业绩 出了多少业绩 做了多少业绩",
    "new_leads": "进来多少线索 来了多少客资 进了多少客资",
    "new_customers": "拉新 拉新数 新开发客户 新开发的客户 开发新客户 开发了多少客户 开发客户",
    "overdue_tasks": "没按时做 没按时完成 没按时做完 过点没做 拖着没做",
    "wechat_added": "加上微信的 加了微信的 加微信的人 加上好友",
    "invalid_leads": "假线索 废掉的线索 无效的线索 没用的线索",
    "touches_sent": "发出去 发出去了 发出去多少",
    "channel_roi": "投入产出怎么样",
}
COLLOQUIAL: Mapping[str, str] = {word: key for key, words in _SAID.items() for word in spoken(words)}

#: Superlatives that say the metric too: 最划算, 最容易成交.
HINTED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(spoken("划算 合算 值 值得投"), ("channel_roi",)),
    **dict.fromkeys(
        spoken("容易成交 易成交 好成交 容易签 容易签单 容易成单 容易赢单 容易出单 难成交 难签"),
        ("lead_to_won_rate", "win_rate"),
    ),
    **dict.fromkeys(spoken("勤 勤快 积极 努力 勤奋"), ("follow_ups", "tasks_done")),
}
