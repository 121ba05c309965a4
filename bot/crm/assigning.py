"""What people ask for about who gets which lead: one frozen dataclass each, as in `commands`."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("lead.why")
@dataclass(frozen=True, slots=True)
class WhyAssigned:
    """Why did somebody get this lead, or not (为什么 L7 给了张三)? `who` empty: its owner; `me`: I."""

    lead_id: str
    who: str = ""
    #: `no`: why he did not get it.
    got: str = ""


@wire("leads.give")
@dataclass(frozen=True, slots=True)
class GiveLeads:
    """Give these leads to somebody (改派 L7,L8,L9 给 张三); `sure` once it was confirmed."""

    #: Numbers with commas between them.
    lead_ids: str
    to: str
    sure: str = ""


@wire("leads.give_all")
@dataclass(frozen=True, slots=True)
class GiveAllLeads:
    """Give all leads of one colleague to another (改派 李四 的全部线索 给 张三).

    `what` is `leads`, or `all` for everything he works on (交接).
    """

    of: str
    to: str
    what: str = "leads"
    sure: str = ""


@wire("lead.lock")
@dataclass(frozen=True, slots=True)
class LockLead:
    """No clock takes this lead from its owner (锁定 L7); `off` unlocks it."""

    lead_id: str
    state: str = "on"


@wire("recycling.preview")
@dataclass(frozen=True, slots=True)
class PreviewRecycling:
    """Who would lose what, and when (回收预览 10/3/20): days, extension, longest; empty: as configured."""

    terms: str = ""


@wire("fairness.show")
@dataclass(frozen=True, slots=True)
class ShowFairness:
    """Who got how many of which leads (分配公平); a month as 2026-11, empty for this one."""

    month: str = ""
