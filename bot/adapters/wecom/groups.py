"""Groups that our app makes: it may only write into its own.

https://developer.work.weixin.qq.com/document/path/90245 and 90247
"""

from __future__ import annotations

import re

from bot.adapters.wecom import codes
from bot.adapters.wecom.client import Client
from bot.adapters.wecom.width import one_line
from bot.chat.outbound import OpenGroup, Sent
from bot.errors import PlatformRejectedError

_CHAT_ID = re.compile(r"[0-9A-Za-z]{1,32}")
_LEAST, _MOST = 2, 2000
_NAME = 50


async def open_group(client: Client, outgoing: OpenGroup) -> Sent:
    """Make the group unless it is there; the platform refuses a second one without saying which it was."""
    if not _CHAT_ID.fullmatch(outgoing.chat_id):
        codes.refuse("group", f"群聊 id 只能是 1 到 32 位字母和数字，不能是 {outgoing.chat_id}")
    try:
        await client.get("/cgi-bin/appchat/get", chatid=outgoing.chat_id)
    except PlatformRejectedError:
        members = list(outgoing.members[:_MOST])
        if len(members) < _LEAST:
            codes.refuse("group", "a group has two members at the least")
        name = one_line(outgoing.name)[:_NAME]
        payload = {"chatid": outgoing.chat_id, "name": name, "userlist": members}
        await client.act("/cgi-bin/appchat/create", payload)
        return Sent()
    return Sent(repeated=True)
