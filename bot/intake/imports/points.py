"""Points, pool and lifecycle of leads by the thousand, worked out once for equal facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from bot.crm.company import Company
from bot.crm.condition import field_keys
from bot.intake.lifecycle import AWARE, CONSIDERING, DECIDING, LIFECYCLE
from bot.rules import score as rules
from bot.rules.route import Route, route
from bot.rules.score import Behaviour, Points
from bot.store.leads import Origin, Particulars

#: Different facts that are remembered; files repeat the same few hundred.
_REMEMBERED = 20_000
#: The occasion of the first points for what a lead is; see `bot.intake.scoring`.
FIRST = "~0"
_KEYS_OF_PLACE = ("region", "province", "city")
_OF_KNOWN = frozenset(one.name for one in fields(Particulars)) - {"custom", "company_key"}


@dataclass(frozen=True, slots=True)
class Standing:
    """What points make of a lead."""

    score: int
    tier: str
    is_marketing_qualified: bool
    is_sales_qualified: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that rules say of a new lead."""

    gains: tuple[Points, ...]
    standing: Standing
    lifecycle: str
    way: Route


class Judge:
    """Judges leads by the company's rules."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._about_fields = {rule.id: rule for rule in company.scoring.rules if rule.event is None}
        scored = [rule.when for rule in company.scoring.rules if rule.when is not None]
        routed = [rule.when for rule in company.routing.rules if rule.when is not None]
        self._scored_by = tuple(sorted(field_keys(scored)))
        self._routed_by = tuple(sorted({*field_keys(routed), *_KEYS_OF_PLACE}))
        self._gains: dict[tuple[object, ...], tuple[Points, ...]] = {}
        self._verdicts: dict[tuple[object, ...], Verdict] = {}
        self._asked = tuple(map(_getter, dict.fromkeys((*self._scored_by, *self._routed_by))))

    def verdict(self, known: Particulars, origin: Origin) -> Verdict:
        """What becomes of a new lead; of facts that no rule asks for, nothing hangs on."""
        facts = tuple([get(known, origin) for get in self._asked])
        found = self._verdicts.get(facts)
        if found is None:
            values = values_of(known, origin)
            gains = tuple(Points(one.rule, one.points, one.reason, FIRST) for one in self.gains(values))
            standing = self.standing(sum(one.points for one in gains))
            found = Verdict(gains, standing, lifecycle_of(standing), route(self._company, values))
            _remember(self._verdicts, facts, found)
        return found

    def gains(self, values: Mapping[str, object]) -> tuple[Points, ...]:
        """Points for what a lead is."""
        facts = tuple(values.get(key) for key in self._scored_by)
        found = self._gains.get(facts)
        if found is None:
            every = rules.score(self._company, rules.LeadFacts(values))
            found = tuple(one for one in every if one.rule in self._about_fields)
            _remember(self._gains, facts, found)
        return found

    def gains_of(self, values: Mapping[str, object], behaviour: Behaviour) -> list[Points]:
        """Points for something it did."""
        every = rules.score(self._company, rules.LeadFacts(values, (behaviour,)))
        return [one for one in every if one.rule not in self._about_fields]

    def standing(self, score: int) -> Standing:
        """What a score makes of it."""
        return Standing(
            score,
            rules.tier(self._company, score).key,
            rules.is_marketing_qualified(self._company, score),
            rules.is_sales_qualified(self._company, score),
        )

    def corrections(self, values: Mapping[str, object], given: Mapping[tuple[str, str], int]) -> list[Points]:
        """Points that follow corrected fields, given or taken, beside those given before."""
        holds = {one.rule for one in self.gains(values)}
        found = []
        for rule_id, rule in self._about_fields.items():
            if rule.paused:
                continue
            before = [points for (of, _), points in given.items() if of == rule_id]
            difference = (self._company.scoring.points_of(rule) if rule_id in holds else 0) - sum(before)
            if difference:
                found.append(Points(rule_id, difference, rule.reason, f"~{len(before)}"))
        return found


def _getter(key: str) -> Callable[[Particulars, Origin], object]:
    """Asks for one fact as `values_of` gives it, without the others."""
    if key in ("source", "campaign", "form"):
        return lambda _, origin: getattr(origin, key)
    if key in ("phone", "email"):
        return lambda known, _: getattr(known, key).masked
    if key in _OF_KNOWN:
        return lambda known, _: getattr(known, key)
    return lambda known, _: known.custom.get(key)


def _remember(known: dict[tuple[object, ...], Any], facts: tuple[object, ...], found: object) -> None:
    if len(known) >= _REMEMBERED:
        known.clear()
    known[facts] = found


def values_of(known: Particulars, origin: Origin) -> dict[str, object]:
    """A new lead's fields as conditions ask for them; see `bot.intake.scoring.values_of`."""
    return {
        **known.custom,
        "name": known.name,
        "phone": known.phone.masked if known.phone else "",
        "email": known.email.masked if known.email else "",
        "company": known.company,
        "title": known.title,
        "province": known.province,
        "city": known.city,
        "industry": known.industry,
        "source": origin.source,
        "campaign": origin.campaign,
        "message": known.message,
        "external_id": known.external_id,
        "region": known.region,
        "form": origin.form,
        "status": "new",
    }


def lifecycle_of(standing: Standing, before: str = "") -> str:
    """Where a lead stands by its points, and never before where it stood."""
    if standing.is_marketing_qualified:
        after = DECIDING if standing.is_sales_qualified else CONSIDERING
    else:
        after = AWARE
    return further(before, after)


def further(before: str, after: str) -> str:
    """The later of two points of the lifecycle."""
    place = {name: at for at, name in enumerate(LIFECYCLE)}
    return after if place.get(after, -1) > place.get(before, -1) else before


def point_rows(lead_id: str, gains: Sequence[Points], *, before: int, at: datetime) -> list[dict[str, Any]]:
    """Rows of the score's history."""
    rows, score = [], before
    for one in gains:
        score += one.points
        rows.append({
            "lead_id": lead_id, "rule": one.rule, "occasion": one.occasion, "points": one.points,
            "reason": one.reason, "score": score, "at": at,
        })  # fmt: skip
    return rows
