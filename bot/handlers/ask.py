"""Answer a question about the numbers, or any words that nothing else understood."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.cards import answer as cards
from bot.chat.outbound import Memory, Reply
from bot.chat.router import Router
from bot.crm.commands import Ask
from bot.handlers import Scope
from bot.insight.answer_question import Answered, answer_question
from bot.insight.ask.answer import Answer, Clarify, Refused, Understood, Unknown
from bot.insight.ask.conversation import LASTS, Conversation, step
from bot.insight.ask.lexicon import Lexicon
from bot.insight.company_words import asker_of, lexicon_of
from bot.store import dialogues, users
from bot.store.metrics.guard import NotPermittedError

router: Router[Scope] = Router()
log = structlog.get_logger()
_KIND = "ask"


@router.on(Ask, reads=True)
async def on_ask(command: Ask, scope: Scope) -> Reply:
    """One turn of a conversation; the next one may refer to it for some minutes."""
    if not scope.is_private:
        # A number is for him who asked, not for those who listen.
        return Reply(text=cards.NOT_HERE)
    desk, actor = scope.desk, scope.actor
    lexicon = lexicon_of(desk.company, await users.everybody(desk.tx))
    following, found = step(
        await _before(scope),
        command.text,
        asker=asker_of(actor),
        lexicon=lexicon,
        now=desk.now,
        tz=desk.company.org.zone,
    )
    reply = await _reply(scope, found, lexicon)
    memory = Memory(_KIND, following.to_json(), LASTS)
    return replace(reply, memory=memory)


async def _before(scope: Scope) -> Conversation:
    """What was said before; what an older version wrote down is forgotten."""
    kept = await dialogues.recall(scope.desk, scope.actor.id, _KIND)
    if kept is None:
        return Conversation()
    try:
        return Conversation.from_json(kept)
    except (KeyError, TypeError, ValueError) as exc:
        log.warning("ask.memory_unreadable", user=scope.actor.id, error=type(exc).__name__)
        return Conversation()


async def _reply(scope: Scope, found: Answer, lexicon: Lexicon) -> Reply:
    match found:
        case Understood():
            return await _numbers(scope, found, lexicon)
        case Clarify(reply, options) if options:
            return Reply(card=cards.asks_back(reply, options))
        case Unknown(reply, suggestions):
            log.info("ask.not_understood", user=scope.actor.id)
            return Reply(card=cards.hint(reply, suggestions))
        case Refused(reply):
            log.info("ask.refused", user=scope.actor.id)
            return replace(_said(scope, reply), audit="ask.refused")
        case Clarify(reply):
            return _said(scope, reply)


async def _numbers(scope: Scope, found: Understood, lexicon: Lexicon) -> Reply:
    desk = scope.desk
    try:
        answered = await answer_question(
            desk.tx,
            found.query,
            asker=scope.actor,
            company=desk.company,
            lexicon=lexicon,
            words=found.words,
            now=desk.now,
        )
    except NotPermittedError as exc:
        # The grammar let through what the store does not: the number stays where it is.
        log.warning("ask.stopped_by_guard", user=scope.actor.id, breach=exc.breach.value)
        return replace(_said(scope, cards.NOT_ALLOWED), audit="ask.stopped_by_guard")
    return _shown(scope, answered)


def _shown(scope: Scope, answered: Answered) -> Reply:
    """A number alone is a card; a list is a message, and a pressed card points to it."""
    head = answered.headline
    if head is not None:
        card = cards.figure(
            head.name, head.value, words=answered.words, notes=head.notes, footnotes=answered.footnotes
        )
        return Reply(card=card)
    return Reply(card=cards.below(answered.words) if scope.tapped else None, text=answered.reply)


def _said(scope: Scope, reply: str) -> Reply:
    """A sentence; after a press it takes the card's place."""
    return Reply(card=cards.said(reply)) if scope.tapped else Reply(text=reply)
