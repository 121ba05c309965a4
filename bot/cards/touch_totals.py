"""How many messages went to customers and how many did not, and why: no customer is named."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.texts import touch as texts
from bot.chat.card import Card, Field


def card(
    states: Sequence[tuple[str, int]], reasons: Sequence[tuple[str, int]], *, scope: str, days: int
) -> Card:
    """`states` and `reasons` in words, the most first."""
    fields = [Field(label, f"{n} 条") for label, n in states]
    said = "、".join(texts.NOT_SENT_WHY.format(why=why, n=n) for why, n in reasons)
    if said:
        fields.append(Field(texts.REASONS_LABEL, said))
    return Card(
        kind="touch_totals",
        title=texts.TOTALS_TITLE,
        note=texts.TOTALS_NOTE.format(days=days, scope=scope),
        fields=tuple(fields[:6]),
        text="" if states else texts.TOTALS_NONE.format(days=days),
    )
