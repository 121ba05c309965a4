"""Words about messages to customers: tasks in their place, why one went or did not, consent."""

from __future__ import annotations

from collections.abc import Mapping

from bot.crm.company import Company
from bot.crm.touching import Purpose, Refusal, TouchState

#: What the owner has to do in place of a message that no channel may carry.
TASK = "联系 {who}：{what}（没有渠道可以自动发：{why}）"

PURPOSES: Mapping[Purpose, str] = {
    Purpose.REPLY: "答复",
    Purpose.TRANSACTIONAL: "服务通知",
    Purpose.MARKETING: "营销",
    Purpose.ADDED: "加好友问候",
}
STATES: Mapping[TouchState, str] = {
    TouchState.PLANNED: "待发送",
    TouchState.LEASED: "待发送",
    TouchState.SENDING: "正在发送",
    TouchState.SENT: "已发送",
    TouchState.FAILED: "发送失败",
    TouchState.UNKNOWN: "不知是否送达",
    TouchState.SKIPPED: "到点没发",
    TouchState.GIVEN_TO_REP: "转成了任务",
    TouchState.NOT_SENT: "没发",
    TouchState.ASKED: "等同事确认",
    TouchState.DECLINED: "同事没有发",
    TouchState.EXPIRED: "过期没人确认",
}
#: In a few words, where there is no room for the figures.
REFUSALS: Mapping[Refusal, str] = {
    Refusal.NO_ADDRESS: "没有地址",
    Refusal.NO_CONSENT: "客户没有同意",
    Refusal.SUPPRESSED: "客户退订或地址停用",
    Refusal.CAPPED: "次数到上限",
    Refusal.SAME_CONTENT: "同样的内容发过",
    Refusal.NO_WINDOW: "不在可回复的时间窗口",
    Refusal.NO_GRANT: "没有订阅授权",
    Refusal.NOT_FOR_PURPOSE: "这个渠道不能发这类消息",
    Refusal.CHANNEL_OFF: "渠道没有开通",
    Refusal.NO_TEXT: "没有这个渠道的文案，或缺字段",
    Refusal.NO_COUPON: "缺优惠码",
    Refusal.TOO_LATE: "过了有效期",
    Refusal.FAILED: "刚才没有发成",
    Refusal.NOT_CONFIRMED: "同事没有点发送",
    Refusal.GONE: "不再联系",
}
CONSENT_TEXT_STOP = "由同事代为退订：{reason}"
CONSENT_TEXT_AGAIN = "由同事代为恢复：{reason}"

TITLE = "{by}《{what}》{state}"
DUE = "计划 {at} 发出"
#: Behind `DUE`.
PUT_OFF_BY: Mapping[str, str] = {
    "asked": "（每天一次请同事发，等下一次）",
    "rest": "（避开节假日）",
    "quiet": "（避开免打扰时段）",
    "capped": "（前面的日子次数已满）",
}
AGREED = "客户同意接收营销消息"
BEFORE = "在它之前：{caps}（已发/上限）"
IN_WINDOW = "客户打开的窗口还在，到 {until}，剩 {left} 条"
WINDOW_OVER = "客户打开的窗口在 {until} 结束了，是在那之前定下的"
BY_GRANT = "用掉了客户的一次订阅授权"
NO_CONSENT_NEEDED = "不是营销消息，不需要营销同意，也不占次数"
UNKNOWN = "交给渠道后没有等到回音：可能到了，也可能没到。为了不重复打扰，不会再自动发"
PARTLY = "群发给 {of} 人，平台只说送达 {got} 人，不说是谁：不知道他收到没有。不会再自动发"
FAILED = "渠道没有收：{why}"
DISPLACED = "给更要紧的一条让了位置"
AT_ITS_TIME = "计划时可以发，到点再查时不行了：{why}"
GIVEN = "没有渠道可以自动发，转成了任务 {task}"
BY_JOURNEY = "来自旅程「{journey}」"
ADDRESSES: Mapping[str, str] = {
    "email": "没有邮箱",
    "sms": "没有手机号",
    "wecom": "不是任何同事的微信好友",
    "wechat_official": "没有关注公众号",
    "mini_program": "没有用过小程序",
}
NEVER_AGREED = "客户从没同意过营销消息"
WANTS_NOTHING = "客户要求不再联系"
TOOK_BACK = "客户撤回了营销同意"
SUPPRESSED: Mapping[str, str] = {
    "unsubscribed": "这个地址退订了",
    "bounced": "这个地址退信，已停用",
    "complained": "客户投诉过，已停用",
    "manual": "同事停用了这个地址",
    "vendor": "在运营商的拒收名单里",
    "left": "客户取消了关注",
    "refused": "客户在微信里拒收了",
    "erased": "这个人要求删除过个人信息，不再联系",
}
LACKS = "缺 {what}：这位客户没有，写着它的内容发不出去"
NO_COUPON = "缺优惠码：走到发券那一步时券码已经用完，先「补券」；发「券码」看还剩多少"
CAPPED = "次数到上限：{caps}（已发/上限）"
SAME = "同样的内容 {at} 发过或已安排"
NO_WINDOW = "客户最近没有发来消息，或可回复的条数用完了"
NO_WELCOME = "欢迎语只能在加好友后 20 秒内发"
NOT_FOR = "{by}不能发{purpose}消息"
HOURS = "免打扰 {quiet}、节假日和次数上限之外没有合适的时间"
TOO_LATE = "有效期到 {until}，{hours}"
PUT_OFF = "最多往后推 {days} 天，{hours}"
GONE: Mapping[str, str] = {
    "merged": "已并入另一位客户",
    "invalid": "线索已标为无效",
    "erased": "查无此人，或个人信息已按要求删除",
}
LEFT_JOURNEY = "轮到发的时候，他已经达成目标或离开旅程，或旅程已停止"

