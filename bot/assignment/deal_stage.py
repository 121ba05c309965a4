"""Bringing an opportunity to another stage, whoever does it: each stage has its gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog

from bot.assignment import deal_faces
from bot.crm.company.pipeline import Stage
from bot.crm.opportunity import Opportunity
from bot.store import opportunities
from bot.store.desk import Desk

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why it stays where it is."""

    #: closed, by_word (won and lost are said otherwise), same, missing, changed.
    why: str
    #: What has to be filled in first.
    missing: tuple[str, ...] = ()


#: It is there.
MOVED: Final = Stopped("")


async def obstacle(desk: Desk, deal: Opportunity, stage: Stage) -> Stopped | None:
    """Why it cannot go there yet; None if it can."""
    if not deal.is_open:
        return Stopped("closed")
    if stage.kind != "open":
        return Stopped("by_word")
    if stage.name == deal.stage:
        return Stopped("same")
    missing = (await opportunities.facts(desk.tx, deal)).missing_for(stage)
    return Stopped("missing", missing) if missing else None


async def move(
    desk: Desk, deal: Opportunity, stage: Stage, *, by: str, reason: str = "", also_for: str = ""
) -> Stopped:
    """Move it and draw its cards again, or say what stops it."""
    stopped = await obstacle(desk, deal, stage)
    if stopped is not None:
        return stopped
    if not await opportunities.move(desk, deal, stage.name, by=by, reason=reason):
        return Stopped("changed")
    _log.info("deal.moved", deal=deal.id, user=by, before=deal.stage, after=stage.name)
    await deal_faces.refresh(desk, deal.id, also_for=also_for)
    return MOVED
