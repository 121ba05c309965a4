"""What those who tapped hear while taps are collected, and when one of them was chosen."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards.texts import refusals
from bot.crm.company.pools import RevealBy, Terms
from bot.crm.pool import Refusal

REGISTERED = "已登记，{seconds} 秒后见分晓"
WON = "揭晓：归你"
LOST = "{lead_id} 揭晓：归{winner}。{rule}"
NOBODY = "{lead_id} 揭晓：没给成，还在公海。{why}"
OTHERWISE, CLOSED = "{lead_id} 已由{owner}负责，这次不揭晓了。", "{lead_id} 已经不能领取了。"
RULES: Mapping[RevealBy, str] = {
    "fewest_today": "按今天领得最少的选：{winner} {ours} 条，你 {his} 条。",
    "underserved": "按 30 天里分到最少的选：{winner} {ours} 条，你 {his} 条。",
    "lot": "抽签决定，不看手快。",
}
EQUAL: Mapping[RevealBy, str] = {
    "fewest_today": "今天领得一样多（{his} 条），抽签决定。",
    "underserved": "30 天里分到的一样多（{his} 条），抽签决定。",
    "lot": "抽签决定，不看手快。",
}
YOU = "你这次领不了：{why}。"


def lost(lead_id: str, winner: str, terms: Terms, *, ours: int, his: int, why: Refusal | None) -> str:
    """Who got it, and by what; `why` if he could not have had it whoever else tapped."""
    rules = EQUAL if ours == his else RULES
    said = rules[terms.reveal_by].format(winner=winner, ours=ours, his=his)
    if why is not None:
        said = YOU.format(why=_why(why, terms))
    return LOST.format(lead_id=lead_id, winner=winner, rule=said)


def nobody(lead_id: str, why: Refusal, terms: Terms) -> str:
    """Nobody could have it; each hears his own reason."""
    return NOBODY.format(lead_id=lead_id, why=f"{_why(why, terms)}。")


def _why(why: Refusal, terms: Terms) -> str:
    cap = terms.daily_claims if why is Refusal.CAPPED_DAY else terms.holding
    return refusals.claim(why, cap=cap, days=terms.cool_down_days)


def decided_otherwise(lead_id: str, owner: str) -> str:
    """A manager gave it to somebody before the time was up, or it was closed."""
    return OTHERWISE.format(lead_id=lead_id, owner=owner) if owner else CLOSED.format(lead_id=lead_id)
