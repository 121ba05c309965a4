"""What WeCom's error codes mean for us: wait, a new token, or no.

https://developer.work.weixin.qq.com/document/path/90313
"""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn

from bot.errors import PlatformBusyError, PlatformError, PlatformRejectedError

PLATFORM = "wecom"
#: When nothing was done and nobody said how long to wait.
SOON = timedelta(seconds=5)

#: The token is gone; an expired one has been seen to say 40014.
TOKEN = frozenset({40001, 40014, 41001, 42001})
#: This call was called too often; the window is a minute.
TOO_OFTEN = 45009
#: A task id that was used before, once its shape has been checked here.
TASK_EXISTS = 42014
#: A link on a card; whether `tel:` is one is written nowhere.
BAD_LINK = 42028
ALL_RECEIVERS_INVALID = 81013
#: A webhook robot that was removed from its group, or a wrong key.
WEBHOOK_GONE = 93000
#: The customer has been greeted, or has already begun to talk.
WELCOME_MOOT = 41051

#: Our address or our credentials are not accepted: whoever runs us mends it, and nothing is dropped
#: until then.
SHUT_OUT = frozenset({60020})
SHUT_OUT_SIGNING_IN = frozenset({40001, 40013})
_UNTIL_MENDED = timedelta(seconds=60)

_WAITS = {
    -1: timedelta(seconds=2),
    6000: timedelta(seconds=1),
    TOO_OFTEN: timedelta(seconds=60),
    45033: timedelta(seconds=2),
    # Another app is greeting this customer; the code lives for 20 seconds.
    41096: timedelta(seconds=1),
}

#: What to do about it, for those who read the log or `leadbell doctor`.
_CURES = {
    40001: "请核对 LEADBELL_WECOM__SECRET",
    40013: "请核对 LEADBELL_WECOM__CORP_ID",
    40056: "请核对 LEADBELL_WECOM__AGENT_ID",
    43012: "要先在自建应用里配置「接收消息」地址，才能发带按钮的卡片",
    48002: "应用没有这个接口的权限",
    60011: "对方不在应用的可见范围内",
    60020: "请把报错里的出口 IP 加进自建应用的「企业可信IP」，或配置 LEADBELL_WECOM__PROXY",
    84074: "请在「客户联系」里把本应用加进「可调用接口的应用」",
    WEBHOOK_GONE: "群机器人已被移出群，或 Webhook 地址不对；请重新添加并更新 LEADBELL_WECOM__WEBHOOKS__…",
    301002: "请核对 LEADBELL_WECOM__AGENT_ID 与 SECRET 是否属于同一个应用",
}


def error_of(code: int, text: str, *, signing_in: bool = False) -> PlatformError:
    """Give the exception for a code that is not zero; `signing_in` when a token was asked for."""
    wait = _WAITS.get(code)
    if wait is not None:
        return PlatformBusyError(PLATFORM, wait, f"({code}: {text})")
    cure = _CURES.get(code)
    said = f"{text}（{cure}）" if cure else text
    if is_shut_out(code, signing_in=signing_in):
        return PlatformBusyError(PLATFORM, _UNTIL_MENDED, f"({code}: {said})")
    if code in TOKEN and not signing_in:
        # A fresh token was refused too: a storm of bad tokens gets the caller restricted.
        return PlatformBusyError(PLATFORM, timedelta(seconds=60), f"({code}: {text})")
    return PlatformRejectedError(PLATFORM, code, said)


def is_shut_out(code: int, *, signing_in: bool = False) -> bool:
    """Say whether the platform takes nothing from us at all."""
    return code in SHUT_OUT or (signing_in and code in SHUT_OUT_SIGNING_IN)


def refuse(code: str, text: str) -> NoReturn:
    """Refuse here what the platform would refuse, or would drop in silence."""
    raise PlatformRejectedError(PLATFORM, code, text)
