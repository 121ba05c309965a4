"""The world as the page reads it."""

from __future__ import annotations

import zlib
from dataclasses import asdict

from bot.simulator.wecom.faults import KINDS
from bot.simulator.wecom.model import ROOT_DEPARTMENT, Chat, Customer, CustomerMessage, Json, Person
from bot.simulator.wecom.outreach_model import HUMAN
from bot.simulator.wecom.panel.fault_texts import TEXTS
from bot.simulator.wecom.robot_model import Conversation
from bot.simulator.wecom.world import World, message_view

_COLORS = ("#3a7bd5", "#2e9e6b", "#c9733a", "#8c5bb8", "#c2466d", "#3b8ea5", "#a58a2e", "#5b6bc0")


def world(sim: World) -> Json:
    """Everything but the messages and the wire log."""
    app = sim.app
    return {
        "now": sim.now().isoformat(),
        "corp": {"id": app.corp_id, "name": sim.company},
        "app": {
            "name": app.name,
            "agent_id": app.agent_id,
            "callback_url": app.callback_url,
            "callback_verified": app.callback_verified,
            "menu": app.menu,
        },
        "form_url": sim.form_url,
        "explains": sim.explain is not None,
        "departments": [
            {"id": d.id, "name": d.name, "parentid": d.parent_id, "leaders": d.leaders}
            for d in sim.departments.values()
        ],
        "people": [person(sim, p) for p in sim.people.values()],
        "customers": [customer(sim, c) for c in sim.customers.values()],
        "chats": [chat(sim, c) for c in sim.chats.values()],
        "robot": robot(sim),
        "service": service(sim),
        "faults": faults(sim),
        "guide": sorted(sim.guide),
    }


def person(sim: World, member: Person) -> Json:
    """A member as the page lists him."""
    return {
        "userid": member.userid,
        "name": member.name,
        "department": _department_words(sim, member),
        "position": member.position,
        "role": member.role,
        "avatar_color": _color(member.userid),
        "status": member.status,
        "visible": sim.is_visible(member),
    }


def customer(sim: World, someone: Customer) -> Json:
    """A customer with the members he has as contacts."""
    follows = [
        {"userid": f.userid, "name": name_of(sim, f.userid), "state": f.state, "confirmed": f.confirmed}
        for f in someone.follows.values()
    ]
    return {
        "id": someone.id,
        "name": someone.name,
        "avatar_color": _color(someone.id),
        "follows": follows,
    }


def customer_message(sim: World, message: CustomerMessage) -> Json:
    """One entry of a customer's WeChat."""
    view: Json = {
        "id": message.id,
        "at": message.at.isoformat(),
        "from": message.sender,
        "userid": message.userid,
        "name": name_of(sim, message.userid),
        "kind": message.kind,
        "text": message.text,
    }
    return view | ({"attachment": message.attachment} if message.attachment else {})


def chat(sim: World, group: Chat) -> Json:
    """A group of members."""
    members = [{"userid": userid, "name": name_of(sim, userid)} for userid in group.members]
    return {
        "chatid": group.chatid,
        "name": group.name or "群聊",
        "owner": group.owner,
        "members": members,
        "last": message_view(group.messages[-1]) if group.messages else None,
    }


def faults(sim: World) -> list[Json]:
    """Every kind of fault with its words, on or off."""
    active = sim.faults.active
    return [
        {"kind": kind, "text": text, "on": kind in active}
        | asdict(TEXTS[kind])
        | (asdict(active[kind]) if kind in active else {})
        for kind, text in KINDS.items()
    ]


def robot(sim: World) -> Json:
    """The smart robot and the groups in which it is; without an id there is none."""
    since = sim.robot.online_since
    return {
        "id": sim.robot.bot_id,
        "name": sim.robot.name,
        "online": since is not None,
        "online_since": since.isoformat() if since else None,
        "subscribed": sim.robot.subscribed,
        "groups": [robot_chat(sim, one) for one in sim.robot.groups()],
    }


def robot_chat(sim: World, chat: Conversation) -> Json:
    """A chat with the robot, and how much the robot has said there since somebody wrote to it."""
    return {
        "chatid": chat.id,
        "name": chat.name,
        "kind": chat.kind,
        "members": [{"userid": userid, "name": name_of(sim, userid)} for userid in chat.members],
        "spoken_at": chat.spoken_at.isoformat() if chat.spoken_at else None,
        "replies": chat.replies,
        "pushes": chat.pushes,
        "messages": len(chat.posts),
    }


def service(sim: World) -> Json:
    """The desk of 微信客服, the conversations that members have, and who was asked to send something."""
    desk = sim.service
    held = [
        {"id": one.customer_id, "name": sim.customers[one.customer_id].name, "servicer": one.servicer}
        for one in desk.conversations.values()
        if one.state == HUMAN
    ]
    senders = sorted({one.sender for one in sim.group_messages.values()})
    return {"id": desk.open_kfid, "name": desk.name, "held": held, "senders": senders}


def name_of(sim: World, userid: str) -> str:
    """The member's name, or his id if he has left."""
    found = sim.people.get(userid)
    if found is None and userid == sim.service.open_kfid:
        return sim.service.name
    return found.name if found else userid


def _department_words(sim: World, member: Person) -> str:
    names = []
    for department_id in member.departments:
        path = [sim.departments[d].name for d in sim.path(department_id) if d != ROOT_DEPARTMENT]
        names.append(" / ".join(reversed(path)) or sim.company)
    return "、".join(names)


def _color(identity: str) -> str:
    return _COLORS[zlib.crc32(identity.encode()) % len(_COLORS)]
