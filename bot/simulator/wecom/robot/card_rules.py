"""Is this template card allowed for the robot? Its rules are the app's, with less in some parts.

https://developer.work.weixin.qq.com/document/path/101032
"""

from __future__ import annotations

import copy

from bot.simulator.wecom import card_rules, codes
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.world import World

_FILE, _ASK = 2, 3
_MOST_QUESTION_BYTES = 200
_MOST_FEEDBACK_BYTES = 256
_STYLES = frozenset({1, 2, 3, 4})


def check_card(world: World, card: Json) -> None:
    """Refuse a card that breaks a rule, with the errcode of the app's rule where there is one."""
    _check_rows(card)
    _check_buttons(card)
    card_rules.check_card(world, _without_questions(card))
    feedback_id(card)


def check_new(world: World, card: Json) -> None:
    """A card to be sent: its task id was never used by this robot (42014)."""
    check_card(world, card)
    if card.get("task_id") in world.robot.cards:
        raise RefusedError(codes.CARD_TASK_ID, "task_id exists")


def feedback_id(part: Json) -> str:
    """The id under which a reader's opinion comes back; at most 256 bytes."""
    feedback = part.get("feedback")
    if feedback is None:
        return ""
    given = feedback.get("id") if isinstance(feedback, dict) else None
    if not isinstance(given, str) or not 0 < len(given.encode()) <= _MOST_FEEDBACK_BYTES:
        raise RefusedError(codes.BAD_PARAMETER, "feedback.id: 1 to 256 bytes")
    return given


def _check_rows(card: Json) -> None:
    for row in _parts(card, "horizontal_content_list"):
        if row.get("type", 0) == _FILE:
            raise RefusedError(codes.CARD_MEDIA_ID, "a robot's card leads to no file")


def _check_buttons(card: Json) -> None:
    for button in _parts(card, "button_list"):
        if button.get("type", 0) or "url" in button:
            raise RefusedError(codes.CARD_BUTTON_KEY, "a robot's button has neither type nor url")
        if button.get("style", 1) not in _STYLES:
            raise RefusedError(codes.BAD_PARAMETER, "button_list.style is 1 to 4")


def _without_questions(card: Json) -> Json:
    """The same with jumps of type 3, which only a robot has, checked and made plain."""
    plain = copy.deepcopy(card)
    for jump in _parts(plain, "jump_list"):
        if jump.get("type") != _ASK:
            continue
        question = jump.get("question")
        if not isinstance(question, str) or not 0 < len(question.encode()) <= _MOST_QUESTION_BYTES:
            raise RefusedError(codes.BAD_PARAMETER, "jump_list.question: 1 to 200 bytes")
        jump["type"] = 0
    return plain


def _parts(card: Json, name: str) -> list[Json]:
    value = card.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
