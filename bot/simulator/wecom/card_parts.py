"""The parts of a template card, each with its rule."""

from __future__ import annotations

from bot.simulator.wecom import codes
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.world import World

_MOST_KEY_BYTES = 1024
_MOST_OPTION_ID_BYTES = 128
_MOST_HORIZONTAL = 6
_MOST_JUMPS = 3
_MOST_VERTICAL = 4
_MOST_BUTTONS = 6
_MOST_MENU_ITEMS = 3
_MOST_SELECTS = 3
_MOST_SELECT_OPTIONS = 10
_MOST_VOTE_OPTIONS = 20
_ASPECT_RATIO = (1.3, 2.25)
_PLAIN, _URL, _SPECIAL, _MEMBER = 0, 1, 2, 3


def title_of(card: Json) -> str:
    """The main title, or an empty string."""
    title = card.get("main_title")
    return str(title.get("title") or "") if isinstance(title, dict) else ""


def check_horizontal(world: World, card: Json) -> None:
    """At most 6 rows of key and value, which may lead to a url, a file or a member."""
    for row in items(card, "horizontal_content_list", codes.CARD_HORIZONTAL_LENGTH, most=_MOST_HORIZONTAL):
        if not row.get("keyname"):
            raise RefusedError(codes.CARD_KEYNAME)
        kind = row.get("type", _PLAIN)
        if kind == _URL:
            _check_url(row)
        elif kind == _SPECIAL and row.get("media_id") not in world.media:
            raise RefusedError(codes.CARD_MEDIA_ID)
        elif kind == _MEMBER and world.find_person(str(row.get("userid"))) is None:
            raise RefusedError(codes.CARD_USER_ID)


def check_jump_list(_world: World, card: Json) -> None:
    """At most 3 links under the card."""
    for jump in items(card, "jump_list", codes.CARD_JUMP_LENGTH, most=_MOST_JUMPS):
        if not jump.get("title"):
            raise RefusedError(codes.CARD_TITLE, "jump_list.title")
        _check_target(jump, jump.get("type", _PLAIN))


def check_vertical(_world: World, card: Json) -> None:
    """At most 4 paragraphs with a title each."""
    for row in items(card, "vertical_content_list", codes.CARD_VERTICAL_LENGTH, most=_MOST_VERTICAL):
        if not row.get("title"):
            raise RefusedError(codes.CARD_TITLE, "vertical_content_list.title")


def check_quote_area(_world: World, card: Json) -> None:
    """A quotation, which may lead somewhere."""
    quote = card.get("quote_area")
    if isinstance(quote, dict):
        _check_target(quote, quote.get("type", _PLAIN))


def check_card_action(_world: World, card: Json) -> None:
    """Where a tap on the whole card leads: 1 a url, 2 a mini program."""
    action = card.get("card_action")
    if action is None:
        return
    if not isinstance(action, dict) or action.get("type") not in (_URL, _SPECIAL):
        raise RefusedError(codes.CARD_ACTION, "card_action.type is 1 or 2")
    _check_target(action, action["type"])


def check_action_menu(_world: World, card: Json) -> None:
    """The menu at the upper right: 1 to 3 entries with keys of their own."""
    menu = card.get("action_menu")
    if menu is None:
        return
    if not isinstance(menu, dict):
        raise RefusedError(codes.BAD_PARAMETER, "action_menu")
    keys: list[str] = []
    entries = items(menu, "action_list", codes.BAD_PARAMETER, least=1, most=_MOST_MENU_ITEMS)
    for entry in entries:
        if not entry.get("text"):
            raise RefusedError(codes.CARD_BUTTON_TEXT, "action_list.text")
        keys.append(_key(entry, "key", codes.CARD_BUTTON_KEY))
    if len(set(keys)) != len(keys):
        raise RefusedError(codes.CARD_DUPLICATE_KEY)


