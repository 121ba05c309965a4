"""Work notices (工作通知): taken at once, delivered or not; what became of them is asked for.

https://open.dingtalk.com/document/development/asynchronous-sending-of-enterprise-session-messages
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

from bot.simulator.dingtalk import codes
from bot.simulator.dingtalk.call import Call, Endpoint, number, part, text
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.contents import link_of
from bot.simulator.dingtalk.model import Entry, Json, Notice, Person
from bot.simulator.dingtalk.quotas import NOTICES_PER_DAY
from bot.simulator.dingtalk.world import World

_MOST_USERS, _MOST_BYTES = 100, 2048
_TITLE, _URL = 20, 700
_SAME_DAY = ((1, timedelta(days=1)),)
_RESULT_WITHIN = timedelta(hours=24)
#: The same content to the same person twice a day; over the day's count.
_SAME, _OVER = 143105, 143104


def send(world: World, call: Call) -> Json:
    """Take a notice; those over a limit are not reached, though the answer is ok."""
    body = call.body
    _agent(world, body)
    message = part(body, "msg")
    if len(json.dumps(message, ensure_ascii=False).encode()) > _MOST_BYTES:
        raise RefusedError(codes.BAD_PARAMETER, "msg is longer than 2048 bytes")
    entry = _read(world, message)
    notice = Notice(world.rng.randrange(10**11, 10**12), world.now())
    world.notices[notice.task_id] = notice
    for userid in _receivers(world, body):
        person = world.people.get(userid)
        if person is None:
            notice.invalid.append(userid)
        elif _is_let(world, notice, person, message):
            notice.sent.append(userid)
            world.show(person, _copy(world, entry))
    return {"errcode": 0, "errmsg": "ok", "task_id": notice.task_id, "request_id": world.mint("", 12).lower()}


def _receivers(world: World, body: Json) -> list[str]:
    if body.get("to_all_user"):
        return list(world.people)
    users = [one for one in text(body, "userid_list", required=False).split(",") if one]
    for department in filter(None, text(body, "dept_id_list", required=False).split(",")):
        users += [one.userid for one in world.members(int(department))]
    if not users or len(users) > _MOST_USERS:
        raise RefusedError(codes.BAD_USERID, "userid_list")
    return list(dict.fromkeys(users))


def _is_let(world: World, notice: Notice, person: Person, message: Json) -> bool:
    print_ = hashlib.sha256(json.dumps(message, sort_keys=True).encode()).hexdigest()
    now, code = world.now(), 0
    if not world.limits.admit(f"same:{person.userid}:{print_}", _SAME_DAY, now=now):
        code = _SAME
    elif not world.limits.admit(f"notice:{person.userid}", NOTICES_PER_DAY, now=now):
        code = _OVER
    if code:
        notice.forbidden.append({"code": str(code), "count": 1, "userid": person.userid})
    return not code


def _read(world: World, message: Json) -> Entry:
    kind = str(message.get("msgtype") or "")
    inner = message.get(kind)
    if not isinstance(inner, dict):
        raise RefusedError(codes.BAD_PARAMETER, "msg")
    match kind:
        case "text":
            return world.entry("notice", "text", text=text(inner, "content"))
        case "markdown":
            return world.entry(
                "notice", "markdown", text=text(inner, "text"), body={"title": text(inner, "title")}
            )
        case "action_card":
            return world.entry("notice", "action_card", text=text(inner, "markdown"), body=_buttons(inner))
        case "link":
            body = {"title": text(inner, "title"), "url": text(inner, "messageUrl")}
            return world.entry("notice", "link", text=text(inner, "text"), body=body)
        case "image" | "file":
            url = link_of(world, text(inner, "media_id"))
            return world.entry("notice", kind, text="", body={"url": url})
    raise RefusedError(codes.BAD_PARAMETER, f"msgtype {kind}")


def _buttons(inner: Json) -> Json:
    title = text(inner, "title", required=False)
    if inner.get("single_title"):
        given = [{"title": text(inner, "single_title"), "action_url": text(inner, "single_url")}]
    else:
        given = [one for one in inner.get("btn_json_list") or [] if isinstance(one, dict)]
    if not given:
        raise RefusedError(codes.BAD_PARAMETER, "btn_json_list")
    buttons = [{"text": text(one, "title"), "url": text(one, "action_url")} for one in given]
    if any(len(one["text"]) > _TITLE or len(one["url"]) > _URL for one in buttons):
        raise RefusedError(codes.BAD_PARAMETER, "a button's title or url is too long")
    return {"title": title, "buttons": buttons, "vertical": str(inner.get("btn_orientation") or "0") == "0"}


def _copy(world: World, entry: Entry) -> Entry:
    return world.entry(entry.sender, entry.kind, text=entry.text, body=dict(entry.body))


def _agent(world: World, body: Json) -> None:
    if number(body, "agent_id") != world.app.agent_id:
        raise RefusedError(codes.BAD_PARAMETER, "agent_id")


def _find(world: World, body: Json) -> Notice:
    _agent(world, body)
    notice = world.notices.get(number(body, "task_id"))
    if notice is None or world.now() > notice.at + _RESULT_WITHIN:
        raise RefusedError(codes.NO_TASK)
    return notice


def result(world: World, call: Call) -> Json:
    """What became of a notice, for 24 h."""
    notice = _find(world, call.body)
    told = {
        "invalid_user_id_list": notice.invalid, "forbidden_user_id_list": [],
        "forbidden_list": notice.forbidden, "failed_user_id_list": [], "invalid_dept_id_list": [],
        "read_user_id_list": sorted(notice.read),
        "unread_user_id_list": [one for one in notice.sent if one not in notice.read],
    }  # fmt: skip
    return {"errcode": 0, "errmsg": "ok", "send_result": told, "request_id": world.mint("", 12).lower()}


def progress(world: World, call: Call) -> Json:
    """How far a notice is: always through."""
    _find(world, call.body)
    return {"errcode": 0, "errmsg": "ok", "progress": {"progress_in_percent": 100, "status": 2}}


_CONVERSATION = "/topapi/message/corpconversation/"
ENDPOINTS = (
    Endpoint("POST", _CONVERSATION + "asyncsend_v2", send, old=True, scope="qyapi_base"),
    Endpoint("POST", _CONVERSATION + "getsendresult", result, old=True, scope="qyapi_base"),
    Endpoint("POST", _CONVERSATION + "getsendprogress", progress, old=True, scope="qyapi_base"),
)
