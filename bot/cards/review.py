"""A review of won or lost deals: where to look first, and the way to the deals themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.texts import forecasts as texts
from bot.chat.card import Button, Card, Field
from bot.crm.commands import ShowDeal
from bot.crm.forecast_commands import ListReviewed

AT_MOST = 5
_REASONS = 4
_LABEL = 5


@dataclass(frozen=True, slots=True)
class Deal:
    """One closed deal as the list shows it; `what` is its name, amount, and reason."""

    id: str
    what: str


def card(title: str, summary: str, kind: str, about: str, reasons: Sequence[str]) -> Card:
    """The whole in a line, and a button for each of the main reasons."""
    rows = Button(texts.ALL_ROWS, ListReviewed(kind, about))
    named = (Button(reason, ListReviewed(kind, about, reason)) for reason in reasons[:_REASONS])
    return Card(kind="review", title=title, note=summary, buttons=(rows, *named))


def rows(title: str, deals: Sequence[Deal], following: ListReviewed | None) -> Card:
    """The deals behind it."""
    if not deals:
        return Card(kind="review_rows", title=texts.NO_DEALS)
    more = (Button(texts.MORE, following),) if following else ()
    return Card(
        kind="review_rows",
        title=title,
        fields=tuple(Field(one.id[:_LABEL], one.what) for one in deals),
        buttons=(*(Button(one.id, ShowDeal(one.id)) for one in deals), *more),
    )
