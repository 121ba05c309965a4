"""Subscribe (每周一9点发华东漏斗给我): understood at once, refused at once, shown as it was understood."""

from __future__ import annotations

from bot.cards import subscriptions as cards
from bot.cards.texts import digests as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.cadence import Cadence
from bot.crm.cadence_words import is_other, read_spoken
from bot.crm.digest_commands import Subscribe
from bot.crm.spoken import say_moment
from bot.crm.user import Role
from bot.handlers import Scope
from bot.insight.digests import desk_book, groups
from bot.insight.digests.question import Declined, may_tell_groups, reading_at, understand
from bot.insight.digests.view import View, view_of
from bot.store import audit, subscriptions
from bot.store.subscriptions import ACTIVE, QUESTION, Subscription

router: Router[Scope] = Router()
#: Questions of his own that somebody may have at a time, and signs of one.
MOST, LONGEST = 20, 80
_GROUP = "group"
_LEADERS = frozenset({Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})


@router.on(Subscribe)
async def on_subscribe(command: Subscribe, scope: Scope) -> Reply:
    """Begin it, or say what stands in the way; nothing is guessed."""
    if scope.actor.role is Role.ADMIN or not scope.actor.active:
        return Reply(text=texts.NO_DIGESTS)
    if len(command.question) > LONGEST:
        return Reply(text=texts.TOO_LONG)
    ours = desk_book.kind_meant(command.question, scope.actor.role)
    cadence = _cadence(command)
    if ours is not None:
        return await _ours(scope, ours, cadence, command)
    if cadence is None:
        is_odd = is_other(command.when or command.question) or command.when == "每"
        why = texts.OTHER_CADENCE if is_odd else texts.WHICH_WHEN.format(question=command.question)
        return Reply(text=why)
    return await _question(scope, command, cadence)


async def _question(scope: Scope, command: Subscribe, cadence: Cadence) -> Reply:
    view = await view_of(scope.desk, scope.actor)
    chat = await _place(scope, view, command)
    if isinstance(chat, Reply):
        return chat
    found = understand(view, command.question, chat=chat)
    if isinstance(found, Declined):
        return await _declined(scope, command, found, chat)
    before = await _same(scope, command.question, chat)
    if before is not None:
        await subscriptions.change(scope.desk, before, cadence=cadence, own_time=True)
        return await _begun(scope, await _again(scope, before), texts.CHANGED)
    have = [one for one in await subscriptions.of_user(scope.desk.tx, scope.actor.id) if one.is_own]
    if len(have) >= MOST:
        return Reply(text=texts.FULL.format(most=MOST))
    begun = await subscriptions.add(
        scope.desk, user_id=scope.actor.id, kind=QUESTION, cadence=cadence, question=command.question,
        reading=reading_at(view, command.question, subscriptions.following(scope.desk, cadence)), chat=chat,
    )  # fmt: skip
    assert begun is not None  # noqa: S101 - a question has no unique key but its number
    if chat:
        await audit.note(scope.desk, actor=scope.actor.id, action="digest.to_group", of=f"chat:{chat}")
    return await _begun(scope, begun, texts.SUBSCRIBED)


async def _ours(scope: Scope, kind: str, cadence: Cadence | None, command: Subscribe) -> Reply:
    """One of our digests: taken up again, or at a time of his own."""
    desk, actor = scope.desk, scope.actor
    name = texts.NAMES[kind][0]
    if command.to:
        return Reply(text=texts.GROUP_TOTALS)
    if kind == "morning" and actor.role in _LEADERS:
        return Reply(text=texts.MORNING_WHEN_ASKED)
    if not desk_book.of_this_role(desk, actor, kind):
        return Reply(text=texts.NOT_YOURS.format(what=name))
    usual = desk.company.digests.wanted(actor.role)[kind]
    chosen = None if cadence is None else Cadence(cadence.every, cadence.at, cadence.days, shifts=True)
    found = (await subscriptions.standard(desk.tx)).get((actor.id, kind))
    if found is None:
        found = await subscriptions.add(desk, user_id=actor.id, kind=kind, cadence=chosen or usual)
        assert found is not None  # noqa: S101 - looked up just now, in this unit
    keeps = chosen or (found.cadence if found.own_time else usual)
    own_time = found.own_time or chosen is not None
    await subscriptions.change(desk, found, cadence=keeps, own_time=own_time)
    now = await _again(scope, found)
    return await _begun(scope, now, texts.RESUMED)


async def _place(scope: Scope, view: View, command: Subscribe) -> str | Reply:
    """The group that is meant, `platform:chat`; empty for himself."""
    if not command.to:
        return ""
    if not may_tell_groups(view):
        await audit.note(scope.desk, actor=scope.actor.id, action="digest.refused", of="group")
        return Reply(text=texts.GROUP_ROLES)
    to = command.to
    if to == _GROUP and not scope.is_private:
        to = f"{scope.platform}:{scope.chat}"
    if to == _GROUP:
        found = await groups.of_viewer(view)
        if len(found) > 1:
            pairs = [(name, Subscribe(command.when, command.question, chat.to)) for chat, name in found]
            return Reply(card=cards.choose(texts.WHICH_GROUP, pairs))
        to = found[0][0].to if found else ""
    why = await groups.refused(view, to)
    if why:
        await audit.note(scope.desk, actor=scope.actor.id, action="digest.refused", of=f"chat:{to}")
        return Reply(text=why)
    return to


async def _declined(scope: Scope, command: Subscribe, found: Declined, chat: str) -> Reply:
    if found.is_refused:
        await audit.note(scope.desk, actor=scope.actor.id, action="digest.refused", of="numbers")
        return Reply(text=found.why)
    if not found.options:
        return Reply(text=texts.NOT_UNDERSTOOD.format(why=found.why))
    pairs = [(label, Subscribe(command.when, question, chat)) for label, question in found.options]
    return Reply(card=cards.choose(found.why, pairs))


async def _same(scope: Scope, question: str, chat: str) -> Subscription | None:
    """The same question to the same place: said again, it moves to another time."""
    have = await subscriptions.of_user(scope.desk.tx, scope.actor.id)
    return next((one for one in have if one.is_own and (one.question, one.chat) == (question, chat)), None)


async def _again(scope: Scope, found: Subscription) -> Subscription:
    now = await subscriptions.find(scope.desk.tx, found.id)
    assert now is not None and now.state == ACTIVE  # noqa: S101, PT018 - changed just now
    return now


async def _begun(scope: Scope, found: Subscription, title: str) -> Reply:
    desk, line = scope.desk, await desk_book.line_of(scope.desk, found)
    first = say_moment(found.next_at, now=desk.now, zone=desk.company.org.zone)
    said = title.format(what=line.what, when=line.when, to=cards.place(line))
    card = cards.begun(
        line, title=said, reading=found.reading, first=first, from_group=found.is_own and not scope.is_private
    )
    return Reply(card=card, topic=f"subscription:{found.id}")


def _cadence(command: Subscribe) -> Cadence | None:
    spoken = read_spoken(command.when) if command.when else None
    return None if spoken is None or spoken.every is None else spoken.cadence()
