"""Somebody's own question, asked again each time with his rights of that moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.cards.answer import HELP
from bot.cards.texts import digests as texts
from bot.chat.inbound import PRIVATE
from bot.crm.query import Query
from bot.crm.user import Role
from bot.insight import pictures
from bot.insight.answers.answer_question import answer_question
from bot.insight.answers.company_words import asker_of
from bot.insight.ask.aloud import not_aloud
from bot.insight.ask.answer import Clarify, Refused, Understood, Unknown
from bot.insight.ask.conversation import ask
from bot.insight.digests import words
from bot.insight.digests.digest import Digest
from bot.insight.digests.view import View
from bot.store.metrics.guard import NotPermittedError

#: Stands between a question and what was chosen to make it clear.
CHOSEN = "\n"
#: Who may put numbers before a group.
_MAY_TELL_GROUPS = frozenset({Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})


@dataclass(frozen=True, slots=True)
class Declined:
    """Why it cannot be sent, and what might be meant instead."""

    why: str
    #: What to call each, and the question that it is.
    options: tuple[tuple[str, str], ...] = ()
    #: It is not his to see, rather than not understood.
    is_refused: bool = False


def understand(view: View, question: str, *, chat: str = "") -> Understood | Declined:
    """Take it as whole words of its own: nothing that was said before belongs to it.

    After a line break stands what he chose when the words before it were ambiguous.
    """
    found = ask(
        question.split(CHOSEN), asker=asker_of(view.viewer), lexicon=view.lexicon, now=view.desk.now,
        tz=view.desk.company.org.zone,
    )  # fmt: skip
    match found:
        case Understood():
            why = _unfit_for_group(view, found.query) if chat and chat != PRIVATE else ""
            return Declined(why, is_refused=True) if why else found
        case Clarify(reply, options):
            return Declined(reply, tuple((one, f"{question}{CHOSEN}{one}") for one in options))
        case Unknown(reply, suggestions):
            return Declined(reply, tuple((one, one) for one in suggestions if one != HELP))
        case Refused(reply):
            return Declined(reply, is_refused=True)


def reading_at(view: View, question: str, at: datetime) -> str:
    """How it will be understood then: 上周 moves on."""
    then = replace(view, desk=replace(view.desk, now=at))
    found = understand(then, question)
    return found.words if isinstance(found, Understood) else ""


def may_tell_groups(view: View) -> bool:
    """Whether he may put numbers before a group at all."""
    return view.viewer.active and view.viewer.role in _MAY_TELL_GROUPS


async def asked_again(view: View, question: str, *, head: str, chat: str = "") -> Digest | Declined:
    """The answer as it is now; Declined if it cannot be had any more."""
    found = understand(view, question, chat=chat)
    if isinstance(found, Declined):
        return found
    try:
        answered = await answer_question(
            view.desk.tx, found.query, asker=view.viewer, company=view.desk.company, lexicon=view.lexicon,
            words=found.words, now=view.desk.now,
        )  # fmt: skip
    except NotPermittedError as exc:
        return Declined(exc.breach.value, is_refused=True)
    parts = (head, answered.words, *answered.lines)
    chart = answered.chart if pictures.is_worth_it(answered.chart) else None
    return Digest(text=words.fitting(parts, answered.footnotes), chart=chart)


def _unfit_for_group(view: View, query: Query) -> str:
    """What may not be said before others when it is asked may not be posted there either."""
    if not may_tell_groups(view):
        return texts.GROUP_ROLES
    why = not_aloud(query, asker_of(view.viewer), view.lexicon)
    return texts.NOT_ALOUD[why.value] if why else ""
