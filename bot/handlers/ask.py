"""Answer a question about the numbers, or any words that nothing else understood."""

from __future__ import annotations

from dataclasses import replace

import orjson
import structlog

from bot.cards import answer as cards
from bot.cards import journey
from bot.chat import insight_links
from bot.chat.outbound import Image, Memory, Reply
from bot.chat.router import Router
from bot.crm.commands import Ask
from bot.crm.query import Query
from bot.handlers import Scope
from bot.insight import pictures
from bot.insight.answers.answer_question import Answered, answer_question
from bot.insight.answers.company_words import asker_of, lexicon_of
from bot.insight.ask import texts
from bot.insight.ask.aloud import not_aloud
from bot.insight.ask.answer import Answer, Clarify, Export, Refused, Understood, Unknown
from bot.insight.ask.asking import Listener
from bot.insight.ask.conversation import LASTS, Conversation
from bot.insight.ask.conversation import ask as understand
from bot.insight.ask.lexicon import Lexicon
from bot.journeys.named import named_journeys
from bot.store import dialogues, users
from bot.store.metrics.guard import NotPermittedError

router: Router[Scope] = Router()
log = structlog.get_logger()
_KIND = "ask"


@router.on(Ask, reads=True)
async def on_ask(command: Ask, scope: Scope) -> Reply:
    """One turn of a conversation; the next one may refer to it for some minutes."""
    desk, actor = scope.desk, scope.actor
    if not actor.active:
        return Reply(text=texts.STRANGER, audit="ask.refused")
    lexicon = lexicon_of(desk.company, await users.everybody(desk.tx))
    if not scope.is_private:
        return await _before_others(command, scope, lexicon)
    if (journeys := await named_journeys(desk, actor, command.text)) is not None:
        return Reply(card=journey.meant(*journeys))
    listener = Listener(lexicon, desk.now, desk.company.org.zone, scope.model)
    following, found = await listener.hear(await _before(scope), command.text, asker_of(actor))
    reply = await _reply(scope, found, lexicon)
    memory = Memory(_KIND, following.to_json(), LASTS)
    return replace(reply, memory=memory)


async def _before_others(command: Ask, scope: Scope, lexicon: Lexicon) -> Reply:
    """Totals alone, each question for itself: what was said in private stays there."""
    desk, asker = scope.desk, asker_of(scope.actor)
    words = [command.text]
    found = understand(words, asker=asker, lexicon=lexicon, now=desk.now, tz=desk.company.org.zone)
    # Questions back and hints name people and values: they are for whoever asked.
    why = not_aloud(found.query, asker, lexicon) if isinstance(found, Understood) else None
    if not isinstance(found, Understood) or why is not None:
        reason = why.value if why else type(found).__name__.lower()
        log.info("ask.not_before_others", user=scope.actor.id, reason=reason)
        return Reply(text=cards.not_here(reason), audit="ask.refused" if isinstance(found, Refused) else "")
    answered = await _answered(scope, found, lexicon)
    if answered is None:
        return Reply(text=cards.NOT_HERE, audit="ask.stopped_by_guard")
    image = Image(chart=answered.chart) if pictures.is_worth_it(answered.chart) else None
    return Reply(text=answered.reply, image=image)


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
        case Export(query=query, words=words):
            url = rows_link(scope, query)
            return Reply(card=cards.exported(words, url=url))
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
    answered = await _answered(scope, found, lexicon)
    if answered is None:
        return replace(_said(scope, cards.NOT_ALLOWED), audit="ask.stopped_by_guard")
    return _shown(scope, answered, url=rows_link(scope, found.query))


async def _answered(scope: Scope, found: Understood, lexicon: Lexicon) -> Answered | None:
    """The numbers; None if the second lock stopped the question."""
    desk = scope.desk
    try:
        return await answer_question(
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
        return None


def _shown(scope: Scope, answered: Answered, *, url: str) -> Reply:
    """A number alone is a card, a list a message that a pressed card points to; a picture goes along."""
    image = Image(chart=answered.chart) if pictures.is_worth_it(answered.chart) else None
    head = answered.headline
    if head is not None:
        card = cards.figure(
            head.name, head.value, words=answered.words, notes=head.notes, footnotes=answered.footnotes
        )
        return Reply(card=cards.with_rows(card, url), image=image)
    return Reply(
        card=cards.below(answered.words, url=url) if scope.tapped or url else None,
        text=answered.reply,
        image=image,
    )


def rows_link(scope: Scope, query: Query) -> str:
    """Where he alone sees what was counted; empty where pages cannot be reached."""
    desk = scope.desk
    link = insight_links.NumbersLink(scope.actor.id, desk.now, orjson.dumps(query.to_json()).decode())
    return insight_links.address(desk.company.doors.base_url, desk.vault, link)


def _said(scope: Scope, reply: str) -> Reply:
    """A sentence; after a press it takes the card's place."""
    return Reply(card=cards.said(reply)) if scope.tapped else Reply(text=reply)