def check_image(_world: World, card: Json) -> None:
    """A news card has a picture: beside the text or above it."""
    picture = card.get("card_image")
    beside = card.get("image_text_area")
    if isinstance(picture, dict):
        low, high = _ASPECT_RATIO
        ratio = picture.get("aspect_ratio", low)
        if not picture.get("url") or not isinstance(ratio, int | float) or not low <= ratio <= high:
            raise RefusedError(codes.CARD_IMAGE, "card_image")
    elif isinstance(beside, dict):
        if not beside.get("image_url"):
            raise RefusedError(codes.CARD_IMAGE, "image_text_area.image_url")
        _check_target(beside, beside.get("type", _PLAIN))
    else:
        raise RefusedError(codes.CARD_IMAGE, "card_image or image_text_area required")


def check_button_list(_world: World, card: Json) -> None:
    """1 to 6 buttons: type 0 calls back with its key, type 1 opens a url."""
    keys: list[str] = []
    for button in items(card, "button_list", codes.CARD_BUTTON_LENGTH, least=1, most=_MOST_BUTTONS):
        if not button.get("text"):
            raise RefusedError(codes.CARD_BUTTON_TEXT)
        if button.get("type", _PLAIN) == _URL:
            _check_url(button)
        else:
            keys.append(_key(button, "key", codes.CARD_BUTTON_KEY))
    if len(set(keys)) != len(keys):
        raise RefusedError(codes.CARD_DUPLICATE_KEY)


def check_button_selection(_world: World, card: Json) -> None:
    """A drop-down of 1 to 10 options above the buttons."""
    selection = card.get("button_selection")
    if selection is not None:
        _check_question(selection, most=_MOST_SELECT_OPTIONS)


def check_checkbox(_world: World, card: Json) -> None:
    """The vote: 1 to 20 options, one or several of them."""
    _check_question(card.get("checkbox"), most=_MOST_VOTE_OPTIONS)


def check_select_list(_world: World, card: Json) -> None:
    """1 to 3 drop-downs of 1 to 10 options."""
    for select in items(card, "select_list", codes.CARD_SELECT_LENGTH, least=1, most=_MOST_SELECTS):
        _check_question(select, most=_MOST_SELECT_OPTIONS)


def check_submit_button(_world: World, card: Json) -> None:
    """A text and a key."""
    button = card.get("submit_button")
    if not isinstance(button, dict) or not button.get("text"):
        raise RefusedError(codes.CARD_SUBMIT_TEXT)
    _key(button, "key", codes.CARD_SUBMIT_KEY)


def items(body: Json, name: str, code: int, *, most: int, least: int = 0) -> list[Json]:
    """A list of objects between `least` and `most` long, or a refusal with `code`."""
    value = body.get(name)
    if value is None:
        value = []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise RefusedError(code, f"{name} is not a list of objects")
    if not least <= len(value) <= most:
        raise RefusedError(code, f"{name}: {least} to {most}")
    return value


def _check_question(question: object, *, most: int) -> None:
    if not isinstance(question, dict):
        raise RefusedError(codes.CARD_QUESTION_KEY)
    _key(question, "question_key", codes.CARD_QUESTION_KEY)
    for option in items(question, "option_list", codes.CARD_OPTION_LENGTH, least=1, most=most):
        identity = option.get("id")
        if not isinstance(identity, str) or not 0 < len(identity.encode()) <= _MOST_OPTION_ID_BYTES:
            raise RefusedError(codes.CARD_OPTION_ID)
        if not option.get("text"):
            raise RefusedError(codes.CARD_OPTION_TEXT)


def _key(body: Json, name: str, code: int) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value.encode()) <= _MOST_KEY_BYTES:
        raise RefusedError(code, f"{name}: 1 to {_MOST_KEY_BYTES} bytes")
    return value


def _check_target(body: Json, kind: object) -> None:
    if kind == _URL:
        _check_url(body)
    elif kind == _SPECIAL and not body.get("appid"):
        raise RefusedError(codes.CARD_MINI_PROGRAM)


def _check_url(body: Json) -> None:
    url = body.get("url")
    # No page says whether a card takes «tel:»; here it does, and the bot copes with either.
    if not isinstance(url, str) or not ("://" in url or url.startswith("tel:")):
        raise RefusedError(codes.CARD_URL)
