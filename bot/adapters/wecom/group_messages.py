"""Have a colleague send one text to many of his customers (企业群发), and ask what became of it.

https://developer.work.weixin.qq.com/document/path/92135
A call only makes a task: nothing is sent before the colleague taps.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from bot.adapters.wecom import codes
from bot.adapters.wecom.client import Client
from bot.adapters.wecom.width import cut_bytes, visible
from bot.chat.group_sending import MOST, Got, Made, Results

_ROOT = "/cgi-bin/externalcontact/"
_BYTES = 4000
_PAGE, _LIST_PAGE, _PAGES = 1000, 100, 200
_SINGLE, _BY_COMPANY = "single", 0
#: The list is asked for with some room: their clock is not ours.
_ROOM = timedelta(minutes=2)
_TASK_SENT = 2
_GOT: Mapping[int, Got] = {0: Got.WAITING, 1: Got.SENT, 2: Got.NO_CONTACT, 3: Got.LIMIT}


def said(text: str) -> str:
    """As it is sent: without what cannot be shown, and as long as it may be."""
    return cut_bytes(visible(text).strip(), _BYTES)


async def ask(client: Client, *, sender: str, to: Sequence[str], text: str) -> Made:
    """Make the task."""
    content = said(text)
    if not content:
        codes.refuse("text", "there is nothing to say")
    if not 1 <= len(to) <= MOST:
        codes.refuse("external_userid", f"1 to {MOST} customers, not {len(to)}")
    payload = {
        "chat_type": _SINGLE,
        "external_userid": list(to),
        "sender": sender,
        "text": {"content": content},
    }
    answer = await client.act(f"{_ROOT}add_msg_template", payload)
    refused = answer.get("fail_list")
    unfit = frozenset(map(str, refused)) if isinstance(refused, list) else frozenset[str]()
    return Made(str(answer.get("msgid", "")), unfit)


async def find(
    client: Client, *, sender: str, text: str, since: datetime, until: datetime, but: Collection[str]
) -> str | None:
    """The task of this colleague with this text; the list names neither key nor sender, so each is asked."""
    payload = {
        "chat_type": _SINGLE,
        "start_time": int((since - _ROOM).timestamp()),
        "end_time": int((until + _ROOM).timestamp()),
        "filter_type": _BY_COMPANY,
        "limit": _LIST_PAGE,
    }
    content = said(text)
    async for one in _pages(client, "get_groupmsg_list_v2", payload, "group_msg_list"):
        words, task_id = one.get("text"), str(one.get("msgid", ""))
        is_same = isinstance(words, dict) and str(words.get("content", "")).strip() == content
        if is_same and task_id and task_id not in but and await _status(client, task_id, sender) is not None:
            return task_id
    return None


async def results(client: Client, task_id: str, sender: str) -> Results:
    """How it stands with it; single customers are asked for once it was sent."""
    if await _status(client, task_id, sender) != _TASK_SENT:
        return Results(is_sent=False)
    got: dict[str, tuple[Got, datetime | None]] = {}
    payload = {"msgid": task_id, "userid": sender, "limit": _PAGE}
    async for one in _pages(client, "get_groupmsg_send_result", payload, "send_list"):
        # A status that we do not know says nothing: he waits, and is asked for again.
        known = _GOT.get(_number(one.get("status")), Got.WAITING)
        got[str(one.get("external_userid", ""))] = (known, _moment(one.get("send_time")))
    return Results(is_sent=True, got=got)


async def remind(client: Client, task_id: str) -> None:
    """Have him reminded, three times in all at most."""
    await client.act(f"{_ROOT}remind_groupmsg_send", {"msgid": task_id})


async def cancel(client: Client, task_id: str) -> None:
    """Take it back."""
    await client.act(f"{_ROOT}cancel_groupmsg_send", {"msgid": task_id})


async def _status(client: Client, task_id: str, sender: str) -> int | None:
    """Whether he has sent it; None if the task is not his."""
    payload = {"msgid": task_id, "limit": _PAGE}
    async for one in _pages(client, "get_groupmsg_task", payload, "task_list"):
        if str(one.get("userid", "")) == sender:
            return _number(one.get("status"))
    return None


async def _pages(
    client: Client, name: str, payload: Mapping[str, object], rows: str
) -> AsyncIterator[Mapping[str, Any]]:
    cursor = ""
    for _ in range(_PAGES):
        more = {"cursor": cursor} if cursor else {}
        answer = await client.read(f"{_ROOT}{name}", {**payload, **more})
        page = answer.get(rows)
        for one in page if isinstance(page, list) else ():
            if isinstance(one, dict):
                yield one
        cursor = str(answer.get("next_cursor") or "")
        if not cursor:
            return


def _number(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else -1


def _moment(value: object) -> datetime | None:
    seconds = _number(value)
    return datetime.fromtimestamp(seconds, timezone.utc) if seconds > 0 else None
