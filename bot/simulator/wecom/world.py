"""The whole simulated WeCom: its company, its customers, and what has been said."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta

from bot.kit.clock import Clock
from bot.simulator.common.bus import Bus
from bot.simulator.common.faults import Faults
from bot.simulator.common.limits import Limits
from bot.simulator.common.wire import WireLog
from bot.simulator.wecom.faults import KINDS
from bot.simulator.wecom.model import (
    ACTIVE,
    ROOT_DEPARTMENT,
    App,
    Card,
    Chat,
    ContactWay,
    Customer,
    Department,
    Json,
    Media,
    Message,
    Person,
    ResponseCode,
    Sent,
    Token,
    WelcomeCode,
)
from bot.simulator.wecom.outreach_model import GroupMessage, ServiceDesk
from bot.simulator.wecom.robot_model import Robot

_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class World:
    """State and look-ups. Time, chance and the place to tell what happened are given to it."""

    def __init__(
        self, *, company: str, app: App, clock: Clock, rng: random.Random, robot: Robot | None = None
    ) -> None:
        self.company = company
        self.app = app
        self.robot = robot or Robot()
        self.rng = rng
        self._clock = clock
        self.bus = Bus()
        self.faults = Faults(kinds=KINDS)
        self.faults.listeners.append(lambda: self.bus.publish({"type": "world"}))
        #: Steps of the page's guide that somebody has done in this world.
        self.guide: set[int] = set()
        #: What the company would say of why a customer gets no more, by his id; None if nobody can be asked.
        self.explain: Callable[[str], Awaitable[str]] | None = None
        self.limits = Limits()
        self.wire = WireLog(self.bus.publish)
        self.departments: dict[int, Department] = {}
        self.people: dict[str, Person] = {}
        self.customers: dict[str, Customer] = {}
        self.ways: dict[str, ContactWay] = {}
        self.welcomes: dict[str, WelcomeCode] = {}
        self.cards: dict[str, Card] = {}
        self.response_codes: dict[str, ResponseCode] = {}
        self.sent: dict[str, Sent] = {}
        self.chats: dict[str, Chat] = {}
        #: Key of a robot that only speaks → the group it speaks in.
        self.webhooks: dict[str, str] = {}
        self.group_messages: dict[str, GroupMessage] = {}
        # Its id is made of the company's, so that chance goes on as it would without it.
        self.service = ServiceDesk(f"wk{app.corp_id[2:]}", f"{company}客服")
        self.media: dict[str, Media] = {}
        self.token: Token | None = None
        #: (fingerprint of a request) → (until when a repeat is swallowed, the first answer)
        self.recent_requests: dict[str, tuple[datetime, Json]] = {}
        #: Where this simulator is reached; set when it listens, used in QR codes and media links.
        self.base_url = ""
        self.form_url = ""
        self._numbers = 0
        self._shift = timedelta()

    def now(self) -> datetime:
        """The simulated instant, aware and in UTC."""
        return self._clock() + self._shift

    def pass_time(self, span: timedelta) -> None:
        """Let `span` go by at once, so that tokens and codes grow old.

        An app with a clock of its own will find later callbacks to be from the future.
        """
        self._shift += span

    def forget_old_requests(self) -> None:
        """Drop what the repeat check no longer needs."""
        now = self.now()
        old = [key for key, (until, _) in self.recent_requests.items() if until <= now]
        for key in old:
            del self.recent_requests[key]

    def number(self) -> int:
        """The next of a row of numbers."""
        self._numbers += 1
        return self._numbers

    def mint(self, prefix: str, letters: int) -> str:
        """An id of `prefix` and random letters, as long as the real ones are."""
        return prefix + "".join(self.rng.choices(_ID_LETTERS, k=letters))

    def mint_message_id(self) -> str:
        """A 64-bit number in digits, as MsgId carries it."""
        return str(self.rng.randrange(10**18, 9 * 10**18))

    def find_person(self, userid: str) -> Person | None:
        """The member of that id; capital letters do not matter."""
        person = self.people.get(userid)
        if person is not None:
            return person
        folded = userid.lower()
        return next((p for p in self.people.values() if p.userid.lower() == folded), None)

    def rename(self, person: Person, userid: str) -> None:
        """Give a member another id wherever the old one stands."""
        old, person.userid = person.userid, userid
        self.people[userid] = self.people.pop(old)
        for department in self.departments.values():
            department.leaders = [userid if leader == old else leader for leader in department.leaders]
        for card in self.cards.values():
            if old in card.shown:
                card.shown[userid] = card.shown.pop(old)
        for way in self.ways.values():
            way.users = [userid if user == old else user for user in way.users]
        for customer in self.customers.values():
            if old in customer.follows:
                follow = customer.follows[userid] = customer.follows.pop(old)
                follow.userid = userid
        for chat in self.chats.values():
            chat.members = [userid if member == old else member for member in chat.members]
            chat.owner = userid if chat.owner == old else chat.owner
        for task in self.group_messages.values():
            task.sender = userid if task.sender == old else task.sender
        for conversation in self.service.conversations.values():
            conversation.servicer = userid if conversation.servicer == old else conversation.servicer
        self.robot.rename(old, userid)

    def subtree(self, department_id: int) -> list[Department]:
        """A department and all those under it."""
        return [d for d in self.departments.values() if department_id in self.path(d.id)]

    def members(self, department_id: int, *, deep: bool) -> list[Person]:
        """The people of a department, with `deep` those of the departments under it too."""
        wanted = {d.id for d in self.subtree(department_id)} if deep else {department_id}
        return [p for p in self.people.values() if wanted & set(p.departments)]

    def is_visible(self, person: Person) -> bool:
        """Whether the app may see and write to this person (应用可见范围)."""
        if person.status != ACTIVE:
            return False
        if person.userid in self.app.visible_users:
            return True
        return any(self.is_visible_department(d) for d in person.departments)

    def is_visible_department(self, department_id: int) -> bool:
        """Whether a department lies in the app's visible range."""
        return any(above in self.app.visible_departments for above in self.path(department_id))

    def visible_people(self) -> list[Person]:
        """Everybody the app may see."""
        return [p for p in self.people.values() if self.is_visible(p)]

    def leads(self, person: Person, department_id: int) -> int:
        """1 if this person is among the leaders of that department, else 0, as the wire has it."""
        department = self.departments.get(department_id)
        return int(department is not None and person.userid in department.leaders)

    def path(self, department_id: int) -> Iterator[int]:
        """A department and those above it, up to the root."""
        while department_id in self.departments:
            yield department_id
            if department_id == ROOT_DEPARTMENT:
                return
            department_id = self.departments[department_id].parent_id

    def show(self, person: Person, message: Message) -> Message:
        """Put one entry into a person's chat with the app."""
        person.messages.append(message)
        self.tell_message(person.userid, message)
        return message

    def tell_message(self, userid: str, message: Message, *, changed: bool = False) -> None:
        """Let watchers know of a new or changed entry."""
        kind = "card" if changed else "message"
        self.bus.publish({"type": kind, "userid": userid, "message": message_view(message)})

    def new_message(self, sender: str, kind: str, **parts: object) -> Message:
        """An entry that nobody sees yet."""
        return Message(id=f"m{self.number()}", at=self.now(), sender=sender, kind=kind, **parts)  # type: ignore[arg-type]


def message_view(message: Message) -> Json:
    """One chat entry as the page reads it."""
    view: Json = {
        "id": message.id,
        "at": message.at.isoformat(),
        "from": message.sender,
        "kind": message.kind,
    }
    view["text"] = message.text
    for name in ("card", "task_id", "card_state"):
        value = getattr(message, name)
        if value is not None:
            view[name] = value
    return view
