"""The kinds of message that the robot may make anew: markdown, a card, a file. There is no plain text."""

from __future__ import annotations

from collections.abc import Callable

from bot.simulator.wecom import codes, shelf
from bot.simulator.wecom.call import part, text
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.robot import shown
from bot.simulator.wecom.robot.card_rules import check_new
from bot.simulator.wecom.robot_model import ROBOT, Conversation, Post
from bot.simulator.wecom.world import World

MOST_MARKDOWN_BYTES = 20480
_FILES = frozenset({"image", "file", "voice", "video"})

Count = Callable[[World, Conversation], None]


def say(world: World, chat: Conversation, body: Json, *, count: Count) -> Post:
    """Check the message of `msgtype`, `count` it, and put it into the chat; other kinds are 40008."""
    kind = str(body.get("msgtype"))
    if kind == "template_card":
        card = part(body, "template_card")
        check_new(world, card)
        count(world, chat)
        return shown.post_card(world, chat, card)
    if kind == "markdown":
        content = _markdown(body)
        count(world, chat)
        return shown.post(world, chat, ROBOT, "markdown", text=content)
    if kind in _FILES:
        media = shelf.find(world, text(part(body, kind), "media_id"))
        count(world, chat)
        card = {"media_id": media.media_id, "name": media.name, "url": shelf.link(world, media)}
        show_as = "image" if kind == "image" else "file"
        return shown.post(world, chat, ROBOT, show_as, text=media.name, card=card)
    raise RefusedError(codes.BAD_MSGTYPE, kind)


def _markdown(body: Json) -> str:
    content = part(body, "markdown").get("content")
    if not isinstance(content, str) or not content:
        raise RefusedError(codes.EMPTY_TEXT)
    if len(content.encode()) > MOST_MARKDOWN_BYTES:
        raise RefusedError(codes.TEXT_TOO_LONG, f"markdown.content: {MOST_MARKDOWN_BYTES} bytes")
    return content
