"""A card as we think of it; each platform's adapter turns it into its own bytes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One line: a label of at most five characters and a value.

    `url` makes the value a link (`tel:` included); `user_id` makes it a colleague.
    """

    label: str
    value: str
    url: str = ""
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """One press: a command of ours, or a link."""

    label: str
    #: A registered command (see bot.kit.wire); None when `url` is set.
    command: object | None = None
    url: str = ""
    #: `primary`, `default` or `danger`.
    style: str = "default"


@dataclass(frozen=True, slots=True)
class Choice:
    """A drop-down above the buttons; what is chosen comes back with the press."""

    key: str
    title: str
    #: (id, label), ten at the most.
    options: tuple[tuple[str, str], ...]
    selected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What we show: who, what, and what can be done."""

    #: The module that drew it, for logs and counts.
    kind: str
    title: str
    #: One line under the title.
    note: str = ""
    #: One big figure, for cards without buttons.
    emphasis: tuple[str, str] | None = None
    fields: tuple[Field, ...] = ()
    #: A paragraph.
    text: str = ""
    choice: Choice | None = None
    buttons: tuple[Button, ...] = ()
    #: Where a press on the card's body leads.
    url: str = ""
    #: Shown small above the title.
    source: str = ""


def plain(card: Card) -> str:
    """Give the card's content as text, for platforms and people without cards."""
    lines = [card.title, card.note]
    if card.emphasis:
        lines.append(f"{card.emphasis[1]} {card.emphasis[0]}".strip())
    lines += [f"{field.label}：{field.value}" for field in card.fields]
    lines.append(card.text)
    return "\n".join(line for line in lines if line)
