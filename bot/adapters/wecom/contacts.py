"""Greet customers, and make the QR codes by which they come.

https://developer.work.weixin.qq.com/document/path/92137 and 92228
"""

from __future__ import annotations

from bot.adapters.wecom import codes
from bot.adapters.wecom.client import Client
from bot.adapters.wecom.width import cut_bytes, one_line, visible
from bot.chat.outbound import CreateContactWay, DeleteContactWay, Sent, Welcome
from bot.errors import PlatformRejectedError

_WELCOME_BYTES = 4000
_STATE_MAX, _REMARK_MAX, _USERS_MAX = 30, 30, 100
_ONE_PERSON, _SEVERAL = 1, 2
_QR_CODE = 2


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


async def delete_way(client: Client, outgoing: DeleteContactWay) -> Sent:
    """Take a code back; its picture then leads nowhere."""
    await client.act("/cgi-bin/externalcontact/del_contact_way", {"config_id": outgoing.config_id})
    return Sent()
