"""Why a lead went to somebody, or into a pool: written when it was decided, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import bindparam, select

from bot.crm.company import Company
from bot.store.desk import Desk
from bot.store.tables.assignment import assignment_decisions
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who was thought of; `passed` says why he did not get it, empty for who did."""

    user_id: str
    passed: str = ""
    #: How many leads he held, had taken today, got in thirty days: what the mode goes by.
    figure: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One of them."""

    lead_id: str
    #: The lead's epoch before: whoever got it owns the next one.
    epoch: int
    mode: str
    rule: str = ""
    pool_id: str = ""
    chosen: str | None = None
    sticky_key: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()
    version: str = ""
    at: datetime | None = None


_OF_LEAD = (
    select(assignment_decisions)
    .where(assignment_decisions.c.lead_id == bindparam("of_lead"))
    .order_by(assignment_decisions.c.id)
)
_STICKY = (
    select(assignment_decisions.c.chosen, assignment_decisions.c.at)
    .where(
        assignment_decisions.c.sticky_key == bindparam("of_key"),
        assignment_decisions.c.chosen.is_not(None),
    )
    .order_by(assignment_decisions.c.id.desc())
    .limit(1)
)


async def note(desk: Desk, decision: Decision) -> None:
    """Write it down, with the version of the rules that it was made by."""
    await desk.tx.insert(
        assignment_decisions,
        {
            "lead_id": decision.lead_id,
            "epoch": decision.epoch,
            "mode": decision.mode,
            "rule": decision.rule,
            "pool_id": decision.pool_id,
            "chosen": decision.chosen,
            "sticky_key": decision.sticky_key,
            "inputs": dict(decision.inputs),
            "candidates": [[one.user_id, one.passed, one.figure] for one in decision.candidates],
            "version": version_of(desk.company),
            "at": desk.now,
        },
    )


async def of_lead(tx: Tx, lead_id: str) -> list[Decision]:
    """All of a lead, the first one first."""
    return [_decision(row) for row in await tx.all(_OF_LEAD, of_lead=lead_id)]


async def last_of(tx: Tx, sticky_key: str, *, since: datetime) -> str | None:
    """Who got the last lead of this kind, if it was not before `since`."""
    row = await tx.first(_STICKY, of_key=sticky_key)
    return None if row is None or row.at < since else str(row.chosen)


@lru_cache(maxsize=8)
def version_of(company: Company) -> str:
    """Eight letters that stand for the rules by which leads find their owners."""
    files = (company.routing, company.pools, company.response, company.calendar, company.org)
    spelled = [one.model_dump(mode="json") for one in files]
    return hashlib.sha256(orjson.dumps(spelled, option=orjson.OPT_SORT_KEYS)).hexdigest()[:8]


def _decision(row: Any) -> Decision:  # noqa: ANN401 - a row
    return Decision(
        lead_id=row.lead_id,
        epoch=row.epoch,
        mode=row.mode,
        rule=row.rule,
        pool_id=row.pool_id,
        chosen=row.chosen,
        sticky_key=row.sticky_key,
        inputs=row.inputs,
        candidates=tuple(Candidate(*one) for one in row.candidates),
        version=row.version,
        at=row.at,
    )
