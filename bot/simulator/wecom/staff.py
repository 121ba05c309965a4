"""The admin's work: people join, change and leave, departments come and go."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom import events
from bot.simulator.wecom.model import ROOT_DEPARTMENT, Chat, Department, Person
from bot.simulator.wecom.postman import Postman
from bot.simulator.wecom.world import World

_ID_LETTERS = 30
_USER_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_\-@.]{0,63}")


@dataclass(frozen=True, slots=True)
class Change:
    """What is new about a member; None stays as it is."""

    name: str | None = None
    department_id: int | None = None
    position: str | None = None
    new_userid: str | None = None


class AdminHands:
    """Plays the admin of the address book."""

    def __init__(self, world: World, postman: Postman) -> None:
        self._world = world
        self._postman = postman

    def hire(
        self, name: str, *, department_id: int, userid: str | None = None, position: str = "销售"
    ) -> Person:
        """Somebody joins, and sees the app if it is for his department."""
        self._department(department_id)
        userid = userid or f"member{self._world.number()}"
        self._check_new_id(userid)
        person = Person(userid, name, [department_id], position=position)
        self._world.people[userid] = person
        flags = [self._world.leads(person, department_id)]
        self._postman.post(events.member_created(self._world, person, flags))
        if self._world.is_visible(person):
            self._postman.post(events.app_event(self._world, userid, "subscribe"))
        self._changed()
        return person

    def add_webhook(self, name: str, members: list[str]) -> str:
        """A group with a robot that only speaks; its address."""
        world = self._world
        chat_id, key = world.mint("wr", _ID_LETTERS), world.mint("", _ID_LETTERS)
        people = [self._person(member).userid for member in members]
        world.chats[chat_id] = Chat(chat_id, name, people[0], people, world.app.agent_id)
        world.webhooks[key] = chat_id
        self._changed()
        return f"{world.base_url}/cgi-bin/webhook/send?key={key}"

    def change(self, userid: str, change: Change) -> Person:
        """Somebody moves or is renamed; only what changed is told."""
        person = self._person(userid)
        fields: dict[str, str] = {"UserID": person.userid}
        if change.name is not None:
            person.name = fields["Name"] = change.name
        if change.position is not None:
            person.position = fields["Position"] = change.position
        if change.department_id is not None:
            person.departments = [self._department(change.department_id).id]
            fields["Department"] = fields["MainDepartment"] = str(change.department_id)
            fields["IsLeaderInDept"] = str(self._world.leads(person, change.department_id))
        if change.new_userid is not None:
            self._check_new_id(change.new_userid)
            fields["NewUserID"] = change.new_userid
            self._world.rename(person, change.new_userid)
        self._postman.post(events.contact_change(self._world, "update_user", fields))
        self._changed()
        return person

    def _check_new_id(self, userid: str) -> None:
        if not _USER_ID.fullmatch(userid):
            msg = f"账号是 1 到 64 个字母、数字或 _-@.：{userid}"
            raise NotPossibleError(msg)
        if self._world.find_person(userid) is not None:
            msg = f"账号已存在：{userid}"
            raise NotPossibleError(msg)

    def dismiss(self, userid: str) -> None:
        """Somebody leaves; his customers are nobody's until they are handed over."""
        person = self._person(userid)
        was_visible = self._world.is_visible(person)
        del self._world.people[person.userid]
        for department in self._world.departments.values():
            department.leaders = [leader for leader in department.leaders if leader != person.userid]
        if was_visible:
            self._postman.post(events.app_event(self._world, person.userid, "unsubscribe"))
        self._postman.post(events.contact_change(self._world, "delete_user", {"UserID": person.userid}))
        self._changed()

    def found(self, name: str, *, parent_id: int = ROOT_DEPARTMENT) -> Department:
        """A department is made."""
        self._department(parent_id)
        number = max(self._world.departments) + 1
        department = Department(number, name, parent_id, order=1)
        self._world.departments[number] = department
        self._postman.post(events.party_created(self._world, department))
        self._changed()
        return department

    def rename(self, department_id: int, name: str) -> Department:
        """A department gets another name."""
        department = self._department(department_id)
        department.name = name
        fields = {"Id": str(department_id), "Name": name}
        self._postman.post(events.contact_change(self._world, "update_party", fields))
        self._changed()
        return department

    def close(self, department_id: int) -> None:
        """An empty department goes; the root never does."""
        self._department(department_id)
        is_empty = not self._world.members(department_id, deep=True)
        if department_id == ROOT_DEPARTMENT or not is_empty or len(self._world.subtree(department_id)) > 1:
            msg = "只能删除没有成员、没有子部门的部门"
            raise NotPossibleError(msg)
        del self._world.departments[department_id]
        self._postman.post(events.contact_change(self._world, "delete_party", {"Id": str(department_id)}))
        self._changed()

    def appoint(self, userid: str, department_id: int) -> None:
        """Somebody becomes the first leader of a department."""
        person, department = self._person(userid), self._department(department_id)
        department.leaders = [person.userid, *(x for x in department.leaders if x != person.userid)]
        flags = ",".join(str(self._world.leads(person, d)) for d in person.departments)
        fields = {"UserID": person.userid, "IsLeaderInDept": flags}
        self._postman.post(events.contact_change(self._world, "update_user", fields))
        self._changed()

    def _person(self, userid: str) -> Person:
        person = self._world.find_person(userid)
        if person is None:
            msg = f"没有这个成员：{userid}"
            raise NotPossibleError(msg)
        return person

    def _department(self, department_id: int) -> Department:
        department = self._world.departments.get(department_id)
        if department is None:
            msg = f"没有这个部门：{department_id}"
            raise NotPossibleError(msg)
        return department

    def _changed(self) -> None:
        self._world.bus.publish({"type": "world"})
