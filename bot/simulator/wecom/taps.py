"""Can this be tapped on this card, and what does the tap carry?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom.model import Json, Message, Person

_URL = 1
_MULTI = 1


@dataclass(frozen=True, slots=True)
class ReadTap:
    """A tap that the client allows."""

    selected: dict[str, list[str]] = field(default_factory=dict)
    is_menu: bool = False


def read(shown: Message, key: str, selected: Mapping[str, Sequence[str]]) -> ReadTap:
    """Check key and choices against the card as it is now shown to this person."""
    card = shown.card or {}
    menu = card.get("action_menu") or {}
    if any(entry.get("key") == key for entry in menu.get("action_list", [])):
        return ReadTap(is_menu=True)
    if card.get("replace_text"):
        msg = "按钮已经不能点了"
        raise NotPossibleError(msg)
    if key not in button_keys(card):
        msg = f"卡片上没有这个按钮：{key}"
        raise NotPossibleError(msg)
    chosen = {}
    for question in questions(card):
        picked = _picked(question, selected.get(question["question_key"]))
        if picked:
            chosen[question["question_key"]] = picked
    return ReadTap(chosen)


def button_keys(card: Json) -> list[str]:
    """The keys of the buttons that call back."""
    keys = [b["key"] for b in card.get("button_list") or [] if b.get("type", 0) != _URL]
    submit = card.get("submit_button")
    return keys + ([submit["key"]] if submit else [])


def questions(card: Json) -> list[Json]:
    """What can be chosen on the card: its drop-down, its boxes, its list of drop-downs."""
    single = [card[name] for name in ("button_selection", "checkbox") if card.get(name)]
    return single + list(card.get("select_list") or [])


def _picked(question: Json, wanted: Sequence[str] | str | None) -> list[str]:
    options = [option["id"] for option in question["option_list"]]
    if wanted is None or question.get("disable"):
        return _preset(question, options)
    picked = [wanted] if isinstance(wanted, str) else list(wanted)
    if any(option not in options for option in picked):
        msg = "没有这个选项"
        raise NotPossibleError(msg)
    is_many = question.get("mode") == _MULTI
    if len(picked) > 1 and not is_many:
        msg = "只能选一项"
        raise NotPossibleError(msg)
    return picked


def _preset(question: Json, options: Sequence[str]) -> list[str]:
    """What is chosen before anybody chose: the preselected option, or the ticked boxes."""
    if question.get("selected_id") in options:
        return [question["selected_id"]]
    return [option["id"] for option in question["option_list"] if option.get("is_checked")]


def url_of(person: Person, message_id: str, key: str) -> str:
    """Where the button of this key or url leads, if it only opens a page; else an empty text."""
    for message in person.messages:
        if message.id == message_id and message.card is not None:
            for button in message.card.get("button_list") or []:
                if button.get("type", 0) == _URL and key in (button.get("key"), button.get("url")):
                    return str(button["url"])
    return ""
