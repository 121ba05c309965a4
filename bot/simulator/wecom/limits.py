"""How often WeCom lets one do what: what is over the limit is told, or dropped in silence."""

from __future__ import annotations

from bot.simulator.common.limits import DAY, HOUR, MINUTE

#: (how many, in which span) per member and app; the excess is dropped though the answer is ok.
#: https://developer.work.weixin.qq.com/document/path/90312
MESSAGES_PER_MEMBER = ((30, MINUTE), (1000, HOUR))
GROUP_MESSAGES_PER_MEMBER = ((200, MINUTE), (10_000, DAY))
CALLS_PER_API = ((10_000, MINUTE), (150_000, HOUR))
#: Of sync_msg without a token.
KF_PULLS = ((10, MINUTE),)
CHATS_CREATED = ((1000, DAY),)
CHATS_CHANGED = ((1000, HOUR),)
GROUP_PERSON_TIMES = 20_000
#: Of one robot that only speaks.
WEBHOOK_MESSAGES = ((20, MINUTE),)
