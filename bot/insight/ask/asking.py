"""A question's whole way, the same from chat, terminal and API: the grammar, then the model, if any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from bot.insight.ask import texts
from bot.insight.ask.answer import Answer, Refused, Unknown
from bot.insight.ask.batch import as_line
from bot.insight.ask.conversation import Conversation, step
from bot.insight.ask.lexicon import Asker, Lexicon
from bot.insight.ask.translate import translate
from bot.insight.ask.translator import Model


@dataclass(frozen=True, slots=True)
class Listener:
    """What questions are read with; without a model the grammar is all there is."""

    lexicon: Lexicon
    now: datetime
    tz: tzinfo
    model: Model | None = None

    async def hear(self, before: Conversation, text: str, asker: Asker) -> tuple[Conversation, Answer]:
        """One turn: what nobody understood may be clear to the model."""
        following, found = step(before, text, asker=asker, lexicon=self.lexicon, now=self.now, tz=self.tz)
        if self.model is None or not (isinstance(found, Unknown) and found.is_open):
            return following, found
        by_model = await translate(
            self.model, text, asker=asker, lexicon=self.lexicon, now=self.now, tz=self.tz
        )
        return by_model or (following, found)

    async def answer(self, turns: Sequence[str], asker: Asker) -> Answer:
        """The answer to the last of several turns; ValueError if there are none."""
        if not turns:
            msg = "a question has at least one turn"
            raise ValueError(msg)
        before = Conversation()
        for text in turns:
            before, found = await self.hear(before, text, asker)
        return found

    async def line(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """As `batch.answer_line`."""
        asker = self.lexicon.asker(str(line["as"]))
        found = await self.answer(line["turns"], asker) if asker else Refused(texts.STRANGER)
        return as_line(line, found)
