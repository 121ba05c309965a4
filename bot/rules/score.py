"""How warm a lead is: points with reasons, from what it is and what it did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.crm.company.company import Company
from bot.crm.company.scoring import ScoringRule, Tier
from bot.crm.condition import Condition
from bot.rules.compiled import Predicates, compile_all
from bot.rules.facts import typed


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Something a lead did: a form sent, a mail opened, a page seen."""

    #: One of scoring.yaml's events.
    event: str
    at: datetime
    #: Which form, mail, file or page; empty if there is only one.
    object_id: str = ""


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """All that scoring and routing look at: values of fields by key, and behaviour."""

    values: Mapping[Any, object] = field(default_factory=dict)
    behaviours: tuple[Behaviour, ...] = ()


@dataclass(frozen=True, slots=True)
class Points:
    """Points from one rule, for one occasion."""

    #: The id of the rule in scoring.yaml.
    rule: str
    points: int
    #: Why, in words for reps.
    reason: str
    #: What makes the occasion: the same facts always give the same one, so a store that keeps
    #: (lead, rule, occasion) unique can be told again without counting twice.
    occasion: str = ""


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that holds, and what for; a rule about fields has the one occasion of an empty text."""

    rule: ScoringRule
    occasions: tuple[str, ...]


def fired(company: Company, facts: LeadFacts) -> list[Fired]:
    """The rules that hold of these facts, in their order.

    Given only a lead's new behaviour, it tells only of that; occasions tell repeats of once-only
    events from before. A rule with `when` and `event` asks both.
    """
    values, _ = typed(facts.values, company.registry)
    holds = iter(_compiled(company)(values))
    found = []
    for rule in company.scoring.rules:
        fits = (next(holds) if rule.when is not None else True) and not rule.paused
        occasions = tuple(_occasions(rule, facts.behaviours, company.org.zone)) if fits else ()
        if occasions:
            found.append(Fired(rule, occasions))
    return found


def score(company: Company, facts: LeadFacts) -> list[Points]:
    """All points of these facts, in the order of the rules, then of the behaviour."""
    return points_of(company, fired(company, facts))


def points_of(company: Company, rules: Iterable[Fired]) -> list[Points]:
    """What these rules give, as their groups weigh them."""
    found: dict[tuple[str, str], Points] = {}
    for one in rules:
        points = company.scoring.points_of(one.rule)
        for occasion in one.occasions if points else ():
            found.setdefault((one.rule.id, occasion), Points(one.rule.id, points, one.rule.reason, occasion))
    return list(found.values())


def total(points: Iterable[Points]) -> int:
    """The score that these points make."""
    return sum(one.points for one in points)


def tier(company: Company, points: int) -> Tier:
    """The band of a score; below the lowest border, the lowest."""
    tiers = company.scoring.tiers
    return next((one for one in tiers if points >= one.at_least), tiers[-1])


def is_marketing_qualified(company: Company, points: int) -> bool:
    """Whether a score reaches the MQL line."""
    return points >= company.scoring.marketing_qualified_at


def is_sales_qualified(company: Company, points: int) -> bool:
    """Whether a score reaches the SQL line."""
    return points >= company.scoring.sales_qualified_at


def _occasions(rule: ScoringRule, behaviours: tuple[Behaviour, ...], zone: ZoneInfo) -> Iterable[str]:
    if rule.event is None:
        return ("",)
    return [_occasion(rule, one, zone) for one in behaviours if one.event == rule.event]


def _occasion(rule: ScoringRule, behaviour: Behaviour, zone: ZoneInfo) -> str:
    match rule.counts:
        case "once":
            return ""
        case "each_object":
            return behaviour.object_id
        case "daily":
            return f"{behaviour.object_id}@{behaviour.at.astimezone(zone).date().isoformat()}"
        case "every_time":
            return f"{behaviour.object_id}@{behaviour.at.isoformat()}"


@lru_cache(maxsize=8)
def _compiled(company: Company) -> Predicates:
    """The rules' conditions as one function, generated once for each company value."""
    return compile_all(conditions(company), company.registry)


def conditions(company: Company) -> list[Condition]:
    """What the rules ask, in their order."""
    return [rule.when for rule in company.scoring.rules if rule.when is not None]
