"""Is the account of the SMS provider well: its key, its signature, the templates that contents go by.

https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-getsmssign
https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-getsmstemplate
https://cloud.tencent.com/document/api/382/52067
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

from bot.adapters.sms.codes import meaning
from bot.adapters.sms.config import Config
from bot.chat.adapter import Remark
from bot.chat.channel_checkup import TemplateUse
from bot.errors import PlatformError

#: An action of the provider and its parameters; the answer, PlatformError for a refusal.
Ask: TypeAlias = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]
_TITLE = {"aliyun": "短信（阿里云）", "tencent": "短信（腾讯云）"}
_APPROVED = {"aliyun": 1, "tencent": 0}
_STATES = {
    "aliyun": {0: "还在审核", 2: "没通过审核", 10: "已取消审核"},
    "tencent": {1: "还在审核", 2: "通过了，还没生效", -1: "没通过审核"},
}
_REFUSED = "{title}：{what}平台不接受（{said}）"
_KEY_CURE = (
    "请核对 LEADBELL_SMS__KEY_ID、__KEY_SECRET，子账号要有短信的查询权限；限制了 IP 的，把本机出口 IP 加上"
)
_SIGN_CURE = "请到短信控制台看签名「{sign}」；LEADBELL_SMS__SIGN 写审核通过的签名，不带【】"
_TEMPLATE_CURE = "换成短信控制台里审核通过的模板编号，或在内容里去掉 sms"
_SIGN_UNASKED = "{title}：密钥有效；签名「{sign}」的状态平台只让按编号查，请在控制台看一眼"


async def look(config: Config, ask: Ask, uses: Sequence[TemplateUse]) -> tuple[Remark, ...]:
    """Ask for the signature, then for each template."""
    first = await (_signature(config, ask) if config.provider == "aliyun" else _key(config, ask))
    if not first.is_fine:
        return (first,)
    found = [first]
    for use in uses:
        remark = await _template(config, ask, use)
        if remark is not None:
            found.append(remark)
    if uses and len(found) == 1:
        title = _TITLE[config.provider]
        found.append(Remark(True, f"{title}：内容里写的 {len(uses)} 个模板编号都审核通过"))
    return tuple(found)


async def _signature(config: Config, ask: Ask) -> Remark:
    title, cure = _TITLE[config.provider], _SIGN_CURE.format(sign=config.sign)
    try:
        answer = await ask("GetSmsSign", {"SignName": config.sign})
    except PlatformError as exc:
        is_key = "SIGN" not in str(exc).upper() or "SignatureDoes" in str(exc)
        said = _REFUSED.format(title=title, what="" if is_key else f"签名「{config.sign}」", said=exc)
        return Remark(False, said, _KEY_CURE if is_key else cure)
    state = _number(answer.get("SignStatus"))
    if state == _APPROVED["aliyun"]:
        return Remark(True, f"{title}：密钥有效，签名「{config.sign}」审核通过")
    why = _STATES["aliyun"].get(-100 if state is None else state, f"状态 {state}")
    return Remark(False, f"{title}：签名「{config.sign}」{why}", cure)


async def _key(config: Config, ask: Ask) -> Remark:
    """腾讯云 lists signatures by number alone; that we are let in is seen by any question."""
    title = _TITLE[config.provider]
    try:
        await ask("DescribeSmsTemplateList", {"International": 0, "Limit": 1, "Offset": 0})
    except PlatformError as exc:
        return Remark(False, _REFUSED.format(title=title, what="", said=exc), _KEY_CURE)
    return Remark(True, _SIGN_UNASKED.format(title=title, sign=config.sign))


async def _template(config: Config, ask: Ask, use: TemplateUse) -> Remark | None:
    title = _TITLE[config.provider]
    try:
        state = await (_of_aliyun if config.provider == "aliyun" else _of_tencent)(ask, use.template)
    except PlatformError as exc:
        said = f"{title}：{use.where} 写的模板编号 {use.template} 用不了（{exc}）"
        return Remark(False, said, _TEMPLATE_CURE)
    if state == _APPROVED[config.provider]:
        return None
    known = _STATES[config.provider]
    why = "平台上没有" if state is None else known.get(state, f"状态 {state}")
    return Remark(False, f"{title}：{use.where} 写的模板编号 {use.template} {why}", _TEMPLATE_CURE)


async def _of_aliyun(ask: Ask, template: str) -> int | None:
    answer = await ask("GetSmsTemplate", {"TemplateCode": template})
    return _number(answer.get("TemplateStatus"))


async def _of_tencent(ask: Ask, template: str) -> int | None:
    if not template.isdigit():
        return None
    asked = {"International": 0, "TemplateIdSet": [int(template)]}
    answer = await ask("DescribeSmsTemplateList", asked)
    rows = answer.get("DescribeTemplateStatusSet")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and str(row.get("TemplateId")) == template:
            return _number(row.get("StatusCode"))
    return None


def _number(given: object) -> int | None:
    text = str(given)
    return int(text) if text.lstrip("-").isdigit() else None


def answered(provider: str, status: int, document: Mapping[str, Any]) -> dict[str, Any]:
    """The answer itself; the provider's refusal as an exception."""
    if provider == "aliyun":
        code = str(document.get("Code", "no_code"))
        if code != "OK":
            raise meaning(code, status=status)
        return dict(document)
    answer = document.get("Response")
    found: dict[str, Any] = answer if isinstance(answer, dict) else {}
    error = found.get("Error")
    if isinstance(error, dict) or not found:
        code = str(error.get("Code", "no_code")) if isinstance(error, dict) else "no_code"
        raise meaning(code, status=status)
    return found
