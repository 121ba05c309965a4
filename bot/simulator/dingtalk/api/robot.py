"""What the robot says by itself: to people, to groups, taking it back, who has read it.

https://open.dingtalk.com/document/development/chatbots-send-one-on-one-chat-messages-in-batches
"""

from __future__ import annotations

from datetime import timedelta

from bot.simulator.dingtalk import codes
from bot.simulator.dingtalk.call import Call, Endpoint, text, texts
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.contents import Content, of_key
from bot.simulator.dingtalk.model import Entry, Group, Json, Person, Sent
from bot.simulator.dingtalk.world import World

_MOST_USERS = 20
_RECALL_WITHIN = timedelta(hours=24)
_SCOPE = "qyapi_robot_sendmsg"


def to_people(world: World, call: Call) -> Json:
    """Send to at most 20 people; 200 even when nobody got it."""
    body = call.body
    _robot(world, body)
    users = texts(body, "userIds")
    if len(users) > _MOST_USERS:
        raise RefusedError(codes.USERS_OVER, "the size of userIds should not be larger than 100")
    content = of_key(world, text(body, "msgKey"), body.get("msgParam"))
    known = list(dict.fromkeys(user for user in users if user in world.people))
    limited = known if world.faults.take("ding_flow_control") else []
    sent = _sent(world, "")
    for user in known:
        if user not in limited:
            sent.entries[user] = world.show(world.people[user], _entry(world, content, sent))
    return {
        "processQueryKey": sent.key,
        "invalidStaffIdList": [user for user in users if user not in world.people],
        "flowControlledStaffIdList": limited,
    }


def to_group(world: World, call: Call) -> Json:
    """Send to a group the robot is in."""
    body = call.body
    _robot(world, body)
    group = find_group(world, text(body, "openConversationId"))
    content = of_key(world, text(body, "msgKey"), body.get("msgParam"))
    sent = _sent(world, group.id)
    sent.entries[group.id] = world.show(group, _entry(world, content, sent))
    return {"processQueryKey": sent.key}


def find_group(world: World, group_id: str) -> Group:
    """The group, unless it is unknown, gone, or the robot is not in it."""
    group = world.groups.get(group_id)
    if group is None:
        raise RefusedError(codes.BAD_CONVERSATION)
    if group.disbanded:
        raise RefusedError(codes.DISBANDED)
    if not group.has_robot:
        raise RefusedError(codes.NOT_IN_GROUP)
    return group


def recall(world: World, call: Call) -> Json:
    """Take messages back, within 24 h; in silence for groups."""
    _robot(world, call.body)
    group = call.body.get("openConversationId") or ""
    done, failed = [], {}
    for key in texts(call.body, "processQueryKeys"):
        sent = world.sent.get(key)
        if sent is None or sent.group_id != group or world.now() > sent.at + _RECALL_WITHIN:
            failed[key] = "processQueryKey is invalid"
            continue
        sent.recalled = True
        for where, entry in sent.entries.items():
            _take_back(world, where, entry)
        done.append(key)
    return {"successResult": done, "failedResult": failed}


def _take_back(world: World, where: str, entry: Entry) -> None:
    chat: Group | Person | None = world.groups.get(where) or world.people.get(where)
    if chat is None:
        return
    if isinstance(chat, Group):
        chat.entries.remove(entry)
    else:
        entry.kind, entry.text, entry.body = "note", "消息已撤回", {}
    world.tell_chat(chat)


def read_status(world: World, call: Call) -> Json:
    """Who has read a message; people of this simulator read at once."""
    sent = world.sent.get(call.query.get("processQueryKey", ""))
    if sent is None:
        raise RefusedError(codes.BAD_PARAMETER, "processQueryKey")
    people = [
        {
            "userId": user,
            "name": world.people[user].name,
            "readStatus": "READ",
            "readTimestamp": world.stamp(),
        }
        for user in sent.entries
        if user in world.people
    ]
    return {"sendStatus": "RECALLED" if sent.recalled else "SUCCESS", "messageReadInfoList": people}


def download(world: World, call: Call) -> Json:
    """Where a file that somebody sent can be fetched for a while."""
    _robot(world, call.body)
    media_id = world.downloads.get(text(call.body, "downloadCode"))
    if media_id is None:
        raise RefusedError(codes.NO_DOWNLOAD)
    return {"downloadUrl": f"{world.base_url}/sim/dingtalk/media/{media_id.lstrip('@')}"}


def _robot(world: World, body: Json) -> None:
    if text(body, "robotCode") != world.app.robot_code:
        raise RefusedError(codes.NO_ROBOT)


def _sent(world: World, group_id: str) -> Sent:
    sent = Sent(world.mint("", 40) + "=", world.now(), group_id)
    world.sent[sent.key] = sent
    return sent


def _entry(world: World, content: Content, sent: Sent) -> Entry:
    return world.entry("app", content.kind, text=content.text, body=dict(content.body), query_key=sent.key)


ENDPOINTS = (
    Endpoint("POST", "/v1.0/robot/oToMessages/batchSend", to_people, scope=_SCOPE),
    Endpoint("POST", "/v1.0/robot/groupMessages/send", to_group, scope=_SCOPE),
    Endpoint("POST", "/v1.0/robot/otoMessages/batchRecall", recall, scope=_SCOPE),
    Endpoint("POST", "/v1.0/robot/groupMessages/recall", recall, scope=_SCOPE),
    Endpoint("GET", "/v1.0/robot/oToMessages/readStatus", read_status, scope=_SCOPE),
    Endpoint("POST", "/v1.0/robot/messageFiles/download", download, scope=_SCOPE),
)
