"""externalcontact/*: customers, and the members who have them as contacts.

https://developer.work.weixin.qq.com/document/path/92114
"""

from __future__ import annotations

from bot.simulator.common.weixin_people import union_id_of
from bot.simulator.wecom import codes
from bot.simulator.wecom.call import Call, Endpoint, ok, part, text, texts
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.customers import WELCOME_WITHIN
from bot.simulator.wecom.model import Customer, CustomerMessage, Follow, Json
from bot.simulator.wecom.world import World

_MOST_REMARK, _MOST_DESCRIPTION, _MOST_COMPANY = 20, 150, 20
_MOST_WELCOME_BYTES = 4000
_MOST_ATTACHMENTS = 9
_ATTACHMENTS = frozenset({"image", "link", "miniprogram", "video", "file"})
_EXTERNAL_WECHAT = 1


def get(world: World, call: Call) -> Json:
    """A customer and all who follow him."""
    customer = _find(world, text(call.query, "external_userid", required=True))
    follows = [_follow_view(f) for f in customer.follows.values() if f.confirmed]
    if not follows:
        raise RefusedError(codes.NO_RELATION)
    contact = {
        "external_userid": customer.id,
        "name": customer.name,
        "type": _EXTERNAL_WECHAT,
        "avatar": "",
        "gender": customer.gender,
        "unionid": union_id_of(customer.id),
    }
    return ok(external_contact=contact, follow_user=follows)


def list_ids(world: World, call: Call) -> Json:
    """The customers of one member; none is 84061."""
    userid = _member(world, text(call.query, "userid", required=True))
    ids = [c.id for c in world.customers.values() if userid in c.follows and c.follows[userid].confirmed]
    if not ids:
        raise RefusedError(codes.NO_RELATION)
    return ok(external_userid=ids)


def follow_users(world: World, call: Call) -> Json:
    """The members who may have customers, as far as the app sees them."""
    del call
    _check_permission(world)
    return ok(follow_user=[p.userid for p in world.visible_people()])


def remark(world: World, call: Call) -> Json:
    """Write what a member notes on a customer; such changes fire no event."""
    follow = _relation(world, call)
    body = call.body
    for name, most in (
        ("remark", _MOST_REMARK),
        ("description", _MOST_DESCRIPTION),
        ("remark_company", _MOST_COMPANY),
    ):
        if len(text(body, name)) > most:
            raise RefusedError(codes.BAD_PARAMETER, f"{name}: at most {most}")
    follow.remark = text(body, "remark") or follow.remark
    follow.description = text(body, "description") or follow.description
    follow.remark_company = text(body, "remark_company") or follow.remark_company
    if "remark_mobiles" in body:
        # The list replaces the old one; [""] empties it.
        follow.remark_mobiles = [mobile for mobile in texts(body, "remark_mobiles") if mobile]
    return ok()


def mark_tag(world: World, call: Call) -> Json:
    """Add and remove tags by id; such changes fire no event."""
    follow = _relation(world, call)
    add, remove = texts(call.body, "add_tag"), texts(call.body, "remove_tag")
    if not (add or remove):
        raise RefusedError(codes.EMPTY_PARAMETER, "add_tag and remove_tag")
    kept = [tag for tag in follow.tags if tag not in remove]
    follow.tags = kept + [tag for tag in add if tag not in kept]
    return ok()


def send_welcome(world: World, call: Call) -> Json:
    """Greet a new customer: within 20 s of the event, once, and before anybody has spoken."""
    _check_permission(world)
    body = call.body
    words, attachments = _welcome_parts(body)
    code = world.welcomes.get(text(body, "welcome_code", required=True))
    is_late = code is not None and world.faults.take("welcome_code_late") is not None
    if code is None or is_late or world.now() >= code.issued_at + WELCOME_WITHIN:
        raise RefusedError(codes.WELCOME_CODE)
    customer = world.customers[code.customer_id]
    follow = customer.follows.get(code.userid)
    if follow is None or follow.spoken or follow.welcomed:
        raise RefusedError(codes.CHAT_STARTED)
    if world.faults.take("welcome_sending"):
        raise RefusedError(codes.WELCOME_SENDING)
    follow.welcomed = True
    if words:
        _say(world, customer, code.userid, kind="text", words=words)
    for attachment in attachments:
        _say(world, customer, code.userid, kind=str(attachment["msgtype"]), attachment=attachment)
    return ok()


