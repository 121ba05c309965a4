"""A card as we think of it; each platform's adapter turns it into its own bytes.

A card shows, or has buttons, or asks. It asks in one way: `choice` (a drop-down above the buttons),
`poll` (a list to tick), `questions` (a few drop-downs sent off together). Of a card that polls or
questions the first button sends the answers off; the others are ways out that leave them unanswered.
"""

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
    """A drop-down; what is chosen comes back with the press."""

    key: str
    title: str
    #: (id, label), ten at the most.
    options: tuple[tuple[str, str], ...]
    selected: str = ""


@dataclass(frozen=True, slots=True)
class Poll:
    """A list to tick, all of it in sight; what is ticked comes back with the press."""

    key: str
    #: (id, label), twenty at the most.
    options: tuple[tuple[str, str], ...]
    #: More than one may be ticked.
    many: bool = False
    ticked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on a card, from an address that the reader's phone can load."""

    url: str
    #: Width over height.
    ratio: float = 2.25


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
    poll: Poll | None = None
    #: Three at the most.
    questions: tuple[Choice, ...] = ()
    buttons: tuple[Button, ...] = ()
    #: Rarer commands, behind the card's corner: three at the most.
    menu: tuple[Button, ...] = ()
    #: For cards without buttons.
    picture: Picture | None = None
    #: Where a press on the card's body leads.
    url: str = ""
    #: Shown small above the title.
    source: str = ""

    def __post_init__(self) -> None:
        if sum((self.choice is not None, self.poll is not None, bool(self.questions))) > 1:
            msg = f"{self.kind}: a card asks in one way"
            raise ValueError(msg)

    @property
    def is_asking(self) -> bool:
        """Whether answers are ticked or chosen first and sent off together."""
        return self.poll is not None or bool(self.questions)

    @property
    def presses(self) -> tuple[Button, ...]:
        """All that can be pressed, in the order in which commands are sealed: buttons, then the menu."""
        return self.buttons + self.menu


def plain(card: Card) -> str:
    """Give the card's content as text, for platforms and people without cards."""
    lines = [card.title, card.note]
    if card.emphasis:
        lines.append(f"{card.emphasis[1]} {card.emphasis[0]}".strip())
    lines += [f"{field.label}：{field.value}" for field in card.fields]
    lines.append(card.text)
    return "\n".join(line for line in lines if line)
