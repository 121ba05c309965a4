"""Words for the page with one's numbers: 看板, 打开看板, 我的看板."""

from __future__ import annotations

from bot.crm.insight_commands import OpenDashboard
from bot.crm.phrases.said import Rule, Said, whole, words

_OPEN = words("打开", "查看", "看看", "看一下", "给我", "我要", "我要看", "发", "发我", "进入", "看")
_WHOSE = words("我的", "大区", "团队", "公司", "市场", "销售", "数据", "业绩", "经营", "管理")
_BOARD = words("看板", "仪表盘", "仪表板", "驾驶舱", "数据大屏", "dashboard")
_ASKED = whole(rf"(?:请|帮我)?{_OPEN}?(?:一下)?{_WHOSE}?(?:的)?{_BOARD}(?:链接|页面)?(?:吧)?")


def _opened(text: Said) -> object | None:
    return OpenDashboard() if _ASKED.fullmatch(text.plain) else None


RULES: tuple[Rule, ...] = (_opened,)
