"""One cell of a record on a page."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.crm.amount import say_amount
from bot.insight.records import texts
from bot.insight.records.sheet import Cell

#: Columns whose cells are numbers, set flush right.
NUMBERS = frozenset({texts.AMOUNT, texts.SCORE, texts.MARK, *texts.OWN.values()} - {texts.OWN["percent"]})


def shown(header: str, cell: Cell, *, zone: ZoneInfo, currency: str) -> str:
    """As people write it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        local = cell.astimezone(zone)
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    if isinstance(cell, date):
        return f"{cell.year}年{cell.month}月{cell.day}日"
    if isinstance(cell, Decimal):
        return say_amount(cell, currency) if header == texts.AMOUNT else f"{cell:,}"
    return f"{cell:,}" if isinstance(cell, int) else cell
