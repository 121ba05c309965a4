"""Why deals were lost or won (输单分析 本季度 华东), and the deals themselves."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.cards import review as cards
from bot.cards.texts import forecasts as texts
from bot.chat.outbound import Image, Reply
from bot.chat.router import Router
from bot.crm.amount import say_amount
from bot.crm.forecast_commands import ListReviewed, ShowReview
from bot.crm.listing import page_number
from bot.crm.user import Role
from bot.handlers import Scope
from bot.insight.answers.asked_about import LOST, WON, asked_about, lexicon_here
from bot.insight.ask.answer import Understood
from bot.insight.review import review
from bot.store.metrics.guard import NotPermittedError, permit
from bot.store.reads import review as reads
from bot.store.reads.review import Row

router: Router[Scope] = Router()
log = structlog.get_logger()
_METRICS = {"lost": LOST, "won": WON}
_REASON = "lost_reason"


@router.on(ShowReview, reads=True)
async def on_show_review(command: ShowReview, scope: Scope) -> Reply:
    """The whole as text, where to look first as a picture, the deals behind it by a press."""
    found = await _understood(command, scope)
    if isinstance(found, Reply):
        return found
    desk = scope.desk
    try:
        told = await review.review(
            desk.tx, found.query, command.kind, viewer=scope.actor, company=desk.company,
            lexicon=await lexicon_here(desk), words=found.words, now=desk.now,
        )  # fmt: skip
    except NotPermittedError as exc:
        return _stopped(scope, exc)
    if told.is_empty or scope.actor.role is Role.MARKETER:
        return Reply(text="\n".join(told.lines), image=Image(chart=told.chart) if told.chart else None)
    card = cards.card(told.lines[0], told.lines[1], command.kind, command.about, told.reasons)
    return Reply(
        card=card,
        text="\n".join(told.lines),
        topic=f"review:{scope.actor.id}",
        image=Image(chart=told.chart) if told.chart else None,
    )


@router.on(ListReviewed, reads=True)
async def on_list_reviewed(command: ListReviewed, scope: Scope) -> Reply:
    """A page of them; totals are a marketer's, rows are not."""
    found = await _understood(ShowReview(command.kind, command.about), scope)
    if isinstance(found, Reply):
        return found
    desk, query, period = scope.desk, found.query, found.query.period
    if scope.actor.role is Role.MARKETER or period is None:
        return Reply(text=texts.NOT_ALLOWED)
    if command.reason:
        query = replace(query, where={**query.where, _REASON: (command.reason,)})
    page = page_number(command.page)
    try:
        allowed = await permit(desk.tx, query, scope.actor, desk.company)
    except NotPermittedError as exc:
        return _stopped(scope, exc)
    rows = await reads.listed(
        desk.tx, allowed, review.KINDS[command.kind], period,
        most=cards.AT_MOST + 1, skipped=(page - 1) * cards.AT_MOST,
    )  # fmt: skip
    more = replace(command, page=str(page + 1)) if len(rows) > cards.AT_MOST else None
    shown = [cards.Deal(one.id, _what(scope, one)) for one in rows[: cards.AT_MOST]]
    words = "，".join(one for one in (found.words, command.reason) if one)
    return Reply(card=cards.rows(words, shown, more), topic=f"review:{scope.actor.id}")


async def _understood(command: ShowReview, scope: Scope) -> Understood | Reply:
    """What was said beside it, as a question of his; or what to say instead."""
    if not scope.is_private:
        return Reply(text=texts.NOT_HERE)
    if command.kind not in _METRICS:
        return Reply(text=texts.NO_DEALS)
    desk = scope.desk
    found = asked_about(desk, scope.actor, await lexicon_here(desk), command.about, _METRICS[command.kind])
    if not isinstance(found, Understood):
        return Reply(text=found.reply)
    query = replace(found.query, by=(), rank=None, compare=None)
    return replace(found, query=query, words=found.words.removesuffix(f"，{_METRICS[command.kind]}"))


def _stopped(scope: Scope, exc: NotPermittedError) -> Reply:
    log.warning("review.stopped_by_guard", user=scope.actor.id, breach=exc.breach.value)
    return Reply(text=texts.NOT_ALLOWED, audit="review.stopped_by_guard")


def _what(scope: Scope, one: Row) -> str:
    company = scope.desk.company
    amount = "" if one.amount is None else say_amount(one.amount, company.org.currency)
    day = f"{one.closed_at.astimezone(company.org.zone):%m-%d}"
    return " ".join(part for part in (one.name or one.account, amount, one.lost_reason, day) if part)
