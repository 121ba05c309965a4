"""Show the app's menu to everybody.

https://developer.work.weixin.qq.com/document/path/90231
"""

from __future__ import annotations

from bot.adapters.wecom import codes
from bot.adapters.wecom.client import Client
from bot.adapters.wecom.width import cut_bytes, one_line
from bot.chat.outbound import MenuEntry

_TOP_MAX, _SUB_MAX = 3, 5
_TOP_BYTES, _SUB_BYTES, _KEY_BYTES = 16, 40, 128

Button = dict[str, object]


async def put(client: Client, agent_id: int, entries: tuple[MenuEntry, ...]) -> None:
    """Replace the menu; no entries take it away."""
    agent = str(agent_id)
    if not entries:
        await client.get("/cgi-bin/menu/delete", agentid=agent)
        return
    await client.act("/cgi-bin/menu/create", {"button": drawn(entries)}, agentid=agent)


def drawn(entries: tuple[MenuEntry, ...]) -> list[Button]:
    """Draw the menu; PlatformRejectedError if it has too many entries or one without a key."""
    _check_count(entries, _TOP_MAX)
    return [_top(entry) for entry in entries]


def _top(entry: MenuEntry) -> Button:
    if not entry.entries:
        return _pressed(entry, _TOP_BYTES)
    _check_count(entry.entries, _SUB_MAX)
    subs = [_pressed(sub, _SUB_BYTES) for sub in entry.entries]
    return {"name": cut_bytes(one_line(entry.label), _TOP_BYTES), "sub_button": subs}


def _pressed(entry: MenuEntry, label_bytes: int) -> Button:
    label = cut_bytes(one_line(entry.label), label_bytes)
    if not label or not 1 <= len(entry.key.encode()) <= _KEY_BYTES or entry.entries:
        codes.refuse("menu", f"{entry.label!r} needs a label and a key, and has nothing below it")
    return {"type": "click", "name": label, "key": entry.key}


def _check_count(entries: tuple[MenuEntry, ...], limit: int) -> None:
    if len(entries) > limit:
        codes.refuse("menu", f"{len(entries)} entries where {limit} have room")
