"""Entries of the robot's chats: put there, changed, and told to whoever watches."""

from __future__ import annotations

import copy
from collections.abc import Iterable

from bot.simulator.wecom import desk
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.robot import quotas
from bot.simulator.wecom.robot_model import ROBOT, Conversation, Post
from bot.simulator.wecom.world import World


def post(world: World, chat: Conversation, sender: str, kind: str, **parts: object) -> Post:
    """Put one entry into a chat."""
    entry = Post(f"r{world.number()}", world.now(), sender, kind, **parts)  # type: ignore[arg-type]
    chat.posts.append(entry)
    tell(world, chat)
    return entry


def post_card(world: World, chat: Conversation, card: Json) -> Post:
    """Put a card there and keep it under its task id."""
    kept = copy.deepcopy(card)
    feedback = kept.pop("feedback", {}).get("id", "")
    task_id = str(card.get("task_id") or "") or None
    entry = post(world, chat, ROBOT, "card", card=kept, task_id=task_id, feedback_id=feedback)
    if task_id:
        world.robot.cards[task_id] = (chat, entry)
    return entry


def change_card(world: World, chat: Conversation, entry: Post, new: Json, people: Iterable[str]) -> None:
    """Show `new` in place of the card to `people`, or to all of the chat if there are none."""
    wanted = list(people)
    fresh = {**copy.deepcopy(new), "task_id": entry.task_id}
    fresh.pop("feedback", None)
    if wanted:
        entry.own_cards |= {userid: fresh for userid in wanted if userid in chat.members}
    else:
        entry.card, entry.own_cards = fresh, {}
    for userid in wanted or chat.members:
        entry.states.pop(userid, None)
    tell(world, chat)


def set_state(world: World, chat: Conversation, entry: Post, userid: str, state: str) -> None:
    """Show the card as ready, loading or failed to one person."""
    entry.states[userid] = state
    tell(world, chat)


def tell(world: World, chat: Conversation) -> None:
    """Let watchers know that something in a chat is new or changed."""
    world.bus.publish({"type": "robot", "chatid": chat.id, "members": list(chat.members)})


def view(world: World, entry: Post, userid: str) -> Json:
    """One entry as this person's phone reads it."""
    sender = {userid: "me", ROBOT: "app"}.get(entry.sender, entry.sender)
    shown: Json = {
        "id": entry.id,
        "at": entry.at.isoformat(),
        "from": sender,
        "kind": entry.kind,
        "text": entry.text,
    }
    card = entry.card_for(userid)
    if card is not None:
        shown["card"] = card
    if entry.kind == "card":
        shown |= {"task_id": entry.task_id, "card_state": entry.states.get(userid, desk.READY)}
    if entry.stream_id is not None:
        over = world.now() >= entry.at + quotas.STREAM_LIFE
        shown["streaming"] = not entry.finished and not over
    if entry.feedback_id:
        shown["feedback"] = entry.feedback.get(userid, 0)
    if entry.quote:
        shown["quote"] = entry.quote
    return shown
