"""The whole simulated DingTalk. Its people work for the same company as those of the simulated WeCom."""

from __future__ import annotations

import random
import zlib
from datetime import datetime

from bot.kit.clock import Clock
from bot.simulator.common.bus import Bus
from bot.simulator.common.faults import Faults
from bot.simulator.common.limits import Limits
from bot.simulator.common.wire import WireLog
from bot.simulator.dingtalk.faults import KINDS
from bot.simulator.dingtalk.model import (
    App,
    Card,
    Department,
    Entry,
    Group,
    GroupRobot,
    Json,
    Media,
    Notice,
    Person,
    Sent,
    Session,
    Todo,
    Token,
)
from bot.simulator.dingtalk.quotas import Quotas
from bot.simulator.dingtalk.templates import Template

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class World:
    """State and look-ups. Time, chance and the place to tell what happened are given to it."""

    def __init__(
        self, *, company: str, app: App, clock: Clock, rng: random.Random, bus: Bus, wire: WireLog
    ) -> None:
        self.company = company
        self.app = app
        self.rng = rng
        self._clock = clock
        self.bus = bus
        #: One log for both platforms.
        self.wire = wire
        self.faults = Faults(kinds=KINDS)
        self.faults.listeners.append(self.tell_world)
        self.limits = Limits()
        self.quotas = Quotas(self.now)
        self.departments: dict[int, Department] = {}
        self.people: dict[str, Person] = {}
        self.groups: dict[str, Group] = {}
        self.templates: dict[str, Template] = {}
        self.cards: dict[str, Card] = {}
        self.media: dict[str, Media] = {}
        #: downloadCode → media id.
        self.downloads: dict[str, str] = {}
        self.sessions: dict[str, Session] = {}
        self.robots: dict[str, GroupRobot] = {}
        self.sent: dict[str, Sent] = {}
        self.notices: dict[int, Notice] = {}
        self.todos: dict[str, Todo] = {}
        self.token: Token | None = None
        #: Events that were given up, as they can be asked for later.
        self.failed_events: list[Json] = []
        #: Of the gateway; what the page shows.
        self.connections = 0
        self.opened = 0
        #: Where this simulator is reached; set when it listens.
        self.base_url = ""
        self._numbers = 0

    def now(self) -> datetime:
        """The simulated instant, aware and in UTC."""
        return self._clock()

    def stamp(self) -> int:
        """The same in milliseconds, as this platform writes it."""
        return int(self.now().timestamp() * 1000)

    def number(self) -> int:
        """The next of a row of numbers."""
        self._numbers += 1
        return self._numbers

    def mint(self, prefix: str, letters: int) -> str:
        """An id of `prefix` and random letters."""
        return prefix + "".join(self.rng.choices(_LETTERS, k=letters))

    def uuid(self) -> str:
        """An id in the shape of a UUID."""
        digits = f"{self.rng.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def person_of_union(self, unionid: str) -> Person | None:
        """The member of that union id."""
        return next((one for one in self.people.values() if one.unionid == unionid), None)

    def find_person(self, identity: str, *, id_type: int = 1) -> Person | None:
        """The member of a user id (1) or union id (2), as `userIdType` says."""
        return self.people.get(identity) if id_type == 1 else self.person_of_union(identity)

    def identity(self, person: Person, id_type: int) -> str:
        """What stands for a member where `userIdType` is this."""
        return person.userid if id_type == 1 else person.unionid

    def children(self, department_id: int) -> list[Department]:
        """The departments right under one."""
        return [one for one in self.departments.values() if one.parent_id == department_id]

    def members(self, department_id: int) -> list[Person]:
        """The people of a department, not of those under it."""
        return [one for one in self.people.values() if department_id in one.departments]

    def path(self, department_id: int) -> list[int]:
        """A department and those above it, up to the root."""
        found = []
        while department_id in self.departments:
            found.append(department_id)
            department_id = self.departments[department_id].parent_id
        return found

    def entry(self, sender: str, kind: str, **parts: object) -> Entry:
        """An entry that nobody sees yet."""
        return Entry(id=f"d{self.number()}", at=self.now(), sender=sender, kind=kind, **parts)  # type: ignore[arg-type]

    def show(self, chat: Person | Group, entry: Entry) -> Entry:
        """Put an entry into a chat."""
        chat.entries.append(entry)
        self.tell_chat(chat)
        return entry

    def tell_chat(self, chat: Person | Group) -> None:
        """Let watchers know that a chat has changed."""
        if isinstance(chat, Group):
            self.bus.publish({"type": "ding", "group": chat.id, "staff": list(chat.members)})
        else:
            self.bus.publish({"type": "ding", "group": "", "staff": [chat.userid]})

    def tell_world(self) -> None:
        """Let watchers know that people, groups or switches have changed."""
        self.bus.publish({"type": "world"})

    def chat_of(self, session: Session) -> Person | Group | None:
        """Where a session's answers go."""
        return self.groups.get(session.group_id) if session.group_id else self.people.get(session.userid)

    def encrypted_id(self, person: Person) -> str:
        """What a robot message carries as senderId: not to be used as a user's key."""
        return f"$:LWCP_v1:${zlib.crc32(person.unionid.encode()):08x}{person.unionid[-8:]}=="

    def log(self, **parts: object) -> None:
        """Write one exchange into the wire log, secrets masked."""
        for name in ("request", "response"):
            parts[name] = masked(parts.get(name))
        self.wire.add(at=self.now(), **parts)  # type: ignore[arg-type]


_SECRETS = frozenset(
    {
        "accesstoken",
        "appsecret",
        "clientsecret",
        "client_secret",
        "ticket",
        "apisecret",
        "appkey_secret",
        "sign",
    }
)


def masked(value: object) -> object:
    """The same JSON with this platform's secrets cut to their last four letters."""
    if isinstance(value, dict):
        return {
            key: f"****{str(item)[-4:]}" if str(key).lower() in _SECRETS else masked(item)
            for key, item in value.items()
        }
    return [masked(item) for item in value] if isinstance(value, list) else value


def json_of(value: object) -> Json:
    """An object, or an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}
