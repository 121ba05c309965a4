"""What the admin of the address book does, over HTTP."""

from __future__ import annotations

from aiohttp import web

from bot.simulator.common.acting import Act, number, optional, routes, words
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom.hands import Hands
from bot.simulator.wecom.model import ROOT_DEPARTMENT, Json
from bot.simulator.wecom.panel import views
from bot.simulator.wecom.staff import Change


class StaffActs:
    """People join, change and leave; departments too."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._world = hands.world

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        posts: dict[str, Act] = {
            "people": self.hire,
            "people/{userid}/edit": self.edit,
            "departments": self.found_department,
            "departments/{id}": self.rename_department,
            "departments/{id}/leader": self.appoint,
        }
        deletes: dict[str, Act] = {"people/{userid}": self.dismiss, "departments/{id}": self.close_department}
        return [*routes("POST", posts), *routes("DELETE", deletes)]

    async def hire(self, _request: web.Request, body: Json) -> object:
        """Somebody joins: {name, department or department_id, userid?, position?}."""
        person = self._hands.admin.hire(
            words(body, "name"),
            department_id=self._department_id(body) or ROOT_DEPARTMENT,
            userid=optional(body, "userid"),
            position=optional(body, "position") or "销售",
        )
        return views.person(self._world, person)

    async def edit(self, request: web.Request, body: Json) -> object:
        """Somebody moves or is renamed."""
        change = Change(
            name=optional(body, "name"),
            department_id=self._department_id(body),
            position=optional(body, "position"),
            new_userid=optional(body, "new_userid"),
        )
        return views.person(self._world, self._hands.admin.change(request.match_info["userid"], change))

    async def dismiss(self, request: web.Request, _body: Json) -> object:
        """Somebody leaves the company."""
        self._hands.admin.dismiss(request.match_info["userid"])
        return {}

    async def found_department(self, _request: web.Request, body: Json) -> object:
        """A department is made: {name, parent_id?}."""
        parent = int(body.get("parent_id") or ROOT_DEPARTMENT)
        return {"id": self._hands.admin.found(words(body, "name"), parent_id=parent).id}

    async def rename_department(self, request: web.Request, body: Json) -> object:
        """A department gets another name."""
        self._hands.admin.rename(number(request), words(body, "name"))
        return {}

    async def appoint(self, request: web.Request, body: Json) -> object:
        """Somebody becomes the leader of a department."""
        self._hands.admin.appoint(words(body, "userid"), number(request))
        return {}

    async def close_department(self, request: web.Request, _body: Json) -> object:
        """An empty department goes."""
        self._hands.admin.close(number(request))
        return {}

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
