"""Messages to a webhook: the session's of a robot message, and a group's custom robot.

https://open.dingtalk.com/document/development/custom-robots-send-group-messages
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from bot.simulator.dingtalk import codes
from bot.simulator.dingtalk.call import Call, Endpoint
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.contents import of_webhook
from bot.simulator.dingtalk.model import Entry, GroupRobot, Json, Person
from bot.simulator.dingtalk.quotas import ROBOT_BAN, ROBOT_MESSAGES
from bot.simulator.dingtalk.world import World

SESSION_PATH = "/robot/sendBySession"
_MOST_BYTES = 20_000
_HOUR_MS = 3_600_000
_OK = {"errcode": 0, "errmsg": "ok"}


def by_session(world: World, call: Call) -> Json:
    """Answer into the chat a robot message came from, until its webhook expires."""
    session = world.sessions.get(call.query.get("session", ""))
    is_gone = session is None or world.now() >= session.expires_at or world.faults.take("ding_session_gone")
    if session is None or is_gone:
        raise RefusedError(codes.SESSION_GONE)
    chat = world.chat_of(session)
    if chat is None:
        raise RefusedError(codes.SESSION_GONE)
    world.show(chat, _entry(world, call.body, alone=isinstance(chat, Person)))
    return dict(_OK)


def by_group_robot(world: World, call: Call) -> Json:
    """Say something in a group by its custom robot: signed, at most 20 a minute."""
    robot = world.robots.get(call.query.get("access_token", ""))
    if robot is None:
        raise RefusedError(codes.ROBOT_TOKEN)
    _check_sign(world, robot, call)
    entry = _entry(world, call.body, alone=False)
    if robot.keyword and robot.keyword not in entry.text:
        raise RefusedError(codes.ROBOT_KEYWORD)
    _check_speed(world, robot)
    mark = str(call.body.get("msgUuid") or "")
    if not mark or mark not in robot.seen:
        robot.seen.add(mark)
        world.show(world.groups[robot.group_id], entry)
    else:
        call.notes.append("msgUuid was used: not shown again")
    return dict(_OK)


def _check_sign(world: World, robot: GroupRobot, call: Call) -> None:
    if not robot.secret:
        return
    stamp = call.query.get("timestamp", "")
    if not stamp.isdigit() or abs(world.stamp() - int(stamp)) > _HOUR_MS:
        raise RefusedError(codes.ROBOT_STAMP)
    text = f"{stamp}\n{robot.secret}".encode()
    right = base64.b64encode(hmac.new(robot.secret.encode(), text, hashlib.sha256).digest())
    if not hmac.compare_digest(right, call.query.get("sign", "").encode()):
        raise RefusedError(codes.ROBOT_SIGN)


def _check_speed(world: World, robot: GroupRobot) -> None:
    now = world.now()
    if robot.banned_until is not None and now < robot.banned_until:
        raise RefusedError(codes.ROBOT_FAST)
    if not world.limits.admit(f"robot:{robot.token}", ROBOT_MESSAGES, now=now):
        robot.banned_until = now + ROBOT_BAN
        raise RefusedError(codes.ROBOT_FAST)


def _entry(world: World, body: Json, *, alone: bool) -> Entry:
    content, at = of_webhook(world, body)
    if len(content.text.encode()) > _MOST_BYTES:
        raise RefusedError(codes.ROBOT_LONG)
    words = content.text
    if not alone:
        words = f"{_mentions(world, at, words)}{words}"
    return world.entry("app", content.kind, text=words, body=dict(content.body))


def _mentions(world: World, at: Json, words: str) -> str:
    if at.get("isAtAll"):
        return "@所有人 "
    wanted = [world.people[one] for one in at.get("atUserIds") or [] if one in world.people]
    mobiles = set(at.get("atMobiles") or [])
    wanted += [one for one in world.people.values() if one.mobile and one.mobile in mobiles]
    missing = [one for one in wanted if f"@{one.userid}" not in words and f"@{one.name}" not in words]
    return "".join(f"@{one.name} " for one in missing)


ENDPOINTS = (
    Endpoint("POST", SESSION_PATH, by_session, old=True, needs_token=False),
    Endpoint("POST", "/robot/send", by_group_robot, old=True, needs_token=False),
)
