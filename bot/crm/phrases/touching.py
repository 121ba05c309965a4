"""Words about messages to customers: 为什么没发 L7, 触达记录 L7, 同意记录 L7, 退订 L7, 恢复订阅 L7."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.crm.phrases.said import GAP, LEAD, Rule, Said, lead_id, whole, words
from bot.crm.touch_commands import (
    ExplainTouches,
    ResumeMessages,
    ShowConsent,
    ShowTouches,
    StopMessages,
)

#: What people call the channels.
CHANNELS: Mapping[str, tuple[str, ...]] = {
    "email": ("邮件", "email", "mail", "邮箱"),
    "sms": ("短信",),
    "wecom": ("企业微信", "企微", "企业群发", "群发"),
    "wechat_official": ("公众号", "服务号"),
    "mini_program": ("小程序",),
    "wechat_service": ("微信客服", "客服消息"),
}
_BY_WORD = {word: key for key, said in CHANNELS.items() for word in said}
_CHANNEL = rf"(?P<channel>{words(*_BY_WORD)})"
_WHY = words("为什么", "为何", "为啥", "怎么")
_NOT = words("没有", "没", "不", "还没", "还不", "未", "不能")
_NAME = r"(?P<name>[^\s,。;!?]{1,20}?)"
_SENT = rf"(?:发送|发|推送|触达)(?:了|过|出|出去)?\s*{_CHANNEL}?(?:消息|信息|内容)?(?:了|呢|吗)?"
_WHYS = (
    whole(rf"{_WHY}\s*{_NOT}?\s*发(?:送|出)?(?:了)?\s*{_CHANNEL}?{GAP}(?:给)?\s*{LEAD}"),
    whole(rf"{_WHY}\s*{_NOT}?\s*(?:给|向|跟)\s*{LEAD}\s*{_SENT}"),
    whole(rf"{_WHY}\s*(?:给|向|跟)?\s*{LEAD}\s*{_NOT}?\s*{_SENT}"),
    whole(rf"{LEAD}\s*{_WHY}\s*{_NOT}?\s*(?:收到|{_SENT})\s*(?:邮件|短信|消息)?"),
)
_WHYS_NAMED = (whole(rf"{_WHY}\s*{_NOT}?\s*(?:给|向|跟)\s*{_NAME}\s*{_NOT}?\s*{_SENT}"),)
_RECORD = words("触达记录", "触达", "发送记录", "消息记录", "触达历史", "发过什么", "给他发过什么")
_RECORDS = (whole(rf"(?:看|查|查看)?\s*{_RECORD}{GAP}{LEAD}"), whole(rf"{LEAD}{GAP}的?\s*{_RECORD}"))
_TOTALS = whole(r"(?:看|查|查看)?\s*(?:触达记录|触达情况|触达统计)")
_CONSENT = words("同意记录", "同意", "授权记录", "同意情况", "订阅情况", "授权情况")
_CONSENTS = (
    whole(rf"(?:看|查|查看)?\s*{_CONSENT}{GAP}{LEAD}"),
    whole(rf"{LEAD}{GAP}的?\s*{_CONSENT}"),
)
_STOP = words("退订", "停发", "不要再发", "别再发", "拉黑", "停止发送")
_RESUME = words("恢复订阅", "恢复发送", "取消退订", "恢复", "重新订阅")
_ALL = r"(?P<all>全部|所有|一切|一切联系)"
_REST = rf"(?:{_CHANNEL}|{_ALL})?(?:消息)?{GAP}(?:原因|因为|理由)?[\s:]*(?P<why>[^\n]{{0,100}})"
_STOPS = (
    whole(rf"(?:给|把)?\s*{_STOP}{GAP}{LEAD}{GAP}{_REST}"),
    whole(rf"(?:给|把)?\s*{LEAD}{GAP}{_STOP}{GAP}{_REST}"),
)
_RESUMES = (
    whole(rf"(?:给|把)?\s*{_RESUME}{GAP}{LEAD}{GAP}{_REST}"),
    whole(rf"(?:给|把)?\s*{LEAD}{GAP}{_RESUME}{GAP}{_REST}"),
)
#: Stands for every kind of message, answers to himself apart.
EVERYTHING = "all"


def _channel(text: Said, found: re.Match[str]) -> str:
    return _BY_WORD.get(text.part(found, "channel").lower(), "")


def _why(text: Said) -> object | None:
    asked = text.plain.rstrip("? ")
    for pattern in _WHYS:
        if found := pattern.fullmatch(asked):
            return ExplainTouches(lead_id(found), _channel(text, found))
    for pattern in _WHYS_NAMED:
        if found := pattern.fullmatch(asked):
            return ExplainTouches(text.part(found, "name"), _channel(text, found))
    return None


def _shown(text: Said) -> object | None:
    for patterns, command in ((_RECORDS, ShowTouches), (_CONSENTS, ShowConsent)):
        for pattern in patterns:
            if found := pattern.fullmatch(text.plain):
                return command(lead_id(found))
    return ShowTouches() if _TOTALS.fullmatch(text.plain) else None


def _said(text: Said) -> object | None:
    for patterns, command in ((_STOPS, StopMessages), (_RESUMES, ResumeMessages)):
        for pattern in patterns:
            if found := pattern.fullmatch(text.plain):
                channel = EVERYTHING if found["all"] else _channel(text, found)
                return command(lead_id(found), channel, text.part(found, "why"))
    return None


RULES: tuple[Rule, ...] = (_why, _shown, _said)
