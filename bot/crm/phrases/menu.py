"""What an entry of the app's menu stands for."""

from __future__ import annotations

from collections.abc import Mapping

from bot.crm.commands import (
    Ask,
    EnterLead,
    GiveFeedback,
    ListMyDeals,
    ListMyLeads,
    ListMyTasks,
    ListOverdue,
    ListPool,
    ListStale,
    SetDuty,
    ShowHelp,
)
from bot.crm.insight_commands import OpenDashboard

#: By the key that comes back when the entry is pressed.
COMMANDS: Mapping[str, object] = {
    "leads.mine": ListMyLeads(),
    "leads.pool": ListPool(),
    "leads.enter": EnterLead(),
    "leads.stale": ListStale(),
    "tasks.mine": ListMyTasks(),
    "deals.mine": ListMyDeals(),
    "tasks.overdue": ListOverdue(),
    "dashboard": OpenDashboard(),
    "numbers": Ask("本月业绩"),
    "help": ShowHelp(),
    "duty.on": SetDuty("on"),
    "duty.off": SetDuty("off"),
    "feedback": GiveFeedback(),
}


def menu(key: str) -> object:
    """The command of a menu entry; help for one of an older menu that we no longer know."""
    return COMMANDS.get(key, ShowHelp())
