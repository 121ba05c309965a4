"""Is this template card allowed? Every broken rule has its errcode.

The lengths that the platform only suggests (建议) are not refused: the client cuts them on the screen.
https://developer.work.weixin.qq.com/document/path/90236
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.simulator.wecom import codes
from bot.simulator.wecom.card_parts import (
    check_action_menu,
    check_button_list,
    check_button_selection,
    check_card_action,
    check_checkbox,
    check_horizontal,
    check_image,
    check_jump_list,
    check_quote_area,
    check_select_list,
    check_submit_button,
    check_vertical,
    title_of,
)
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.world import World

INTERACTIVE = frozenset({"button_interaction", "vote_interaction", "multiple_interaction"})
_TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
_COLORS = (0, 1, 2, 3)


def is_interactive(card: Json) -> bool:
    """Whether a tap on it comes back to the app, so that it has a response_code and may be updated."""
    return card.get("card_type") in INTERACTIVE or bool(card.get("action_menu"))


def check_card(world: World, card: Json, *, is_update: bool = False) -> None:
    """Refuse a card that breaks a rule; in an update the task id may be left out."""
    checks = _CHECKS.get(str(card.get("card_type")))
    if checks is None:
        raise RefusedError(codes.CARD_TYPE, str(card.get("card_type")))
    _check_task_id(card, is_update=is_update)
    _check_source(card)
    for check in checks:
        check(world, card)


def _check_task_id(card: Json, *, is_update: bool) -> None:
    task_id = card.get("task_id")
    if task_id is None or task_id == "":
        if is_interactive(card) and not is_update:
            raise RefusedError(codes.CARD_TASK_ID, "task_id required")
        return
    if not isinstance(task_id, str) or not _TASK_ID.fullmatch(task_id):
        raise RefusedError(codes.CARD_TASK_ID, "task_id: 1 to 128 of 0-9A-Za-z_-@")


def _check_source(card: Json) -> None:
    source = card.get("source")
    if source is not None and not isinstance(source, dict):
        raise RefusedError(codes.BAD_PARAMETER, "source")
    if source and source.get("desc_color", 0) not in _COLORS:
        raise RefusedError(codes.BAD_PARAMETER, "source.desc_color")


def _title_required(_world: World, card: Json) -> None:
    if not title_of(card):
        raise RefusedError(codes.CARD_TITLE, "main_title.title")


def _title_or_sub_title(_world: World, card: Json) -> None:
    if not title_of(card) and not card.get("sub_title_text"):
        raise RefusedError(codes.CARD_TITLE, "main_title.title or sub_title_text")


def _action_required(_world: World, card: Json) -> None:
    if not isinstance(card.get("card_action"), dict):
        raise RefusedError(codes.CARD_ACTION, "card_action required")


_Check = Callable[[World, Json], None]
_CHECKS: dict[str, tuple[_Check, ...]] = {
    "text_notice": (
        _title_or_sub_title,
        check_quote_area,
        check_horizontal,
        check_jump_list,
        _action_required,
        check_card_action,
        check_action_menu,
    ),
    "news_notice": (
        _title_required,
        check_quote_area,
        check_image,
        check_vertical,
        check_horizontal,
        check_jump_list,
        _action_required,
        check_card_action,
        check_action_menu,
    ),
    "button_interaction": (
        _title_required,
        check_quote_area,
        check_horizontal,
        check_card_action,
        check_button_selection,
        check_button_list,
        check_action_menu,
    ),
    "vote_interaction": (_title_required, check_checkbox, check_submit_button),
    "multiple_interaction": (_title_required, check_select_list, check_submit_button),
}
