"""Leads that nobody followed up for some days, with names, and what to do about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.card import Button, Card, Field
from bot.crm.commands import BeginFollowUp, ListStale, ReassignLead

TITLE = "{days} 天没跟进的线索"
NONE = "没有超过 {days} 天没跟进的线索"
GOOD = "都跟上了。"
LINE, LINE_OWN = "{owner} · {who} · {idle} 天", "{who} · {idle} 天"
REASSIGN, FOLLOW_UP, MORE = "改派 {id}", "跟进 {id}", "更多"
#: Five, and the sixth button for the next page.
AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One lead of the list."""

    lead_id: str
    who: str
    #: Empty on a rep's own list.
    owner: str
    idle_days: int


def card(lines: Sequence[Line], *, days: int, page: int, has_more: bool, is_manager: bool) -> Card:
    """One page of it; a manager gives leads to others, a rep follows up."""
    if not lines:
        return Card(kind="stale_list", title=NONE.format(days=days), note=GOOD)
    buttons = [_button(line, is_manager=is_manager) for line in lines]
    if has_more:
        buttons.append(Button(MORE, ListStale(str(days), str(page + 1))))
    return Card(
        kind="stale_list",
        title=TITLE.format(days=days),
        fields=tuple(Field(line.lead_id, _said(line)) for line in lines),
        buttons=tuple(buttons),
    )


def _said(line: Line) -> str:
    pattern = LINE if line.owner else LINE_OWN
    return pattern.format(owner=line.owner, who=line.who, idle=line.idle_days)


def _button(line: Line, *, is_manager: bool) -> Button:
    if is_manager:
        return Button(REASSIGN.format(id=line.lead_id), ReassignLead(line.lead_id))
    return Button(FOLLOW_UP.format(id=line.lead_id), BeginFollowUp(line.lead_id))
