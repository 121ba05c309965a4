"""Words about doors: 接入情况, 重试 金数据, 活码 展会."""

from __future__ import annotations

from bot.crm.capture_commands import RetryArrivals, ShowDoors, ShowStandingWay
from bot.crm.phrases.said import Rule, Said, whole

_DOORS = frozenset({"接入情况", "接入", "连接器", "看接入", "接入状态", "推送地址", "数据接入"})
_RETRY = whole(r"(?:重试|重新接收|重放)(?:[\s:,]+(?P<name>[^\s,。;?]{1,20}))?")
_WAYS = frozenset({"活码", "渠道码", "活码列表", "有哪些活码", "获客链接", "渠道活码"})
_WAY = whole(r"(?:渠道活码|渠道码|活码|获客链接)[\s:,]+(?P<name>[^,。;?]{1,40})")


def _doors(text: Said) -> object | None:
    return ShowDoors() if text.tight in _DOORS else None


def _retry(text: Said) -> object | None:
    found = _RETRY.fullmatch(text.plain)
    return RetryArrivals(text.part(found, "name")) if found else None


def _way(text: Said) -> object | None:
    if text.tight in _WAYS:
        return ShowStandingWay()
    found = _WAY.fullmatch(text.plain)
    return ShowStandingWay(text.part(found, "name")) if found else None


RULES: tuple[Rule, ...] = (_doors, _retry, _way)
