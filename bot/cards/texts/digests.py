"""Texts of what comes by itself: names of the digests, subscriptions, reports of a day, alerts."""

from __future__ import annotations

from collections.abc import Mapping

#: What people call each of our digests, the shown name first.
NAMES: Mapping[str, tuple[str, ...]] = {
    "morning": ("早报", "今日清单", "晨报"),
    "day_report": ("日报", "日报草稿", "我的日报"),
    "daily": ("团队日报", "战报", "日报"),
    "weekly": ("周报", "团队周报", "销售周报"),
    "monthly": ("月报", "团队月报", "月度总结"),
    "response_up": ("异常提醒：首响变慢", "首响变慢", "首响提醒", "异常提醒"),
    "unsubscribes_up": ("异常提醒：退订率上升", "退订率上升", "退订提醒", "异常提醒"),
    "forecast_drop": ("异常提醒：销售预测下降", "预测下降", "销售预测下降", "异常提醒"),
    "source_dry": ("异常提醒：来源断流", "来源断流", "来源提醒", "异常提醒"),
}
#: What each of them brings, for the list.
ABOUT: Mapping[str, str] = {
    "morning": "今天要跟进的人、逾期、新线索",
    "day_report": "按当天跟进起草，你改完发给经理",
    "daily": "当天的新线索、跟进、首响、赢单",
    "weekly": "上周漏斗、及时率、未跟进名单、掉单原因",
    "monthly": "上月业绩、达成率、排名、赢单率",
    "response_up": "昨天首响比往常慢很多时说一声",
    "unsubscribes_up": "退订率比往常高很多时说一声",
    "forecast_drop": "本月预测明显下降时说一声",
    "source_dry": "某个来源突然没有新线索时说一声",
}

# Asked for at any time
ALERTS_HEAD, ALERTS_NONE = "异常提醒 · {scope}", "这几项都和往常差不多："
ALERTS_THIN = "历史还不够，看不出异常：{names}"
ALERTS_FOOT = "每天和自己过去几周的同一个星期几比，有异常会自己发；不想收发「停掉异常提醒」。"

ALERTS_OF: Mapping[str, str] = {
    "response_up": "首响", "unsubscribes_up": "退订率", "forecast_drop": "本月预测",
    "source_dry": "各来源的新线索",
}  # fmt: skip

# Subscribing
SUBSCRIBED = "订好了：{when} 发{to}"
READ_AS = "我理解为：{reading}"
TO_ME, TO_GROUP = "给你", "到{group}"
FIRST = "下次：{at}"
HOW_TO_CHANGE = "每次按当时重算。要改时间，回复「改成周二」；不要了，回复「停掉{what}」。"
WHICH_WHEN = "多久发一次？例如「每周一9点发{question}给我」。"
OTHER_CADENCE = "现在可以按每天、每个工作日、每周几、每月几号发。例如「每周一9点发华东漏斗给我」。"
NOT_UNDERSTOOD = "这个没法定时发：{why}"
FULL = "最多订 {most} 个。先停掉一个，再订新的。"
TOO_LONG = "问题太长了，请用一句话说。"
CHANGED = "改好了：{what}，{when} 发{to}"
WHAT_TIME = "没看懂时间。可以说「改成周二」「改成每天下午5点」「改成每月1号」。"
NOTHING_TO_CHANGE = "你还没有订阅。例如「每周一9点发华东漏斗给我」。"
WHICH = "你说的是哪一个？"
NO_SUCH = "没有叫「{which}」的订阅。"
STOPPED = "已停：{what}"
RESUME_HINT = "想再收，回复「订阅{what}」。"
RESUBSCRIBE_HINT = "想再收，重新说一次就行。"
ALREADY_STOPPED = "「{what}」已经停了。"
PAUSED = "{what}：静音到 {until}"
RESUMED = "恢复了：{what}，{when} 发给你"
NOT_YOURS = "「{what}」不发给你这个角色。"
MORNING_WHEN_ASKED = "团队早报发「早报」随时看，不定时发。定时的可以订「团队日报」「周报」「月报」。"
ONLY_TO_YOU = "你在群里说的是「发给我」，所以只私聊发给你。要发到群里，说「{say}」。"
SAY_TO_GROUP = "{when}把{what}发到群"
NOTHING_NOW = "「{what}」现在没有要说的。"
NO_DIGESTS = "你这个角色没有定时推送的数字。"

