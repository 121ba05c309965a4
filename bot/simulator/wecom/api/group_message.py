"""externalcontact/…groupmsg…: tasks of 企业群发 and what became of them.

https://developer.work.weixin.qq.com/document/path/92135
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.simulator.wecom import codes
from bot.simulator.wecom.call import Call, Endpoint, number, ok, part, text, texts
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.outreach_model import UNSENT, GroupMessage
from bot.simulator.wecom.world import World

_MOST, _BYTES, _LETTERS = 10_000, 4000, 28
_LIST, _PAGE = 100, 1000
_REMINDERS, _WITHIN = 3, timedelta(hours=24)
_MONTH = timedelta(days=31)
_BY_COMPANY, _ALL = 0, 2


def add(world: World, call: Call) -> Json:
    """Make a task for a member; nothing is sent before he taps."""
    _check_permission(world)
    body = call.body
    if text(body, "chat_type") not in ("", "single"):
        raise RefusedError(codes.BAD_PARAMETER, "chat_type: only single is simulated")
    to, words = texts(body, "external_userid"), text(part(body, "text"), "content", required=True)
    if len(to) > _MOST:
        raise RefusedError(codes.BAD_PARAMETER, f"external_userid: at most {_MOST}")
    if len(words.encode()) > _BYTES:
        raise RefusedError(codes.TEXT_TOO_LONG, f"text.content: {_BYTES} bytes")
    sender = world.find_person(text(body, "sender", required=True))
    if sender is None or not world.is_visible(sender):
        raise RefusedError(codes.NO_USER if sender is None else codes.OUT_OF_SCOPE)
    able = [one for one in dict.fromkeys(to) if _follows(world, one, sender.userid)]
    if not able:
        raise RefusedError(codes.NOBODY_TO_SEND)
    made = GroupMessage(world.mint("msgGC", _LETTERS), sender.userid, words, world.now())
    made.receivers = dict.fromkeys(able, (UNSENT, None))
    world.group_messages[made.msgid] = made
    world.bus.publish({"type": "world"})
    world.bus.publish({"type": "group_message", "userid": sender.userid})
    return ok(msgid=made.msgid, fail_list=[one for one in to if one not in made.receivers])


def listed(world: World, call: Call) -> Json:
    """Tasks of a span; those that the API made name no creator."""
    _check_permission(world)
    body = call.body
    since, until = number(body, "start_time"), number(body, "end_time")
    if not since or until < since or until - since > _MONTH.total_seconds():
        raise RefusedError(codes.BAD_PARAMETER, "start_time and end_time: a month at most")
    if number(body, "filter_type", _ALL) not in (_BY_COMPANY, _ALL):
        return ok(next_cursor="", group_msg_list=[])
    found = [
        {
            "msgid": one.msgid,
            "create_time": str(int(one.made_at.timestamp())),
            "create_type": 0,
            "text": {"content": one.text},
            "attachments": [],
        }
        for one in reversed(world.group_messages.values())
        if since <= int(one.made_at.timestamp()) <= until
    ]
    page, cursor = _page(call, found, _LIST)
    return ok(next_cursor=cursor, group_msg_list=page)


def tasks(world: World, call: Call) -> Json:
    """Whether the member has sent it."""
    one = _find(world, call)
    row: Json = {"userid": one.sender, "status": one.status}
    if one.sent_at is not None:
        row["send_time"] = int(one.sent_at.timestamp())
    page, cursor = _page(call, [row], _PAGE)
    return ok(next_cursor=cursor, task_list=page)


def results(world: World, call: Call) -> Json:
    """What became of it for each customer."""
    one = _find(world, call)
    if text(call.body, "userid", required=True) != one.sender:
        raise RefusedError(codes.NO_USER)
    rows: list[Json] = []
    for customer, (status, at) in one.receivers.items():
        row: Json = {"external_userid": customer, "userid": one.sender, "status": status}
        rows.append(row | ({"send_time": int(at.timestamp())} if at is not None else {}))
    page, cursor = _page(call, rows, _PAGE)
    return ok(next_cursor=cursor, send_list=page)


def remind(world: World, call: Call) -> Json:
    """Remind him: three times in 24 hours."""
    one, now = _find(world, call), world.now()
    if not one.is_open:
        raise RefusedError(codes.BAD_PARAMETER, "msgid: sent or cancelled")
    if len([at for at in one.reminders if now - at < _WITHIN]) >= _REMINDERS:
        raise RefusedError(codes.FREQUENCY, "three reminders in 24 hours")
    one.reminders.append(now)
    world.bus.publish({"type": "group_message", "userid": one.sender})
    return ok()


def cancel(world: World, call: Call) -> Json:
    """Take it back; what was sent stays sent."""
    one = _find(world, call)
    one.cancelled = True
    world.bus.publish({"type": "group_message", "userid": one.sender})
    return ok()


def _page(call: Call, rows: Sequence[Json], most: int) -> tuple[list[Json], str]:
    limit = number(call.body, "limit", most)
    if not 1 <= limit <= most:
        raise RefusedError(codes.BAD_PARAMETER, f"limit: 1 to {most}")
    begin = number(call.body, "cursor")
    end = begin + limit
    return list(rows[begin:end]), str(end) if end < len(rows) else ""


def _find(world: World, call: Call) -> GroupMessage:
    _check_permission(world)
    found = world.group_messages.get(text(call.body, "msgid", required=True))
    if found is None:
        raise RefusedError(codes.BAD_PARAMETER, "msgid")
    if world.faults.take("group_dispatching"):
        raise RefusedError(codes.DISPATCHING)
    return found


def _follows(world: World, customer: str, userid: str) -> bool:
    known = world.customers.get(customer)
    return known is not None and userid in known.follows and known.follows[userid].confirmed


def _check_permission(world: World) -> None:
    if not world.app.customer_contact:
        raise RefusedError(codes.NO_CONTACT_PERMISSION)


ENDPOINTS = (
    Endpoint("POST", "externalcontact/add_msg_template", add),
    Endpoint("POST", "externalcontact/get_groupmsg_list_v2", listed),
    Endpoint("POST", "externalcontact/get_groupmsg_task", tasks),
    Endpoint("POST", "externalcontact/get_groupmsg_send_result", results),
    Endpoint("POST", "externalcontact/remind_groupmsg_send", remind),
    Endpoint("POST", "externalcontact/cancel_groupmsg_send", cancel),
)
