"""What the codes of WeChat's open platform mean for us: later, a new token, ours to mend, or never.

https://developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html
"""

from __future__ import annotations

import re
from datetime import timedelta

from bot.errors import PlatformBusyError, PlatformError, PlatformRejectedError

#: When nothing was done and nobody said how long to wait.
SOON = timedelta(seconds=5)
#: The token is bad or over.
TOKEN = frozenset({40001, 40014, 41001, 42001})
#: The same clientmsgid was sent to everybody before.
SENT_BEFORE = 45065
#: A parameter of a template has the wrong shape; the text says which.
BAD_PARAMETER = 47003

_WAITS = {
    -1: timedelta(seconds=2),
    # The day's quota; nothing is left before midnight.
    45009: timedelta(hours=4),
    45011: timedelta(minutes=1),
    45028: timedelta(hours=12),
}
#: How long a message waits for somebody to act in the account's console.
_UNTIL_MENDED = timedelta(minutes=30)
#: Somebody has to act in the account's console, and nothing can go meanwhile.
CURES = {
    40013: "请核对 APP_ID",
    40125: "请核对 APP_SECRET",
    40164: "请把报错里的出口 IP 加进后台「IP 白名单」",
    40243: "AppSecret 被冻结，请在后台解冻",
    43106: "账号被处罚，暂时不能用这个能力",
    43107: "账号的通知能力已关闭",
    45109: "平台对这个账号停用了这个接口",
    48001: "账号没有这个接口的权限，请看账号类型和认证",
    48004: "接口被封禁，请看后台的通知",
    50002: "账号被限制，请看后台的通知",
    61004: "请把出口 IP 加进后台「IP 白名单」",
    61007: "接口没有授权，请重新授权",
}
_SHUTS = frozenset({45009, 45028})
_FIELD = re.compile(r"data\.([a-z_]+[0-9]+)")


def error_of(platform: str, code: int, text: str) -> PlatformError:
    """The exception for a code that is not zero."""
    if (wait := _WAITS.get(code)) is not None:
        return PlatformBusyError(platform, wait, f"({code}: {text})")
    if code in CURES:
        return PlatformBusyError(platform, _UNTIL_MENDED, f"({code}: {text}（{CURES[code]}）)")
    if code in TOKEN:
        # A fresh token was refused too: asking on would only use up the day's tokens.
        return PlatformBusyError(platform, timedelta(minutes=1), f"({code}: {text})")
    if code == BAD_PARAMETER and (found := _FIELD.search(text)):
        return PlatformRejectedError(platform, f"{code}:{found[1]}", text)
    return PlatformRejectedError(platform, code, text)


def shuts(code: int) -> bool:
    """Whether the same call is no use for a while, whoever makes it."""
    return code in _SHUTS