NONE_YET = "{lead_id} 还没有安排过任何触达"
NONE_ON = "{lead_id} 没有安排过{channel}"
ONLY_PRIVATE = "这里人多，请单独发给我：触达和同意只在私聊里说"
WHY_TITLE, LIST_TITLE, CONSENT_TITLE = "{who}：为什么发、为什么没发", "触达记录：{who}", "同意记录：{who}"
ENDED_AT_ONCE: Mapping[str, str] = {
    "goal": "旅程「{journey}」：进来时目标已经达到，所以一条都没发",
    "left": "旅程「{journey}」：进来时就不该再走（例如已无效），所以一条都没发",
}
ENDED_LATER: Mapping[str, str] = {
    "goal": "旅程「{journey}」：目标达成了，到此为止",
    "left": "旅程「{journey}」：已经退出",
    "stopped": "旅程「{journey}」：旅程停止了",
}
GOAL_HOLDS = "旅程「{journey}」：目标已经达成，不再发，下一步就结束"
GOES_ON = "旅程「{journey}」：还在走，{at} 走下一步"
RESTS = "旅程「{journey}」：暂停着，恢复了才往下走"
MORE = "还有更早的 {n} 条"
MORE_TO_SEE = MORE + "：发「触达记录 {lead_id}」看"
LINK = "全部同意记录"
NOBODY_SAID = "还没有任何同意或撤回的记录：不能给他发营销消息"
ALL_CHANNELS = "所有渠道"
NOW_YES, NOW_NO, NOW_NEVER = "可以发", "不可以发", "没问过"
SAID_YES, SAID_NO = "同意", "撤回"
HOW: Mapping[str, str] = {
    "form": "表单",
    "wecom": "企业微信",
    "colleague": "同事",
    "email": "邮件",
    "sms": "短信",
    "wechat_official": "公众号",
    "mini_program": "小程序",
    "import": "导入",
}
PURPOSE_NAMES: Mapping[str, str] = {"marketing": "营销", "wechat": "微信联系", "contact": "一切联系"}
LEFT = "{who}退订了{what}：{said}\n马上生效，不用再发；他来问的可以答，服务通知照旧。"
TASKS_OFF = "替这些消息安排的任务 {ids} 已取消。"
STOPPED = "已记下：不再给 {who} 发{what}。马上生效；原因：{reason}"
RESUMED = "已记下：可以再给 {who} 发{what}。原因：{reason}"
STILL_BLOCKED = "{channel}仍然不会发：{why}"
ASK_REASON = "请写上原因，例如：{example}"
TOTALS_TITLE, TOTALS_NOTE = "触达情况", "近 {days} 天安排的消息，按条计；{scope}"
TOTALS_NONE = "近 {days} 天没有安排过触达"
COMPANY_WIDE, OF_REGION = "全公司", "{region}"
REASONS_LABEL, NOT_SENT_WHY = "没发的原因", "{why} {n}"
TOTALS_NOT_YOURS = "触达的总数只给市场、经理和总监看；看一位客户的，请说 触达记录 L7"
WHICH = "“{said}”对得上好几位客户：{leads}。请带上编号，例如 为什么没发 L7"
OWN_BY_NAME = "你名下没有叫“{said}”的客户。同事名下的请带编号，例如 为什么没发 L7；编号发「查 {said}」找"
STOP_EXAMPLE, RESUME_EXAMPLE = "退订 {lead_id} 邮件 电话里说不要再发", "恢复订阅 {lead_id} 邮件 当面说可以发"
ANYTHING, MARKETING_ON = "任何消息（他来问的除外）", "{channel}的营销消息"
VERSION = "{version} 版"


def purpose(company: Company, said: str) -> str:
    """`营销`, `营销（邮件）`, `微信联系`."""
    kind, _, channel = said.partition("_")
    names = {one.key: one.name for one in company.channels.channels}
    name = PURPOSE_NAMES.get(kind, kind)
    return f"{name}（{names.get(channel, channel)}）" if channel else name
