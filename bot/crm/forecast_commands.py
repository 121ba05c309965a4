"""What people ask of what is to come, and of how it ended: chances, promises, reviews, indicators."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("lead.chance")
@dataclass(frozen=True, slots=True)
class ShowChance:
    """How likely is this lead to be won, and why (成交可能 L7)?"""

    lead_id: str


@wire("chance.model")
@dataclass(frozen=True, slots=True)
class ShowChanceModel:
    """What was learned, from how many, and how well it does (预测模型)."""


@wire("forecast.commit")
@dataclass(frozen=True, slots=True)
class Commit:
    """I shall win so much in this month or quarter (承诺 本月 50万); no amount takes it back."""

    when: str
    amount: str = ""


@wire("forecast.commitments")
@dataclass(frozen=True, slots=True)
class ShowCommitments:
    """What was promised, beside forecast and target (承诺汇总): my people's, or my own."""

    when: str = ""


@wire("review.show")
@dataclass(frozen=True, slots=True)
class ShowReview:
    """Why were deals lost or won (输单分析 本季度 华东)? `kind`: lost or won, `about`: what else was said."""

    kind: str
    about: str = ""


@wire("review.rows")
@dataclass(frozen=True, slots=True)
class ListReviewed:
    """The deals behind a review; with `reason`, those that were lost for it."""

    kind: str
    about: str = ""
    reason: str = ""
    page: str = ""


@wire("kpi.show")
@dataclass(frozen=True, slots=True)
class ShowKpi:
    """My indicators (KPI 本月): those that move first, then those that follow."""

    when: str = ""
