"""Choosing one of those whom a rule names: whoever goes on, or whose turn it is, and has a hand free.

All ways share one set of counters: the place under the cap of held leads is taken here, in the same
statement that tests it, so no rule and no tap get anybody above it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.crm.lead import Lead
from bot.crm.pool import terms_of
from bot.crm.user import User
from bot.rules.route import Route, RouteKind, smooth
from bot.store import counters, decisions, incidents, rings, users
from bot.store.claims import holding_key
from bot.store.decisions import Candidate
from bot.store.desk import Desk
from bot.store.reads.company_owner import owner_of_company

#: Why somebody was passed over; stored, so never rename one.
MISSING, OFF_DUTY, FULL, BEATEN = "missing", "off_duty", "full", "beaten"


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets it, with the place in his hands already counted; nobody: it lies in the pool."""

    user: User | None
    #: The route's own way, or `sticky`.
    mode: str
    candidates: tuple[Candidate, ...] = ()
    sticky_key: str = ""


@dataclass(slots=True)
class _Round:
    """Those who were thought of, and what became of each."""

    ready: dict[str, User] = field(default_factory=dict)
    passed: dict[str, str] = field(default_factory=dict)
    figures: dict[str, int] = field(default_factory=dict)

    def candidates(self, chosen: str | None) -> tuple[Candidate, ...]:
        return tuple(
            Candidate(one, "" if one == chosen else self.passed.get(one, BEATEN), self.figures.get(one))
            for one in (*self.ready, *(gone for gone in self.passed if gone not in self.ready))
        )


async def choose(desk: Desk, lead: Lead, way: Route) -> Choice:
    """Somebody who can take it now, by the rule's way; the pool if there is none."""
    key = _sticky_key(lead, way)
    if way.kind is RouteKind.POOL and way.sticky is None:
        return Choice(None, way.kind.value)
    cap = terms_of(desk.company, way.pool_id).holding
    goes_on = await _goes_on(desk, lead, way, key)
    if goes_on is not None:
        found = await _look(desk, (goes_on,), cap)
        if await _take(desk, found, goes_on, cap):
            return Choice(found.ready[goes_on], "sticky", found.candidates(goes_on), key)
    members = (way.owner_id,) if way.owner_id else way.members
    found = await _look(desk, members, cap)
    chosen = await _whose_turn(desk, way, members, found, cap)
    if chosen is None and members:
        kind = "owner_missing" if way.kind is RouteKind.OWNER else "ring_empty"
        await incidents.count(desk.tx, f"route.{kind}", way.rule, desk.now)
    return Choice(found.ready[chosen] if chosen else None, way.kind.value, found.candidates(chosen), key)


async def _look(desk: Desk, members: tuple[str, ...], cap: int) -> _Round:
    seen = _Round()
    for member in members:
        user = await users.find(desk.tx, member)
        if user is None or not user.active:
            seen.passed[member] = MISSING
        elif not user.takes_leads(desk.now):
            seen.passed[member] = OFF_DUTY
        else:
            seen.figures[member] = await counters.read(desk.tx, holding_key(member))
            if seen.figures[member] < cap:
                seen.ready[member] = user
            else:
                seen.passed[member] = FULL
    return seen


async def _whose_turn(
    desk: Desk, way: Route, members: tuple[str, ...], found: _Round, cap: int
) -> str | None:
    """The next one whose hands take it; who filled up in this very moment is passed over."""
    left = dict(found.ready)
    while left:
        chosen = await _next(desk, way, members, found, left)
        if chosen is None or await _take(desk, found, chosen, cap):
            return chosen
        del left[chosen]
    return None


async def _next(
    desk: Desk, way: Route, members: tuple[str, ...], found: _Round, left: dict[str, User]
) -> str | None:
    name = f"route:{way.rule}"
    match way.kind:
        case RouteKind.WEIGHTED:
            return await rings.turn_of(desk.tx, name, smooth(way.shares), left)
        case RouteKind.LEAST_BUSY:
            fewest = min(found.figures[one] for one in left)
            return await rings.next_of(
                desk.tx, name, members, {one for one in left if found.figures[one] == fewest}
            )
        case RouteKind.ROUND_ROBIN:
            return await rings.next_of(desk.tx, name, members, left)
        case _:
            return next(iter(left))


async def _take(desk: Desk, found: _Round, user_id: str, cap: int) -> bool:
    if user_id not in found.ready:
        return False
    if await counters.take(desk.tx, holding_key(user_id), cap=cap):
        return True
    found.passed[user_id] = FULL
    return False


def _sticky_key(lead: Lead, way: Route) -> str:
    if way.sticky is None or way.sticky.same == "company":
        return ""
    return f"{way.rule}:{lead.source}" if lead.source else ""


async def _goes_on(desk: Desk, lead: Lead, way: Route, key: str) -> str | None:
    """Who got the last one of its company or its source, if that was not long ago."""
    if way.sticky is None:
        return None
    since = desk.now - way.sticky.span
    if way.sticky.same == "company":
        return await owner_of_company(desk.tx, lead.id, since=since)
    return await decisions.last_of(desk.tx, key, since=since) if key else None
