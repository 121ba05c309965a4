"""微信客服: read what customers write, answer within the spans that they open, give them to people.

https://developer.work.weixin.qq.com/document/path/94670 (sync_msg), 96427 (send_msg) and 96428
(send_msg_on_event)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

import orjson

from bot.adapters.wecom import codes
from bot.adapters.wecom.client import Client
from bot.adapters.wecom.width import cut_bytes, visible
from bot.chat.channel import CustomerMessage
from bot.chat.customer_service import Item, Page, Who

NAME = "wechat_service"
_ROOT = "/cgi-bin/kf/"
_BYTES, _PAGE, _ACCOUNTS, _MOST_WHO = 2048, 1000, 100, 100
_CODE = "code:"
_MSGID = re.compile(r"[0-9A-Za-z_-]{1,32}")
_BY_CUSTOMER, _HUMAN = 3, 3
#: Of a session that changed: a servicer took it from the pool, got it from another, or it began anew.
_TAKEN, _PASSED_ON, _RETURNED = 1, 2, 4


class CustomerService:
    """The channel `wechat_service`; it shares the app's calls."""

    name = NAME
    #: What a second msgid does is written nowhere, and what we send is never pulled back.
    is_keyed = False

    def __init__(self, client: Client) -> None:
        self._client = client

    async def deliver(self, message: CustomerMessage) -> str:
        """Answer within 48 hours, or greet within 20 seconds; taken is not delivered: see `failed`."""
        content = cut_bytes(visible(message.text).strip(), _BYTES)
        if not content:
            codes.refuse("text", "there is nothing to say")
        text: dict[str, object] = {"msgtype": "text", "text": {"content": content}}
        own = {"msgid": message.touch_id} if _MSGID.fullmatch(message.touch_id) else {}
        if message.to.startswith(_CODE):
            payload = {"code": message.to.removeprefix(_CODE), **own, **text}
            answer = await self._client.act(f"{_ROOT}send_msg_on_event", payload)
        else:
            account, _, customer = message.to.partition("/")
            payload = {"touser": customer, "open_kfid": account, **own, **text}
            answer = await self._client.act(f"{_ROOT}send_msg", payload)
        return str(answer.get("msgid") or own.get("msgid", ""))

    async def accounts(self) -> Sequence[str]:
        """Every account that the app may use."""
        found: list[str] = []
        for offset in range(0, 5000, _ACCOUNTS):
            answer = await self._client.read(f"{_ROOT}account/list", {"offset": offset, "limit": _ACCOUNTS})
            page = answer.get("account_list")
            rows = [one for one in page if isinstance(one, dict)] if isinstance(page, list) else []
            found += [str(one["open_kfid"]) for one in rows if one.get("open_kfid")]
            if len(rows) < _ACCOUNTS:
                break
        return found

    async def pull(self, account: str, *, cursor: str, token: str) -> Page:
        """What came since; without a token the platform lets it be asked seldom."""
        payload: dict[str, object] = {"open_kfid": account, "limit": _PAGE, "voice_format": 0}
        payload |= {"cursor": cursor} if cursor else {}
        payload |= {"token": token} if token else {}
        answer = await self._client.read(f"{_ROOT}sync_msg", payload)
        rows = answer.get("msg_list")
        items = [_item(one) for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
        # An empty page may have more behind it; one without a cursor leaves us where we are.
        return Page(
            tuple(items), str(answer.get("next_cursor") or cursor), str(answer.get("has_more")) == "1"
        )

    async def who(self, customers: Sequence[str]) -> Mapping[str, Who]:
        """Those of them who wrote within 48 hours; of others nothing is told."""
        found: dict[str, Who] = {}
        for begin in range(0, len(customers), _MOST_WHO):
            some = list(customers[begin : begin + _MOST_WHO])
            answer = await self._client.read(f"{_ROOT}customer/batchget", {"external_userid_list": some})
            rows = answer.get("customer_list")
            for one in rows if isinstance(rows, list) else ():
                if isinstance(one, dict):
                    who = Who(str(one.get("nickname") or ""), str(one.get("unionid") or ""))
                    found[str(one.get("external_userid", ""))] = who
        return found

    async def give(self, account: str, customer: str, servicer: str) -> None:
        """Let a colleague attend to him in the client."""
        await self._client.act(
            f"{_ROOT}service_state/trans",
            {
                "open_kfid": account, "external_userid": customer, "service_state": _HUMAN,
                "servicer_userid": servicer,
            },
        )  # fmt: skip

    async def close(self) -> None:
        """Nothing: the calls are the adapter's."""


def _item(row: Mapping[str, Any]) -> Item:
    """Read one; of an event, account and customer stand inside it."""
    inner = row.get("event")
    event: Mapping[str, Any] = inner if isinstance(inner, dict) else {}
    customer = str(row.get("external_userid") or event.get("external_userid") or "")
    known: dict[str, Any] = {"id": _id(row), "customer": customer, "at": _moment(row.get("send_time"))}
    kind = str(row.get("msgtype", ""))
    if kind == "event":
        return _event(str(event.get("event_type", "")), event, known)
    if row.get("origin") != _BY_CUSTOMER:
        return Item(kind=f"origin:{row.get('origin')}"[:40], **known)
    words = row.get("text")
    if kind == "text" and isinstance(words, dict):
        return Item(kind="said", text=str(words.get("content", "")), **known)
    return Item(kind="said", media=kind[:40], **known)


def _event(name: str, event: Mapping[str, Any], known: Mapping[str, Any]) -> Item:
    match name:
        case "enter_session":
            return Item(
                kind="entered", welcome_code=str(event.get("welcome_code") or ""),
                scene=str(event.get("scene") or "")[:64],
                scene_param=str(event.get("scene_param") or "")[:128], **known,
            )  # fmt: skip
        case "msg_send_fail":
            return Item(
                kind="failed", failed_id=str(event.get("fail_msgid") or ""),
                failed_why=str(event.get("fail_type", ""))[:10], **known,
            )  # fmt: skip
        case "session_status_change":
            change = event.get("change_type")
            has = change in (_TAKEN, _PASSED_ON, _RETURNED)
            return Item(
                kind="session",
                servicer=str(event.get("new_servicer_userid") or "-") if has else "",
                **known,
            )
        case _:
            return Item(kind=(name or "no_event")[:40], **known)


def _id(row: Mapping[str, Any]) -> str:
    """The platform's; its own bytes for one that has none."""
    given = str(row.get("msgid") or "")
    return given or hashlib.sha256(orjson.dumps(row, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        return None
    return datetime.fromtimestamp(value, timezone.utc)
