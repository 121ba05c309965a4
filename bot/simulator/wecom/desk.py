"""Template cards after they were sent: who sees what, and who may change it."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import timedelta

from bot.simulator.wecom import codes
from bot.simulator.wecom.card_rules import is_interactive
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Card, Json, Message, Person, ResponseCode
from bot.simulator.wecom.world import World

#: Older pages say 24 h.
CODE_LIFETIME = timedelta(hours=72)
READY, LOADING, FAILED = "ready", "loading", "failed"
_CODE_LETTERS = 43


def claim_task_id(world: World, card: Json) -> None:
    """Refuse (42014) a task id that was ever used by this app; it names one card for good."""
    if card.get("task_id") in world.cards:
        raise RefusedError(codes.CARD_TASK_ID, "task_id exists")


def remember(world: World, card: Json, msgid: str) -> Card | None:
    """Keep a sent card under its task id; one without a task id can never be named again."""
    task_id = card.get("task_id")
    if not task_id:
        return None
    kept = Card(task_id, msgid, world.now(), str(card["card_type"]), is_interactive(card))
    world.cards[task_id] = kept
    return kept


def issue_code(world: World, card: Card) -> str:
    """A code with which the app may change this card once, within 72 h."""
    code = world.mint("", _CODE_LETTERS)
    world.response_codes[code] = ResponseCode(code, card.task_id, world.now())
    return code


def find_code(world: World, value: str) -> ResponseCode:
    """The code, unless it is unknown, used or too old (42016)."""
    code = world.response_codes.get(value)
    if code is None:
        raise RefusedError(codes.CARD_UNKNOWN, "response_code is invalid")
    if code.used:
        raise RefusedError(codes.CARD_UNKNOWN, "response_code was used")
    if world.now() >= code.issued_at + CODE_LIFETIME:
        raise RefusedError(codes.CARD_UNKNOWN, "response_code expired")
    return code


def replace(world: World, card: Card, people: Iterable[Person], new: Json) -> list[str]:
    """Show `new` in place of the card to those of `people` who have it; give the ids of the others."""
    strangers = []
    for person in people:
        message = card.shown.get(person.userid)
        if message is None:
            strangers.append(person.userid.lower())
            continue
        message.card = {**copy.deepcopy(new), "task_id": card.task_id}
        _settle(world, person.userid, message)
    return strangers


def grey_out(world: World, card: Card, people: Iterable[Person], text: str) -> list[str]:
    """Turn the buttons of the card into one grey text; give the ids of those who do not have it."""
    strangers = []
    for person in people:
        message = card.shown.get(person.userid)
        if message is None or message.card is None:
            strangers.append(person.userid.lower())
            continue
        message.card = {**message.card, "replace_text": text}
        _settle(world, person.userid, message)
    return strangers


def set_state(world: World, userid: str, message: Message, state: str) -> None:
    """Show a card as ready, loading or failed."""
    message.card_state = state
    world.tell_message(userid, message, changed=True)


def _settle(world: World, userid: str, message: Message) -> None:
    set_state(world, userid, message, READY)
