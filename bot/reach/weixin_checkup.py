"""Is an account of WeChat's open platform set up well: a token, and the templates that it has.

https://developers.weixin.qq.com/doc/service/api/notify/template/api_getalltemplates.html
https://developers.weixin.qq.com/doc/service/api/notify/notify/api_getsubscribetemplates.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from bot.errors import AnswerLostError, PlatformBusyError, PlatformError
from bot.reach.weixin import Answer, Weixin
from bot.reach.weixin_codes import CURES


class Said(NamedTuple):
    """What came of a question, and what to do; for people."""

    is_fine: bool
    text: str
    cure: str = ""


#: Every account may ask this; it wants a good token from a permitted address.
_ASKED = "/cgi-bin/get_api_domain_ip"
#: By kind of template: where they are listed, under which name, and which field is the id.
LISTS: Mapping[str, tuple[str, str, str]] = {
    "template": ("/cgi-bin/template/get_all_private_template", "template_list", "template_id"),
    "subscribe": ("/wxaapi/newtmpl/gettemplate", "data", "priTmplId"),
}
_CODE = re.compile(r"\((-?\d+):")
_IP = re.compile(r"invalid ip (\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]+)")
_FINE, _REFUSED = "{title}：连得上，令牌有效", "{title}：平台不接受：{said}"
_LOST, _REACH = "{title}：连不上平台（{said}）", "请检查这台机器能不能访问 {host}"
_OUR_IP = "把出口 IP {ip} 加进后台「开发接口管理 → IP 白名单」，几分钟后生效"
_UNLISTED = "{title}：读不到账号里的模板（{said}）"
_CREDENTIALS = "请对照后台核对 {prefix}__APP_ID、__APP_SECRET"


async def token(weixin: Weixin, title: str, prefix: str, host: str) -> Said:
    """Ask for one, and use it."""
    try:
        await weixin.get(_ASKED)
    except PlatformError as exc:
        return _trouble(exc, title, prefix, host)
    return Said(True, _FINE.format(title=title))


async def templates(weixin: Weixin, kind: str, title: str) -> frozenset[str] | Said:
    """The ids that the account has; or why that is not known."""
    path, name, field = LISTS[kind]
    try:
        answer = await weixin.get(path)
    except PlatformError as exc:
        return Said(False, _UNLISTED.format(title=title, said=exc), _cure(str(exc), ""))
    return frozenset(_ids(answer, name, field))


def _ids(answer: Answer, name: str, field: str) -> list[str]:
    rows = answer.get(name)
    return (
        [str(row.get(field, "")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    )


def _trouble(exc: PlatformError, title: str, prefix: str, host: str) -> Said:
    said = str(exc)
    if isinstance(exc, AnswerLostError) or (isinstance(exc, PlatformBusyError) and not _CODE.search(said)):
        return Said(False, _LOST.format(title=title, said=said), _REACH.format(host=host))
    return Said(False, _REFUSED.format(title=title, said=said), _cure(said, prefix))


def _cure(said: str, prefix: str) -> str:
    """In people's words: what to do in the account's console."""
    if found := _IP.search(said):
        return _OUR_IP.format(ip=found[1])
    code = _CODE.search(said)
    known = CURES.get(int(code[1])) if code is not None else None
    return known or (_CREDENTIALS.format(prefix=prefix) if prefix else "请看后台的通知和接口权限")
