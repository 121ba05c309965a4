"""What the account's API does: customer, template, subscription and mass messages, and who somebody is.

https://developers.weixin.qq.com/doc/service/api/ (客服消息, 模板消息, 订阅通知, 群发)
"""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from bot.simulator.common.shapes import Json
from bot.simulator.common.weixin_door import Door, RefusedError
from bot.simulator.common.weixin_people import Person
from bot.simulator.common.weixin_templates import noticed, written
from bot.simulator.wechat_official.account import OfficialAccount

PREFIX = "/weixin/official"
#: Bytes of a text.
_MOST_TEXT = 2048
_MASS_PER_MONTH, _MONTH = 4, timedelta(days=30)
_FEWEST, _MOST = 2, 10_000


class OfficialApi:
    """Answers as the platform does."""

    def __init__(self, account: OfficialAccount, door: Door) -> None:
        self._account = account
        self._door = door
        #: By openid and client_msg_id: the number it was given.
        self._keys: dict[tuple[str, str], int] = {}

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        door = self._door
        return [
            door.token_route(),
            door.post("/cgi-bin/message/custom/send", self.custom),
            door.post("/cgi-bin/message/template/send", self.template),
            door.post("/cgi-bin/message/subscribe/bizsend", self.notice),
            door.post("/cgi-bin/message/mass/send", self.mass),
            door.get("/cgi-bin/user/info", self.user),
            door.get("/cgi-bin/get_api_domain_ip", lambda _: {"ip_list": ["127.0.0.1"]}),
            door.get("/cgi-bin/template/get_all_private_template", self.listed),
            door.get("/wxaapi/newtmpl/gettemplate", lambda _: noticed(self._account.notices)),
        ]

    def custom(self, body: Json) -> Json:
        """A customer message: text alone, as far as we send."""
        person = self._person(body)
        text = _text(body)
        why = self._account.people.take_span(person)
        if why:
            raise RefusedError(45015 if why == "over" or not person.follows else 45047)
        self._account.people.put(person, use="custom", text=text)
        return {}

    def template(self, body: Json) -> Json:
        """A template message: to followers; who shut them out is told afterwards."""
        person = self._person(body)
        if not person.follows:
            raise RefusedError(43004)
        template, text = written(self._account.templates, body)
        key = (person.open_id, str(body.get("client_msg_id", "")))
        if key[1] and key in self._keys:
            return {"msgid": self._keys[key]}
        number = self._keys[key] = self._account.number()
        if not person.blocks:
            self._account.people.put(
                person, use="template", text=text, title=template.title, link=str(body.get("url", ""))
            )
        status = "failed:user block" if person.blocks else "success"
        self._account.report(person.open_id, "TEMPLATESENDJOBFINISH", MsgID=str(number), Status=status)
        return {"msgid": number}

    def notice(self, body: Json) -> Json:
        """A subscription notice: uses one permission up."""
        person = self._person(body)
        template, text = written(self._account.notices, body)
        name = str(body["template_id"])
        if person.grants[name] <= 0:
            raise RefusedError(43101)
        person.grants[name] -= 1
        number = self._account.number()
        self._account.people.put(
            person, use="subscribe", text=text, title=template.title, link=str(body.get("page", ""))
        )
        row = {"TemplateId": name, "MsgID": str(number), "ErrorCode": "0", "ErrorStatus": "success"}
        self._account.report(
            person.open_id, "subscribe_msg_sent_event", SubscribeMsgSentEvent={"List": [row]}
        )
        return {"msgid": number}

    def mass(self, body: Json) -> Json:
        """One text to many followers: at least two, each four times a month; a repeat by key is known."""
        people = body.get("touser")
        if not isinstance(people, list) or not _FEWEST <= len(people) <= _MOST:
            raise RefusedError(40130)
        text, key = _text(body), str(body.get("clientmsgid", ""))
        known = self._account.mass_keys.get(key) if key else None
        if known is not None:
            raise RefusedError(45065, msg_id=known)
        number = self._account.number()
        if key:
            self._account.mass_keys[key] = number
        reached = [one for one in map(self._account.people.by_id.get, people) if self._may_get(one)]
        for person in reached:
            if person is not None:
                person.mass_sent.append(self._account.clock())
                self._account.people.put(person, use="mass", text=text)
        total = str(len(people))
        self._account.report(
            "mphelper", "MASSSENDJOBFINISH", MsgID=str(number), Status="send success", TotalCount=total,
            FilterCount=total, SentCount=str(len(reached)), ErrorCount=str(len(people) - len(reached)),
        )  # fmt: skip
        return {"msg_id": number, "msg_data_id": number}

    def listed(self, query: Json) -> Json:
        """Templates that the account has chosen."""
        del query
        known = self._account.templates
        return {"template_list": [{"template_id": k, "title": one.title} for k, one in known.items()]}

    def user(self, query: Json) -> Json:
        """Who somebody is."""
        person = self._person({"touser": query.get("openid")})
        known = {"openid": person.open_id, "subscribe": int(person.follows)}
        return {**known, **({"unionid": person.union_id} if person.union_id else {})}

    def _may_get(self, person: Person | None) -> bool:
        if person is None or not person.follows or person.blocks:
            return False
        since = self._account.clock() - _MONTH
        return sum(at > since for at in person.mass_sent) < _MASS_PER_MONTH

    def _person(self, body: Json) -> Person:
        person = self._account.people.by_id.get(str(body.get("touser") or ""))
        if person is None:
            raise RefusedError(40003)
        return person


def _text(body: Json) -> str:
    if body.get("msgtype") != "text":
        raise RefusedError(40008)
    inner = body.get("text")
    text = inner.get("content") if isinstance(inner, dict) else None
    if not isinstance(text, str) or not text:
        raise RefusedError(44004)
    if len(text.encode()) > _MOST_TEXT:
        raise RefusedError(45002)
    return text
