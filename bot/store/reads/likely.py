"""Who may be the same person as this lead: only those of its firm, its name, or what it shares with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from bot.crm.lead import Lead
from bot.store import lead_hints
from bot.store.desk import Desk
from bot.store.leads import Particulars, lead, particulars_of
from bot.store.tables.leads import leads

#: Of one sort; a name that more people bear says too little.
AT_MOST = 40
_OTHERS = (leads.c.id != bindparam("of"), leads.c.merged_into.is_(None))
_OF_FIRM = (
    select(leads)
    .where(leads.c.company_key == bindparam("key"), *_OTHERS)
    .order_by(leads.c.created_at.desc(), leads.c.id)
    .limit(AT_MOST + 1)
)
_OF_NAME = (
    select(leads)
    .where(leads.c.name == bindparam("called"), *_OTHERS)
    .order_by(leads.c.created_at.desc(), leads.c.id)
    .limit(AT_MOST + 1)
)
_OF_IDS = select(leads).where(leads.c.id.in_(bindparam("those", expanding=True)), *_OTHERS)


@dataclass(frozen=True, slots=True)
class Likely:
    """Leads worth comparing."""

    leads: tuple[tuple[Lead, Particulars], ...]
    #: Sorts of which there were more than are looked at: company, name.
    cut: tuple[str, ...] = ()


async def likely(desk: Desk, of: Lead, company_key: str, hints: dict[str, str]) -> Likely:
    """Candidates, each once; at most two hundred, however many leads there are."""
    tx, found = desk.tx, dict[str, tuple[Lead, Particulars]]()
    cut = []
    for sort, value, statement in (("company", company_key, _OF_FIRM), ("name", of.name, _OF_NAME)):
        if not value:
            continue
        by = {"key": value} if sort == "company" else {"called": value}
        rows = await tx.all(statement, of=of.id, **by)
        if len(rows) > AT_MOST:
            cut.append(sort)
        found |= {row.id: _read(desk, row) for row in rows[:AT_MOST]}
    for kind, digest in sorted(hints.items()):
        those = await lead_hints.sharing(tx, kind, digest, most=AT_MOST)
        missing = [one for one in those if one not in found and one != of.id]
        if missing:
            found |= {row.id: _read(desk, row) for row in await tx.all(_OF_IDS, of=of.id, those=missing)}
    return Likely(tuple(found.values()), tuple(cut))


def _read(desk: Desk, row: Any) -> tuple[Lead, Particulars]:  # noqa: ANN401 - a row of leads
    return lead(row), particulars_of(desk.vault, row)
