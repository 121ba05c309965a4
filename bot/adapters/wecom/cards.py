"""Draw a card of ours as one of the five kinds of template card.

https://developer.work.weixin.qq.com/document/path/90236
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.adapters.wecom import codes
from bot.adapters.wecom.card_asks import ask, close
from bot.adapters.wecom.card_parts import (
    APP,
    BUTTONS_MAX,
    Json,
    Lengths,
    Pair,
    checked_task_id,
    checked_url,
    corner,
    figure_line,
    head,
    jumps,
    lines,
    note_cut,
    press,
    rows,
    selection,
)
from bot.adapters.wecom.width import cut, one_line
from bot.chat.card import Card

__all__ = ["NOWHERE", "Drawn", "Json", "checked_task_id", "draw", "has_calls", "without_calls"]

_PARAGRAPHS_MAX = 4
#: Width over height, as a card shows pictures.
_NARROWEST, _WIDEST = 1.3, 2.25
#: Where a card leads when neither it nor the settings say: harmless, and known to every client.
NOWHERE = "https://work.weixin.qq.com"


@dataclass(frozen=True, slots=True)
class Drawn:
    """The bytes' shape of one card."""

    template_card: Json
    #: Only such a card can be pressed, and changed afterwards.
    is_interactive: bool


def draw(
    card: Card,
    *,
    sealed: tuple[str, ...],
    task_id: str,
    home_url: str,
    before: Card | None = None,
    size: Lengths = APP,
) -> Drawn:
    """Choose the card's kind and fill it; PlatformRejectedError if it cannot be shown.

    `before` is the card that hangs there, if it asked: what follows it must close it.
    """
    if len(sealed) != len(card.presses):
        codes.refuse("card", f"{card.kind}: {len(card.presses)} buttons, {len(sealed)} commands")
    pairs = tuple(zip(card.presses, sealed, strict=True))
    buttons, menu = pairs[: len(card.buttons)], pairs[len(card.buttons) :]
    if not one_line(card.title) and (card.is_asking or card.picture or menu or _is_pressed(card)):
        codes.refuse("card", f"{card.kind}: only a card that is a mere text needs no title")
    if card.is_asking:
        note_cut(card.kind, "menu", len(menu), 0)
        return Drawn({**ask(card, buttons, size), "task_id": checked_task_id(task_id)}, is_interactive=True)
    if _is_pressed(card):
        drawn = {**_button_card(card, buttons, size), **corner(card, menu, size)}
        return Drawn({**drawn, "task_id": checked_task_id(task_id)}, is_interactive=True)
    if before is not None and before.is_asking:
        return Drawn({**close(card, before, size), "task_id": checked_task_id(task_id)}, is_interactive=True)
    notice = _news_card(card, size) if card.picture else _text_card(card, size)
    notice["card_action"] = {"type": 1, "url": checked_url(card.kind, card.url or home_url or NOWHERE)}
    if menu:
        notice |= {**corner(card, menu, size), "task_id": checked_task_id(task_id)}
    return Drawn(notice, is_interactive=bool(menu))


def has_calls(template_card: Json) -> bool:
    """Say whether a field of the card is a link that dials."""
    return any(_dials(field) for field in template_card.get("horizontal_content_list", ()))


def without_calls(template_card: Json) -> Json:
    """Give the card with its numbers as plain text."""
    fields = [
        {"keyname": field["keyname"], "value": field["value"]} if _dials(field) else field
        for field in template_card["horizontal_content_list"]
    ]
    return {**template_card, "horizontal_content_list": fields}


def _dials(field: Json) -> bool:
    return str(field.get("url", "")).startswith("tel:")


def _is_pressed(card: Card) -> bool:
    return card.choice is not None or any(not button.url for button in card.buttons)


def _button_card(card: Card, pairs: tuple[Pair, ...], size: Lengths) -> Json:
    if not pairs:
        codes.refuse("card", f"{card.kind}: a card with a choice needs a button")
    note_cut(card.kind, "picture", int(card.picture is not None), 0)
    drawn = {"card_type": "button_interaction", **_common(card, size, figure_line(card))}
    if card.choice:
        drawn["button_selection"] = selection(card.choice, card.kind, size)
    note_cut(card.kind, "buttons", len(pairs), BUTTONS_MAX)
    drawn["button_list"] = [press(card.kind, pair, size) for pair in pairs[:BUTTONS_MAX]]
    if card.url:
        drawn["card_action"] = {"type": 1, "url": checked_url(card.kind, card.url)}
    return drawn


def _text_card(card: Card, size: Lengths) -> Json:
    drawn = {"card_type": "text_notice", **_common(card, size, ""), **jumps(card, size)}
    if card.emphasis:
        figure, label = card.emphasis
        drawn["emphasis_content"] = {
            "title": cut(one_line(figure), size.figure),
            "desc": cut(one_line(label), size.figure_label),
        }
    if not one_line(card.title) and "sub_title_text" not in drawn:
        codes.refuse("card", f"{card.kind}: a card needs a title or a text")
    return drawn


def _news_card(card: Card, size: Lengths) -> Json:
    """Draw a picture above the text; its paragraphs are four at the most."""
    picture = card.picture
    if picture is None or not picture.url.startswith(("http://", "https://")):
        codes.refuse("card", f"{card.kind}: a picture on a card has an http or https address")
    ratio = min(max(picture.ratio, _NARROWEST), _WIDEST)
    image = {"url": checked_url(card.kind, picture.url), "aspect_ratio": ratio}
    said = [line for text in lines(card, figure_line(card)) for line in text.splitlines() if line.strip()]
    note_cut(card.kind, "paragraphs", len(said), _PARAGRAPHS_MAX)
    drawn = {"card_type": "news_notice", **head(card, size, card.note), "card_image": image}
    if said:
        shown = [cut(one_line(line), size.line_title) for line in said[:_PARAGRAPHS_MAX]]
        drawn["vertical_content_list"] = [{"title": line} for line in shown]
    return {**drawn, **rows(card, size), **jumps(card, size)}


def _common(card: Card, size: Lengths, first_line: str) -> Json:
    """Draw what text and button cards share: source, title, fields and the paragraph."""
    drawn = head(card, size, card.note)
    said = lines(card, first_line)
    if said:
        drawn["sub_title_text"] = cut("\n".join(said), size.paragraph)
    return drawn | rows(card, size)
