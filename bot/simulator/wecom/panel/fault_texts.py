"""What the page says of each fault: a name, and what to watch for."""

from __future__ import annotations

from bot.simulator.common.fault_text import FaultText

API, DELIVERY, CUSTOMER, SERVICE, ROBOT = (
    "接口（客铃 → 企业微信）",
    "投递（企业微信 → 客铃）",
    "客户联系",
    "微信客服",
    "智能机器人长连接",
)

TEXTS = {
    "slow": FaultText(API, "变慢", "每次调用都晚几秒才回答。消息晚到，但不会少、不会重。", "秒"),
    "http_500": FaultText(API, "返回 500", "服务器出错，什么也没做。客铃稍后再试。"),
    "busy": FaultText(API, "系统繁忙（-1）", "让稍后再试。客铃退避几次后送达。"),
    "frequency": FaultText(API, "超过频率（45009）", "这一分钟不让再调。客铃等过这段时间。"),
    "drop": FaultText(API, "没处理就断开", "连接断了，什么也没做。客铃再发一次。"),
    "lost_answer": FaultText(API, "处理完才断开", "消息已经发出，回答丢了。再发会不会重复，看这里。"),
    "token_expired": FaultText(
        API, "令牌提前失效（40014）", "下一次调用时令牌已失效，客铃换一个再试。只发生一次。", once=True
    ),
    "ip_not_trusted": FaultText(
        API, "IP 不可信（60020）", "后台没有把服务器 IP 加进白名单。重试没有用，要告警。"
    ),
    "no_permission": FaultText(API, "没有权限（48002）", "应用没有这个接口的权限。重试没有用，要告警。"),
    "callback_pause": FaultText(DELIVERY, "暂停投递", "打开期间什么都不送，关掉后一起送到。"),
    "callback_duplicate": FaultText(DELIVERY, "重复投递", "同一件事送两次。客铃只应当做一次。"),
    "callback_out_of_order": FaultText(DELIVERY, "乱序投递", "后发生的先送到。"),
    "callback_slow": FaultText(DELIVERY, "晚到", "每次都晚几秒送到。", "秒"),
    "callback_drop": FaultText(DELIVERY, "丢失", "送不到。按过的按钮会提示再点一次。"),
    "welcome_code_late": FaultText(
        CUSTOMER, "欢迎语来晚了（41050）", "20 秒已过，欢迎语发不出去。销售应当收到提醒。"
    ),
    "welcome_sending": FaultText(CUSTOMER, "欢迎语被占用（41096）", "别的应用正在发欢迎语。"),
    "state_missing": FaultText(CUSTOMER, "事件不带 State", "加微事件没有渠道参数，要靠别的办法认人。"),
    "welcome_code_missing": FaultText(CUSTOMER, "事件不带欢迎码", "加微事件没有 WelcomeCode，不能自动欢迎。"),
    "group_limit": FaultText(CUSTOMER, "群发到上限（状态 3）", "客户今天收过别的群发。客铃换别的办法。"),
    "group_dispatching": FaultText(CUSTOMER, "群发正在下发（41063）", "刚建好就来查结果。客铃过一会儿再查。"),
    "kf_no_code": FaultText(SERVICE, "进入会话不带欢迎码", "没有欢迎码，不能自动问候。"),
    "kf_empty_page": FaultText(SERVICE, "先给一个空页", "空页后面还有消息，要接着拉，不能丢。"),
    "kf_repeated": FaultText(SERVICE, "重复给消息", "同一条消息给两次，只应当算一次。"),
    "kf_send_fail": FaultText(SERVICE, "客服消息没有送达", "接口说成功，过后才说没有送达。客铃换别的办法。"),
    "robot_cut": FaultText(ROBOT, "连接断开", "马上断开，打开期间连不上；关掉后客铃自己重连。"),
    "robot_kicked": FaultText(
        ROBOT, "被顶掉", "像有第二个程序用同一个机器人连上。被顶掉的不应当抢回来。只发生一次。", once=True
    ),
    "robot_half_open": FaultText(ROBOT, "顶掉后不关闭", "被顶掉的连接留着不关，应当自己关掉。"),
    "robot_no_pong": FaultText(ROBOT, "心跳没有回应", "连着却没有心跳回应。客铃应当断开重连。"),
    "robot_slow": FaultText(ROBOT, "回执变慢", "每帧都晚几秒才回执。", "秒"),
    "robot_lost_ack": FaultText(ROBOT, "处理了不回执", "消息已经出现，回执丢了。"),
    "robot_busy": FaultText(ROBOT, "系统繁忙（-1）", "这一帧没有做，让稍后再试。"),
    "robot_frequency": FaultText(ROBOT, "超过频率（45009）", "会话的消息数用完了。"),
    "robot_unsubscribed": FaultText(
        ROBOT, "没有订阅（846609）", "连接还在，却说没有订阅。客铃应当重新连接。"
    ),
    "robot_stream_expired": FaultText(
        ROBOT, "流式回答过期（846608）", "正在打字的回答续不上了，应当另发一条。"
    ),
    "robot_update_late": FaultText(ROBOT, "更新卡片太晚（846605）", "点卡片后 5 秒已过，卡片改不了。"),
    "robot_event_flat": FaultText(ROBOT, "事件少一层", "点卡片的内容直接放在 event 里。两种写法都要认得。"),
    "robot_event_joined": FaultText(ROBOT, "字段没有下划线", "写成 eventkey、taskid。两种写法都要认得。"),
}
