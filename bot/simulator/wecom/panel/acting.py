"""POST and DELETE under /sim/api: people, customers and the admin act, and things go wrong."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import TypeAlias

from aiohttp import web

from bot.simulator.wecom.codes import NotPossibleError
from bot.simulator.wecom.company import new_customer
from bot.simulator.wecom.hands import Hands
from bot.simulator.wecom.model import ROOT_DEPARTMENT, ContactWay, Json
from bot.simulator.wecom.panel import views
from bot.simulator.wecom.panel.reading import reply
from bot.simulator.wecom.staff import Change
from bot.simulator.wecom.taps import url_of

Act: TypeAlias = Callable[[web.Request, Json], Awaitable[object]]


class Acting:
    """The parts of the JSON interface that change something."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._world = hands.world

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        posts: dict[str, Act] = {
            "/sim/api/people": self.hire,
            "/sim/api/people/{userid}/text": self.text,
            "/sim/api/people/{userid}/send": self.send,
            "/sim/api/people/{userid}/tap": self.tap,
            "/sim/api/people/{userid}/menu": self.menu,
            "/sim/api/people/{userid}/enter": self.enter,
            "/sim/api/people/{userid}/edit": self.edit,
            "/sim/api/people/{userid}/customers/{id}/delete": self.remove_customer,
            "/sim/api/people/{userid}/customers/{id}/remark": self.remark_customer,
            "/sim/api/departments": self.found_department,
            "/sim/api/departments/{id}": self.rename_department,
            "/sim/api/departments/{id}/leader": self.appoint,
            "/sim/api/customers": self.new_customer,
            "/sim/api/customers/{id}/scan": self.scan,
            "/sim/api/customers/{id}/confirm": self.confirm,
            "/sim/api/customers/{id}/text": self.customer_text,
            "/sim/api/customers/{id}/delete": self.leave_member,
            "/sim/api/faults": self.faults,
            "/sim/api/callback": self.callback,
            "/sim/api/time": self.time,
        }
        deletes: dict[str, Act] = {
            "/sim/api/people/{userid}": self.dismiss,
            "/sim/api/departments/{id}": self.close_department,
        }
        routes = [web.post(path, _answering(act)) for path, act in posts.items()]
        return routes + [web.delete(path, _answering(act)) for path, act in deletes.items()]

    async def text(self, request: web.Request, body: Json) -> object:
        """A member writes."""
        self._hands.members.write(request.match_info["userid"], _words(body, "text"))
        return {}

    async def send(self, request: web.Request, body: Json) -> object:
        """A member sends something else: {kind, fields} with the XML's own element names."""
        fields = body.get("fields") or {}
        if not isinstance(fields, dict) or not all(isinstance(v, str) for v in fields.values()):
            msg = "fields 是元素名到文本的对象"
            raise NotPossibleError(msg)
        self._hands.members.send(request.match_info["userid"], _words(body, "kind"), fields)
        return {}

    async def tap(self, request: web.Request, body: Json) -> object:
        """A member taps; a button that only opens a page gives its url."""
        userid, message_id, key = (
            request.match_info["userid"],
            _words(body, "message_id"),
            _words(body, "key"),
        )
        url = url_of(self._hands.members.find(userid), message_id, key)
        if url:
            return {"url": url}
        selected = body.get("selected") or {}
        if not isinstance(selected, Mapping):
            msg = "selected 是问题到选项的对象"
            raise NotPossibleError(msg)
        self._hands.members.tap(userid, message_id, key, selected)
        return {"card_state": "loading"}

    async def menu(self, request: web.Request, body: Json) -> object:
        """A member presses a menu button."""
        self._hands.members.press_menu(request.match_info["userid"], _words(body, "key"))
        return {}

    async def enter(self, request: web.Request, _body: Json) -> object:
        """A member opens the app."""
        self._hands.members.enter(request.match_info["userid"])
        return {}

    async def hire(self, _request: web.Request, body: Json) -> object:
        """Somebody joins: {name, department or department_id, userid?, position?}."""
        person = self._hands.admin.hire(
            _words(body, "name"),
            department_id=self._department_id(body) or ROOT_DEPARTMENT,
            userid=body.get("userid") or None,
            position=str(body.get("position") or "销售"),
        )
        return views.person(self._world, person)

    async def edit(self, request: web.Request, body: Json) -> object:
        """Somebody moves or is renamed."""
        change = Change(
            name=body.get("name"),
            department_id=self._department_id(body),
            position=body.get("position"),
            new_userid=body.get("new_userid"),
        )
        return views.person(self._world, self._hands.admin.change(request.match_info["userid"], change))

    async def dismiss(self, request: web.Request, _body: Json) -> object:
        """Somebody leaves the company."""
        self._hands.admin.dismiss(request.match_info["userid"])
        return {}

    async def found_department(self, _request: web.Request, body: Json) -> object:
        """A department is made: {name, parent_id?}."""
        parent = int(body.get("parent_id") or ROOT_DEPARTMENT)
        return {"id": self._hands.admin.found(_words(body, "name"), parent_id=parent).id}

    async def rename_department(self, request: web.Request, body: Json) -> object:
        """A department gets another name."""
        self._hands.admin.rename(_number(request), _words(body, "name"))
        return {}

    async def appoint(self, request: web.Request, body: Json) -> object:
        """Somebody becomes the leader of a department."""
        self._hands.admin.appoint(_words(body, "userid"), _number(request))
        return {}

    async def close_department(self, request: web.Request, _body: Json) -> object:
        """An empty department goes."""
        self._hands.admin.close(_number(request))
        return {}

    async def new_customer(self, _request: web.Request, body: Json) -> object:
        """Somebody new on WeChat."""
        customer = new_customer(self._world, _words(body, "name"))
        self._world.bus.publish({"type": "world"})
        return views.customer(self._world, customer)

    async def scan(self, request: web.Request, body: Json) -> object:
        """A customer scans a code, given by its url or config_id: {…, user?, half?}."""
        way = self._way(body)
        user = body.get("user") or None
        half = bool(body.get("half"))
        follow = self._hands.customers.scan(request.match_info["id"], way, userid=user, half=half)
        name = views.name_of(self._world, follow.userid)
        return {"userid": follow.userid, "name": name, "confirmed": follow.confirmed}

    async def confirm(self, request: web.Request, body: Json) -> object:
        """A member accepts a waiting customer."""
        self._hands.customers.confirm(request.match_info["id"], _words(body, "userid"))
        return {}

    async def customer_text(self, request: web.Request, body: Json) -> object:
        """A customer writes to a member."""
        self._hands.customers.say(request.match_info["id"], _words(body, "userid"), _words(body, "text"))
        return {}

    async def leave_member(self, request: web.Request, body: Json) -> object:
        """A customer deletes a member."""
        self._hands.customers.leave(request.match_info["id"], _words(body, "userid"))
        return {}

    async def remove_customer(self, request: web.Request, _body: Json) -> object:
        """A member deletes a customer."""
        info = request.match_info
        self._hands.customers.removed_by_member(info["id"], info["userid"])
        return {}

    async def remark_customer(self, request: web.Request, body: Json) -> object:
        """A member writes a remark on a customer."""
        info = request.match_info
        self._hands.customers.remarked_by_member(info["id"], info["userid"], _words(body, "remark"))
        return {}

    async def faults(self, _request: web.Request, body: Json) -> object:
        """Switch faults; those not named stay as they are."""
        self._world.faults.set_from(body)
        self._world.bus.publish({"type": "world"})
        return views.faults(self._world)

    async def callback(self, _request: web.Request, body: Json) -> object:
        """Save a callback address, as the admin does: it must pass the check within 1 s."""
        return {"verified": await self._hands.set_callback(_words(body, "url"))}

    async def time(self, _request: web.Request, body: Json) -> object:
        """Let seconds go by at once, so that tokens and codes grow old."""
        self._world.pass_time(timedelta(seconds=float(body.get("seconds") or 0)))
        return {"now": self._world.now().isoformat()}

    def _department_id(self, body: Json) -> int | None:
        if body.get("department_id"):
            return int(body["department_id"])
        wanted = str(body.get("department") or "").replace(" / ", ".").split(".")[-1]
        if not wanted:
            return None
        for department in self._world.departments.values():
            if department.name == wanted:
                return department.id
        msg = f"没有这个部门：{wanted}"
        raise NotPossibleError(msg)

    def _way(self, body: Json) -> ContactWay:
        given = str(body.get("config_id") or body.get("url") or "")
        config_id = given.split("?", maxsplit=1)[0].rsplit("/", 1)[-1].removesuffix(".png")
        way = self._world.ways.get(config_id)
        if way is None:
            msg = "这不是「联系我」二维码，或者它已经删除"
            raise NotPossibleError(msg)
        return way


def _answering(act: Act) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        raw = await request.read()
        try:
            body = json.loads(raw or b"{}")
            if not isinstance(body, dict):
                msg = "正文应当是 JSON 对象"
                return reply({"message": msg}, HTTPStatus.BAD_REQUEST)
            return reply(await act(request, body))
        except ValueError as exc:
            return reply({"message": f"参数不对：{exc}"}, HTTPStatus.BAD_REQUEST)

    return answer


def _words(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        msg = f"缺少 {name}"
        raise NotPossibleError(msg)
    return value


def _number(request: web.Request) -> int:
    return int(request.match_info["id"])
