"""Ask to whom a lead shall go."""

from __future__ import annotations

from bot.chat.card import Button, Card, Choice
from bot.crm.commands import ReassignLead, ShowLead
from bot.crm.lead import Lead
from bot.crm.user import User

#: Under which the answer comes back.
KEY = "to"
#: As many as a drop-down holds.
AT_MOST = 10
TITLE_OWN, TITLE_OTHER = "转交：{who}", "改派：{who}"
HINT_OWN, HINT_OTHER = "名单里没有的，发：转交 {id} 姓名", "名单里没有的，发：改派 {id} 姓名"
NOBODY = "没有可以接手的同事"
CHOOSE, CONFIRM, CANCEL = "给谁", "确定", "取消"
AWAY = "{name}（不在班）"


def card(lead: Lead, people: tuple[User, ...], *, away: frozenset[str], is_own: bool, note: str = "") -> Card:
    """A drop-down of colleagues; `away` are those who do not take new leads now."""
    title, hint = (TITLE_OWN, HINT_OWN) if is_own else (TITLE_OTHER, HINT_OTHER)
    options = tuple((one.id, _label(one, away)) for one in people[:AT_MOST])
    confirm = (Button(CONFIRM, ReassignLead(lead.id), style="primary"),) if options else ()
    return Card(
        kind="lead_reassign",
        source=lead.id,
        title=title.format(who=lead.display),
        note=note or (hint.format(id=lead.id) if options else NOBODY),
        choice=Choice(KEY, CHOOSE, options) if options else None,
        buttons=(*confirm, Button(CANCEL, ShowLead(lead.id))),
    )


def _label(one: User, away: frozenset[str]) -> str:
    name = f"{one.name} {one.team}".strip()
    return AWAY.format(name=name) if one.id in away else name
