"""kf/*: the desk where customers write (微信客服).

https://developer.work.weixin.qq.com/document/path/94670
"""

from __future__ import annotations

import re
from datetime import timedelta

from bot.simulator.wecom import codes, service
from bot.simulator.wecom.call import Call, Endpoint, number, ok, part, text, texts
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.limits import KF_PULLS
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.outreach_model import ASSISTANT, HUMAN, NEW, OVER, Conversation
from bot.simulator.wecom.world import World

_BYTES, _PAGE, _MOST_WHO, _LETTERS = 2048, 1000, 100, 28
_MSGID = re.compile(r"[0-9a-zA-Z_-]{1,32}")
_TOKEN_WITHIN, _CODE_WITHIN = timedelta(minutes=10), timedelta(seconds=20)
_SPAN, _MOST = timedelta(hours=48), 5
_KEPT = timedelta(days=3)


def account_list(world: World, call: Call) -> Json:
    """The one account."""
    del call
    desk = world.service
    rows = [{"open_kfid": desk.open_kfid, "name": desk.name, "avatar": "", "manage_privilege": True}]
    return ok(account_list=rows)


def sync(world: World, call: Call) -> Json:
    """What came since the cursor, of three days at most; without a token it may be called seldom."""
    body, desk = call.body, world.service
    _account(world, body)
    token = text(body, "token")
    issued = desk.tokens.get(token)
    if token and (issued is None or world.now() - issued > _TOKEN_WITHIN):
        raise RefusedError(codes.KF_TOKEN, "token")
    if not token and not world.limits.admit("kf:pull", KF_PULLS, now=world.now()):
        raise RefusedError(codes.FREQUENCY, "without a token")
    limit = number(body, "limit", _PAGE)
    if not 1 <= limit <= _PAGE:
        raise RefusedError(codes.BAD_PARAMETER, f"limit: 1 to {_PAGE}")
    begin = _begin(world, text(body, "cursor"))
    if world.faults.take("kf_empty_page"):
        # Nothing yet, and more behind it: whoever stops here loses what comes.
        return ok(next_cursor=f"c{begin}", has_more=1, msg_list=[])
    end = begin + limit
    rows = desk.log[begin:end]
    if world.faults.take("kf_repeated"):
        rows = rows + rows
    more = int(end < len(desk.log))
    return ok(next_cursor=f"c{min(end, len(desk.log))}", has_more=more, msg_list=rows)


def send(world: World, call: Call) -> Json:
    """Answer: within 48 hours of his last message, five times, while no member has the conversation."""
    body, desk = call.body, world.service
    _account(world, body)
    conversation = desk.conversations.get(text(body, "touser", required=True))
    if conversation is None:
        raise RefusedError(codes.BAD_CUSTOMER_ID)
    words, msgid = _words(world, body), _msgid(world, body)
    if conversation.state not in (NEW, ASSISTANT):
        raise RefusedError(codes.KF_SESSION)
    if conversation.spoke_at is None or world.now() - conversation.spoke_at > _SPAN:
        raise RefusedError(codes.KF_LATE)
    if conversation.got >= _MOST:
        raise RefusedError(codes.KF_MANY)
    conversation.got += 1
    desk.msgids.add(msgid)
    service.deliver(world, conversation, words, msgid)
    return ok(msgid=msgid)


def send_on_event(world: World, call: Call) -> Json:
    """Greet who has just entered: within 20 s, once."""
    body, desk = call.body, world.service
    code = desk.codes.get(text(body, "code", required=True))
    words, msgid = _words(world, body), _msgid(world, body)
    if code is None or code.used or world.now() - code.issued_at > _CODE_WITHIN:
        raise RefusedError(codes.KF_CODE)
    code.used = True
    conversation = desk.conversations[code.customer_id]
    conversation.greeted_at = world.now()
    desk.msgids.add(msgid)
    service.deliver(world, conversation, words, msgid)
    return ok(msgid=msgid)


