"""Draw a card of ours as a template card.

Lengths are in full-width characters; the platform calls them suggestions and cuts what is
longer, so we cut first, where it reads well. Lengths in bytes are hard.
https://developer.work.weixin.qq.com/document/path/90236
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import structlog

from bot.adapters.wecom import codes
from bot.adapters.wecom.width import cut, one_line, visible
from bot.chat.card import Button, Card, Choice, Field

_TITLE, _NOTE, _SOURCE, _PARAGRAPH = 36, 44, 20, 160
_EMPHASIS_FIGURE, _EMPHASIS_LABEL = 14, 22
_FIELDS_MAX, _LABEL, _VALUE = 6, 5, 30
_BUTTONS_MAX, _BUTTON, _JUMPS_MAX, _JUMP = 6, 10, 3, 18
_OPTIONS_MAX, _OPTION, _CHOICE_TITLE = 10, 16, 13
_KEY_BYTES, _OPTION_ID_BYTES, _URL_BYTES = 1024, 128, 2048
_TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
_URL = re.compile(r"(https?://|tel:)\S+")
_STYLES = {"primary": 1, "default": 2, "danger": 3}
#: Where a card leads when neither it nor the settings say: harmless, and known to every client.
NOWHERE = "https://work.weixin.qq.com"

_log = structlog.get_logger()

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The bytes' shape of one card."""

    template_card: Json
    #: Only such a card can be pressed, and changed afterwards.
    is_interactive: bool


def draw(card: Card, *, sealed: tuple[str, ...], task_id: str, home_url: str) -> Drawn:
    """Choose the card's kind and fill it; PlatformRejectedError if it cannot be shown."""
    if len(sealed) != len(card.buttons):
        codes.refuse("card", f"{card.kind}: {len(card.buttons)} buttons, {len(sealed)} commands")
    pairs = tuple(zip(card.buttons, sealed, strict=True))
    if any(not button.url for button in card.buttons) or card.choice:
        return Drawn(_button_card(card, pairs, task_id), is_interactive=True)
    return Drawn(_notice_card(card, home_url), is_interactive=False)


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


def checked_task_id(card_key: str) -> str:
    """Give the key if its shape is right: after that, a refused task id can only be a used one."""
    if not _TASK_ID.fullmatch(card_key):
        codes.refuse("card", "a card key has 1 to 128 of 0-9 A-Z a-z _ - @")
    return card_key


def _button_card(card: Card, pairs: tuple[tuple[Button, str], ...], task_id: str) -> Json:
    title = one_line(card.title)
    if not title or not pairs:
        codes.refuse("card", f"{card.kind}: a card with buttons needs a title and a button")
    emphasis = f"{card.emphasis[1]} {card.emphasis[0]}".strip() if card.emphasis else ""
    drawn = {
        "card_type": "button_interaction",
        "task_id": checked_task_id(task_id),
        **_common(card, emphasis),
    }
    if card.choice:
        drawn["button_selection"] = _selection(card.choice, card.kind)
    _note_cut(card.kind, "buttons", len(pairs), _BUTTONS_MAX)
    drawn["button_list"] = [_button(card.kind, *pair) for pair in pairs[:_BUTTONS_MAX]]
    if card.url:
        drawn["card_action"] = {"type": 1, "url": _url(card.kind, card.url)}
    return drawn


def _notice_card(card: Card, home_url: str) -> Json:
    drawn = {"card_type": "text_notice", **_common(card, "")}
    if card.emphasis:
        figure, label = card.emphasis
        drawn["emphasis_content"] = {
            "title": cut(one_line(figure), _EMPHASIS_FIGURE),
            "desc": cut(one_line(label), _EMPHASIS_LABEL),
        }
    if not one_line(card.title) and "sub_title_text" not in drawn:
        codes.refuse("card", f"{card.kind}: a card needs a title or a text")
    _note_cut(card.kind, "links", len(card.buttons), _JUMPS_MAX)
    if card.buttons:
        drawn["jump_list"] = [
            {"type": 1, "title": cut(one_line(b.label), _JUMP), "url": _url(card.kind, b.url)}
            for b in card.buttons[:_JUMPS_MAX]
        ]
    drawn["card_action"] = {"type": 1, "url": _url(card.kind, card.url or home_url or NOWHERE)}
    return drawn


def _common(card: Card, first_line: str) -> Json:
    """Draw what both kinds share: source, title, fields and the paragraph."""
    drawn: Json = {"main_title": {"title": cut(one_line(card.title), _TITLE)}}
    if card.note:
        drawn["main_title"] = {
            "title": cut(one_line(card.title), _TITLE),
            "desc": cut(one_line(card.note), _NOTE),
        }
    if card.source:
        drawn["source"] = {"desc": cut(one_line(card.source), _SOURCE), "desc_color": 0}
    # A seventh field does not get lost: it becomes a line of the paragraph.
    spilt = [f"{one_line(f.label)}：{one_line(f.value)}" for f in card.fields[_FIELDS_MAX:]]
    lines = [line for line in (one_line(first_line), *spilt, visible(card.text).strip()) if line]
    if lines:
        drawn["sub_title_text"] = cut("\n".join(lines), _PARAGRAPH)
    if card.fields:
        drawn["horizontal_content_list"] = [_field(card.kind, f) for f in card.fields[:_FIELDS_MAX]]
    return drawn


def _field(kind: str, field: Field) -> Json:
    drawn: Json = {
        "keyname": cut(one_line(field.label), _LABEL) or "—",
        # The platform refuses an empty value beside a name.
        "value": cut(one_line(field.value), _VALUE) or "—",
    }
    if field.url:
        return {"type": 1, **drawn, "url": _url(kind, field.url)}
    if field.user_id:
        return {"type": 3, **drawn, "userid": field.user_id}
    return drawn


def _button(kind: str, button: Button, sealed: str) -> Json:
    text = cut(one_line(button.label), _BUTTON)
    style = _STYLES.get(button.style, _STYLES["default"])
    if not text:
        codes.refuse("card", f"{kind}: a button without a label")
    if button.url:
        return {"type": 1, "text": text, "style": style, "url": _url(kind, button.url)}
    if not 1 <= len(sealed.encode()) <= _KEY_BYTES:
        codes.refuse("card", f"{kind}: a button's command takes 1 to {_KEY_BYTES} bytes")
    return {"type": 0, "text": text, "style": style, "key": sealed}


def _selection(choice: Choice, kind: str) -> Json:
    if not choice.options or any(
        not 1 <= len(option_id.encode()) <= _OPTION_ID_BYTES for option_id, _ in choice.options
    ):
        codes.refuse("card", f"{kind}: a choice needs options with ids of 1 to {_OPTION_ID_BYTES} bytes")
    _note_cut(kind, "options", len(choice.options), _OPTIONS_MAX)
    shown = choice.options[:_OPTIONS_MAX]
    drawn: Json = {
        "question_key": choice.key,
        "title": cut(one_line(choice.title), _CHOICE_TITLE),
        "option_list": [{"id": i, "text": cut(one_line(label), _OPTION) or i} for i, label in shown],
    }
    if choice.selected in {option_id for option_id, _ in shown}:
        drawn["selected_id"] = choice.selected
    return drawn


def _url(kind: str, url: str) -> str:
    if len(url.encode()) > _URL_BYTES or not _URL.fullmatch(url):
        codes.refuse("card", f"{kind}: a link must be http, https or tel, and short")
    return url


def _note_cut(kind: str, what: str, given: int, limit: int) -> None:
    if given > limit:
        _log.warning("card.cut", platform=codes.PLATFORM, kind=kind, what=what, given=given, shown=limit)
