"""The way to the page with one's numbers."""

from __future__ import annotations

from bot.chat.card import Button, Card
from bot.crm.commands import Ask, ShowHelp
from bot.crm.setting_commands import ListSettings

TITLE, OPEN = "{board}", "打开看板"
NOTE = "{scope} · 本周、本月、本季度、今年可切换"
ONLY_YOU = "链接 24 小时内有效，只有你能看。"
NOT_FOR_ADMIN = "管理员看不到业务数字"
NOT_FOR_ADMIN_TEXT = "看配置发「配置」，看接入发「接入情况」，看记录发「数据质量」。"
NO_REGION = "你还没有所属大区，看不了数字"
NO_REGION_TEXT = "请管理员在通讯录里把你放进一个大区，再发「看板」。"
NO_ADDRESS = "看板要有对外地址才能打开"
NO_ADDRESS_TEXT = "请管理员设置 LEADBELL_PUBLIC_URL。数字现在也可以直接问我。"
ONLY_PRIVATE = "看板只在私聊里给，请单独发我「看板」。"
QUICK = ("本月业绩", "本月漏斗")


def card(board: str, scope: str, *, url: str) -> Card:
    """What it shows, and the link."""
    return Card(
        kind="dashboard",
        title=TITLE.format(board=board),
        note=NOTE.format(scope=scope),
        text=ONLY_YOU,
        buttons=(Button(OPEN, url=url, style="primary"),),
    )


def no_address() -> Card:
    """Nobody told how the outside reaches us: the numbers can still be asked for."""
    asks = tuple(Button(one, Ask(one)) for one in QUICK)
    return Card(kind="dashboard", title=NO_ADDRESS, text=NO_ADDRESS_TEXT, buttons=asks)


def not_for_admins() -> Card:
    """What to look at instead."""
    return Card(
        kind="dashboard",
        title=NOT_FOR_ADMIN,
        text=NOT_FOR_ADMIN_TEXT,
        buttons=(Button("配置", ListSettings()), Button("帮助", ShowHelp())),
    )


def no_region() -> Card:
    """A manager of nothing."""
    return Card(kind="dashboard", title=NO_REGION, text=NO_REGION_TEXT, buttons=(Button("帮助", ShowHelp()),))
