"""Every kind of record by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.intake.imports.columns import ImportKind
from bot.intake.imports.kinds.accounts import Accounts
from bot.intake.imports.kinds.activities import Activities
from bot.intake.imports.kinds.deals import Deals
from bot.intake.imports.kinds.kind import Kind
from bot.intake.imports.kinds.leads import Leads
from bot.intake.imports.kinds.money import Costs, Payments, Targets
from bot.intake.imports.kinds.orders import Orders
from bot.intake.imports.terms import Terms

KINDS: Mapping[ImportKind, Callable[[Terms], Kind]] = {
    ImportKind.LEADS: Leads,
    ImportKind.ACCOUNTS: Accounts,
    ImportKind.OPPORTUNITIES: Deals,
    ImportKind.ORDERS: Orders,
    ImportKind.ACTIVITIES: Activities,
    ImportKind.COSTS: Costs,
    ImportKind.PAYMENTS: Payments,
    ImportKind.TARGETS: Targets,
}
