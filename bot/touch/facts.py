"""What a decision stands on: read in its unit of work, kept with it, and enough to decide again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from bot.crm.company.touch import Touch
from bot.crm.touching import Intent, Purpose

#: Facts that say something else when they are empty than when they are not there.
_NEVER_EMPTY = frozenset({"has_owner", "zone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A span that the customer opened."""

    id: str
    expires_at: datetime
    remaining: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A message that is planned and could make room for a more urgent one."""

    touch_id: str
    channel: str
    day: int
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One customer as he stands at one moment; nobody's name or number is in it."""

    #: Why he is not written to at all: merged, erased, invalid; empty if he is.
    gone: str = ""
    has_owner: bool = True
    #: He or a colleague said stop to everything.
    is_closed: bool = False
    #: What the content library calls the content; empty for one that it does not know.
    content_purpose: str = ""
    #: When he got the same content last.
    had_content_at: datetime | None = None
    zone: str = "Asia/Shanghai"
    #: Channels that are set up here.
    on: frozenset[str] = frozenset()
    #: Channels on which we have his address.
    addresses: frozenset[str] = frozenset()
    #: By channel: text, template, both; a channel that is not there has no text.
    texts: Mapping[str, str] = field(default_factory=dict)
    #: By channel, whether he agrees to marketing there; one that is not there was never asked.
    consents: Mapping[str, bool] = field(default_factory=dict)
    #: By channel: why its address is not written to.
    suppressed: Mapping[str, str] = field(default_factory=dict)
    #: By way.
    windows: Mapping[str, Window] = field(default_factory=dict)
    #: By way: the next permission that can be used up.
    grants: Mapping[str, str] = field(default_factory=dict)
    #: Marketing messages by day (an ordinal in his zone), on all channels and on each.
    counted: Mapping[int, int] = field(default_factory=dict)
    counted_on: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    waiting: tuple[Waiting, ...] = ()
    #: Days of rest among those that matter.
    holidays: frozenset[int] = frozenset()
    #: By way: what came of the first try of the same message.
    before: Mapping[str, str] = field(default_factory=dict)
    #: The rules in force.
    policy: Touch = field(default=Touch(), repr=False)


def spelled(facts: Facts) -> dict[str, Any]:
    """As plain JSON, without the rules, which are kept once for all, and without what is empty.

    It is kept with every message, so what does not stand there is not written a million times.
    """
    known = {one.name: getattr(facts, one.name) for one in fields(facts) if one.name != "policy"}
    return {name: _plain(value) for name, value in known.items() if value or name in _NEVER_EMPTY}


def read(document: Mapping[str, Any], policy: Touch) -> Facts:
    """The inverse of `spelled`."""
    known = {name: value for name, value in document.items() if value or name in _NEVER_EMPTY}
    for name in known.keys() & {"on", "addresses", "holidays"}:
        known[name] = frozenset(known[name])
    if "had_content_at" in known:
        known["had_content_at"] = datetime.fromisoformat(known["had_content_at"])
    known["counted"] = _days(known.get("counted", {}))
    known["counted_on"] = {channel: _days(days) for channel, days in known.get("counted_on", {}).items()}
    known["windows"] = {
        way: Window(
            id=one["id"], expires_at=datetime.fromisoformat(one["expires_at"]), remaining=one["remaining"]
        )
        for way, one in known.get("windows", {}).items()
    }
    known["waiting"] = tuple(Waiting(**one) for one in known.get("waiting", ()))
    return Facts(**known, policy=policy)


def spell_intent(intent: Intent) -> dict[str, Any]:
    """What was wanted, but for its words."""
    return {
        "purpose": intent.purpose.value,
        "content": intent.content,
        "channels": list(intent.channels),
        "priority": intent.priority,
        "not_after": intent.not_after.isoformat() if intent.not_after else None,
    }


def read_intent(key: str, lead_id: str, document: Mapping[str, Any]) -> Intent:
    """As much of it as a decision needs."""
    until = document["not_after"]
    return Intent(
        key=key, lead_id=lead_id, purpose=Purpose(document["purpose"]), content=document["content"],
        channels=tuple(document["channels"]), priority=document["priority"],
        not_after=datetime.fromisoformat(until) if until else None,
    )  # fmt: skip


def _days(document: Mapping[Any, int]) -> dict[int, int]:
    return {int(day): n for day, n in document.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field of it
    match value:
        case frozenset():
            return sorted(value)
        case datetime():
            return value.isoformat()
        case Window() | Waiting():
            return {name: _plain(one) for name, one in asdict(value).items()}
        case tuple():
            return [_plain(one) for one in value]
        case Mapping():
            return {str(key): _plain(one) for key, one in value.items()}
        case _:
            return value
