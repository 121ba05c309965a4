"""What the mini-program's API does: subscription and customer messages, and whose a login code is.

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/
"""

from __future__ import annotations

from aiohttp import web

from bot.simulator.common.shapes import Json
from bot.simulator.common.weixin_door import Door, RefusedError
from bot.simulator.common.weixin_people import Person
from bot.simulator.common.weixin_templates import noticed, written
from bot.simulator.mini_program.program import MiniProgram

PREFIX = "/weixin/mini"
_MOST_TEXT = 2048


class MiniProgramApi:
    """Answers as the platform does."""

    def __init__(self, program: MiniProgram, door: Door) -> None:
        self._program = program
        self._door = door

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        door = self._door
        return [
            door.token_route(),
            door.post("/cgi-bin/message/custom/send", self.custom),
            door.post("/cgi-bin/message/subscribe/send", self.subscribed),
            door.get("/cgi-bin/get_api_domain_ip", lambda _: {"ip_list": ["127.0.0.1"]}),
            door.get("/wxaapi/newtmpl/gettemplate", lambda _: noticed(self._program.templates)),
            door.open_get("/sns/jscode2session", self.session),
        ]

    def custom(self, body: Json) -> Json:
        """A customer message: text alone, as far as we send."""
        person = self._person(body)
        inner = body.get("text")
        text = inner.get("content") if isinstance(inner, dict) else None
        if body.get("msgtype") != "text" or not isinstance(text, str) or not text:
            raise RefusedError(40008 if body.get("msgtype") != "text" else 44004)
        if len(text.encode()) > _MOST_TEXT:
            raise RefusedError(45002)
        why = self._program.people.take_span(person)
        if why:
            raise RefusedError(45015 if why == "over" else 45047)
        self._program.people.put(person, use="custom", text=text)
        return {}

    def subscribed(self, body: Json) -> Json:
        """A subscription message: uses one permission up."""
        person = self._person(body)
        template, text = written(self._program.templates, body)
        name = str(body["template_id"])
        if person.grants[name] <= 0:
            raise RefusedError(43101)
        person.grants[name] -= 1
        number = self._program.number()
        self._program.people.put(
            person, use="subscribe", text=text, title=template.title, link=str(body.get("page", ""))
        )
        row = {"TemplateId": name, "MsgID": str(number), "ErrorCode": "0", "ErrorStatus": "success"}
        self._program.report(person.open_id, "subscribe_msg_sent_event", List=row)
        return {"msgid": number}

    def session(self, query: Json) -> Json:
        """Whose a code is; it is good for once."""
        open_id = self._program.codes.pop(str(query.get("js_code", "")), None)
        if open_id is None:
            raise RefusedError(40029)
        person = self._program.people.get(open_id)
        union = {"unionid": person.union_id} if person.union_id else {}
        return {"openid": open_id, "session_key": "c2Vzc2lvbg==", **union}

    def _person(self, body: Json) -> Person:
        person = self._program.people.by_id.get(str(body.get("touser") or ""))
        if person is None:
            raise RefusedError(40003)
        return person
