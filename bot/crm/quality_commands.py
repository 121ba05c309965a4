"""What people ask for about records: who is who, who was first, what happened, how good the rows are."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("leads.merge")
@dataclass(frozen=True, slots=True)
class MergeLeads:
    """These two are one person (合并 L7 L9); shown first, done once `sure` is `yes`."""

    one: str
    other: str
    sure: str = ""


@wire("leads.apart")
@dataclass(frozen=True, slots=True)
class KeepApart:
    """These two are not one person (不是同一个): do not ask again."""

    one: str
    other: str


@wire("leads.unmerge")
@dataclass(frozen=True, slots=True)
class UnmergeLeads:
    """Undo it (撤销合并): a merging's number, or that of either lead."""

    said: str


@wire("leads.lookalikes")
@dataclass(frozen=True, slots=True)
class ListLookalikes:
    """Which of my leads, or of my people's, may be one person (疑似重复)?"""

    page: str = ""


@wire("lead.check")
@dataclass(frozen=True, slots=True)
class CheckDuplicate:
    """Whose customer is this phone, address or company (查重)?"""

    text: str


@wire("lead.collisions")
@dataclass(frozen=True, slots=True)
class ShowCollisions:
    """Who had this customer first, by what, and who met him since (撞单 L7)?"""

    lead_id: str


@wire("lead.timeline")
@dataclass(frozen=True, slots=True)
class ShowTimeline:
    """All that happened with this customer (时间线 L7)."""

    lead_id: str


@wire("leads.quality")
@dataclass(frozen=True, slots=True)
class ShowQuality:
    """How good my people's rows are (数据质量); `what` for the rows behind one of its figures."""

    what: str = ""
    page: str = ""
