"""Customers' side of a 公众号 or 小程序: what they got, and what they let the account send them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from bot.kit.clock import Clock
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.common.shapes import Json

#: What opens a span: how many messages it lets through, and for how long.
SPANS: Mapping[str, tuple[int, timedelta]] = {
    "message": (5, timedelta(hours=48)),
    "menu": (3, timedelta(minutes=1)),
    "entered": (2, timedelta(minutes=1)),
}


@dataclass(slots=True)
class Message:
    """One, in or out."""

    id: int
    at: datetime
    #: `in` came to the customer, `out` is what he wrote.
    way: Literal["in", "out"]
    #: custom, template, subscribe, mass.
    use: str
    text: str = field(repr=False)
    title: str = ""
    link: str = field(default="", repr=False)

    def view(self) -> Json:
        """As the page lists it."""
        return {
            "id": self.id, "at": self.at.isoformat(), "way": self.way, "use": self.use, "text": self.text,
            "title": self.title, "link": self.link,
        }  # fmt: skip


@dataclass(slots=True)
class _Span:
    until: datetime
    left: int


@dataclass(slots=True)
class Person:
    """One of them, as the account knows him."""

    open_id: str
    union_id: str
    follows: bool = False
    #: Shut its messages out; it hears so only when it sends.
    blocks: bool = False
    messages: list[Message] = field(default_factory=list)
    #: Permissions that are left, by template.
    grants: Counter[str] = field(default_factory=Counter)
    spans: dict[str, _Span] = field(default_factory=dict)
    mass_sent: list[datetime] = field(default_factory=list)


class People:
    """All of them."""

    def __init__(self, clock: Clock, publish: Callable[[Json], None], prefix: str) -> None:
        self.by_id: dict[str, Person] = {}
        self._clock = clock
        self._publish = publish
        self._prefix = prefix
        self._count = 0

    def open_id_of(self, customer_id: str) -> str:
        """How the account knows a customer of the company's WeCom."""
        return "o" + hashlib.sha256(f"{self._prefix}{customer_id}".encode()).hexdigest()[:27]

    def of_customer(self, customer_id: str) -> Person:
        """He, by his WeCom id: the same person across apps."""
        return self.get(self.open_id_of(customer_id), union_id=union_id_of(customer_id))

    def get(self, open_id: str, *, union_id: str = "") -> Person:
        """He, by his id here."""
        found = self.by_id.get(open_id)
        if found is None:
            found = self.by_id[open_id] = Person(open_id, union_id)
        return found

    def answered(
        self, open_id: str, answers: Mapping[str, bool], *, known: Container[str], scene: str
    ) -> list[Json]:
        """He answered the box: each template that he accepts is good for one message; rows as pushed."""
        person = self.get(open_id)
        rows: list[Json] = []
        for template, accepts in answers.items():
            if template not in known:
                msg = f"没有这个订阅模板：{template}"
                raise NotPossibleError(msg)
            person.grants[template] += int(accepts)
            said = "accept" if accepts else "reject"
            rows.append({"TemplateId": template, "SubscribeStatusString": said, "PopupScene": scene})
        self.changed()
        return rows

    def opened(self, person: Person, kind: str) -> None:
        """He did something that lets the account write to him for a while."""
        most, span = SPANS[kind]
        person.spans[kind] = _Span(self._clock() + span, most)
        self.changed()

    def take_span(self, person: Person) -> str:
        """Use one message up: empty if there was one, else `over` or `used`."""
        now = self._clock()
        alive = [one for one in person.spans.values() if one.until > now]
        usable = [one for one in alive if one.left > 0]
        if not usable:
            return "used" if alive else "over"
        min(usable, key=lambda one: one.until).left -= 1
        return ""

    def put(
        self, person: Person, *, use: str, text: str, title: str = "", link: str = "", out: bool = False
    ) -> Message:
        """It came to him, or he wrote it."""
        self._count += 1
        way: Literal["in", "out"] = "out" if out else "in"
        message = Message(self._count, self._clock(), way, use, text, title, link)
        person.messages.append(message)
        self.changed()
        return message

    def changed(self) -> None:
        """Whoever watches looks again."""
        self._publish({"type": "weixin"})

    def view(self, person: Person) -> Json:
        """As the page shows him."""
        now = self._clock()
        left = sum(one.left for one in person.spans.values() if one.until > now)
        until = max(
            (one.until for one in person.spans.values() if one.until > now and one.left), default=None
        )
        return {
            "follows": person.follows, "blocks": person.blocks, "left": left,
            "until": until.isoformat() if until else None,
            "grants": {name: count for name, count in person.grants.items() if count},
            "messages": [one.view() for one in person.messages],
        }  # fmt: skip


def union_id_of(customer_id: str) -> str:
    """By which id across apps WeChat knows a customer."""
    return "oU" + hashlib.sha256(f"union:{customer_id}".encode()).hexdigest()[:26]
