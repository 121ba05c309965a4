"""Why somebody got a lead (为什么 L7 给了张三), or did not: from what was written down when it happened.

Nothing is reckoned anew: rules, duty and caps may have changed since.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.assignment.access import Held
from bot.cards.texts import why as texts
from bot.crm.lead import Lead
from bot.crm.pool import may_enter, pool_of
from bot.crm.user import User
from bot.store import decisions, reveal_taps, tenures, users
from bot.store.decisions import Decision
from bot.store.desk import Desk
from bot.store.reads.claim_tries import Try, claim_tries, shown_at
from bot.store.tenures import Tenure


@dataclass(frozen=True, slots=True)
class _Facts:
    """All that was written down of one lead."""

    lead: Lead
    decided: list[Decision]
    had: list[Tenure]
    tried: list[Try]
    names: dict[str, str]

    def name(self, user_id: str | None) -> str:
        return self.names.get(user_id or "", user_id or "")


async def why(desk: Desk, found: Held, of: User, viewer: User) -> str:
    """Why `of` got it, in the order in which it happened; who does not lead the region reads no others."""
    facts = await _facts(desk, found.lead)
    own = next((one for one in reversed(facts.had) if one.owner_id == of.id), None)
    if own is None:
        return await why_not(desk, found, of, viewer)
    zone = desk.company.org.zone
    before = [one for one in facts.decided if one.epoch < own.epoch]
    route = next((one for one in reversed(before) if one.mode not in _BY_PEOPLE), None)
    decided = next(
        (one for one in reversed(before) if one.chosen == of.id and one.epoch == own.epoch - 1), None
    )
    lines = [texts.head(found.lead.id, of.name, own.from_at.astimezone(zone), is_now=own.to_at is None)]
    if route is not None and route is not decided:
        lines.append(_routed(desk, route))
    lines += _got(desk, facts, own, decided, is_full=found.is_under(viewer))
    if own.to_at is not None:
        by = facts.name(own.ended_by) if own.ended_by != "system" else ""
        lines.append(texts.ended(own.ended_how, own.ended_reason, own.to_at.astimezone(zone), by=by))
    version = decided or route
    if version is not None:
        lines.append(
            texts.version(version.version, is_now=version.version == decisions.version_of(desk.company))
        )
    return "\n".join(lines)


#: Decisions that are no rule's.
_BY_PEOPLE = frozenset({"claim", "reveal", "hand"})


def _routed(desk: Desk, route: Decision) -> str:
    pool = pool_of(desk.company, route.pool_id).name
    at = route.at.astimezone(desk.company.org.zone) if route.at else None
    return texts.routed(route.rule, str(route.inputs.get("why", "")), pool, route.inputs, at)


def _got(desk: Desk, facts: _Facts, own: Tenure, decided: Decision | None, *, is_full: bool) -> list[str]:
    """How it became his, and who else was thought of."""
    mode = decided.mode if decided else {"claimed": "claim", "created": "created"}.get(own.how, "hand")
    if mode == "claim":
        lost = [
            one for one in facts.tried if one.epoch in {own.epoch - 1, own.epoch} and one.outcome != "won"
        ]
        tries = [(facts.name(one.user_id), one.outcome) for one in lost if is_full]
        return [texts.claimed(tries, own.from_at.astimezone(desk.company.org.zone))]
    if mode in {"hand", "created"}:
        by = facts.name(own.by) if own.by != "system" else ""
        return [texts.given(own.how, by, own.reason)]
    if decided is None:
        return []
    said = _routed(desk, decided) if decided.mode != "reveal" else ""
    others = [(facts.name(one.user_id), one.passed, one.figure) for one in decided.candidates if one.passed]
    chosen = next((one for one in decided.candidates if one.user_id == own.owner_id), None)
    line = texts.chosen(mode, str(decided.inputs.get("by", "")), chosen.figure if chosen else None)
    listed = texts.passed_over(others) if is_full and others else ""
    return [part for part in (said, line, listed) if part]


async def why_not(desk: Desk, found: Held, of: User, viewer: User) -> str:
    """Why he did not get it, as it was when it was decided."""
    facts = await _facts(desk, found.lead)
    lead, owner = found.lead, found.owner
    if lead.owner_id == of.id:
        return texts.has_it(lead.id, of.name, is_me=of.id == viewer.id)
    lines = [texts.not_head(lead.id, of.name, is_me=of.id == viewer.id)]
    reasons = [
        texts.passed(one.rule, candidate.passed)
        for one in facts.decided
        for candidate in one.candidates
        if candidate.user_id == of.id and candidate.passed and one.mode != "reveal"
    ]
    reasons += [
        texts.tried(one.outcome) for one in facts.tried if one.user_id == of.id and one.outcome != "won"
    ]
    had = next((one for one in reversed(facts.had) if one.owner_id == of.id), None)
    if had is not None and had.to_at is not None:
        at = had.to_at.astimezone(desk.company.org.zone)
        reasons.append(texts.had(had.ended_how, had.ended_reason, at))
    reasons = list(dict.fromkeys(reasons)) or [await _never_asked(desk, facts, of)]
    now = facts.had[-1] if facts.had and facts.had[-1].to_at is None else None
    if now is not None and owner is not None:
        reasons.append(
            texts.how_owner(owner.name, now.how, now.reason, now.from_at.astimezone(desk.company.org.zone))
        )
    return "\n".join((*lines, *(f"· {one}" for one in reasons)))


async def _never_asked(desk: Desk, facts: _Facts, of: User) -> str:
    """No rule thought of him and he did not tap."""
    shown = await shown_at(desk.tx, facts.lead.id, of.id)
    taps = [one for one in await reveal_taps.outcomes(desk.tx, facts.lead.id) if one[0] == of.id]
    if taps:
        return texts.TAPPED_LOST
    if shown:
        return texts.shown(shown[-1][1].astimezone(desk.company.org.zone))
    pool = pool_of(desk.company, facts.lead.pool_id)
    if not may_enter(desk.company, of, pool.id):
        return texts.OTHER_POOL.format(pool=pool.name)
    if not of.takes_leads(desk.now):
        return texts.AWAY
    route = next((one for one in reversed(facts.decided) if one.mode not in _BY_PEOPLE), None)
    return texts.NOT_NAMED.format(rule=route.rule) if route and route.rule else texts.NOT_SHOWN


async def _facts(desk: Desk, lead: Lead) -> _Facts:
    decided, tried = await decisions.of_lead(desk.tx, lead.id), await claim_tries(desk.tx, lead.id)
    everybody = await users.everybody(desk.tx)
    names = {one.id: one.name for one in everybody}
    return _Facts(lead, decided, await tenures.of_lead(desk.tx, lead.id), tried, names)
