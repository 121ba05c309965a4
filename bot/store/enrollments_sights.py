"""Leads as the steps of journeys see them: many at once, conditions answered by the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from bot.crm.company import Company
from bot.crm.condition import Condition
from bot.store import condition_columns as columns
from bot.store.among import among
from bot.store.conditions import Question, begins, question
from bot.store.erased import is_erased
from bot.store.tables.leads import leads
from bot.store.tx import Tx


class Seen(NamedTuple):
    """One lead: an answer for each condition, a raw value for each field, as they were asked."""

    answers: tuple[bool, ...]
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    asked: tuple[Question, ...]
    statement: Select[Any]

    @property
    def spans(self) -> frozenset[int]:
        return frozenset().union(*(one.spans for one in self.asked))

    def seen(self, known: tuple[Any, ...]) -> Seen:
        """What a row says, without whose it is."""
        count = len(self.asked)
        return Seen(tuple(map(bool, known[:count])), known[count:])


@lru_cache(maxsize=1024)
def _plan(company: Company, conditions: tuple[Condition, ...], fields: tuple[str, ...]) -> _Plan:
    asked = tuple(question(one, company.registry) for one in conditions)
    found = [one.column.label(f"is_{n}") for n, one in enumerate(asked)]
    found += [columns.column(company.registry[key]).label(f"value_{n}") for n, key in enumerate(fields)]
    wanted = among(leads.c.id, "ids")
    statement = select(leads.c.id, *found).where(wanted, leads.c.merged_into.is_(None), ~is_erased())
    return _Plan(asked, statement)


async def look(
    tx: Tx, company: Company, lead_ids: Sequence[str], *,
    conditions: tuple[Condition, ...], fields: tuple[str, ...], now: datetime,
) -> Mapping[str, Seen]:  # fmt: skip
    """What holds of each of these leads at this moment; one that is gone or merged away is left out."""
    plan = _plan(company, conditions, fields)
    rows = await tx.all(plan.statement, ids=sorted(set(lead_ids)), **begins(plan.spans, now))
    seen = {known: plan.seen(known) for known in {row[1:] for row in rows}}
    return {row[0]: seen[row[1:]] for row in rows}
