"""What a digest says, ready to be posted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.chat.card import Card
from bot.chat.outbound import Image, Notice, Reply


@dataclass(frozen=True, slots=True)
class Digest:
    """Words, a picture of the same numbers, and a card for what can be done; or why there is nothing."""

    text: str = ""
    chart: Mapping[str, Any] | None = None
    card: Card | None = None
    #: What the card is about; see Notice.
    topic: str = ""
    #: Set when nothing is to be said; words for logs.
    silent: str = ""

    def notices(self, to: str, key: str, *, group: bool = False) -> Iterator[Notice]:
        """One or two messages; `key` names the occasion."""
        image = None if self.chart is None else Image(chart=self.chart)
        if self.text:
            yield Notice(to=to, key=f"{key}:text", text=self.text, image=image, group=group)
        if self.card is not None:
            beside = image if not self.text else None
            yield Notice(
                to=to, key=f"{key}:card", card=self.card, image=beside, topic=self.topic, group=group
            )

    def reply(self) -> Reply:
        """As the answer to whoever asked for it; of words and a card it is the card, see `before`."""
        image = None if self.chart is None else Image(chart=self.chart)
        text = self.text if self.card is None else ""
        return Reply(card=self.card, text=text, image=image, topic=self.topic, fresh=True)

    def before(self, to: str, key: str) -> Notice | None:
        """The words that a card's buttons are about: they stand above it."""
        if self.card is None or not self.text:
            return None
        return Notice(to=to, key=key, text=self.text, answers=True)
