"""What a person cannot do."""

from __future__ import annotations

from bot.errors import BotError


class NotPossibleError(BotError):
    """A person cannot do this in the client: no such card, a dead button, an unknown menu key."""
