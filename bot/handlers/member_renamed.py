"""A colleague whose platform id was changed stays the same person."""

from __future__ import annotations

from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.signals import MemberIsRenamed
from bot.handlers import Scope
from bot.store import logins

router: Router[Scope] = Router()


@router.on(MemberIsRenamed)
async def on_member_renamed(command: MemberIsRenamed, scope: Scope) -> Reply:
    """Move the login; owner, tasks and history stay where they are."""
    await logins.rename(scope.desk, command.platform, command.account, command.new_account)
    return Reply()
