"""A card before a group as some of its readers see it: what each of them was shown, and what has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from bot.chat.card import Card
from bot.chat.outbound import CardView
from bot.chat.spelling import spell_card
from bot.kit.vault import Vault
from bot.store.buttons import seal_buttons


def spelled(card: Card) -> bytes:
    """A card as it is kept: equal cards are spelled alike."""
    return orjson.dumps(spell_card(card), option=orjson.OPT_SORT_KEYS)


def fingerprint(drawn: bytes) -> str:
    """What tells two drawings apart."""
    return hashlib.sha256(drawn).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Views:
    """Who is to see another card than all: his account and his card."""

    own: Mapping[str, Card] = field(default_factory=dict)
    #: The account that pressed: its buttons are made anew, so that the next press differs from this one.
    pressed_by: str = ""

    def of(self, row: Any, card: Card) -> Each:  # noqa: ANN401 - a row of cards
        """Compare with what each was shown of this card; `card` is what all see now.

        Whoever once saw his own keeps values of his own on the platform, which hide what all see: from
        then on he is shown what all see in the same way.
        """
        before: dict[str, str] = row.views or {}
        each = dict.fromkeys(before, card) | dict(self.own)
        if row.views is None:
            # Before it is sent nobody knows what the platform can; what it cannot show it leaves.
            cards = each if row.state == "queued" else {}
            return Each(cards, self, None, frozenset(cards), has_changed=False)
        now = {account: fingerprint(spelled(view)) for account, view in each.items()}
        due = frozenset(account for account in now if now[account] != before.get(account))
        return Each(each, self, now, due, has_changed=bool(due))


@dataclass(frozen=True, slots=True)
class Each:
    """What is to be shown to those who do not see what all see."""

    cards: Mapping[str, Card]
    views: Views
    #: What they see from now on, for the card's row.
    kept: dict[str, str] | None
    due: frozenset[str]
    has_changed: bool

    def sealed(
        self,
        vault: Vault,
        where: tuple[str, str],
        public: tuple[str, ...],
        *,
        version: int,
        unseen: frozenset[str],
    ) -> tuple[CardView, ...]:
        """Give what has to be sent: what has changed, was never sent, or was pressed.

        `where` is the platform and the card's key, `public` the buttons that all see. What is somebody's
        own is sealed for him: nobody else's press on it is genuine.
        """
        (platform, card_key), found = where, []
        for account in sorted((self.due | unseen | {self.views.pressed_by}) & self.cards.keys()):
            card, buttons = self.cards[account], public
            if account in self.views.own:
                audience = f"{platform}:{account}"
                buttons = seal_buttons(vault, card, card_key=card_key, audience=audience, version=version)
            found.append(CardView(account, card, buttons))
        return tuple(found)


#: All see the same, but for those who saw their own before.
ALIKE = Views()