def _welcome_parts(body: Json) -> tuple[str, list[Json]]:
    words = text(part(body, "text"), "content") if "text" in body else ""
    if len(words.encode()) > _MOST_WELCOME_BYTES:
        raise RefusedError(codes.TEXT_TOO_LONG, f"text.content: {_MOST_WELCOME_BYTES} bytes")
    attachments = body.get("attachments") or []
    if not isinstance(attachments, list) or len(attachments) > _MOST_ATTACHMENTS:
        raise RefusedError(codes.BAD_PARAMETER, f"attachments: at most {_MOST_ATTACHMENTS}")
    for attachment in attachments:
        if not isinstance(attachment, dict) or attachment.get("msgtype") not in _ATTACHMENTS:
            raise RefusedError(codes.BAD_PARAMETER, "attachments.msgtype")
    if not words and not attachments:
        raise RefusedError(codes.EMPTY_PARAMETER, "text and attachments")
    return words, attachments


def _say(
    world: World,
    customer: Customer,
    userid: str,
    *,
    kind: str,
    words: str = "",
    attachment: Json | None = None,
) -> None:
    identity = f"c{world.number()}"
    message = CustomerMessage(identity, world.now(), "member", userid, kind, words, attachment)
    customer.messages.append(message)
    world.bus.publish({"type": "customer", "id": customer.id})


def _check_permission(world: World) -> None:
    if not world.app.customer_contact:
        raise RefusedError(codes.NO_CONTACT_PERMISSION)


def _find(world: World, external_userid: str) -> Customer:
    _check_permission(world)
    customer = world.customers.get(external_userid)
    if customer is None:
        raise RefusedError(codes.BAD_CUSTOMER_ID)
    return customer


def _member(world: World, userid: str) -> str:
    _check_permission(world)
    person = world.find_person(userid)
    if person is None:
        raise RefusedError(codes.NO_USER)
    if not world.is_visible(person):
        raise RefusedError(codes.OUT_OF_SCOPE)
    return person.userid


def _relation(world: World, call: Call) -> Follow:
    userid = _member(world, text(call.body, "userid", required=True))
    customer = _find(world, text(call.body, "external_userid", required=True))
    follow = customer.follows.get(userid)
    if follow is None or not follow.confirmed:
        raise RefusedError(codes.NO_RELATION)
    return follow


def _follow_view(follow: Follow) -> Json:
    view: Json = {
        "userid": follow.userid,
        "remark": follow.remark,
        "description": follow.description,
        "createtime": int(follow.created_at.timestamp()),
        "tags": [{"group_name": "", "tag_name": tag, "tag_id": tag, "type": 1} for tag in follow.tags],
        "remark_corp_name": follow.remark_company,
        "remark_mobiles": follow.remark_mobiles,
        "oper_userid": follow.userid,
        "add_way": follow.add_way,
    }
    return view | ({"state": follow.state} if follow.state else {})


ENDPOINTS = (
    Endpoint("GET", "externalcontact/get", get),
    Endpoint("GET", "externalcontact/list", list_ids),
    Endpoint("GET", "externalcontact/get_follow_user_list", follow_users),
    Endpoint("POST", "externalcontact/remark", remark),
    Endpoint("POST", "externalcontact/mark_tag", mark_tag),
    Endpoint("POST", "externalcontact/send_welcome_msg", send_welcome),
)
