"""The parts that template cards are made of, each within its limits.

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

FIELDS_MAX, BUTTONS_MAX, JUMPS_MAX, MENU_MAX, OPTIONS_MAX = 6, 6, 3, 3, 10
_KEY_BYTES, _OPTION_ID_BYTES, _URL_BYTES = 1024, 128, 2048
_TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
_URL = re.compile(r"(https?://|tel:)\S+")
_STYLES = {"primary": 1, "default": 2, "danger": 3}
_MENU_WORDS = "更多操作"
_EMPTY = "—"

_log = structlog.get_logger()

Json = dict[str, Any]
#: A button and its sealed command.
Pair = tuple[Button, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """How much text each place takes."""

    title: int
    note: int
    source: int
    paragraph: int
    figure: int
    figure_label: int
    label: int
    value: int
    jump: int
    button: int
    choice_title: int
    option: int
    tick: int
    line_title: int
    line_text: int


#: Of a self-built app.
APP = Lengths(
    title=36, note=44, source=20, paragraph=160, figure=14, figure_label=22, label=5, value=30, jump=18,
    button=10, choice_title=13, option=16, tick=17, line_title=38, line_text=160,
)  # fmt: skip
#: Of robots, which show narrower cards. https://developer.work.weixin.qq.com/document/path/101032
ROBOT = Lengths(
    title=26, note=30, source=13, paragraph=112, figure=10, figure_label=15, label=5, value=26, jump=13,
    button=10, choice_title=13, option=10, tick=11, line_title=26, line_text=112,
)  # fmt: skip


def checked_task_id(card_key: str) -> str:
    """Give the key if its shape is right: after that, a refused task id can only be a used one."""
    if not _TASK_ID.fullmatch(card_key):
        codes.refuse("card", "a card key has 1 to 128 of 0-9 A-Z a-z _ - @")
    return card_key


def head(card: Card, size: Lengths, note: str) -> Json:
    """Draw what every kind of card has: source and title."""
    drawn: Json = {"main_title": {"title": cut(one_line(card.title), size.title)}}
    if note:
        drawn["main_title"]["desc"] = cut(one_line(note), size.note)
    if card.source:
        drawn["source"] = {"desc": cut(one_line(card.source), size.source), "desc_color": 0}
    return drawn


def rows(card: Card, size: Lengths) -> Json:
    """Draw the fields that have room."""
    shown = card.fields[:FIELDS_MAX]
    return {"horizontal_content_list": [_field(card.kind, f, size) for f in shown]} if shown else {}


def lines(card: Card, first_line: str) -> list[str]:
    """Give the paragraph's lines: a seventh field does not get lost, it becomes one of them."""
    spilt = [f"{one_line(f.label)}：{one_line(f.value)}" for f in card.fields[FIELDS_MAX:]]
    return [line for line in (one_line(first_line), *spilt, visible(card.text).strip()) if line]


def figure_line(card: Card) -> str:
    """Give the big figure as a line, for cards that have no place for it."""
    return f"{card.emphasis[1]} {card.emphasis[0]}".strip() if card.emphasis else ""


def _field(kind: str, field: Field, size: Lengths) -> Json:
    drawn: Json = {
        "keyname": cut(one_line(field.label), size.label) or _EMPTY,
        # The platform refuses an empty value beside a name.
        "value": cut(one_line(field.value), size.value) or _EMPTY,
    }
    if field.url:
        return {"type": 1, **drawn, "url": checked_url(kind, field.url)}
    if field.user_id:
        return {"type": 3, **drawn, "userid": field.user_id}
    return drawn


def press(kind: str, pair: Pair, size: Lengths) -> Json:
    """Draw one button, or one link among buttons."""
    button, sealed = pair
    text = cut(one_line(button.label), size.button)
    style = _STYLES.get(button.style, _STYLES["default"])
    if not text:
        codes.refuse("card", f"{kind}: a button without a label")
    if button.url:
        return {"type": 1, "text": text, "style": style, "url": checked_url(kind, button.url)}
    return {"type": 0, "text": text, "style": style, "key": checked_key(kind, sealed)}


def submit(kind: str, pair: Pair, size: Lengths) -> Json:
    """Draw the button that sends answers off."""
    drawn = press(kind, pair, size)
    if "key" not in drawn:
        codes.refuse("card", f"{kind}: answers are sent off by a command, not by a link")
    return {"text": drawn["text"], "key": drawn["key"]}


def corner(card: Card, pairs: tuple[Pair, ...], size: Lengths) -> Json:
    """Draw the menu behind the card's corner."""
    if not pairs:
        return {}
    note_cut(card.kind, "menu", len(pairs), MENU_MAX)
    entries = [submit(card.kind, pair, size) for pair in pairs[:MENU_MAX]]
    return {"action_menu": {"desc": _MENU_WORDS, "action_list": entries}}


def jumps(card: Card, size: Lengths) -> Json:
    """Draw the links of a card that has nothing else to press."""
    links = [button for button in card.buttons if button.url]
    note_cut(card.kind, "links", len(links), JUMPS_MAX)
    if not links:
        return {}
    return {
        "jump_list": [
            {"type": 1, "title": cut(one_line(b.label), size.jump), "url": checked_url(card.kind, b.url)}
            for b in links[:JUMPS_MAX]
        ]
    }


def selection(choice: Choice, kind: str, size: Lengths) -> Json:
    """Draw a drop-down."""
    note_cut(kind, "options", len(choice.options), OPTIONS_MAX)
    shown = choice.options[:OPTIONS_MAX]
    drawn: Json = {
        "question_key": checked_key(kind, choice.key),
        "title": cut(one_line(choice.title), size.choice_title),
        "option_list": options(kind, shown, size.option),
    }
    if choice.selected in {option_id for option_id, _ in shown}:
        drawn["selected_id"] = choice.selected
    return drawn


def options(kind: str, given: tuple[tuple[str, str], ...], width: int) -> list[Json]:
    """Draw what can be chosen; each has an id of its own."""
    ids = [option_id for option_id, _ in given]
    if not ids or any(not is_option_id(one) for one in ids):
        codes.refuse("card", f"{kind}: a choice needs options with ids of 1 to {_OPTION_ID_BYTES} bytes")
    if len(set(ids)) != len(ids):
        codes.refuse("card", f"{kind}: two options with one id")
    return [{"id": i, "text": cut(one_line(label), width) or i} for i, label in given]


def is_option_id(text: str) -> bool:
    """Whether it is short enough to name an option."""
    return 1 <= len(text.encode()) <= _OPTION_ID_BYTES


def checked_key(kind: str, key: str) -> str:
    """Give what the platform keeps for us and gives back."""
    if not 1 <= len(key.encode()) <= _KEY_BYTES:
        codes.refuse("card", f"{kind}: a button's command takes 1 to {_KEY_BYTES} bytes")
    return key


def checked_url(kind: str, url: str) -> str:
    """Give an address that a client opens."""
    if len(url.encode()) > _URL_BYTES or not _URL.fullmatch(url):
        codes.refuse("card", f"{kind}: a link must be http, https or tel, and short")
    return url


def note_cut(kind: str, what: str, given: int, limit: int) -> None:
    """Say aloud that something has no room."""
    if given > limit:
        _log.warning("card.cut", platform=codes.PLATFORM, kind=kind, what=what, given=given, shown=limit)
