"""An opportunity in the chat of whoever works on it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.card import Button, Card, Choice, Field
from bot.crm.amount import say_amount, say_percent
from bot.crm.commands import BeginFollowUp, LoseDeal, MoveStage, QuoteDeal, RecordPayment, WinDeal
from bot.crm.opportunity import DealFacts, Opportunity
from bot.crm.spoken import say_day, say_span

#: Under which the chosen stage comes back.
KEY = "stage"
TITLE = "商机 {id}：{name}"
STAGE_SINCE, CLOSED_ON = "{stage}（{span}）", "{stage}，{at}"
ACCOUNT, AMOUNT, PRODUCT, CLOSE_ON, QUOTE, PAID = "客户", "金额", "产品", "预计", "报价", "回款"
GIVEN_AWAY, NOBODY = "已由{owner}负责", "同事"
UNKNOWN, REASON = "未填", "输单原因：{reason}"
OFF = "{amount}（优惠 {discount}）"
MOVE_TO = "推进到"
MOVE, OFFER, WIN, LOSE, PAY, FOLLOW_UP = "推进阶段", "报价", "赢单", "输单", "回款", "跟进"


def card(
    facts: DealFacts,
    stages: tuple[str, ...],
    *,
    now: datetime,
    zone: ZoneInfo,
    note: str = "",
    may_work: bool = True,
) -> Card:
    """Show it as it stands; `stages` are those it may go to."""
    deal = facts.deal
    # The next one first, for it is what stands there unchosen; those to fall back to come last.
    here = stages.index(deal.stage) if deal.stage in stages else 0
    open_stages = tuple((stage, stage) for stage in stages[here:] + stages[:here] if stage != deal.stage)
    can_move = may_work and deal.is_open and bool(open_stages)
    return Card(
        kind="deal",
        source=" · ".join(part for part in (deal.id, facts.owner) if part),
        title=TITLE.format(id=deal.id, name=deal.name),
        note=note or _state(deal, now, zone),
        fields=_fields(facts, now, zone),
        text=_text(deal, now, zone, note),
        choice=Choice(KEY, MOVE_TO, open_stages) if can_move else None,
        buttons=_buttons(deal) if may_work else (),
    )


def given_away(facts: DealFacts) -> Card:
    """Say to whoever worked on it whose it is now; what becomes of it is no longer his to read."""
    owner = GIVEN_AWAY.format(owner=facts.owner or NOBODY)
    title = TITLE.format(id=facts.deal.id, name=facts.deal.name)
    return Card(kind="deal", source=facts.deal.id, title=title, note=owner)


def _state(deal: Opportunity, now: datetime, zone: ZoneInfo) -> str:
    if deal.closed_at is not None:
        day = say_day(deal.closed_at.astimezone(zone).date(), now.astimezone(zone).date())
        return CLOSED_ON.format(stage=deal.stage, at=day)
    return STAGE_SINCE.format(stage=deal.stage, span=say_span(now - deal.stage_since))


def _text(deal: Opportunity, now: datetime, zone: ZoneInfo, note: str) -> str:
    reason = REASON.format(reason=deal.lost_reason) if deal.lost_reason else ""
    return "\n".join(part for part in (_state(deal, now, zone) if note else "", reason) if part)


def _fields(facts: DealFacts, now: datetime, zone: ZoneInfo) -> tuple[Field, ...]:
    deal = facts.deal
    money = deal.currency
    close_on = deal.expected_close_on
    quote = say_amount(facts.quoted, money) if facts.quoted is not None else ""
    if quote and facts.discount:
        quote = OFF.format(amount=quote, discount=say_percent(facts.discount))
    found = [
        Field(ACCOUNT, facts.account),
        Field(AMOUNT, say_amount(deal.amount, money) if deal.amount is not None else UNKNOWN),
        Field(PRODUCT, deal.product or UNKNOWN),
        Field(CLOSE_ON, say_day(close_on, now.astimezone(zone).date()) if close_on else UNKNOWN),
        Field(QUOTE, quote),
        Field(PAID, say_amount(facts.paid, money) if facts.paid else ""),
    ]
    return tuple(field for field in found if field.value)


def _buttons(deal: Opportunity) -> tuple[Button, ...]:
    follow_up = (Button(FOLLOW_UP, BeginFollowUp(deal.id)),) if deal.lead_id else ()
    if deal.won is False:
        return follow_up
    pay = Button(PAY, RecordPayment(deal.id, ""))
    if not deal.is_open:
        return (pay, *follow_up)
    return (
        Button(MOVE, MoveStage(deal.id), style="primary"),
        Button(OFFER, QuoteDeal(deal.id)),
        Button(WIN, WinDeal(deal.id), style="primary"),
        Button(LOSE, LoseDeal(deal.id), style="danger"),
        pay,
        *follow_up,
    )