def state_get(world: World, call: Call) -> Json:
    """Who has the conversation."""
    one = _conversation(world, call)
    return ok(service_state=one.state, servicer_userid=one.servicer)


def state_trans(world: World, call: Call) -> Json:
    """Give it to a member, to the assistant, or end it; the next message begins anew."""
    one, wanted = _conversation(world, call), number(call.body, "service_state", -1)
    if (
        wanted not in (ASSISTANT, HUMAN, OVER)
        or one.state == OVER
        or (one.state, wanted) == (HUMAN, ASSISTANT)
    ):
        raise RefusedError(codes.KF_TRANSFER)
    servicer = text(call.body, "servicer_userid", required=wanted == HUMAN)
    if wanted == HUMAN:
        person = world.find_person(servicer)
        if person is None or not world.is_visible(person):
            raise RefusedError(codes.NO_USER)
        servicer = person.userid
    service.move(world, one, wanted, servicer if wanted == HUMAN else "")
    return ok(msg_code=world.mint("", _LETTERS))


def customers(world: World, call: Call) -> Json:
    """Who they are; of those who did not write within 48 hours nothing is told."""
    asked = texts(call.body, "external_userid_list")
    if not 1 <= len(asked) <= _MOST_WHO:
        raise RefusedError(codes.BAD_PARAMETER, f"external_userid_list: 1 to {_MOST_WHO}")
    told = [one for one in asked if one in world.service.conversations and one in world.customers]
    rows = [
        {"external_userid": one, "nickname": world.customers[one].name, "avatar": "", "gender": 0}
        for one in told
    ]
    return ok(customer_list=rows, invalid_external_userid=[one for one in asked if one not in told])


def _begin(world: World, cursor: str) -> int:
    log = world.service.log
    if cursor:
        if not (cursor.startswith("c") and cursor[1:].isdigit() and int(cursor[1:]) <= len(log)):
            raise RefusedError(codes.BAD_PARAMETER, "cursor")
        return int(cursor[1:])
    oldest = int((world.now() - _KEPT).timestamp())
    return next((at for at, row in enumerate(log) if row["send_time"] >= oldest), len(log))


def _account(world: World, body: Json) -> None:
    if text(body, "open_kfid", required=True) != world.service.open_kfid:
        raise RefusedError(codes.KF_ACCOUNT)


def _words(world: World, body: Json) -> str:
    del world
    if text(body, "msgtype", required=True) != "text":
        raise RefusedError(codes.BAD_MSGTYPE, "only text is simulated")
    words = text(part(body, "text"), "content", required=True)
    if len(words.encode()) > _BYTES:
        raise RefusedError(codes.TEXT_TOO_LONG, f"text.content: {_BYTES} bytes")
    return words


def _msgid(world: World, body: Json) -> str:
    """The app's own must be new; without one the platform makes it."""
    given = text(body, "msgid")
    if not given:
        return world.mint("", _LETTERS)
    if not _MSGID.fullmatch(given):
        raise RefusedError(codes.BAD_PARAMETER, "msgid")
    if given in world.service.msgids:
        raise RefusedError(codes.KF_MSGID)
    return given


def _conversation(world: World, call: Call) -> Conversation:
    _account(world, call.body)
    found = world.service.conversations.get(text(call.body, "external_userid", required=True))
    if found is None:
        raise RefusedError(codes.BAD_CUSTOMER_ID)
    return found


ENDPOINTS = (
    Endpoint("POST", "kf/account/list", account_list),
    Endpoint("POST", "kf/sync_msg", sync),
    Endpoint("POST", "kf/send_msg", send),
    Endpoint("POST", "kf/send_msg_on_event", send_on_event),
    Endpoint("POST", "kf/service_state/get", state_get),
    Endpoint("POST", "kf/service_state/trans", state_trans),
    Endpoint("POST", "kf/customer/batchget", customers),
)
