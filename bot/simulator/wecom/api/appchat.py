"""appchat/*: group chats of members, made by the app; it can speak there but hears nothing.

https://developer.work.weixin.qq.com/document/path/90245
"""

from __future__ import annotations

import re

from bot.simulator.common.limits import MINUTE, Spans
from bot.simulator.wecom import codes
from bot.simulator.wecom.call import Call, Endpoint, ok, text, texts
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.contents import read_content
from bot.simulator.wecom.limits import (
    CHATS_CHANGED,
    CHATS_CREATED,
    GROUP_MESSAGES_PER_MEMBER,
    GROUP_PERSON_TIMES,
)
from bot.simulator.wecom.model import ROOT_DEPARTMENT, Chat, Json
from bot.simulator.wecom.world import World, message_view

_CHAT_ID = re.compile(r"[0-9A-Za-z]{1,32}")
_LEAST_MEMBERS, _MOST_MEMBERS = 2, 2000
_MOST_NAME_LETTERS = 50
_ID_LETTERS = 30


def create(world: World, call: Call) -> Json:
    """Make a group of 2 to 2000 members; they see it with its first message."""
    _check_scope(world)
    _count(world, "appchat/create", CHATS_CREATED)
    body = call.body
    chat_id = text(body, "chatid") or world.mint("wr", _ID_LETTERS)
    if not _CHAT_ID.fullmatch(chat_id) or chat_id in world.chats:
        raise RefusedError(codes.CHAT_ID_FORM)
    members = _known(world, texts(body, "userlist"))
    _check_size(members)
    owner = text(body, "owner") or members[0]
    _check_owner(owner, members)
    world.chats[chat_id] = Chat(chat_id, _name(body), owner, members, world.app.agent_id)
    world.bus.publish({"type": "chat", "chatid": chat_id})
    return ok(chatid=chat_id)


def update(world: World, call: Call) -> Json:
    """Change name, owner or members."""
    chat = _find(world, text(call.body, "chatid", required=True))
    _count(world, "appchat/update", CHATS_CHANGED)
    leaving = {userid.lower() for userid in texts(call.body, "del_user_list")}
    members = [userid for userid in chat.members if userid.lower() not in leaving]
    members += [u for u in _known(world, texts(call.body, "add_user_list")) if u not in members]
    _check_size(members)
    owner = text(call.body, "owner") or (chat.owner if chat.owner in members else members[0])
    _check_owner(owner, members)
    chat.name = _name(call.body) or chat.name
    chat.owner, chat.members = owner, members
    world.bus.publish({"type": "chat", "chatid": chat.chatid})
    return ok()


def get(world: World, call: Call) -> Json:
    """The group as it is."""
    chat = _find(world, text(call.query, "chatid", required=True))
    info = {
        "chatid": chat.chatid,
        "name": chat.name,
        "owner": chat.owner,
        "userlist": chat.members,
        "chat_type": 0,
    }
    return ok(chat_info=info)


def send(world: World, call: Call) -> Json:
    """Say something in a group; template cards are not among what may be said there."""
    chat = _find(world, text(call.body, "chatid", required=True))
    content = read_content(world, call.body)
    spans = ((GROUP_PERSON_TIMES, MINUTE),)
    _count(world, "appchat/send", spans, weight=len(chat.members))
    for userid in chat.members:
        key = f"group-member:{userid}"
        if not world.limits.admit(key, GROUP_MESSAGES_PER_MEMBER, now=world.now()):
            call.notes.append(f"over 200 a minute or 10000 a day: not shown to {userid}")
    message = world.new_message("app", content.kind, text=content.text, card=content.card)
    chat.messages.append(message)
    world.bus.publish({"type": "chat", "chatid": chat.chatid, "message": message_view(message)})
    return ok()


def _check_scope(world: World) -> None:
    if ROOT_DEPARTMENT not in world.app.visible_departments:
        raise RefusedError(codes.NO_PERMISSION, "the app's visible range is not the root department")


def _count(world: World, path: str, spans: Spans, weight: int = 1) -> None:
    if not world.limits.admit(path, spans, now=world.now(), weight=weight):
        raise RefusedError(codes.FREQUENCY)


def _find(world: World, chat_id: str) -> Chat:
    _check_scope(world)
    chat = world.chats.get(chat_id)
    if chat is None:
        raise RefusedError(codes.CHAT_ID_UNKNOWN)
    if chat.agent_id != world.app.agent_id:
        raise RefusedError(codes.CHAT_FOREIGN)
    return chat


def _name(body: Json) -> str:
    name = text(body, "name")
    if len(name) > _MOST_NAME_LETTERS:
        raise RefusedError(codes.CHAT_NAME, f"at most {_MOST_NAME_LETTERS}")
    return name


def _known(world: World, userids: list[str]) -> list[str]:
    members: list[str] = []
    for userid in userids:
        person = world.find_person(userid)
        if person is None or not world.is_visible(person):
            raise RefusedError(codes.CHAT_MEMBER, userid)
        if person.userid not in members:
            members.append(person.userid)
    return members


def _check_size(members: list[str]) -> None:
    if not _LEAST_MEMBERS <= len(members) <= _MOST_MEMBERS:
        raise RefusedError(codes.CHAT_SIZE, f"{_LEAST_MEMBERS} to {_MOST_MEMBERS}")


def _check_owner(owner: str, members: list[str]) -> None:
    if owner not in members:
        raise RefusedError(codes.CHAT_OWNER)


ENDPOINTS = (
    Endpoint("POST", "appchat/create", create),
    Endpoint("POST", "appchat/update", update),
    Endpoint("GET", "appchat/get", get),
    Endpoint("POST", "appchat/send", send),
)
