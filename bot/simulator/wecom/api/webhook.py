"""webhook/send: a robot that speaks into one group and hears nothing (群机器人, 消息推送).

https://developer.work.weixin.qq.com/document/path/99110
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from bot.simulator.wecom import codes, shelf
from bot.simulator.wecom.call import Call, Endpoint, ok, part, text
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.contents import Content, read_content
from bot.simulator.wecom.limits import WEBHOOK_MESSAGES
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.world import World, message_view

_KINDS = frozenset({"text", "markdown", "news", "image"})
_MOST_IMAGE_BYTES = 2 << 20


def send(world: World, call: Call) -> Json:
    """Say something in the robot's group; the key in the address is all that it asks for."""
    chat = world.chats.get(world.webhooks.get(text(call.query, "key"), ""))
    if chat is None:
        raise RefusedError(codes.WEBHOOK_UNKNOWN)
    if call.body.get("msgtype") not in _KINDS:
        raise RefusedError(codes.BAD_MSGTYPE, str(call.body.get("msgtype")))
    if not world.limits.admit(f"webhook:{chat.chatid}", WEBHOOK_MESSAGES, now=world.now()):
        raise RefusedError(codes.FREQUENCY)
    content = _image(world, call.body) if call.body["msgtype"] == "image" else read_content(world, call.body)
    message = world.new_message("app", content.kind, text=content.text, card=content.card)
    chat.messages.append(message)
    world.bus.publish({"type": "chat", "chatid": chat.chatid, "message": message_view(message)})
    return ok()


def _image(world: World, body: Json) -> Content:
    given = part(body, "image")
    try:
        data = base64.b64decode(text(given, "base64", required=True), validate=True)
    except binascii.Error:
        raise RefusedError(codes.BAD_PARAMETER, "image.base64") from None
    # The checksum is of the platform's choosing.
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != text(given, "md5").lower():
        raise RefusedError(codes.BAD_PARAMETER, "image.md5")
    if len(data) > _MOST_IMAGE_BYTES:
        raise RefusedError(codes.BAD_IMAGE_SIZE)
    media = shelf.put(world, kind="image", name="image.png", content_type="image/png", data=data)
    card = {"media_id": media.media_id, "name": media.name, "url": shelf.link(world, media)}
    return Content("image", media.name, card)


ENDPOINTS = (Endpoint("POST", "webhook/send", send, needs_token=False),)
