"""Questions from outside the chat: one at a time or from a file, with answers as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from bot.insight.ask import texts
from bot.insight.ask.answer import Answer, Clarify, Refused, Understood, Unknown
from bot.insight.ask.conversation import ask
from bot.insight.ask.lexicon import Lexicon


def answer_line(line: Mapping[str, Any], *, lexicon: Lexicon, now: datetime, tz: tzinfo) -> dict[str, Any]:
    """Answer `{"id", "turns", "as"}` with `{"id", "status", "query", "reply"}` of the last turn.

    Somebody who is not in the lexicon is refused; KeyError or ValueError if the line is malformed.
    """
    asker = lexicon.asker(str(line["as"]))
    answer = (
        ask(line["turns"], asker=asker, lexicon=lexicon, now=now, tz=tz) if asker else Refused(texts.STRANGER)
    )
    return as_line(line, answer)


def as_line(line: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
    """What is printed for one line of a file."""
    shown = as_json(answer)
    return {"id": line.get("id"), **{key: shown[key] for key in ("status", "query", "reply")}}


def as_json(answer: Answer) -> dict[str, Any]:
    """Status, query, reply and options, as the command line prints them."""
    match answer:
        case Understood(query, words):
            return {"status": "ok", "query": query.to_json(), "reply": words, "options": []}
        case Clarify(reply, options):
            return {"status": "clarify", "query": None, "reply": reply, "options": list(options)}
        case Refused(reply):
            return {"status": "refused", "query": None, "reply": reply, "options": []}
        case Unknown(reply, suggestions):
            return {"status": "unknown", "query": None, "reply": reply, "options": list(suggestions)}
