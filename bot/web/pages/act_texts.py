"""What colleagues read on the pages behind their buttons."""

from __future__ import annotations

BOUND = "这个链接只代表收到它的那个人：转发给别人，点了也算他的。"
UNKNOWN = "链接无效，请回到聊天里重新打开。"
EXPIRED = "链接已过期，请回到聊天里再问一次，例如「公海」「我的线索」。"
OVER = "现在不能再这样操作了，上面是它现在的情况。"
WORKING = "正在处理，马上就好。"
IN_CHAT = "好了，详情已发到你的聊天里。"
FAILED = "没有办成，请回到聊天里再试一次。"
BUSY = "系统正忙，请稍后再点，不会重复。"
TOO_OFTEN = "点得太频繁，请一分钟后再试。"
CLAIM = "领取 {lead_id}"
IN_GROUP = "群里的链接认不出是谁点的。请打开和机器人的私聊，发「{said}」。"
ALONE = "群里的链接认不出是谁点的，请打开和机器人的私聊再操作。"
