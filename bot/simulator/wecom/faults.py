"""What can be made to go wrong with the simulated WeCom."""

from __future__ import annotations

#: kind → what it does, in a few words; the page's longer ones are in panel/fault_texts.py.
KINDS = {
    "slow": "接口变慢",
    "http_500": "接口返回 HTTP 500",
    "busy": "接口返回 -1 系统繁忙",
    "frequency": "接口返回 45009 超过频率",
    "drop": "断开连接，不处理",
    "lost_answer": "处理之后断开连接，不回答",
    "token_expired": "令牌提前失效（40014）",
    "ip_not_trusted": "来源 IP 不可信（60020）",
    "no_permission": "没有接口权限（48002）",
    "callback_pause": "暂停投递",
    "callback_duplicate": "重复投递",
    "callback_out_of_order": "乱序投递",
    "callback_slow": "晚到",
    "callback_drop": "丢失",
    "welcome_code_late": "欢迎语来晚了（41050）",
    "welcome_sending": "欢迎语正在由别的应用发送（41096）",
    "state_missing": "添加客户事件不带 State",
    "welcome_code_missing": "添加客户事件不带 WelcomeCode",
    "robot_cut": "机器人连接断开",
    "robot_kicked": "机器人被另一个连接顶掉",
    "robot_half_open": "被顶掉的连接不关闭",
    "robot_no_pong": "心跳没有回应",
    "robot_slow": "机器人回执变慢",
    "robot_lost_ack": "机器人消息处理了，不回执",
    "robot_busy": "机器人消息返回 -1",
    "robot_frequency": "机器人消息返回 45009",
    "robot_unsubscribed": "机器人消息返回 846609 没有订阅",
    "robot_stream_expired": "流式回答过期（846608）",
    "robot_update_late": "卡片更新来晚了（846605）",
    "robot_event_flat": "点卡片的事件少一层",
    "robot_event_joined": "点卡片的事件字段没有下划线",
}
