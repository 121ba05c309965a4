"""What a robot says by itself, and what people are told when its connection fails."""

from __future__ import annotations

GREETING = """我是{company}的客铃机器人，直接发消息给我就行：
· 我的线索 / 我的任务 / 公海
· L7 已电话，客户要报价，下周二回访
· 帮助：看看还能说什么"""
KICKED = (
    "同一个机器人在别处连上了，我们的连接被顶掉。请检查是不是有另一套客铃或别的程序在用同一个 BOT_ID；"
    "停掉它之后，客铃会在十分钟内自己连回来，重启客铃会马上连。"
)
REFUSED = (
    "机器人的 BOT_ID 或 BOT_SECRET 被拒绝，已连续试了五次，十分钟后再试。"
    "请在管理后台「智能机器人」里核对，并确认它是「长连接」方式。"
)
