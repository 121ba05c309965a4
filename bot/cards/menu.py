"""The app's menu: three entries of up to five, each name short enough for a phone."""

from __future__ import annotations

from bot.chat.outbound import MenuEntry

#: The keys are those of `bot.crm.phrases.menu`.
MENU: tuple[MenuEntry, ...] = (
    MenuEntry(
        "线索",
        entries=(
            MenuEntry("我的线索", "leads.mine"),
            MenuEntry("公海", "leads.pool"),
            MenuEntry("录线索", "leads.enter"),
            MenuEntry("未跟进", "leads.stale"),
        ),
    ),
    MenuEntry(
        "任务",
        entries=(
            MenuEntry("我的任务", "tasks.mine"),
            MenuEntry("我的商机", "deals.mine"),
            MenuEntry("逾期", "tasks.overdue"),
            MenuEntry("看板", "dashboard"),
        ),
    ),
    MenuEntry(
        "更多",
        entries=(
            MenuEntry("业绩数据", "numbers"),
            MenuEntry("值班", "duty.on"),
            MenuEntry("请假", "duty.off"),
            MenuEntry("帮助", "help"),
            MenuEntry("反馈", "feedback"),
        ),
    ),
)