# Groups
GROUP_ROLES = "只有经理以上可以把数字发到群里。要发给你自己，把「到群」改成「给我」。"
GROUP_TOTALS = (
    "群里只发合计，全公司或大区的，不发到人和小组。"
    "例如「每周五17点把本周业绩发到群」；按人、按组的把「到群」改成「给我」。"
)
GROUP_FEW = "这个范围里的人太少，合计会等于某个人的数字，不发到群里。要发给你自己，把「到群」改成「给我」。"
GROUP_FINE = "群里只发合计，细分到这么小不发到群里。可以按大区、按月；要发给你自己，把「到群」改成「给我」。"
GROUP_PRIVATE_FIGURES = "花费和触达的数字不发到群里，可以发给你自己。"
#: By why a number is not said before others.
NOT_ALOUD: Mapping[str, str] = {
    "speaker": GROUP_ROLES,
    "names_people": GROUP_TOTALS,
    "too_few": GROUP_FEW,
    "too_fine": GROUP_FINE,
    "not_everybodys": GROUP_PRIVATE_FIGURES,
}
GROUP_UNKNOWN = "我不知道是哪个群。请在那个群里 @我 再说一遍；或先在群里发「绑定本群 大区名」。"
GROUP_OTHERS = "这个群不是你的大区绑定的，不能往里发你们的数字。"
WHICH_GROUP = "发到哪个群？"
GROUP_NAME, GROUP_FREED = "{pool}群", "已解绑的群"
#: Several groups of one pool are told apart by where they are, then by their number.
GROUP_ON, GROUP_NTH = "{pool}群（{platform}）", "{pool}群（{platform}{n}）"
FROM = "{name}订给{group}"

# Lists
LIST_TITLE = "我的订阅 {total} 个"
LIST_EMPTY = "你还没有订阅"
LIST_HINT = "例如「每周一9点发华东漏斗给我」「每天18点发今天新增线索」。点编号停掉；「改成周二」改时间。"
STOP_BUTTON = "停 {id}"
RESUME_BUTTON = "恢复{what}"
STOPPED_NOTE = "已停：{what}"
MORE, FIRST_PAGE = "更多", "第 1 页"
STOP, LATER, NOW = "不要了", "静音7天", "现在看一次"
MUTE, MUTE_FOREVER = "静音7天", "不再提醒"
PAUSED_MARK = "静音到 {until}"
IN_GROUP = "发到{group}"
LIST_LINE = "{when} {what}"

# Sending
HEAD = "【{when}】"
LATE_NOTE = "（因系统停机晚发）"
NOT_YOURS_NOW = "「{what}」已停：它现在不在你的查看范围里。"
NOT_READ_NOW = "「{what}」这次没发：{why}"
NOT_TO_GROUP_NOW = "「{what}」不再发到{group}：{why}"

# Whom it is not for
ONLY_PRIVATE = "这个只能私聊看。"
COMPARE_ROLES = "前后对比给经理以上看。"
ONLY_LEADERS = "团队的汇总给经理以上看。你可以发「早报」「日报」。"

# A report of the day
DAY_TITLE, DAY_BUTTONS_NOTE = "日报草稿 {day}", "发给 {managers}"
DAY_SEND, DAY_EDIT, DAY_LEAVE = "发给经理", "改一改", "今天不发"
DAY_HEAD = "日报 {name} {day}"
DAY_NUMBERS, DAY_DONE, DAY_NEXT = "今天：", "跟进：", "明天："
DAY_NONE = "今天没有记跟进。"
DAY_NO_TASKS = "还没有安排任务。"
DAY_ASK = "把日报正文发给我（可以复制草稿改），我替你换上。回复「取消」不改。"
DAY_SENT = "已发给 {managers}"
DAY_SENT_BEFORE = "这天的日报已经发过了。"
DAY_LEFT = "好，今天不发日报。"
DAY_NO_DRAFT = "没有这天的日报草稿。"
DAY_NO_MANAGER = "没有找到你的经理，日报没有发出去。请告诉管理员在通讯录里设置部门负责人。"
DAY_TOO_LONG = "太长了，请控制在 {most} 字以内。"
DAY_EMPTY = "没有看到内容。"
DAY_MORE = "……另有 {n} 条"
DAY_HINT = "回复「改一改」或点按钮；不点不会发出去。"
