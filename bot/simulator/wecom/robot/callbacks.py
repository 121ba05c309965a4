"""What WeCom tells the robot: the bodies of aibot_msg_callback and aibot_event_callback.

https://developer.work.weixin.qq.com/document/path/100719 and 101027
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.simulator.wecom.model import Json
from bot.simulator.wecom.robot_model import Conversation, Post
from bot.simulator.wecom.world import World

_MSGID_LETTERS = 32


def message(
    world: World, chat: Conversation, userid: str, kind: str, content: Json, *, quote: Json | None = None
) -> Json:
    """Somebody wrote or sent something."""
    body = _head(world, chat, userid) | {"msgtype": kind, kind: content}
    return body | ({"quote": quote} if quote else {})


def event(
    world: World, chat: Conversation | None, userid: str, kind: str, content: Json | None = None
) -> Json:
    """Somebody did something, or (without a chat) the platform did."""
    head = (
        _head(world, chat, userid)
        if chat
        else {"msgid": world.mint("", _MSGID_LETTERS), "aibotid": world.robot.bot_id}
    )
    told: Json = {"eventtype": kind} | ({kind: content} if content is not None else {})
    return head | {"create_time": int(world.now().timestamp()), "msgtype": "event", "event": told}


def click(
    world: World,
    chat: Conversation,
    userid: str,
    entry: Post,
    *,
    key: str,
    selected: Mapping[str, Sequence[str]],
) -> Json:
    """A tap on a card. The page writes its names in three ways; the first is what its sample shows."""
    card = entry.card_for(userid) or {}
    fields: Json = {
        "card_type": str(card.get("card_type", "")),
        "event_key": key,
        "task_id": entry.task_id or "",
    }
    if selected:
        chosen = [
            {"question_key": question, "option_ids": {"option_id": list(options)}}
            for question, options in selected.items()
        ]
        fields["selected_items"] = {"selected_item": chosen}
    if world.faults.take("robot_event_joined"):
        fields = _joined(fields)
    body = event(world, chat, userid, "template_card_event", fields)
    if world.faults.take("robot_event_flat"):
        body["event"] = {"eventtype": "template_card_event"} | fields
    return body


def _joined(value: object) -> Json:
    """The same with names as the page's table spells them, without underscores."""
    return {str(k).replace("_", ""): _walk(v) for k, v in value.items()} if isinstance(value, dict) else {}


def _walk(value: object) -> object:
    if isinstance(value, dict):
        return _joined(value)
    return [_walk(one) for one in value] if isinstance(value, list) else value


def _head(world: World, chat: Conversation, userid: str) -> Json:
    head: Json = {
        "msgid": world.mint("", _MSGID_LETTERS),
        "aibotid": world.robot.bot_id,
        "chattype": chat.kind,
        "from": {"userid": userid},
    }
    return head | ({"chatid": chat.id} if chat.is_group else {})
