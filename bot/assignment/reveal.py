"""Delayed reveal: taps of some seconds are collected, then one is chosen by a rule instead of by speed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.assignment.claim import Claimed, take
from bot.assignment.faces import lead_face
from bot.cards.texts import reveal as texts
from bot.chat.outbound import Notice
from bot.crm.company.pools import RevealBy, Terms
from bot.crm.lead import Lead
from bot.crm.pool import Refusal, Standing, terms_of
from bot.crm.user import User
from bot.store import claims, decisions, leads, on_screen, outbox, ownership, reveal_taps, users
from bot.store.decisions import Candidate, Decision
from bot.store.desk import Desk

#: How far back «underserved» looks.
_UNDERSERVED = timedelta(days=30)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Tapped:
    """Somebody who tapped, and what the rule goes by."""

    user: User
    figure: int
    lot: str


@dataclass(frozen=True, slots=True)
class _Drawn:
    """All that led to a winner."""

    before: Standing
    terms: Terms
    order: list[_Tapped]
    refused: dict[str, Refusal]


async def reveal(desk: Desk, lead_id: str, epoch: str) -> User | None:
    """Choose among those who tapped, and tell each of them; None if nobody got it."""
    await leads.lock(desk.tx, lead_id)
    lead = await ownership.standing(desk.tx, lead_id)
    tapped = await reveal_taps.waiting(desk.tx, lead_id, int(epoch))
    if not tapped:
        return None
    if lead is None or lead.owner_id is not None or str(lead.epoch) != epoch:
        await _too_late(desk, lead_id, int(epoch), lead, tapped)
        return None
    terms = terms_of(desk.company, lead.pool_id)
    order = await _ranked(desk, lead, tapped, terms.reveal_by)
    refused: dict[str, Refusal] = {}
    for one in order:
        outcome = await take(desk, lead_id, by=one.user)
        if isinstance(outcome, Claimed):
            await _close(desk, outcome.lead, one, _Drawn(lead, terms, order, refused))
            return one.user
        refused[one.user.id] = outcome.why
        await reveal_taps.end(desk.tx, lead_id, lead.epoch, one.user.id, outcome.why.value)
    await _nobody(desk, lead, order, refused)
    return None


async def _ranked(desk: Desk, lead: Standing, tapped: list[str], rule: RevealBy) -> list[_Tapped]:
    """The one who gets it first; equals are drawn by a lot that anybody can draw again."""
    found = []
    for user_id in tapped:
        user = await users.get(desk.tx, user_id)
        lot = hashlib.sha256(f"{lead.id}:{lead.epoch}:{user_id}".encode()).hexdigest()
        found.append(_Tapped(user, await _figure(desk, user_id, rule), lot))
    return sorted(found, key=lambda one: (one.figure, one.lot))


async def _figure(desk: Desk, user_id: str, rule: RevealBy) -> int:
    match rule:
        case "fewest_today":
            return await reveal_taps.claimed_today(desk.tx, user_id, claims.day_of(desk))
        case "underserved":
            return await reveal_taps.got_since(desk.tx, user_id, desk.now - _UNDERSERVED)
        case "lot":
            return 0


async def _close(desk: Desk, lead: Lead, winner: _Tapped, drawn: _Drawn) -> None:
    """Write down what was decided and by what, and tell everybody who tapped."""
    before, rule = drawn.before, drawn.terms.reveal_by
    await decisions.note(desk, Decision(
        lead_id=lead.id, epoch=before.epoch, mode="reveal", pool_id=before.pool_id or "",
        chosen=winner.user.id, inputs={"by": rule}, candidates=tuple(_candidates(winner, drawn)),
    ))  # fmt: skip
    await _show_winner(desk, lead, winner.user)
    await reveal_taps.end(desk.tx, lead.id, before.epoch, winner.user.id, "won")
    for one in drawn.order:
        if one is winner:
            continue
        refusal = drawn.refused.get(one.user.id)
        if refusal is None:
            await reveal_taps.end(desk.tx, lead.id, before.epoch, one.user.id, "lost")
            await claims.note(
                desk, lead_id=lead.id, by=one.user, pool_id=before.pool_id or "", epoch=before.epoch,
                refusal=Refusal.TAKEN,
            )  # fmt: skip
        text = texts.lost(
            lead.id, winner.user.name, drawn.terms, ours=winner.figure, his=one.figure, why=refusal
        )
        await _tell(desk, lead.id, before.epoch, one.user.id, text)
    _log.info("lead.revealed", lead=lead.id, user=winner.user.id, tapped=len(drawn.order), rule=rule)


def _candidates(winner: _Tapped, drawn: _Drawn) -> Iterator[Candidate]:
    for one in drawn.order:
        why = "" if one is winner else drawn.refused.get(one.user.id, Refusal.TAKEN).value
        yield Candidate(one.user.id, why, None if drawn.terms.reveal_by == "lot" else one.figure)


async def _show_winner(desk: Desk, lead: Lead, winner: User) -> None:
    """His card has changed where it could; where a platform lets a card change once only, he gets another."""
    where = await outbox.address(desk.tx, winner.id)
    key = None if where is None else await on_screen.newest(
        desk.tx, lead.topic, user_id=winner.id, platform=where.platform
    )  # fmt: skip
    if key is not None and not await on_screen.is_changed_by_code(desk.tx, key):
        return
    card = await lead_face(desk, lead, winner, note=texts.WON)
    notice_key = f"revealed:{lead.id}:{lead.epoch}:{winner.id}"
    await outbox.post(desk, Notice(to=winner.id, key=notice_key, card=card, topic=lead.topic, answers=True))


async def _nobody(desk: Desk, lead: Standing, order: list[_Tapped], refused: dict[str, Refusal]) -> None:
    terms = terms_of(desk.company, lead.pool_id)
    for one in order:
        text = texts.nobody(lead.id, refused[one.user.id], terms)
        await _tell(desk, lead.id, lead.epoch, one.user.id, text)
    _log.info("lead.revealed", lead=lead.id, user=None, tapped=len(order))


async def _too_late(desk: Desk, lead_id: str, epoch: int, lead: Standing | None, tapped: list[str]) -> None:
    """Somebody else decided meanwhile: a manager gave it away, or it was closed."""
    for user_id in tapped:
        await reveal_taps.end(desk.tx, lead_id, epoch, user_id, "lost")
        if lead is None or lead.owner_id != user_id:
            owner = lead.owner_name if lead is not None and lead.owner_id else ""
            await _tell(desk, lead_id, epoch, user_id, texts.decided_otherwise(lead_id, owner))


async def _tell(desk: Desk, lead_id: str, epoch: int, user_id: str, text: str) -> None:
    key = f"reveal:{lead_id}:{epoch}:{desk.now.isoformat()}:{user_id}"
    await outbox.post(desk, Notice(to=user_id, key=key, text=text, answers=True))
