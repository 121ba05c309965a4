"""externalcontact/*_contact_way: 「联系我」 codes, each with a state that comes back in the add event.

https://developer.work.weixin.qq.com/document/path/92228
"""

from __future__ import annotations

from bot.simulator.wecom import codes
from bot.simulator.wecom.call import Call, Endpoint, number, numbers, ok, text, texts
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import ContactWay, Json
from bot.simulator.wecom.world import World

_SINGLE, _MULTI = 1, 2
_MINI_PROGRAM, _QR = 1, 2
#: Ours, for what is no code but an acquisition link.
LINK = 0
_MOST_STATE, _MOST_REMARK, _MOST_USERS = 30, 30, 100
_ID_LETTERS = 32
_KEPT_AS_GIVEN = (
    "style",
    "is_temp",
    "expires_in",
    "chat_expires_in",
    "unionid",
    "is_exclusive",
    "conclusions",
)


def add(world: World, call: Call) -> Json:
    """Make a code; it is not shown in the admin console, so its config_id must be kept by the caller."""
    _check_permission(world)
    body = call.body
    kind, scene = number(body, "type"), number(body, "scene")
    if kind not in (_SINGLE, _MULTI) or scene not in (_MINI_PROGRAM, _QR):
        raise RefusedError(codes.BAD_PARAMETER, "type and scene are 1 or 2")
    users, parties = _members(world, body, kind)
    way = ContactWay(
        config_id=world.mint("", _ID_LETTERS).lower(),
        type=kind,
        scene=scene,
        remark=_short(body, "remark", _MOST_REMARK),
        skip_verify=body.get("skip_verify", True) is not False,
        state=_short(body, "state", _MOST_STATE),
        users=users,
        parties=parties,
        extra={name: body[name] for name in _KEPT_AS_GIVEN if name in body},
    )
    if scene == _QR:
        way.qr_code = f"{world.base_url}/sim/qr/{way.config_id}.png"
    world.ways[way.config_id] = way
    return ok(config_id=way.config_id, **({"qr_code": way.qr_code} if way.qr_code else {}))


def get(world: World, call: Call) -> Json:
    """The code as it is."""
    return ok(contact_way=view(_find(world, call)))


def update(world: World, call: Call) -> Json:
    """Change what is given; the picture stays the same."""
    way, body = _find(world, call), call.body
    remark, state = _short(body, "remark", _MOST_REMARK), _short(body, "state", _MOST_STATE)
    if "user" in body or "party" in body:
        way.users, way.parties = _members(world, body, way.type)
    way.remark = remark if "remark" in body else way.remark
    way.state = state if "state" in body else way.state
    if "skip_verify" in body:
        way.skip_verify = body["skip_verify"] is not False
    way.extra |= {name: body[name] for name in _KEPT_AS_GIVEN if name in body}
    return ok()


def delete(world: World, call: Call) -> Json:
    """The code leads nowhere from now on."""
    del world.ways[_find(world, call).config_id]
    return ok()


def create_link(world: World, call: Call) -> Json:
    """Make an acquisition link (获客助手); who opens it adds one of its members.

    https://developer.work.weixin.qq.com/document/path/97297
    """
    _check_permission(world)
    users, parties = _range(world, call.body)
    way = ContactWay(
        config_id=world.mint("cawcde", _ID_LETTERS - 6).lower(), type=_MULTI, scene=LINK,
        remark=_short(call.body, "link_name", _MOST_REMARK),
        skip_verify=call.body.get("skip_verify", True) is not False, state="", users=users, parties=parties,
    )  # fmt: skip
    way.extra["url"] = f"{world.base_url}/sim/ca/{way.config_id}"
    world.ways[way.config_id] = way
    return ok(link={"link_id": way.config_id, "link_name": way.remark, "url": way.extra["url"],
                    "create_time": int(world.now().timestamp())})  # fmt: skip


def update_link(world: World, call: Call) -> Json:
    """Put other members behind it; its address stays."""
    _check_permission(world)
    way = world.ways.get(text(call.body, "link_id", required=True))
    if way is None or way.scene != LINK:
        raise RefusedError(codes.BAD_PARAMETER, "link_id")
    if "range" in call.body:
        way.users, way.parties = _range(world, call.body)
    if "link_name" in call.body:
        way.remark = _short(call.body, "link_name", _MOST_REMARK)
    return ok()


def _range(world: World, body: Json) -> tuple[list[str], list[int]]:
    given = body.get("range")
    if not isinstance(given, dict):
        raise RefusedError(codes.EMPTY_PARAMETER, "range")
    return _members(
        world, {"user": given.get("user_list", []), "party": given.get("department_list", [])}, _MULTI
    )


def view(way: ContactWay) -> Json:
    """A contact way as the API shows it."""
    return {
        "config_id": way.config_id,
        "type": way.type,
        "scene": way.scene,
        "remark": way.remark,
        "skip_verify": way.skip_verify,
        "state": way.state,
        "qr_code": way.qr_code,
        **({"url": way.extra["url"]} if way.scene == LINK else {}),
        "user": way.users,
        "party": way.parties,
        **way.extra,
    }


def _check_permission(world: World) -> None:
    if not world.app.customer_contact:
        raise RefusedError(codes.NO_CONTACT_PERMISSION)


def _find(world: World, call: Call) -> ContactWay:
    _check_permission(world)
    way = world.ways.get(text(call.body, "config_id", required=True))
    if way is None:
        raise RefusedError(codes.BAD_PARAMETER, "config_id")
    return way


def _short(body: Json, name: str, most: int) -> str:
    value = text(body, name)
    if len(value) > most:
        raise RefusedError(codes.BAD_PARAMETER, f"{name}: at most {most} characters")
    return value


def _members(world: World, body: Json, kind: int) -> tuple[list[str], list[int]]:
    users, parties = texts(body, "user"), numbers(body, "party")
    if not users and not parties:
        raise RefusedError(codes.EMPTY_PARAMETER, "user")
    if len(users) > _MOST_USERS or (kind == _SINGLE and (len(users) != 1 or parties)):
        raise RefusedError(codes.BAD_PARAMETER, "user: exactly one for type 1, at most 100 for type 2")
    known = []
    for userid in users:
        person = world.find_person(userid)
        if person is None or not world.is_visible(person):
            raise RefusedError(codes.NO_USER, userid)
        known.append(person.userid)
    for party in parties:
        if not world.is_visible_department(party):
            raise RefusedError(codes.NO_DEPARTMENT, str(party))
    return known, parties


ENDPOINTS = (
    Endpoint("POST", "externalcontact/add_contact_way", add),
    Endpoint("POST", "externalcontact/get_contact_way", get),
    Endpoint("POST", "externalcontact/update_contact_way", update),
    Endpoint("POST", "externalcontact/del_contact_way", delete),
    Endpoint("POST", "externalcontact/customer_acquisition/create_link", create_link),
    Endpoint("POST", "externalcontact/customer_acquisition/update_link", update_link),
)
