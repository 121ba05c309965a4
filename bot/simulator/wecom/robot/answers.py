"""What the robot says in answer to a callback, under that callback's req_id."""

from __future__ import annotations

from bot.simulator.wecom import codes
from bot.simulator.wecom.call import part, texts
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.robot import quotas, shown
from bot.simulator.wecom.robot.card_rules import check_card, check_new, feedback_id
from bot.simulator.wecom.robot.contents import MOST_MARKDOWN_BYTES, say
from bot.simulator.wecom.robot_model import ROBOT, Interaction, Post
from bot.simulator.wecom.world import World

#: Kinds of interaction.
MESSAGE, ENTER, CLICK, OPINION = "message", "enter_chat", "click", "feedback"


def respond(world: World, req_id: str, body: Json) -> None:
    """aibot_respond_msg: a stream, a card, markdown or a file, in answer to a message within 24 h."""
    asked = _find(world, req_id, MESSAGE)
    if world.now() >= asked.at + quotas.REPLY_WITHIN:
        raise RefusedError(codes.BAD_REQ_ID, "older than 24 h")
    if body.get("msgtype") == "stream":
        _stream(world, asked, part(body, "stream"))
        return
    say(world, asked.conversation, body, count=quotas.count_reply)


def welcome(world: World, req_id: str, body: Json) -> None:
    """aibot_respond_welcome_msg: text or a card, once, within 5 s of enter_chat."""
    entered = _in_time(world, _find(world, req_id, ENTER))
    kind = body.get("msgtype")
    if kind == "text":
        content = part(body, "text").get("content")
        if not isinstance(content, str) or not content:
            raise RefusedError(codes.EMPTY_TEXT)
        entered.used = True
        shown.post(world, entered.conversation, ROBOT, "text", text=content)
    elif kind == "template_card":
        card = part(body, "template_card")
        check_new(world, card)
        entered.used = True
        shown.post_card(world, entered.conversation, card)
    else:
        raise RefusedError(codes.BAD_MSGTYPE, str(kind))


def update(world: World, req_id: str, body: Json) -> None:
    """aibot_respond_update_msg: the tapped card changes, once, within 5 s, for some or for all."""
    tapped = _in_time(world, _find(world, req_id, CLICK))
    if body.get("response_type") != "update_template_card":
        raise RefusedError(codes.BAD_PARAMETER, "response_type is update_template_card")
    card, people = part(body, "template_card"), texts(body, "userids")
    check_card(world, card)
    if tapped.post is None or card.get("task_id") != tapped.post.task_id:
        raise RefusedError(codes.CARD_UNKNOWN, "task_id is not that of the tapped card")
    tapped.used = True
    shown.change_card(world, tapped.conversation, tapped.post, card, people)


def _stream(world: World, asked: Interaction, stream: Json) -> None:
    """The whole text so far, under the stream's id; the first frame makes the message."""
    stream_id, content, finish = stream.get("id"), stream.get("content", ""), stream.get("finish", False)
    if not isinstance(stream_id, str) or not stream_id or not isinstance(content, str):
        raise RefusedError(codes.BAD_PARAMETER, "stream.id and stream.content are strings")
    if not isinstance(finish, bool):
        raise RefusedError(codes.BAD_PARAMETER, "stream.finish is true or false")
    if "msg_item" in stream:
        raise RefusedError(codes.BAD_PARAMETER, "msg_item is not for long connections")
    if len(content.encode()) > MOST_MARKDOWN_BYTES:
        raise RefusedError(codes.TEXT_TOO_LONG, f"stream.content: {MOST_MARKDOWN_BYTES} bytes")
    if world.now() >= asked.at + quotas.STREAM_LIFE or world.faults.take("robot_stream_expired"):
        raise RefusedError(codes.STREAM_EXPIRED)
    known = asked.streams.get(stream_id)
    if known is not None and known.finished:
        raise RefusedError(codes.STREAM_EXPIRED, "the stream is finished")
    entry = known or _first(world, asked, stream_id, feedback_id(stream))
    entry.text, entry.finished = content, finish
    shown.tell(world, asked.conversation)


def _first(world: World, asked: Interaction, stream_id: str, feedback: str) -> Post:
    quotas.count_reply(world, asked.conversation)
    entry = shown.post(
        world, asked.conversation, ROBOT, "stream", stream_id=stream_id, finished=False, feedback_id=feedback
    )
    asked.streams[stream_id] = entry
    return entry


def _find(world: World, req_id: str, kind: str) -> Interaction:
    found = world.robot.interactions.get(req_id)
    if found is None or found.kind != kind or found.used:
        raise RefusedError(codes.BAD_REQ_ID)
    return found


def _in_time(world: World, asked: Interaction) -> Interaction:
    late = world.now() >= asked.at + quotas.ANSWER_WITHIN
    if late or (asked.kind == CLICK and world.faults.take("robot_update_late")):
        raise RefusedError(codes.BAD_REQ_ID, "later than 5 s")
    return asked
