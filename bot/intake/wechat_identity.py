"""What WeChat knows a lead by: whoever has one of these is that lead; of two who have one, people decide."""

from __future__ import annotations

import structlog

from bot.crm.lead import Lead
from bot.intake import likeness
from bot.store import incidents, lead_keys, leads
from bot.store.desk import Desk

_log = structlog.get_logger()
#: Certain, as a mobile is; but two leads that stand already are merged by people alone.
_CERTAIN = 100


async def take(desk: Desk, lead: Lead, *, union_id: str = "", wecom: str = "", openid: str = "") -> None:
    """Give the lead these keys; where another lead has one, whoever manages both decides.

    `wecom` is an external contact's user id, `openid` is `<account>:<openid>` of an official account.
    """
    keys = lead_keys.keys_of(desk.vault, unionid=union_id, wecom=wecom, openid=openid)
    for key in keys:
        if await lead_keys.take(desk, key, lead.id):
            continue
        holder = await lead_keys.holder(desk.tx, key)
        if holder is None or holder == lead.id:
            continue
        await incidents.count(desk.tx, "lead.conflict", f"{key.kind}_of_another", desk.now)
        _log.info("lead.conflicted", lead=lead.id, other=holder, by=key.kind)
        other = await leads.get(desk.tx, holder)
        await likeness.ask_above(desk, lead, other, evidence=(f"same_{key.kind}",), points=_CERTAIN)


async def lead_of(desk: Desk, *, union_id: str = "", wecom: str = "", openid: str = "") -> str | None:
    """The lead that has one of these."""
    keys = lead_keys.keys_of(desk.vault, unionid=union_id, wecom=wecom, openid=openid)
    found = await lead_keys.holders(desk.tx, keys)
    return next(iter(found.values()), None)
