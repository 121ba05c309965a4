"""What a refusal by 公众号 or 小程序 says of the customer: he left, took back his grants, or blocks us."""

from __future__ import annotations

from bot.store import followers, leads, mini_program_users, touch_addresses, touch_suppressions, touch_windows
from bot.store.desk import Desk
from bot.store.touch_plans import Plan
from bot.store.touch_suppressions import REFUSED

_CHANNELS = frozenset({"wechat_official", "mini_program"})
#: Nobody of this openid follows or uses it.
_LEFT = frozenset({"40003", "43004"})
#: He refuses this template, or nothing is left of what he granted.
_NO_GRANT = "43101"
#: He is on the account's blacklist.
_BLOCKED = "43019"


async def after(desk: Desk, plan: Plan, code: str) -> None:
    """Take it down, so that nobody tries the same again."""
    if plan.channel not in _CHANNELS:
        return
    if code == _NO_GRANT and plan.grant_id:
        template = await touch_windows.template_of(desk.tx, plan.grant_id)
        if template:
            await touch_windows.void(desk, plan.lead_id, way=plan.way, template=template)
    elif code in _LEFT or code == _BLOCKED:
        await _gone(desk, plan, is_blocked=code == _BLOCKED)


async def _gone(desk: Desk, plan: Plan, *, is_blocked: bool) -> None:
    lead = await leads.find(desk.tx, plan.lead_id)
    reached = (await touch_addresses.of(desk, lead)).get(plan.channel) if lead is not None else None
    if reached is None:
        return
    if is_blocked and reached.key is not None:
        await touch_suppressions.suppress(
            desk, reached.key, channel=plan.channel, reason=REFUSED, by="system", detail="blacklist"
        )
    elif plan.channel == "mini_program":
        await mini_program_users.lose(desk.tx, reached.to, at=desk.now)
    else:
        account, _, open_id = reached.to.partition(":")
        await followers.leave(desk.tx, account, open_id, at=desk.now)
