"""A lead's journeys: in which it is, and into which it can be put by hand."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.card import Button, Card, Choice
from bot.crm.commands import ShowLead
from bot.crm.journey_commands import JoinJourney, QuitJourney

#: Under which the chosen journey comes back.
KEY = "journey"
TITLE, NOWHERE = "{lead} 的旅程", "没有进过旅程"
WHICH, JOIN, QUIT, LEAD = "加入哪个旅程", "加入", "退出{journey}", "线索卡片"
_MOST_CHOICES, _MOST_OUT, _LONGEST = 10, 4, 10


def card(
    lead_id: str,
    lines: Sequence[str],
    *,
    inside: Sequence[tuple[str, str]],
    joinable: Sequence[tuple[str, str]],
    note: str = "",
) -> Card:
    """Both by key and name; `lines` say where it is and was."""
    quits = tuple(
        Button(QUIT.format(journey=name)[:_LONGEST], QuitJourney(lead_id, key))
        for key, name in inside[:_MOST_OUT]
    )
    join = (Button(JOIN, JoinJourney(lead_id), style="primary"),) if joinable else ()
    options = tuple(joinable[:_MOST_CHOICES])
    return Card(
        kind="lead_journeys",
        source=lead_id,
        title=TITLE.format(lead=lead_id),
        note=note,
        text="\n".join(lines) or NOWHERE,
        choice=Choice(KEY, WHICH, options, selected=options[0][0]) if options else None,
        buttons=(*join, *quits, Button(LEAD, ShowLead(lead_id))),
    )
