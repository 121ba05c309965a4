"""What people say about journeys: look at them, let them run or rest, publish them, put somebody in."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("journeys.list")
@dataclass(frozen=True, slots=True)
class ListJourneys:
    """Which journeys are there, and how many people are in each? (旅程)"""


@wire("journey.show")
@dataclass(frozen=True, slots=True)
class ShowJourney:
    """How does this one go, and what comes of each step? (旅程 白皮书跟进)"""

    name: str


@wire("journey.set")
@dataclass(frozen=True, slots=True)
class SetJourney:
    """Let it rest, go on or end: `paused`, `live`, `stopped` (暂停旅程 白皮书跟进); an end is asked first."""

    name: str
    state: str
    sure: str = ""


@wire("journey.publish")
@dataclass(frozen=True, slots=True)
class PublishJourney:
    """Let newcomers take what its file says now (发布旅程 白皮书跟进); shown first.

    `sure` is the digest of what was shown; `move` is `yes` if those inside who can are to go on by it too.
    """

    name: str
    sure: str = ""
    move: str = ""


@wire("journey.roll_back")
@dataclass(frozen=True, slots=True)
class RollBackJourney:
    """Let newcomers take the version before again (回退旅程 白皮书跟进); `sure` is that version's number."""

    name: str
    sure: str = ""


@wire("journey.stock")
@dataclass(frozen=True, slots=True)
class StockCoupons:
    """Lay codes into a stock (补券 新客券 A1 A2 A3); without codes: what is left (券码)."""

    stock: str = ""
    codes: str = ""


@wire("journey.join")
@dataclass(frozen=True, slots=True)
class JoinJourney:
    """Put a lead into a journey by hand (L7 加入旅程 沉默唤醒); without a name: which it can be put into."""

    lead_id: str
    name: str = ""


@wire("journey.quit")
@dataclass(frozen=True, slots=True)
class QuitJourney:
    """Take a lead out of a journey (L7 退出旅程 沉默唤醒); without a name: which it is in (L7 在哪些旅程)."""

    lead_id: str
    name: str = ""
