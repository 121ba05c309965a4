"""What the demo's page shows in a customer's WeChat beside what he got: why there is no more."""

from __future__ import annotations

from bot.app.process import App
from bot.assignment.access import held
from bot.store import external_contacts
from bot.touch.why import why

#: Somebody whom no colleague has among his contacts as a lead.
UNKNOWN = "公司还不认识他：他没有填过表，也没有加过销售为好友。"


async def explain(app: App, customer_id: str) -> str:
    """The answer to 为什么没发 of whoever this customer is, by his id on WeChat."""
    bench = app.bench
    async with bench.store.read() as tx:
        desk = bench.desk(tx)
        lead_id = await external_contacts.lead_of(tx, "wecom", customer_id)
        found = None if lead_id is None else await held(desk, lead_id)
        return UNKNOWN if found is None else await why(desk, found.lead)
