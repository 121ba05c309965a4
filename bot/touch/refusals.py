"""What the codes of channels mean for a refused message: whether it went before, what mends it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.crm.touching import Refusal

#: A second try is refused so where the first one was taken (企业微信: he was greeted, or talks already).
KNOWN_BY_NOW = frozenset({"41051"})
#: He talks with the colleague already: a greeting over another way would be the odd one out.
MOOT = frozenset({"41051"})
#: 微信客服: more than 5 messages, more than 48 hours, a colleague has the session or it is over.
#: 公众号, 小程序: later than the span, more than it allows.
SPAN_IS_OVER = frozenset({"95001", "95002", "95018", "45015", "45047"})
_MEANINGS: Mapping[str, Refusal] = {
    # The code of welcome came too late.
    "41050": Refusal.NO_WINDOW,
    "84061": Refusal.NO_ADDRESS,
    "40096": Refusal.NO_ADDRESS,
    **dict.fromkeys(SPAN_IS_OVER, Refusal.NO_WINDOW),
    # 公众号, 小程序: no such openid, not a follower; refused or used up; on the account's blacklist.
    "40003": Refusal.NO_ADDRESS,
    "43004": Refusal.NO_ADDRESS,
    "43101": Refusal.NO_GRANT,
    "43019": Refusal.SUPPRESSED,
}


def meaning(code: str) -> Refusal:
    """Why it did not go, for the next way and for people."""
    return _MEANINGS.get(code, Refusal.FAILED)
