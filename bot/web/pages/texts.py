"""What customers read on our pages and senders in our answers."""

from __future__ import annotations

FORM_UNKNOWN = "没有这个表单，请检查地址"
FORM_FULL = "提交得太频繁，请一分钟后再试"
FORM_BUSY = "系统正忙，请稍等几秒再提交，内容不会重复"
BODY_TOO_LARGE = "内容太长，最多 64 KB"
BODY_UNREADABLE = "内容读不出来，请发送 UTF-8 的 JSON 对象或表单"
BODY_WRONG_KIND = "请用 application/json 或 application/x-www-form-urlencoded"
BODY_SLOW = "内容没有发完，请再试一次"
PAGE_MISSING = "页面不存在或已过期"
WORK_IN_CHAT = "请回到聊天里操作"
PAGE_BUSY = "系统正忙，请稍后刷新"
