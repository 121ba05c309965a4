"""Consent (同意记录 L7), stop (退订 L7 邮件) and again (恢复订阅 L7 邮件), by a colleague with a reason."""

from __future__ import annotations

from bot.assignment.access import Held, held
from bot.cards import consent, lead_gone
from bot.cards.texts import touch as texts
from bot.chat import page_links
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.knobs import may_change
from bot.crm.touch_commands import ResumeMessages, ShowConsent, StopMessages
from bot.handlers import Scope
from bot.store import audit, consents, subjects
from bot.store.desk import Desk
from bot.touch import agreed, consent_lines
from bot.touch.opt_out import EVERYTHING, resume, stop

router: Router[Scope] = Router()


@router.on(ShowConsent)
async def on_show_consent(command: ShowConsent, scope: Scope) -> Reply:
    """For the owner, those above him, and an admin, who has to prove it; each look leaves a row."""
    found = await _found(scope, command.said, "consent")
    if isinstance(found, Reply):
        return found
    await audit.note(scope.desk, actor=scope.actor.id, action="consent.shown", of=found.lead.topic)
    return await _card(scope, found)


@router.on(StopMessages)
async def on_stop(command: StopMessages, scope: Scope) -> Reply:
    """In force with this commit."""
    found = await _found(scope, command.said, "consent.stop")
    if isinstance(found, Reply):
        return found
    if not command.reason:
        return Reply(text=texts.ASK_REASON.format(example=texts.STOP_EXAMPLE.format(lead_id=found.lead.id)))
    channel = command.channel
    off = await stop(scope.desk, found.lead, channel=channel, by=scope.actor, reason=command.reason)
    what = _what(scope.desk, channel)
    said = [texts.STOPPED.format(who=found.lead.display, what=what, reason=command.reason)]
    if off:
        said.append(texts.TASKS_OFF.format(ids="、".join(one.id for one in off)))
    return Reply(text="\n".join(said))


@router.on(ResumeMessages)
async def on_resume(command: ResumeMessages, scope: Scope) -> Reply:
    """What he himself ended; an address that bounced or complained stays closed, and it is said."""
    found = await _found(scope, command.said, "consent.resume")
    if isinstance(found, Reply):
        return found
    if not command.reason:
        return Reply(text=texts.ASK_REASON.format(example=texts.RESUME_EXAMPLE.format(lead_id=found.lead.id)))
    left = await resume(
        scope.desk, found.lead, channel=command.channel, by=scope.actor, reason=command.reason
    )
    what = _what(scope.desk, command.channel)
    said = [texts.RESUMED.format(who=found.lead.display, what=what, reason=command.reason)]
    said += [
        texts.STILL_BLOCKED.format(channel=_name(scope.desk, one), why=texts.SUPPRESSED.get(why, why))
        for one, why in left.items()
    ]
    return Reply(text="\n".join(said))


async def _found(scope: Scope, said: str, action: str) -> Held | Reply:
    found = await held(scope.desk, said)
    may_look = action == "consent" and may_change(scope.actor, scope.desk.company)
    if found is None or not (found.is_of(scope.actor) or found.is_under(scope.actor) or may_look):
        await subjects.refused(scope.desk, scope.actor, action=action, of=f"lead:{said}")
        return Reply(card=lead_gone.missing())
    return found if scope.is_private else Reply(text=texts.ONLY_PRIVATE)


async def _card(scope: Scope, found: Held) -> Reply:
    desk = scope.desk
    said = await consents.all_of(desk.tx, found.lead.id)
    channels = [(one.key, one.name) for one in desk.company.channels.channels]
    may = agreed.by_channel(said, [key for key, _ in channels])
    closed = agreed.is_closed(said)
    states = [(name, _state(may.get(key), is_closed=closed)) for key, name in channels]
    link = page_links.PageLink(found.lead.id, scope.actor.id, desk.now)
    url = page_links.address(desk.company.doors.base_url, desk.vault, link)
    now = desk.now.astimezone(desk.company.org.zone)
    lines = [(one.at, consent_lines.line(desk.company, one.consent)) for one in said]
    card = consent.card(found.lead, states, lines, url=f"{url}/consent" if url else "", now=now)
    return Reply(card=card, topic=f"consent:{found.lead.id}")


def _state(agrees: bool | None, *, is_closed: bool) -> str:
    if is_closed or agrees is False:
        return texts.NOW_NO
    return texts.NOW_YES if agrees else texts.NOW_NEVER


def _name(desk: Desk, channel: str) -> str:
    return {one.key: one.name for one in desk.company.channels.channels}.get(channel, channel)


def _what(desk: Desk, channel: str) -> str:
    if channel == EVERYTHING:
        return texts.ANYTHING
    return texts.MARKETING_ON.format(channel=_name(desk, channel) if channel else texts.ALL_CHANNELS)
