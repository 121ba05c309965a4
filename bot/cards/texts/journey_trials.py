"""What is said of a journey before it runs."""

from __future__ import annotations

from collections.abc import Mapping

NOT_HERE = "旅程只能私聊问我。"
NOT_YOURS = "模拟旅程由市场、主管和总监做；自己的客户可以发「模拟 旅程 {name} L7」。"
DAYS_WRONG = "天数写 1 到 {most}，例如：{example}"
NO_SEGMENT = "没有“{name}”这个分群{meant}。现有的：{known}"
MEANT = "，是不是“{name}”？"
UNKNOWN_WHOM = (
    "「{name}」是客户做了什么才进的，说不准以后谁会做。"
    "指定分群试算：「试算 旅程 {name} 分群 …」；或者看过去：「回测 旅程 {name}」。"
)
NOBODY_PAST = "过去 {days} 天里没有发生过会让人进「{name}」的事。"
BY_HAND = "「{name}」只能手工或接口加入，过去没有可以回放的事。指定分群试算：「试算 旅程 {name} 分群 …」。"

SIM_TITLE = "模拟「{name}」：{who}"
ANYBODY = "随便一位客户"
ANYBODY_NOTE = "按一位什么都同意、哪个渠道都能收到、之后什么都不做的客户模拟"
TAKEN = (
    "这些是假设：收得到的渠道 {reached}；同意营销的渠道 {agrees}；{owner}；以前没收过什么；渠道都按接好了算"
)
EVERY_CHANNEL, NO_CHANNEL = "全部", "没有"
HAS_OWNER, OWNERLESS = "有负责人", "没有负责人"
WHY_NOT = "现在其实进不去：{why}。下面按进去了模拟。"
THEN_NOT = "到那天其实进不去：{why}。下面按进去了模拟。"
NEVER = "到 {until} 都没到进来的时候。进来的时候：{begins}。"
INSIDE = "已经在里面，从现在这一步往下模拟。"
SIM_SUBTITLE, SIM_NOTE = "{who}，从 {day} 开始", "模拟：没有发任何东西"
PAGE = "打开网页看"

TRY_TITLE, TRY_NOTE = "试算「{name}」", "{whom}未来 {days} 天，没有写任何数据"
BACK_TITLE, BACK_NOTE = "回测「{name}」", "如果过去 {days} 天就有它：{since} 到 {until}，没有写任何数据"
OF_SEGMENT = "分群「{name}」，"
ENTERS, WOULD = "会进入", "会进入的人"
ENTER_NOW, ENTERED_PAST = "{n} 人（看了 {looked} 人）", "{n} 人"
NOT_IN = "进不来"
MESSAGES, MESSAGES_SAID = "消息", "{about}{n} 条，最多的一天 {most} 条（{day}），一人最多 {each} 条"
NO_MESSAGES = "一条也发不出去"
BY_CHANNEL, PUT_OFF = "渠道", "因免打扰、节假日或次数推后 {n} 条"
NOT_SENT, REASON = "不发", "{why} {n}"
TASKS, TASKS_SAID = "任务", "{n} 个：{who}"
TASKS_INSTEAD = "（其中 {n} 个是没有渠道能自动发）"
TASKS_TOTAL = "{n} 个，分给 {people} 人，最多的一人 {most} 个"
NO_OWNER = "没有负责人"
TOLD = "提醒同事"
TOLD_SAID, ASKED_SAID = "{n} 次", "请审批 {n} 次"
COUPONS, COUPON = "券", "{stock} {n} 个"
BOUGHT, BOUGHT_SAID = "本来就买了", "收到消息的 {reached} 人里有 {n} 人在这段时间自己买了"
REALLY = "实际发过"
REALLY_SAID = "{n} 条（那段时间它在跑）"
SAMPLED = "人多，均匀抽了 {walked} 人走一遍，消息、任务按比例放大，是约数"
PARTLY = "只看了前 {n} 人"
AHEAD_NOTE = "按他们之后什么都不做算；许可、次数、免打扰按现在的规矩"
PAST_NOTE = "客户当时做的事照样发生；地址和停用名单按现在的，没有记下来的字段也按现在的"
ABOUT = "约 "
MORE_PEOPLE = "等 {n} 人"
CHART_AHEAD, CHART_PAST = "「{name}」未来每天发多少", "「{name}」如果早就有，每天会发多少"
SERIES = "条"

WHY: Mapping[str, str] = {
    "already_in": "已经在里面",
    "once": "一人只走一次，走过了",
    "too_soon": "离上次进入不够久",
    "same_key": "这一单走过了",
    "not_for_him": "不符合进入条件",
    "gone": "线索不在了",
    "stopped": "旅程已停止",
    "too_old": "事情过去太久",
    "loop": "一天内进入太多次",
    "no_key": "没有单号",
}
