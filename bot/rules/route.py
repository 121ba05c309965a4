"""To whom a new lead goes: the first routing rule that fits."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from bot.crm.company.company import Company
from bot.crm.company.routing import (
    RoutingRule,
    Sticky,
    ToLeastBusy,
    ToMembers,
    ToOwner,
    ToPool,
    ToRegionPool,
    ToWeighted,
)
from bot.rules.chinese import describe
from bot.rules.compiled import Predicates, compile_all
from bot.rules.facts import typed
from bot.rules.region import region_of

#: The name under which a lead that no rule fits is routed.
OTHERWISE = "其余线索"


class RouteKind(enum.StrEnum):
    """How a lead finds its owner; stored with the decision, so never rename one."""

    POOL = "pool"
    OWNER = "owner"
    ROUND_ROBIN = "round_robin"
    WEIGHTED = "weighted"
    LEAST_BUSY = "least_busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A decision: where the lead goes, by which rule, and why."""

    kind: RouteKind
    #: The pool to lie in; for an owner or a round robin, the one to fall back to.
    pool_id: str
    owner_id: str | None = None
    #: In turn; whose turn it is, the store knows.
    members: tuple[str, ...] = ()
    #: Shares of the members, where they have any.
    shares: Mapping[str, int] = field(default_factory=dict)
    #: Who goes on for a while, asked before the members.
    sticky: Sticky | None = None
    #: Rules that were asked before and did not fit.
    unfit: tuple[str, ...] = ()
    #: The lead's region, None if its place says nothing.
    region: str | None = None
    rule: str
    #: One line for people.
    why: str


def route(company: Company, values: Mapping[Any, object], *, is_working: bool = True) -> Route:
    """Decide for a lead with these field values; `is_working`: people are at work now.

    The region is worked out from province and city if the values bring none.
    """
    region = values.get("region") or region_of(
        company, province=_text(values.get("province")), city=_text(values.get("city"))
    )
    facts, _ = typed({**values, "region": region}, company.registry)
    holds = iter(_compiled(company)(facts))
    unfit: list[str] = []
    for rule in company.routing.rules:
        fits = next(holds) if rule.when is not None else True
        fits = (
            fits and not rule.paused and (rule.during == "always" or (rule.during == "working") is is_working)
        )
        found = _follow(company, rule, _text(region)) if fits else None
        if found is not None:
            return replace(found, sticky=rule.sticky, unfit=tuple(unfit))
        unfit.append(rule.name)
    why = "区域不明" if region is None else "没有别的规则适用"
    pool = company.pools.get(company.routing.otherwise)
    return Route(
        kind=RouteKind.POOL,
        pool_id=company.routing.otherwise,
        region=_text(region),
        unfit=tuple(unfit),
        rule=OTHERWISE,
        why=f"{why}，进{pool.name if pool else company.routing.otherwise}",
    )


def _follow(company: Company, rule: RoutingRule, region: str | None) -> Route | None:
    """What the rule says, or None if it needs a region and there is none."""
    said = describe(rule.when, company.registry) if rule.when is not None else ""
    because = f"{said}，" if said else ""
    own = company.pools.of_region(region) if region else None
    fallback = own.id if own else company.routing.otherwise
    match rule.to:
        case ToRegionPool():
            if own is None:
                return None
            why = f"{because}区域是{region}，进{own.name}"
            return Route(kind=RouteKind.POOL, pool_id=own.id, region=region, rule=rule.name, why=why)
        case ToPool(pool=pool_id):
            pool = company.pools.get(pool_id)
            why = f"{because}进{pool.name if pool else pool_id}"
            return Route(kind=RouteKind.POOL, pool_id=pool_id, region=region, rule=rule.name, why=why)
        case ToOwner(owner=owner_id):
            return Route(
                kind=RouteKind.OWNER,
                pool_id=fallback,
                owner_id=owner_id,
                region=region,
                rule=rule.name,
                why=f"{because}按“{rule.name}”指定负责人",
            )
        case _:
            kind, members, shares = _among(rule.to)
            return Route(
                kind=kind,
                pool_id=fallback,
                members=members,
                shares=shares,
                region=region,
                rule=rule.name,
                why=f"{because}按“{rule.name}”{_HOW[kind]}",
            )


_HOW = {
    RouteKind.ROUND_ROBIN: "轮流分配",
    RouteKind.WEIGHTED: "按比例轮流分配",
    RouteKind.LEAST_BUSY: "分给手上最少的人",
}


def _among(to: ToMembers | ToWeighted | ToLeastBusy) -> tuple[RouteKind, tuple[str, ...], Mapping[str, int]]:
    match to:
        case ToMembers(round_robin=members):
            return RouteKind.ROUND_ROBIN, members, {}
        case ToWeighted(weighted=shares):
            return RouteKind.WEIGHTED, tuple(shares), shares
        case ToLeastBusy(least_busy=members):
            return RouteKind.LEAST_BUSY, members, {}


def smooth(shares: Mapping[str, int]) -> tuple[str, ...]:
    """One round of turns by shares, each spread as evenly as it can be: 2 and 1 give a b a."""
    total, weights = sum(shares.values()), dict.fromkeys(shares, 0)
    turns = []
    for _ in range(total):
        for member, share in shares.items():
            weights[member] += share
        first = max(shares, key=lambda member: weights[member])
        weights[first] -= total
        turns.append(first)
    return tuple(turns)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


@lru_cache(maxsize=8)
def _compiled(company: Company) -> Predicates:
    conditions = [rule.when for rule in company.routing.rules if rule.when is not None]
    return compile_all(conditions, company.registry)
