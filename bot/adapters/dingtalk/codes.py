"""What DingTalk's errors mean for us: a new token, wait, or no. The code decides, never the status.

https://open.dingtalk.com/document/development/server-api-error-codes-1
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final, NoReturn

from bot.errors import PlatformBusyError, PlatformError, PlatformRejectedError

PLATFORM = "dingtalk"
#: When nothing was done and nobody said how long to wait.
SOON = timedelta(seconds=5)
#: An address that called too much is shut out for so long.
BANNED = timedelta(minutes=5)
#: The month's calls are used up: everything that costs stays away for so long.
EXHAUSTED = timedelta(minutes=10)

#: The token is gone; the new API says so with a 400, sometimes with a 401.
TOKEN: Final = frozenset({"InvalidAuthentication", "40014", "42001", "40001"})
#: Out of the company's calls for this month.
QUOTA: Final = frozenset({"Forbidden.AccessDenied.ApiCountLimitForOrg", "90020"})
CARD_EXISTS = "param.cardAlreadyExist"
CARD_GONE = "param.cardNotExist"
#: Somebody for whom there was private data has left.
CARD_NO_READER = "param.userIdNotExist"
SESSION_GONE = "300001"
#: A person whom the robot cannot talk to alone.
NO_CHAT: Final = frozenset({"robot.oto.notExist", "chatbotId.notAllow.sendOTO"})

_WAITS = {
    "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi": 1,
    "Forbidden.AccessDenied.QpmLimitForAppkeyAndApi": 20,
    "Forbidden.AccessDenied.QpsLimitForApi": 1,
    "Forbidden.AccessDenied.QpmLimitForApi": 20,
    "90018": 1,
    "90002": 1,
    "system.busy": 2,
    "systemBusy": 2,
    "-1": 2,
    "send.too.fast": 5,
    "410100": 60,
    "flowControlError": 5,
    "flowLimit": 60,
    "503": 5,
    "429": 5,
}
#: Nobody knows whether it was done.
LOST: Final = frozenset({"15", "504", "system.error", "gateway.timeout"})

_CURES = {
    "invalidClientIdOrSecret": "请核对 LEADBELL_DINGTALK__CLIENT_ID 和 __CLIENT_SECRET",
    "authFailed": "请核对 LEADBELL_DINGTALK__CLIENT_ID 和 __CLIENT_SECRET，并确认应用已发布",
    "Forbidden.AccessDenied.IpNotInWhiteList": "请把出口 IP 加进应用「安全设置」的服务器出口 IP",
    "60020": "请把出口 IP 加进应用「安全设置」的服务器出口 IP",
    "60011": "应用没有这个接口的权限，请在「权限管理」里开通",
    "Forbidden.AccessDenied.ApiCountLimitForOrg": "本月的接口调用次数用完了，请升级钉钉版本或等下个月",
    "90020": "本月的接口调用次数用完了，请升级钉钉版本或等下个月",
    "param.templateUnpublished": "卡片模板没有发布，请在卡片平台里发布，见 docs/dingtalk-card.md",
    "param.templateNotExist": "没有这个卡片模板，请核对 LEADBELL_DINGTALK__CARD_TEMPLATE_ID",
    "resource.not.found": "机器人不在这个群里",
    "robot.oto.notExist": "对方还不能和机器人单聊，请把他加进应用的可见范围",
    "invalidParameter.robotCode.notExsit": "请核对 LEADBELL_DINGTALK__ROBOT_CODE",
}
_SUB_CODE = re.compile(r"subcode=(\d+)")
_TOP_GATEWAY = "88"
_SCOPES_MAX = 5


def code_of(answer: dict[str, Any]) -> str:
    """Give the answer's error code in either spelling; empty when it says that all is well."""
    if "code" in answer and "errcode" not in answer:
        said = str(answer["code"] or "")
        return "" if said in {"0", "200", "OK"} else said
    code = str(answer.get("errcode", 0)).strip()
    if code == _TOP_GATEWAY:
        return _sub_code(answer)
    return "" if code in {"0", "ok"} else code


def is_plain(code: str) -> bool:
    """Say whether a code means what it says even when the server calls itself broken."""
    return (
        code in _WAITS
        or code in TOKEN
        or code in QUOTA
        or code.startswith(("param.", "invalid", "Forbidden"))
    )


def _sub_code(answer: dict[str, Any]) -> str:
    """Look behind the old gateway, which wraps what the API said."""
    if sub := str(answer.get("sub_code") or ""):
        return "15" if "remote-connection" in sub else sub
    found = _SUB_CODE.search(str(answer.get("errmsg", "")))
    # Without a word of what lay behind it, the gateway itself gave up.
    return found[1] if found else "15"


def text_of(answer: dict[str, Any]) -> str:
    """Give what the platform says about it, the rights that are missing included."""
    said = str(answer.get("sub_msg") or answer.get("message") or answer.get("errmsg") or "")
    detail = answer.get("accessdenieddetail")
    scopes = detail.get("requiredScopes") if isinstance(detail, dict) else None
    if isinstance(scopes, list) and scopes:
        said += f"（缺少权限：{'、'.join(str(one) for one in scopes[:_SCOPES_MAX])}）"
    return said


def error_of(code: str, text: str) -> PlatformError:
    """Give the exception for a code."""
    if code in _WAITS:
        return PlatformBusyError(PLATFORM, timedelta(seconds=_WAITS[code]), f"({code}: {text})")
    if code in TOKEN:
        # A fresh token was refused too: a storm of bad tokens gets the caller restricted.
        return PlatformBusyError(PLATFORM, timedelta(seconds=60), f"({code}: {text})")
    cure = _CURES.get(code)
    return PlatformRejectedError(PLATFORM, code, f"{text}（{cure}）" if cure else text)


def refuse(code: str, text: str) -> NoReturn:
    """Refuse here what the platform would refuse, or would drop in silence."""
    raise PlatformRejectedError(PLATFORM, code, text)
