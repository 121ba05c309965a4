"""To whom a new lead goes: the first routing rule that fits."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.crm.company.company import Company
from bot.crm.company.routing import RoutingRule, ToMembers, ToOwner, ToPool, ToRegionPool
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A decision: where the lead goes, by which rule, and why."""

    kind: RouteKind
    #: The pool to lie in; for an owner or a round robin, the one to fall back to.
    pool_id: str
    owner_id: str | None = None
    #: In turn; whose turn it is, the store knows.
    members: tuple[str, ...] = ()
    #: The lead's region, None if its place says nothing.
    region: str | None = None
    rule: str
    #: One line for people.
    why: str


def route(company: Company, values: Mapping[str, object]) -> Route:
    """Decide for a lead with these field values.

    The region is worked out from province and city if the values bring none.
    """
    region = values.get("region") or region_of(
        company, province=_text(values.get("province")), city=_text(values.get("city"))
    )
    facts, _ = typed({**values, "region": region}, company.registry)
    holds = iter(_compiled(company)(facts))
    for rule in company.routing.rules:
        fits = next(holds) if rule.when is not None else True
        found = _follow(company, rule, _text(region)) if fits else None
        if found is not None:
            return found
    why = "区域不明" if region is None else "没有别的规则适用"
    pool = company.pools.get(company.routing.otherwise)
    return Route(
        kind=RouteKind.POOL,
        pool_id=company.routing.otherwise,
        region=_text(region),
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
        case ToMembers(round_robin=members):
            return Route(
                kind=RouteKind.ROUND_ROBIN,
                pool_id=fallback,
                members=members,
                region=region,
                rule=rule.name,
                why=f"{because}按“{rule.name}”轮流分配",
            )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


@lru_cache(maxsize=8)
def _compiled(company: Company) -> Predicates:
    conditions = [rule.when for rule in company.routing.rules if rule.when is not None]
    return compile_all(conditions, company.registry)
