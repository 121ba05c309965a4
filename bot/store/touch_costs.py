"""What messages cost: booked once, with the answer of the channel that took them.

Each message's cost is kept exactly; the day's sum, rounded to cents, is a row of `costs` under the
channel's name, where every other number of costs is read.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import bindparam, select, text, update

from bot.store.desk import Desk
from bot.store.tables.content import touch_texts
from bot.store.tables.imports import costs
from bot.store.tables.insight import touches
from bot.store.tables.results import touch_costs, touch_spending

#: Hundredths of a cent in one unit of the currency.
UNITS: Final = 10_000
_UNITS_A_CENT: Final = 100
_SPEND = text(
    'INSERT INTO touch_spending (channel, campaign, "on", cost) VALUES (:channel, :campaign, :day, :cost)'
    ' ON CONFLICT (channel, campaign, "on") DO UPDATE SET cost = touch_spending.cost + excluded.cost'
).bindparams(bindparam("day", type_=touch_spending.c.on.type))
_SPENT = select(touch_spending.c.cost).where(
    touch_spending.c.channel == bindparam("of_channel"),
    touch_spending.c.campaign == bindparam("of_campaign"),
    touch_spending.c.on == bindparam("on_day"),
)
_BOOK = update(costs).where(costs.c.id == bindparam("of")).values(amount=bindparam("comes_to"))
_BOOKED = select(touch_costs).where(touch_costs.c.touch_id == bindparam("of"))
_MEND = (
    update(touch_costs)
    .where(touch_costs.c.touch_id == bindparam("of"))
    .values(pieces=bindparam("n"), cost=bindparam("comes_to"))
)
_SAID = (
    select(touch_texts.c.pieces, touches.c.campaign)
    .select_from(touch_texts.join(touches, touches.c.id == touch_texts.c.touch_id))
    .where(touch_texts.c.touch_id == bindparam("of"))
)


async def book(desk: Desk, touch_id: str, channel: str, *, billed: int = 0) -> bool:
    """Put down what it cost, as so many pieces as the provider billed, else as it was reckoned.

    Again with another number of pieces it is mended, at the price of its day. False if nothing is
    booked: it costs nothing there, its price is not known, or it is booked as it is.
    """
    known = next((one for one in desk.company.channels.channels if one.key == channel), None)
    if known is None or not known.price:
        return False
    said = await desk.tx.first(_SAID, of=touch_id)
    before = await desk.tx.first(_BOOKED, of=touch_id)
    if said is None or (before is not None and billed in {0, before.pieces}):
        return False
    pieces = billed or said.pieces or 1
    if before is None:
        cost, day = int(known.price * UNITS) * pieces, desk.now.astimezone(desk.company.org.zone).date()
        row = {"touch_id": touch_id, "channel": channel, "campaign": said.campaign, "on": day}
        await desk.tx.insert(touch_costs, {**row, "pieces": pieces, "cost": cost})
        more = cost
    else:
        cost, day = before.cost // before.pieces * pieces, before.on
        await desk.tx.run(_MEND, of=touch_id, n=pieces, comes_to=cost)
        more = cost - before.cost
    await _add(desk, known.key, known.name, said.campaign, day=day, more=more)
    return True


async def _add(desk: Desk, channel: str, name: str, campaign: str, *, day: date, more: int) -> None:
    await desk.tx.run(_SPEND, channel=channel, campaign=campaign, day=day, cost=more)
    spent = await desk.tx.first(_SPENT, of_channel=channel, of_campaign=campaign, on_day=day)
    cents = (int(spent.cost) * 2 + _UNITS_A_CENT) // (_UNITS_A_CENT * 2) if spent is not None else 0
    row: dict[str, Any] = {"id": f"touch:{channel}:{campaign}:{day.isoformat()}", "source": name}
    row |= {"campaign": campaign, "on": day, "amount": Decimal(cents) / 100, "batch": None}
    if not await desk.tx.insert_new(costs, row):
        await desk.tx.run(_BOOK, of=row["id"], comes_to=row["amount"])
