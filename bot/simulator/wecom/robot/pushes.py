"""aibot_send_msg: what the robot says of its own accord, where somebody wrote to it before."""

from __future__ import annotations

from bot.simulator.wecom import codes
from bot.simulator.wecom.call import number, text
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.robot import quotas
from bot.simulator.wecom.robot.contents import say
from bot.simulator.wecom.robot_model import Conversation
from bot.simulator.wecom.world import World

_AUTO, _SINGLE, _GROUP = 0, 1, 2


def push(world: World, body: Json) -> None:
    """Say markdown, a card or a file in a chat; `chatid` is a group's, or a member's user id."""
    say(world, _find(world, body), body, count=quotas.count_push)


def _find(world: World, body: Json) -> Conversation:
    kind = number(body, "chat_type", _AUTO)
    if kind not in (_AUTO, _SINGLE, _GROUP):
        raise RefusedError(codes.BAD_PARAMETER, "chat_type is 0, 1 or 2")
    chat = world.robot.conversations.get(text(body, "chatid", required=True))
    if chat is None or chat.spoken_at is None:
        raise RefusedError(codes.BAD_ROBOT_CHAT, "nobody has written to the robot there")
    if kind == (_SINGLE if chat.is_group else _GROUP):
        raise RefusedError(codes.BAD_ROBOT_CHAT, "chat_type")
    return chat
