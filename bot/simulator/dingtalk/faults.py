"""What can go wrong with the simulated DingTalk; all names begin so that both platforms' switches mix."""

from __future__ import annotations

from bot.simulator.common.fault_text import FaultText

API, ROBOT, DELIVERY, LINE = (
    "钉钉接口（客铃 → 钉钉）",
    "钉钉机器人和卡片",
    "钉钉推送（钉钉 → 客铃）",
    "钉钉 Stream 长连接",
)

TEXTS = {
    "ding_slow": FaultText(API, "变慢", "每次调用都晚几秒才回答。", "秒"),
    "ding_500": FaultText(API, "返回 500 system.busy", "服务器出错，什么也没做。客铃稍后再试。"),
    "ding_timeout": FaultText(API, "网关超时 504", "没有做成，也可能已经做了。能重复的才重试。"),
    "ding_qps": FaultText(API, "超过 QPS（403）", "应用和接口的每秒次数用完。客铃等一秒再试。"),
    "ding_quota": FaultText(API, "月额度用完（403）", "企业本月的接口次数用完。重试没有用，要告警。"),
    "ding_drop": FaultText(API, "没处理就断开", "连接断了，什么也没做。"),
    "ding_lost_answer": FaultText(API, "处理完才断开", "已经做了，回答丢了。再发会不会重复，看这里。"),
    "ding_token_expired": FaultText(
        API, "令牌提前失效", "下一次调用时令牌已失效，客铃换一个再试。只发生一次。", once=True
    ),
    "ding_ip": FaultText(API, "IP 不在白名单（403）", "后台没有加服务器 IP。重试没有用，要告警。"),
    "ding_no_scope": FaultText(API, "没有权限（403）", "应用没有开通这个权限，回答里写明缺哪个。"),
    "ding_flow_control": FaultText(ROBOT, "被限流的人", "回答成功，但这些人没有收到。客铃要看名单。"),
    "ding_delivery_failed": FaultText(ROBOT, "卡片没有投到", "回答成功，投递结果里写着失败。"),
    "ding_unpublished": FaultText(ROBOT, "模板没有发布", "建卡片报 templateUnpublished，改发带链接的卡片。"),
    "ding_session_gone": FaultText(ROBOT, "会话地址失效", "sessionWebhook 提前失效（300001）。"),
    "ding_pause": FaultText(DELIVERY, "暂停推送", "打开期间什么都不推，关掉后一起送到。"),
    "ding_duplicate": FaultText(DELIVERY, "重复推送", "同一件事推两次。客铃只应当做一次。"),
    "ding_new_message_id": FaultText(DELIVERY, "重推换编号", "重推时 messageId 不同，只有 msgId 相同。"),
    "ding_out_of_order": FaultText(DELIVERY, "乱序推送", "后发生的先送到。"),
    "ding_late": FaultText(DELIVERY, "晚到", "每次都晚几秒送到。", "秒"),
    "ding_lost": FaultText(DELIVERY, "丢失", "推送在路上丢了，过一会儿重推。"),
    "ding_push_quota": FaultText(DELIVERY, "推送额度用完（20001）", "消息还到，但没有正文。要告警。"),
    "ding_no_staff_id": FaultText(DELIVERY, "没有 senderStaffId", "不知道是谁说的，只能当外人。"),
    "ding_unknown_topic": FaultText(
        DELIVERY, "没见过的主题", "推一个没见过的主题。客铃照样要回执。只发生一次。", once=True
    ),
    "ding_refuse": FaultText(LINE, "连不上（503）", "开连接的接口返回 503。客铃退避着重试。"),
    "ding_disconnect": FaultText(
        LINE, "要求断开", "推 disconnect，马上不再投递，10 秒后关闭。只发生一次。", once=True
    ),
    "ding_close": FaultText(LINE, "正常关闭（1000）", "不打招呼就正常关闭。只发生一次。", once=True),
    "ding_cut": FaultText(LINE, "连接断开", "网络断了。打开期间连不上。"),
    "ding_silent": FaultText(LINE, "半开", "连着，却什么都不送、什么都不回。客铃应当自己发现。"),
    "ding_no_pong": FaultText(LINE, "心跳没有回应", "不回 WebSocket 的 ping。"),
    "ding_slow_handshake": FaultText(LINE, "握手变慢", "WebSocket 晚几秒才接通。", "秒"),
}
#: kind → a few words.
KINDS = {kind: text.title for kind, text in TEXTS.items()}
