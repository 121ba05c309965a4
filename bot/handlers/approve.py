"""Approvals: what waits for somebody's word, and his word, from a card or by message."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.cards import approval as cards
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.approval import Approval, ApprovalState
from bot.crm.approval_commands import AnswerApproval, ListApprovals, ShowApproval
from bot.handlers import Scope
from bot.journeys import approving
from bot.journeys.approving import Answered
from bot.store import approvals, audit, dialogues

router: Router[Scope] = Router()
_LASTS = timedelta(minutes=30)
_VERDICTS = {ApprovalState.APPROVED.value, ApprovalState.REFUSED.value}
_LONGEST = 200
_ID = re.compile(r"[Pp]\d{1,9}")
#: In place of a reason, more of them.
_IDS = re.compile(r"(?:[\s,，、和]*[Pp]\d{1,9})+\s*")


@router.on(ListApprovals)
async def on_list_approvals(_: ListApprovals, scope: Scope) -> Reply:
    """His own alone."""
    if not scope.is_private:
        return Reply(text=cards.ONLY_PRIVATE)
    desk = scope.desk
    found = await approving.waiting(desk, scope.actor)
    return Reply(text=cards.waiting(found, now=desk.now, zone=desk.company.org.zone))


@router.on(ShowApproval)
async def on_show_approval(command: ShowApproval, scope: Scope) -> Reply:
    """As it stands."""
    found = await _meant(scope, command.approval_id, "approval.show")
    return found if isinstance(found, Reply) else await _face(scope, found)


@router.on(AnswerApproval)
async def on_answer_approval(command: AnswerApproval, scope: Scope) -> Reply:
    """The first answer of somebody who was asked counts; a no without a reason is asked for one."""
    found = await _meant(scope, command.approval_id, "approval.answer")
    if isinstance(found, Reply):
        return found
    desk, reason = scope.desk, command.reason.strip()[:_LONGEST]
    if found.state is not ApprovalState.ASKED or command.verdict not in _VERDICTS:
        return await _face(scope, found)
    if others := _IDS.fullmatch(reason) and _ID.findall(reason):
        word = cards.WORDS[ApprovalState(command.verdict)]
        each = "；".join(f"{word} {one}" for one in (found.id, *(one.upper() for one in others)))
        return Reply(text=cards.ONE_AT_A_TIME.format(each=each))
    if command.verdict == ApprovalState.REFUSED.value and not reason:
        await dialogues.open(desk, scope.actor.id, "approval", {"approval_id": found.id}, for_=_LASTS)
        return Reply(text=cards.ASK_WHY.format(id=found.id, text=found.text))
    await dialogues.close(desk.tx, scope.actor.id)
    outcome = await approving.answer(desk, found, scope.actor, command.verdict, reason)
    if outcome is Answered.NOT_NEEDED:
        return Reply(text=cards.NOT_NEEDED)
    return await _face(scope, await approvals.find(desk.tx, found.id) or found)


async def _face(scope: Scope, one: Approval) -> Reply:
    card = await approving.shown_to(scope.desk, one, scope.actor)
    return Reply(text=cards.NOT_NEEDED) if card is None else Reply(card=card, topic=one.topic)


async def _meant(scope: Scope, approval_id: str, action: str) -> Approval | Reply:
    """The one he was asked; who was not asked does not learn whether it exists."""
    found = await approvals.find(scope.desk.tx, approval_id)
    if found is None or scope.actor.id not in found.asked or not scope.actor.active:
        of = "approval:?" if found is None else found.topic
        await audit.note(scope.desk, actor=scope.actor.id, action="access.refused", of=of, wanted=action)
        return Reply(text=cards.NOT_YOURS.format(approval=approval_id))
    return found if scope.is_private else Reply(text=cards.ONLY_PRIVATE)
