"""The admin's work: people join, change and leave, departments and groups come and go."""

from __future__ import annotations

from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.dingtalk import company, pushes
from bot.simulator.dingtalk.courier import Courier
from bot.simulator.dingtalk.model import ROOT_DEPARTMENT, Department, Group, Json, Person
from bot.simulator.dingtalk.world import World


class AdminHands:
    """Plays the admin; the app is told by events."""

    def __init__(self, world: World, courier: Courier) -> None:
        self._world = world
        self._courier = courier

    def hire(
        self, name: str, *, userid: str, department_id: int = ROOT_DEPARTMENT, mobile: str = ""
    ) -> Person:
        """Somebody joins."""
        if userid in self._world.people or department_id not in self._world.departments:
            msg = f"账号已存在，或没有这个部门：{userid}"
            raise NotPossibleError(msg)
        person = company.settle_person(self._world, userid, name, department_id)
        person.mobile, person.title = mobile, "销售"
        self._tell("user_add_org", self._users(userid))
        return person

    def change(self, userid: str, *, title: str | None = None, department_id: int | None = None) -> None:
        """Somebody moves or gets another title."""
        person = self._person(userid)
        before = {"title": person.title, "department": list(person.departments)}
        if title is not None:
            person.title = title
        if department_id is not None:
            person.departments = [self._department(department_id).id]
        after = {"title": person.title, "department": list(person.departments)}
        diff = [{"userid": userid, "prev": before, "curr": after}]
        self._tell("user_modify_org", self._users(userid) | {"diffInfo": diff})

    def dismiss(self, *userids: str) -> None:
        """Some leave at once; one event names them all."""
        for userid in userids:
            self._person(userid)
            del self._world.people[userid]
            for group in self._world.groups.values():
                group.members = [one for one in group.members if one != userid]
        self._tell("user_leave_org", self._users(*userids))

    def found(self, name: str, *, parent_id: int = ROOT_DEPARTMENT) -> Department:
        """A department is made."""
        number = max(self._world.departments) + 1
        department = Department(number, name, self._department(parent_id).id)
        self._world.departments[number] = department
        self._tell("org_dept_create", {"deptId": [number]})
        return department

    def rename(self, department_id: int, name: str) -> None:
        """A department gets another name."""
        self._department(department_id).name = name
        self._tell("org_dept_modify", {"deptId": [department_id]})

    def close(self, department_id: int) -> None:
        """An empty department goes."""
        if self._world.children(department_id) or self._world.members(department_id):
            msg = "只能删除没有成员、没有子部门的部门"
            raise NotPossibleError(msg)
        del self._world.departments[self._department(department_id).id]
        self._tell("org_dept_remove", {"deptId": [department_id]})

    def join(self, group: Group, *userids: str) -> None:
        """People come into a group."""
        group.members += [self._person(one).userid for one in userids if one not in group.members]
        self._tell("chat_add_member", self._in(group, *userids))

    def leave(self, group: Group, *userids: str) -> None:
        """People go out of a group."""
        told = self._in(group, *userids)
        group.members = [one for one in group.members if one not in userids]
        self._tell("chat_remove_member", told)

    def retitle(self, group: Group, title: str) -> None:
        """A group gets another name."""
        group.title = title
        self._tell("chat_update_title", self._in(group) | {"title": title})

    def disband(self, group: Group) -> None:
        """A group is given up."""
        group.disbanded = True
        self._tell("chat_disband", self._in(group))

    def _in(self, group: Group, *userids: str) -> Json:
        unions = [self._person(one).unionid for one in userids]
        return {
            "openConversationId": group.id,
            "chatId": f"chat{group.id[3:]}",
            "userId": list(userids),
            "unionId": unions,
        }

    def _users(self, *userids: str) -> Json:
        return {"timeStamp": str(self._world.stamp()), "userId": list(userids)}

    def _tell(self, kind: str, data: Json) -> None:
        self._courier.post(pushes.event(self._world, kind, data))
        self._world.tell_world()

    def _person(self, userid: str) -> Person:
        person = self._world.people.get(userid)
        if person is None:
            msg = f"钉钉里没有这个成员：{userid}"
            raise NotPossibleError(msg)
        return person

    def _department(self, department_id: int) -> Department:
        department = self._world.departments.get(department_id)
        if department is None:
            msg = f"没有这个部门：{department_id}"
            raise NotPossibleError(msg)
        return department
