"""Ask to whom a lead shall go, and why."""

from __future__ import annotations

from bot.chat.card import Button, Card, Choice
from bot.crm.commands import ReassignLead, ShowLead
from bot.crm.lead import Lead
from bot.crm.user import User

#: Under which the answers come back.
KEY, WHY = "to", "why"
#: As many as a drop-down holds besides the way out.
AT_MOST = 9
#: The answer of whoever gives no reason.
NO_REASON = "-"
#: Stands first, so that nobody is given a lead by a careless tap.
UNCHOSEN = "-"
CHOOSE_FIRST, WHOM = "请选择", "请选给谁"
TITLE_OWN, TITLE_OTHER = "转交：{who}", "改派：{who}"
HINT_OWN, HINT_OTHER = "名单里没有的，发：转交 {id} 姓名", "名单里没有的，发：改派 {id} 姓名"
NOBODY = "没有可以接手的同事"
CHOOSE, REASON, UNSAID = "给谁", "原因", "不说明"
GIVEN_TO = "给{to}"
CONFIRM, NEXT, CANCEL = "确定", "下一步", "取消"
AWAY = "{name}（不在班）"


def card(
    lead: Lead,
    people: tuple[User, ...],
    *,
    away: frozenset[str],
    is_own: bool,
    is_asked_why: bool = False,
    note: str = "",
) -> Card:
    """Colleagues; `away` are those who do not take new leads now. `is_asked_why`: a reason comes next."""
    title, hint = (TITLE_OWN, HINT_OWN) if is_own else (TITLE_OTHER, HINT_OTHER)
    options = tuple((one.id, _label(one, away)) for one in people[:AT_MOST])
    go_on = Button(NEXT if is_asked_why else CONFIRM, ReassignLead(lead.id), style="primary")
    return Card(
        kind="lead_reassign",
        source=lead.id,
        title=title.format(who=lead.display),
        note=note or (hint.format(id=lead.id) if options else NOBODY),
        choice=Choice(KEY, CHOOSE, ((UNCHOSEN, CHOOSE_FIRST), *options)) if options else None,
        buttons=(*((go_on,) if options else ()), Button(CANCEL, ShowLead(lead.id))),
    )


def why(lead: Lead, to: User, reasons: tuple[str, ...], *, is_own: bool) -> Card:
    """Ask for the reason, once it is known to whom."""
    title = TITLE_OWN if is_own else TITLE_OTHER
    return Card(
        kind="lead_reassign",
        source=lead.id,
        title=title.format(who=lead.display),
        note=GIVEN_TO.format(to=to.name),
        choice=Choice(WHY, REASON, ((NO_REASON, UNSAID), *((reason, reason) for reason in reasons))),
        buttons=(
            Button(CONFIRM, ReassignLead(lead.id, to.id), style="primary"),
            Button(CANCEL, ShowLead(lead.id)),
        ),
    )


def _label(one: User, away: frozenset[str]) -> str:
    name = f"{one.name} {one.team}".strip()
    return AWAY.format(name=name) if one.id in away else name
