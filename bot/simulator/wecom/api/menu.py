"""menu/*: the buttons under the chat with the app.

https://developer.work.weixin.qq.com/document/path/90231
"""

from __future__ import annotations

from bot.simulator.wecom import codes
from bot.simulator.wecom.call import Call, Endpoint, agent_id, ok
from bot.simulator.wecom.card_parts import items
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.world import World

_MOST_TOP, _MOST_SUB = 3, 5
_MOST_TOP_NAME_BYTES, _MOST_SUB_NAME_BYTES = 16, 40
_MOST_KEY_BYTES, _MOST_URL_BYTES = 128, 1024
_WITH_KEY = frozenset(
    {
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    }
)
_WITH_URL = frozenset({"view"})


def create(world: World, call: Call) -> Json:
    """Replace the whole menu."""
    agent_id(world, call, in_query=True)
    buttons = items(call.body, "button", codes.MENU_BUTTON_COUNT, least=1, most=_MOST_TOP)
    for button in buttons:
        _check_button(button)
    world.app.menu = buttons
    world.bus.publish({"type": "world"})
    return ok()


def get(world: World, call: Call) -> Json:
    """The menu as it was made."""
    agent_id(world, call, in_query=True)
    if not world.app.menu:
        raise RefusedError(codes.NO_MENU)
    return ok(button=world.app.menu)


def delete(world: World, call: Call) -> Json:
    """No menu any more."""
    agent_id(world, call, in_query=True)
    world.app.menu = []
    world.bus.publish({"type": "world"})
    return ok()


def _check_button(button: Json) -> None:
    _check_name(button, _MOST_TOP_NAME_BYTES)
    if button.get("sub_button"):
        for sub in items(button, "sub_button", codes.MENU_BUTTON_COUNT, least=1, most=_MOST_SUB):
            _check_name(sub, _MOST_SUB_NAME_BYTES)
            _check_action(sub)
    else:
        _check_action(button)


def _check_name(button: Json, most: int) -> None:
    name = button.get("name")
    if not isinstance(name, str) or not 0 < len(name.encode()) <= most:
        raise RefusedError(codes.MENU_NAME_LENGTH, f"1 to {most} bytes")


def _check_action(button: Json) -> None:
    kind = button.get("type")
    if kind in _WITH_KEY:
        _check_length(button.get("key"), _MOST_KEY_BYTES, codes.MENU_KEY_LENGTH)
    elif kind in _WITH_URL:
        _check_length(button.get("url"), _MOST_URL_BYTES, codes.MENU_URL_LENGTH)
    elif kind == "view_miniprogram":
        _check_length(button.get("pagepath"), _MOST_URL_BYTES, codes.MENU_URL_LENGTH)
    else:
        raise RefusedError(codes.MENU_BUTTON_TYPE, str(kind))


def _check_length(value: object, most: int, code: int) -> None:
    if not isinstance(value, str) or not 0 < len(value.encode()) <= most:
        raise RefusedError(code, f"1 to {most} bytes")


ENDPOINTS = (
    Endpoint("POST", "menu/create", create),
    Endpoint("GET", "menu/get", get),
    Endpoint("GET", "menu/delete", delete),
)
