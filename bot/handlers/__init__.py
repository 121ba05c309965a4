"""One file per thing a person or a timer can ask for; the folder is the register (`router`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.chat.inbound import PRIVATE
from bot.crm.user import User
from bot.insight.ask.translator import Model
from bot.store.desk import Desk


@dataclass(frozen=True, slots=True)
class Scope:
    """What a handler is given besides its command."""

    desk: Desk
    #: The person, by the platform's signed word, never by what a card says; SYSTEM for timers and events.
    actor: User
    #: `private`, or the id of a group, where nothing private may be said.
    chat: str = PRIVATE
    #: Where that is; empty for timers and events.
    platform: str = ""
    #: Choices made on the card before pressing: question key to option ids.
    selected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: The command came from a press on a card: the answer takes the card's place.
    tapped: bool = False
    #: For handlers that only read: whom to ask what a question means; None if nobody was set up.
    model: Model | None = None

    @property
    def is_private(self) -> bool:
        """Say whether nobody else listens."""
        return self.chat == PRIVATE

    def chosen(self, key: str) -> str:
        """The one option chosen under `key`, or an empty text."""
        options = self.selected.get(key, ())
        return options[0] if options else ""
