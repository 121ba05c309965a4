"""Words about what I am asked to send to customers, and about 微信客服: 待群发, 接待 L7."""

from __future__ import annotations

from bot.crm.outreach_commands import ServeCustomer, ShowGroupMessages
from bot.crm.phrases.said import GAP, LEAD, Rule, Said, lead_id, whole, words

_WAITING = whole(
    r"(?:我的|看|看看|查看)?\s*(?:待群发|待发送的群发|群发任务|我的群发|待我发送|等我发送的群发|企业群发任务)"
)
_SERVE = words("接待", "人工接待", "我来接待", "转人工", "接管会话")
_SERVES = (whole(rf"{_SERVE}{GAP}{LEAD}"), whole(rf"{LEAD}{GAP}{_SERVE}"))


def _waiting(text: Said) -> object | None:
    return ShowGroupMessages() if _WAITING.fullmatch(text.plain) else None


def _served(text: Said) -> object | None:
    for pattern in _SERVES:
        if found := pattern.fullmatch(text.plain):
            return ServeCustomer(lead_id(found))
    return None


RULES: tuple[Rule, ...] = (_waiting, _served)
