"""Making, hanging and changing interactive cards.

https://open.dingtalk.com/document/development/create-and-deliver-cards
"""

from __future__ import annotations

from bot.simulator.dingtalk import cards, codes
from bot.simulator.dingtalk.call import Call, Endpoint, text
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.model import Json
from bot.simulator.dingtalk.world import World

_WRITE, _STREAM = "Card.Instance.Write", "Card.Streaming.Write"
_STREAM_MOST = 1024


def create_and_deliver(world: World, call: Call) -> Json:
    """Make a card and hang it up; 200 and success hide a space that failed."""
    card = cards.make(world, call.body)
    try:
        results = cards.deliver(world, card, call.body)
    except RefusedError:
        del world.cards[card.out_track_id]
        raise
    return {"success": True, "result": {"outTrackId": card.out_track_id, "deliverResults": results}}


def create(world: World, call: Call) -> Json:
    """Make a card alone."""
    return {"success": True, "result": cards.make(world, call.body).out_track_id}


def deliver(world: World, call: Call) -> Json:
    """Hang up a card that was made before."""
    return {"success": True, "result": cards.deliver(world, cards.find(world, call.body), call.body)}


def update(world: World, call: Call) -> Json:
    """Change a card's data, public or private."""
    cards.update(world, call.body)
    return {"success": True, "result": True}


def stream(world: World, call: Call) -> Json:
    """Write a variable little by little; only where the template has this switched on."""
    body = call.body
    card = cards.find(world, body)
    template = world.templates[card.template]
    key, guid = text(body, "key"), text(body, "guid")
    if not template.streams:
        raise RefusedError(codes.CARD_STREAM_OFF)
    if key != template.streams:
        raise RefusedError(codes.CARD_STREAM_KEY, key)
    content = text(body, "content", required=False)
    if len(content) > _STREAM_MOST:
        raise RefusedError(codes.CARD_TOO_LARGE)
    if template.kind_of(key) == "markdown" and not body.get("isFull"):
        raise RefusedError(codes.BAD_PARAMETER, "a markdown variable needs isFull")
    if guid not in card.guids:
        card.guids.add(guid)
        card.data[key] = content if body.get("isFull") else card.data.get(key, "") + content
        card.streaming = not (body.get("isFinalize") or body.get("isError"))
        cards.settle(world, card, card_states=None)
    return {"success": True, "result": True}


def register(world: World, call: Call) -> Json:
    """Name an address for card callbacks; a key that is there is kept unless forceUpdate."""
    body = call.body
    key, url = text(body, "callbackRouteKey"), text(body, "callbackUrl")
    if key in world.app.card_routes and not body.get("forceUpdate"):
        raise RefusedError(codes.ROUTE_EXISTS)
    secret = text(body, "apiSecret", required=False) or world.mint("", 32)
    world.app.card_routes[key] = (url, secret)
    return {"success": True, "result": {"callbackUrl": url, "apiSecret": secret}}


_CARDS = "/v1.0/card/"
ENDPOINTS = (
    Endpoint("POST", _CARDS + "instances/createAndDeliver", create_and_deliver, scope=_WRITE),
    Endpoint("POST", _CARDS + "instances/deliver", deliver, scope=_WRITE),
    Endpoint("POST", _CARDS + "instances", create, scope=_WRITE),
    Endpoint("PUT", _CARDS + "instances", update, scope=_WRITE),
    Endpoint("PUT", _CARDS + "streaming", stream, scope=_STREAM),
    Endpoint("POST", _CARDS + "callbacks/register", register, scope=_WRITE),
)
