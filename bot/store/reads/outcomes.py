"""Which leads have come to an end, how, and what was known of them in their first days?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, or_, select

from bot.store.tables.behaviour import behaviours
from bot.store.tables.leads import leads
from bot.store.tables.sales import opportunities
from bot.store.tx import Tx

#: What a lead did later than this after it came is left out: by then sales had their hands in it, and
#: a card that learned from the end of the story would be useless at its beginning.
EARLY = timedelta(days=7)
#: The latest ones; a company changes, and a night has an end.
MOST = 20_000
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a lead early on."""

    lead_id: str
    created_at: datetime
    source: str
    form: str
    region: str
    industry: str
    title: str
    custom: Mapping[str, Any]
    #: How often it did what, in its first days.
    behaviour: Mapping[str, int]
    #: None while it is not over.
    won: bool | None = None


_COLUMNS = (
    leads.c.id, leads.c.created_at, leads.c.source, leads.c.form, leads.c.region, leads.c.industry,
    leads.c.title, leads.c.custom,
)  # fmt: skip
_WON = exists().where(opportunities.c.lead_id == leads.c.id, opportunities.c.won.is_(True))
_OPEN = exists().where(opportunities.c.lead_id == leads.c.id, opportunities.c.won.is_(None))
#: Over: won, marked invalid, or so old that nothing is to be expected and nothing is under way.
_OVER = (
    select(*_COLUMNS, _WON.label("won"))
    .where(
        leads.c.merged_into.is_(None),
        or_(
            _WON,
            leads.c.status == "invalid",
            (leads.c.created_at < bindparam("ripe", type_=leads.c.created_at.type)) & ~_OPEN,
        ),
    )
    .order_by(leads.c.created_at.desc(), leads.c.id)
    .limit(bindparam("most"))
)
_ONE = select(*_COLUMNS).where(leads.c.id == bindparam("of"))
_DONE = select(behaviours.c.lead_id, behaviours.c.event, behaviours.c.at).where(
    behaviours.c.lead_id.in_(bindparam("of", expanding=True))
)


async def outcomes(tx: Tx, *, ripe: datetime, most: int = MOST) -> list[Known]:
    """Leads that came to an end, the oldest first; older than `ripe` without a deal counts as not won."""
    rows = await tx.all(_OVER, ripe=ripe, most=most)
    found: list[Known] = []
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        done = await _behaviour(tx, {row.id: row.created_at for row in part})
        found += [_known(row, done.get(row.id, Counter()), won=bool(row.won)) for row in part]
    return found[::-1]


async def known(tx: Tx, lead_id: str) -> Known | None:
    """What was known of one lead early on; None if there is none."""
    row = await tx.first(_ONE, of=lead_id)
    if row is None:
        return None
    done = await _behaviour(tx, {row.id: row.created_at})
    return _known(row, done.get(lead_id, Counter()), won=None)


async def _behaviour(tx: Tx, came: Mapping[str, datetime]) -> dict[str, Counter[str]]:
    done: dict[str, Counter[str]] = {}
    for row in await tx.all(_DONE, of=list(came)):
        if row.at < came[row.lead_id] + EARLY:
            done.setdefault(row.lead_id, Counter())[row.event] += 1
    return done


def _known(row: Any, behaviour: Mapping[str, int], *, won: bool | None) -> Known:  # noqa: ANN401 - a row
    return Known(
        row.id, row.created_at, row.source, row.form, row.region, row.industry, row.title, row.custom,
        behaviour, won,
    )  # fmt: skip
