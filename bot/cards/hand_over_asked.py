"""Ask whether many leads shall really go to somebody."""

from __future__ import annotations

from bot.cards.texts import hand_over as texts
from bot.chat.card import Button, Card, Field
from bot.crm.assigning import GiveAllLeads, GiveLeads
from bot.crm.commands import CancelDialogue
from bot.crm.user import User

TITLE, TITLE_OF = "转给{to}：{n} 条线索", "{of}的转给{to}：{n} 条线索"
HELD = "{to}手上 {held}/{cap} 条"
OVER = "，转完会超过上限"
AWAY = "，现在不在班"
EVERYTHING = "线索带着任务和商机一起过去；没有线索的任务、商机也一起转。"
TOGETHER = "线索带着任务和商机一起过去。"
CONFIRM, CANCEL = "确定", "取消"


def card(
    sure: GiveLeads | GiveAllLeads,
    *,
    to: User,
    of: User | None,
    movable: int,
    skipped: tuple[tuple[str, str], ...],
    held: int,
    cap: int,
    is_away: bool,
) -> Card:
    """Say how many, what stays behind, and whether his hands are full; `sure` is what 确定 sends."""
    title = (TITLE_OF if of else TITLE).format(of=of.name if of else "", to=to.name, n=movable)
    note = HELD.format(to=to.name, held=held, cap=cap)
    note += OVER if held + movable > cap else ""
    note += AWAY if is_away else ""
    is_all = isinstance(sure, GiveAllLeads) and sure.what == "all"
    left = texts.skipped(skipped)
    return Card(
        kind="hand_over_asked",
        title=title,
        note=note,
        fields=(Field("不转的", left),) if left else (),
        text=EVERYTHING if is_all else TOGETHER,
        buttons=(Button(CONFIRM, sure, style="primary"), Button(CANCEL, CancelDialogue())),
    )


def begun(*, to: User, movable: int) -> Card:
    """It is under way."""
    return Card(kind="hand_over_asked", title=TITLE.format(to=to.name, n=movable), note=texts.BEGUN)
