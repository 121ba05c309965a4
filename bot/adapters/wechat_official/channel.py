"""Send by official accounts: customer message, template message, subscription notice, and to many at once.

A customer message has no key of ours: whatever left us and was not answered is never sent again. A
template message carries `client_msg_id`, which the platform knows again for ten minutes, and a message
to many `clientmsgid`, for a day: those are asked once more at once when an answer is lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from bot.adapters.wechat_official.config import Config
from bot.chat.adapter import Means, Remark
from bot.chat.channel import Channel, CustomerMessage
from bot.chat.channel_checkup import TemplateUse, missing
from bot.errors import AnswerLostError, PlatformRejectedError
from bot.reach import weixin_checkup
from bot.reach.weixin import Account, Answer, Weixin
from bot.reach.weixin_codes import SENT_BEFORE

NAME = "wechat_official"
#: Bytes of a text; the platform says 45002 to a longer one.
_MOST_TEXT = 2048
_MASS = "/cgi-bin/message/mass/send"
#: By way: where it goes.
_PATHS = {
    "wechat_official.message": "/cgi-bin/message/custom/send",
    "wechat_official.template": "/cgi-bin/message/template/send",
    "wechat_official.subscribe": "/cgi-bin/message/subscribe/bizsend",
}
_TITLE = "公众号 {name}"
#: By version of a content: which list the platform has of them, what people call it, what to do.
_KINDS = (
    (
        NAME, "template", "公众号模板消息",
        "换成公众号后台「模板消息 → 我的模板」里的编号，或在内容里去掉 template",
    ),
    (
        "wechat_official.subscribe", "subscribe", "公众号订阅通知",
        "换成公众号后台「订阅通知 → 我的模板」里的编号，或在内容里去掉 subscribe",
    ),
)  # fmt: skip
#: Whom the platform takes in one call.
_FEWEST, _MOST = 2, 10_000


class OfficialChannel:
    """The accounts that may send, by name; an address is `<account>:<openid>`."""

    name = NAME
    is_keyed = False
    #: Ways by which one message goes to many at once, and never to one alone.
    batches = frozenset({"wechat_official.mass"})

    def __init__(self, accounts: Mapping[str, Config], means: Means) -> None:
        self._accounts = {
            name: Weixin(
                Account(NAME, one.app_id, one.app_secret.get_secret_value(), one.api_base),
                means.monotonic,
                means.open_session,
            )
            for name, one in accounts.items()
            if one.app_secret.get_secret_value()
        }
        self._hosts = {name: urlsplit(one.api_base).netloc for name, one in accounts.items()}

    async def deliver(self, message: CustomerMessage) -> str:
        """Send it; the platform's number of it, where it gives one."""
        path = _PATHS.get(message.way)
        if path is None:
            raise PlatformRejectedError(NAME, "no_such_way", message.way)
        account, open_id = self._of(message)
        payload = _payload(message, open_id)
        try:
            answer = await account.act(path, payload)
        except AnswerLostError:
            if "client_msg_id" not in payload:
                raise
            answer = await _once_more(account, path, payload)
        return _number(answer, "msgid")

    async def deliver_all(self, messages: Sequence[CustomerMessage]) -> str:
        """One text to at least two followers of one account; the platform's number of it."""
        account, _ = self._of(messages[0])
        people = sorted(one.to.partition(":")[2] for one in messages)
        if not _FEWEST <= len(people) <= _MOST:
            raise PlatformRejectedError(NAME, "40130", f"{len(people)} people")
        payload = {
            "touser": people, "msgtype": "text", "text": {"content": _short(messages[0].text)},
            "clientmsgid": _key(messages),
        }  # fmt: skip
        try:
            answer = await account.act(_MASS, payload, fine=(SENT_BEFORE,))
        except AnswerLostError:
            answer = await _once_more(account, _MASS, payload, fine=(SENT_BEFORE,))
        return _number(answer, "msg_id")

    async def union_id(self, address: str) -> str:
        """By which id across apps the platform knows a follower; empty if by none."""
        name, _, open_id = address.partition(":")
        if name not in self._accounts:
            return ""
        found = await self._accounts[name].get("/cgi-bin/user/info", openid=open_id, lang="zh_CN")
        return str(found.get("unionid") or "")

    async def checkup(self, uses: Sequence[TemplateUse]) -> tuple[Remark, ...]:
        """A token of each account; each template that contents go by is some account's."""
        found = [
            Remark(
                *await weixin_checkup.token(
                    one, _TITLE.format(name=name), f"LEADBELL_WECHAT__{name.upper()}", self._hosts[name]
                )
            )
            for name, one in self._accounts.items()
        ]
        works = [one for one, said in zip(self._accounts.values(), found, strict=True) if said.is_fine]
        for version, kind, label, cure in _KINDS:
            own = [one for one in uses if one.version == version]
            if own and works:
                found += await _known(works, own, kind, label, cure)
        return tuple(found)

    async def close(self) -> None:
        """Close the connections."""
        for one in self._accounts.values():
            await one.close()

    def _of(self, message: CustomerMessage) -> tuple[Weixin, str]:
        name, _, open_id = message.to.partition(":")
        account = self._accounts.get(name)
        if account is None or not open_id:
            raise PlatformRejectedError(NAME, "no_secret", "this account has no AppSecret here")
        return account, open_id


async def _known(
    accounts: Sequence[Weixin], uses: Sequence[TemplateUse], kind: str, label: str, cure: str
) -> list[Remark]:
    """Whether the accounts together know these."""
    known: frozenset[str] = frozenset()
    for account in accounts:
        listed = await weixin_checkup.templates(account, kind, label)
        if isinstance(listed, weixin_checkup.Said):
            return [Remark(*listed)]
        known |= listed
    return missing(label, uses, known, cure)


async def _once_more(
    account: Weixin, path: str, payload: Mapping[str, object], *, fine: tuple[int, ...] = ()
) -> Answer:
    """The platform knows the key of the first time; a no says nothing of what that time did."""
    try:
        return await account.act(path, payload, fine=fine)
    except PlatformRejectedError as exc:
        why = f"repeated: {exc.code}"
    raise AnswerLostError(NAME, why)


def _payload(message: CustomerMessage, open_id: str) -> dict[str, Any]:
    if message.way == "wechat_official.message":
        return {"touser": open_id, "msgtype": "text", "text": {"content": _short(message.text)}}
    data = {name: {"value": value} for name, value in message.params.items()}
    payload: dict[str, Any] = {"touser": open_id, "template_id": message.template, "data": data}
    if message.way == "wechat_official.template":
        leads_to = {"url": message.page} if message.page else {}
        return {**payload, **leads_to, "client_msg_id": message.touch_id}
    return {**payload, **({"page": message.page} if message.page else {})}


def _short(text: str) -> str:
    if not text.strip():
        raise PlatformRejectedError(NAME, "44004", "no text")
    if len(text.encode()) > _MOST_TEXT:
        raise PlatformRejectedError(NAME, "45002", f"over {_MOST_TEXT} bytes")
    return text


def _key(messages: Sequence[CustomerMessage]) -> str:
    """The same for the same touches in any order."""
    return hashlib.sha256("\n".join(sorted(one.touch_id for one in messages)).encode()).hexdigest()[:48]


def _number(answer: Answer, name: str) -> str:
    return str(answer.get(name) or "")


def build(accounts: Mapping[str, Config], means: Means) -> Channel:
    """Build it for the accounts that may send; nothing is called yet."""
    return OfficialChannel(accounts, means)
