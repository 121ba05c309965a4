"""Interactive cards after they were made: one outTrackId is one card for ever, changed by key or as a whole.

https://open.dingtalk.com/document/development/event-callback-card
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.simulator.dingtalk import codes, templates
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.model import Card, Entry, Group, Json, Person
from bot.simulator.dingtalk.templates import Template
from bot.simulator.dingtalk.world import World, json_of

READY, LOADING, FAILED = "ready", "loading", "failed"
_TRACK_MOST = 64


def template_of(world: World, template_id: str) -> Template:
    """The template, unless it is unknown or not published."""
    if not template_id:
        raise RefusedError(codes.CARD_TEMPLATE_EMPTY)
    found = world.templates.get(template_id)
    if found is None:
        raise RefusedError(codes.CARD_NO_TEMPLATE)
    if not found.published or world.faults.take("ding_unpublished"):
        raise RefusedError(codes.CARD_UNPUBLISHED)
    return found


def track_id(body: Json) -> str:
    """The outTrackId of a call: a text of at most 64 characters."""
    value = body.get("outTrackId")
    if not isinstance(value, str) or not value or len(value) > _TRACK_MOST:
        raise RefusedError(codes.CARD_TRACK_EMPTY)
    return value


def find(world: World, body: Json) -> Card:
    """The card a call is about."""
    card = world.cards.get(track_id(body))
    if card is None:
        raise RefusedError(codes.CARD_NOT_EXIST)
    return card


def make(world: World, body: Json) -> Card:
    """Make a card that hangs nowhere yet."""
    key = track_id(body)
    if key in world.cards:
        raise RefusedError(codes.CARD_EXISTS)
    template = template_of(world, str(body.get("cardTemplateId") or ""))
    callback, route = str(body.get("callbackType") or ""), str(body.get("callbackRouteKey") or "")
    if callback not in {"", "STREAM", "HTTP"}:
        raise RefusedError(codes.BAD_PARAMETER, "callbackType")
    if callback == "HTTP" and route not in world.app.card_routes:
        raise RefusedError(codes.ROUTE_UNKNOWN)
    id_type = int(body.get("userIdType") or 1)
    data = templates.checked(template, json_of(body.get("cardData")).get("cardParamMap"))
    card = Card(key, template.id, callback, route, id_type, data)
    card.private = _private(world, template, body, id_type)
    world.cards[key] = card
    return card


def _private(world: World, template: Template, body: Json, id_type: int) -> dict[str, dict[str, str]]:
    found = {}
    for identity, part in json_of(body.get("privateData")).items():
        person = world.find_person(str(identity), id_type=id_type)
        if person is None:
            raise RefusedError(codes.CARD_NO_USER, str(identity))
        found[person.userid] = templates.checked(template, json_of(part).get("cardParamMap"))
    return found


def update(world: World, body: Json) -> Card:
    """Change a card; without the update options everything is written over."""
    card = find(world, body)
    if not body.get("cardData") and not body.get("privateData"):
        raise RefusedError(codes.CARD_NOTHING)
    template = world.templates[card.template]
    options = json_of(body.get("cardUpdateOptions"))
    if body.get("cardData"):
        values = templates.checked(template, json_of(body["cardData"]).get("cardParamMap"))
        card.data = card.data | values if options.get("updateCardDataByKey") else values
    fresh = _private(world, template, body, int(body.get("userIdType") or card.user_id_type))
    keeps = bool(options.get("updatePrivateDataByKey"))
    for userid, values in fresh.items():
        card.private[userid] = card.private.get(userid, {}) | values if keeps else values
    settle(world, card, card_states=None)
    return card


def answered(world: World, card: Card, userid: str, response: Json) -> None:
    """Take over what the answer to a tap says; userPrivateData is for who tapped, whatever it is keyed by."""
    template = world.templates[card.template]
    options = json_of(response.get("cardUpdateOptions"))
    public = json_of(response.get("cardData")).get("cardParamMap")
    if public:
        values = templates.checked(template, public)
        card.data = card.data | values if options.get("updateCardDataByKey") else values
    own = json_of(response.get("userPrivateData")).get("cardParamMap")
    if own:
        values = templates.checked(template, own)
        keeps = bool(options.get("updatePrivateDataByKey"))
        card.private[userid] = card.private.get(userid, {}) | values if keeps else values


def settle(world: World, card: Card, card_states: dict[str, str] | None) -> None:
    """Let all who see the card see it anew; `card_states` by user id, None leaves them."""
    for space, entry in card.shown.items():
        entry.states |= card_states or {}
        chat = chat_of(world, space)
        if chat is not None:
            world.tell_chat(chat)


def chat_of(world: World, space: str) -> Person | Group | None:
    """The chat behind a space such as IM_GROUP.cid…"""
    kind, _, identity = space.partition(".")
    return world.groups.get(identity) if kind == "IM_GROUP" else world.people.get(identity)


def deliver(world: World, card: Card, body: Json) -> list[Json]:
    """Hang a card into one or several spaces; a failure is told per space, not as an error."""
    spaces = _spaces(str(body.get("openSpaceId") or ""))
    return [_deliver_to(world, card, body, kind, identity) for kind, identity in spaces]


def _spaces(given: str) -> Iterable[tuple[str, str]]:
    head = "dtv1.card//"
    if not given.startswith(head):
        raise RefusedError(codes.CARD_SPACE)
    for one in given.removeprefix(head).split(";"):
        kind, _, identity = one.partition(".")
        if kind not in {"IM_ROBOT", "IM_GROUP"} or not identity:
            raise RefusedError(codes.CARD_SPACE, one)
        yield kind, identity


def _deliver_to(world: World, card: Card, body: Json, kind: str, identity: str) -> Json:
    wanted = "imGroupOpenDeliverModel" if kind == "IM_GROUP" else "imRobotOpenDeliverModel"
    model = body.get(wanted)
    if not isinstance(model, dict):
        raise RefusedError(codes.CARD_MODEL_EMPTY, wanted)
    result = {"spaceType": kind, "spaceId": identity, "success": False, "carrierId": "", "errorMsg": ""}
    if kind == "IM_GROUP":
        if model.get("robotCode") != world.app.robot_code:
            raise RefusedError(codes.CARD_MODEL, "robotCode")
        group = world.groups.get(identity)
        chat: Person | Group | None = group if group and group.has_robot and not group.disbanded else None
    else:
        chat = world.find_person(identity, id_type=card.user_id_type)
    if chat is None or world.faults.take("ding_delivery_failed"):
        return result | {"errorMsg": "spaceId is illegal" if chat is None else "system busy"}
    _hang(world, card, chat)
    return result | {"success": True, "carrierId": world.mint("", 40) + "="}


def _hang(world: World, card: Card, chat: Person | Group) -> None:
    space = f"IM_GROUP.{chat.id}" if isinstance(chat, Group) else f"IM_ROBOT.{chat.userid}"
    if space in card.shown:
        return
    entry: Entry = world.entry("app", "card", out_track_id=card.out_track_id)
    card.shown[space] = entry
    world.show(chat, entry)
