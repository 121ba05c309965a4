"""message/update_template_card: a sent card changes, for some or for all who have it.

https://developer.work.weixin.qq.com/document/path/94888
"""

from __future__ import annotations

from bot.simulator.wecom import codes, desk, recipients
from bot.simulator.wecom.call import Call, Endpoint, agent_id, number, numbers, ok, part, text, texts
from bot.simulator.wecom.card_rules import check_card
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Card, Json
from bot.simulator.wecom.recipients import Recipients
from bot.simulator.wecom.world import World

_MOST_USERS = 1000
_MOST_PARTIES = 100


def update(world: World, call: Call) -> Json:
    """Use up a response code; a call that is refused leaves the code usable."""
    body = call.body
    _check_app(world, call)
    change = _checked_change(world, body)
    code = desk.find_code(world, text(body, "response_code", required=True))
    card = world.cards[code.task_id]
    to = _receivers(world, body, card)
    code.used = True
    people = list(to.people.values())
    if isinstance(change, str):
        strangers = desk.grey_out(world, card, people, change)
    else:
        strangers = desk.replace(world, card, people, change)
    return ok(**_invalid(to, strangers))


def _check_app(world: World, call: Call) -> None:
    try:
        agent_id(world, call)
    except RefusedError as refused:
        if refused.code == codes.APP_NOT_ALLOWED:
            raise RefusedError(codes.CARD_APP) from None
        raise


def _checked_change(world: World, body: Json) -> Json | str:
    if "template_card" in body:
        card = part(body, "template_card")
        check_card(world, card, is_update=True)
        return card
    return text(part(body, "button"), "replace_name", required=True)


def _receivers(world: World, body: Json, card: Card) -> Recipients:
    if number(body, "atall"):
        return Recipients(
            people={userid: world.people[userid] for userid in card.shown if userid in world.people}
        )
    users, parties, tags = texts(body, "userids"), numbers(body, "partyids"), numbers(body, "tagids")
    if not (users or parties or tags):
        raise RefusedError(codes.NO_RECEIVER, "userids, partyids, tagids all empty")
    if len(users) > _MOST_USERS:
        raise RefusedError(codes.USER_LIST_TOO_LONG)
    if len(parties) > _MOST_PARTIES:
        raise RefusedError(codes.PARTY_LIST_TOO_LONG)
    return recipients.resolve(world, users, map(str, parties), map(str, tags))


def _invalid(to: Recipients, strangers: list[str]) -> Json:
    # Lists here, strings in message/send.
    found: dict[str, list[str]] = {
        "invaliduser": to.invalid_users + strangers,
        "invalidparty": to.invalid_parties,
        "invalidtag": to.invalid_tags,
    }
    return {name: ids for name, ids in found.items() if ids}


ENDPOINTS = (Endpoint("POST", "message/update_template_card", update),)
