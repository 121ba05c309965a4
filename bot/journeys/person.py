"""One person who is made up or remembered: what is known of him, what he did; changed by hand alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from bot.crm.company import Company
from bot.crm.condition import ANY_EVENT, Condition, Measured, measured
from bot.crm.condition_values import NOW
from bot.journeys.course import Sight
from bot.journeys.matching import Occurred
from bot.rules.compiled import Predicate, compile_one
from bot.rules.facts import typed

_CUSTOM = "custom."
LIFECYCLE = ("认知", "考虑", "决策", "购买", "服务", "忠诚")


@dataclass(frozen=True, slots=True)
class Did:
    """Something he did."""

    event: str
    at: datetime
    object: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """Something he bought."""

    product: str
    amount: Decimal
    at: datetime


@dataclass(slots=True)
class Person:
    """What conditions can ask of him."""

    id: str
    company: Company
    fields: dict[str, object] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    did: list[Did] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)

    def sight(self, now: datetime) -> Sight:
        """As a step sees him at this moment."""

        def holds(condition: Condition) -> bool:
            return _compiled(self.company, condition)(self._facts(condition, now))

        return Sight(holds, self._typed(now).get)

    def set(self, key: str, value: object, at: datetime, source: str) -> list[Occurred]:
        """Another value in a field; what that means for journeys."""
        before = self.fields.get(key)
        if before == value:
            return []
        was = self._custom()
        self.fields[key] = value
        spec = self.company.registry[key]
        if spec.column.startswith(_CUSTOM):
            return [
                Occurred("changed", "custom", at, source, "", json.dumps(was), json.dumps(self._custom()))
            ]
        if key == "status":
            return [Occurred("status", str(value), at, source)]
        said = None if before is None else str(before)
        return [Occurred("changed", spec.column, at, source, "", said, str(value))]

    def tag(self, tag: str, at: datetime, source: str) -> list[Occurred] | None:
        """Put a tag on; of a group of which only one can be true, the others go. None if it is there."""
        if tag in self.tags:
            return None
        group = self.company.tags.group_of(tag)
        if group is not None and group.one_of:
            self.tags -= {one.name for one in group.tags}
        self.tags.add(tag)
        return [Occurred("tagged", tag, at, source)]

    def nth(self, event: str) -> int:
        """How often he did this so far."""
        return sum(one.event == event for one in self.did)

    def moment(self, key: str, now: datetime) -> datetime | None:
        """A moment that conditions count from; None if he has none."""
        found = typed(self._raw(now), self.company.registry)[0].get(key)
        return found if isinstance(found, datetime) else None

    def _custom(self) -> dict[str, object]:
        registry = self.company.registry
        return {
            k: v for k, v in self.fields.items() if k in registry and registry[k].column.startswith(_CUSTOM)
        }

    def _typed(self, now: datetime) -> dict[Any, Any]:
        return typed({**self.fields, NOW: now}, self.company.registry)[0]

    def _raw(self, now: datetime) -> dict[Any, object]:
        bought = sorted(self.orders, key=lambda one: one.at)
        return {
            **self.fields,
            NOW: now,
            "tags": frozenset(self.tags),
            "order_count": len(bought),
            "order_amount": sum((one.amount for one in bought), Decimal(0)),
            "first_order_at": bought[0].at if bought else None,
            "last_order_at": bought[-1].at if bought else None,
        }

    def _facts(self, condition: Condition, now: datetime) -> dict[Any, Any]:
        raw = self._raw(now)
        raw |= {what: self._measure(what, now) for what in measured([condition])}
        return typed(raw, self.company.registry)[0]

    def _measure(self, what: Measured, now: datetime) -> object:
        since = now - timedelta(days=what.within_days) if what.within_days else None
        if what.what == "times":
            return _times(self.did, what, since)
        orders = [
            one for one in self.orders
            if (not what.of or one.product == what.of) and (since is None or one.at > since)
        ]  # fmt: skip
        return len(orders) if what.what == "count" else sum((one.amount for one in orders), Decimal(0))


def _times(did: Iterable[Did], what: Measured, since: datetime | None) -> int:
    return sum(
        (ANY_EVENT in what.events or one.event in what.events)
        and (not what.of or one.object == what.of)
        and (since is None or one.at > since)
        for one in did
    )


@lru_cache(maxsize=2048)
def _compiled(company: Company, condition: Condition) -> Predicate:
    return compile_one(condition, company.registry)
