"""Greet customers, and make the QR codes by which they come.

https://developer.work.weixin.qq.com/document/path/92137, 92228 and 97297
"""

from __future__ import annotations

from typing import TypeAlias

from bot.adapters.wecom import codes
from bot.adapters.wecom.client import Client
from bot.adapters.wecom.width import cut_bytes, one_line, visible
from bot.chat.outbound import (
    ChangeContactWay,
    CreateContactLink,
    CreateContactWay,
    DeleteContactWay,
    ReadContact,
    Sent,
    Welcome,
)
from bot.errors import PlatformRejectedError

_WELCOME_BYTES = 4000
_STATE_MAX, _REMARK_MAX, _USERS_MAX = 30, 30, 100
_LINK_USERS_MAX = 500
_ONE_PERSON, _SEVERAL = 1, 2
_QR_CODE = 2


Arranged: TypeAlias = (
    Welcome | CreateContactWay | CreateContactLink | ChangeContactWay | ReadContact | DeleteContactWay
)


async def arrange(client: Client, outgoing: Arranged) -> Sent:
    """Do what has to do with customers."""
    match outgoing:
        case Welcome():
            return await welcome(client, outgoing)
        case CreateContactWay():
            return await create_way(client, outgoing)
        case CreateContactLink():
            return await create_link(client, outgoing)
        case ChangeContactWay():
            return await change_way(client, outgoing)
        case ReadContact():
            return await read(client, outgoing)
        case DeleteContactWay():
            return await delete_way(client, outgoing)


async def welcome(client: Client, outgoing: Welcome) -> Sent:
    """Greet once, within 20 seconds of the customer's coming."""
    content = cut_bytes(visible(outgoing.text).strip(), _WELCOME_BYTES)
    if not content:
        codes.refuse("text", "there is nothing to say")
    payload = {"welcome_code": outgoing.code, "text": {"content": content}}
    try:
        await client.act("/cgi-bin/externalcontact/send_welcome_msg", payload)
    except PlatformRejectedError as exc:
        if exc.code == codes.WELCOME_MOOT:
            return Sent(repeated=True)
        raise
    return Sent()


async def create_way(client: Client, outgoing: CreateContactWay) -> Sent:
    """Make a code; its id is shown nowhere else, so it must be kept."""
    if not 1 <= len(outgoing.user_ids) <= _USERS_MAX:
        codes.refuse("contact_way", f"1 to {_USERS_MAX} colleagues, not {len(outgoing.user_ids)}")
    # A longer state would come back cut, and would find nobody.
    if len(outgoing.state) > _STATE_MAX:
        codes.refuse("contact_way", f"a state has at most {_STATE_MAX} characters")
    payload = {
        "type": _ONE_PERSON if len(outgoing.user_ids) == 1 else _SEVERAL,
        "scene": _QR_CODE,
        "remark": one_line(outgoing.remark)[:_REMARK_MAX],
        "skip_verify": True,
        "state": outgoing.state,
        "user": list(outgoing.user_ids),
    }
    answer = await client.act("/cgi-bin/externalcontact/add_contact_way", payload)
    config_id = str(answer.get("config_id", ""))
    data = {"config_id": config_id, "qr_code": str(answer.get("qr_code", ""))}
    return Sent(provider_id=config_id, data=data)


async def create_link(client: Client, outgoing: CreateContactLink) -> Sent:
    """Make an acquisition link (获客助手); it costs the company for each new customer who speaks."""
    if not 1 <= len(outgoing.user_ids) <= _LINK_USERS_MAX:
        codes.refuse("contact_link", f"1 to {_LINK_USERS_MAX} colleagues, not {len(outgoing.user_ids)}")
    payload = {
        "link_name": one_line(outgoing.name)[:_REMARK_MAX],
        "range": {"user_list": list(outgoing.user_ids)},
        "skip_verify": True,
    }
    answer = await client.act("/cgi-bin/externalcontact/customer_acquisition/create_link", payload)
    link = answer.get("link")
    found = link if isinstance(link, dict) else {}
    link_id = str(found.get("link_id", ""))
    return Sent(provider_id=link_id, data={"config_id": link_id, "url": str(found.get("url", ""))})


async def change_way(client: Client, outgoing: ChangeContactWay) -> Sent:
    """Put other colleagues behind a code or link; what hangs on a wall stays good."""
    users = list(outgoing.user_ids)
    if outgoing.link:
        payload: dict[str, object] = {"link_id": outgoing.config_id, "range": {"user_list": users}}
        await client.act("/cgi-bin/externalcontact/customer_acquisition/update_link", payload)
    else:
        payload = {"config_id": outgoing.config_id, "user": users}
        await client.act("/cgi-bin/externalcontact/update_contact_way", payload)
    return Sent()


async def read(client: Client, outgoing: ReadContact) -> Sent:
    """Who a customer is: as he calls himself, and his id across the apps of one owner, if there is one."""
    answer = await client.get("/cgi-bin/externalcontact/get", external_userid=outgoing.external_id)
    contact = answer.get("external_contact")
    found = contact if isinstance(contact, dict) else {}
    names = {"name": "name", "union_id": "unionid", "company": "corp_full_name"}
    return Sent(data={ours: str(found[theirs]) for ours, theirs in names.items() if found.get(theirs)})


async def delete_way(client: Client, outgoing: DeleteContactWay) -> Sent:
    """Take a code back; its picture then leads nowhere."""
    await client.act("/cgi-bin/externalcontact/del_contact_way", {"config_id": outgoing.config_id})
    return Sent()
