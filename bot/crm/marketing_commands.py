"""What marketing and sales say to each other about leads: tags, accepted or sent back, segments."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("lead.tag")
@dataclass(frozen=True, slots=True)
class TagLead:
    """Put a tag on this lead (打标签 L7 价格敏感); without one, show what there is."""

    lead_id: str
    tag: str = ""


@wire("lead.untag")
@dataclass(frozen=True, slots=True)
class UntagLead:
    """Take a tag away (去掉标签 L7 价格敏感)."""

    lead_id: str
    tag: str


@wire("lead.accept")
@dataclass(frozen=True, slots=True)
class AcceptLead:
    """The lead that marketing handed over is a good one (接受 L7)."""

    lead_id: str


@wire("lead.reject")
@dataclass(frozen=True, slots=True)
class RejectLead:
    """Send it back to marketing (退回市场 L7); without a reason, ask me for one."""

    lead_id: str
    reason: str = ""


@wire("segments.list")
@dataclass(frozen=True, slots=True)
class ListSegments:
    """Which segments are there, and how large are they? (分群)"""


@wire("segment.show")
@dataclass(frozen=True, slots=True)
class ShowSegment:
    """Who is in this segment? (分群 高意向未成交)"""

    name: str
