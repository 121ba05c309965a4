"""A tracking call as its sender spelled it, made into what we keep, or a reason why it is not kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

from bot.crm.company import Company
from bot.crm.company.tracking import EventMap, TrackedSource, Tracking
from bot.intake.clean.came_by import bare, host, query_of, way
from bot.intake.clean.text import line
from bot.store.touch_points import TouchPoint
from bot.store.visitors import USER

KINDS = ("track", "page", "screen", "identify", "group", "alias")
#: What a call without a name of its own is to us.
_PLAIN = {
    "page": "page_viewed",
    "screen": "screen_viewed",
    "identify": "identified",
    "group": "grouped",
    "alias": "aliased",
}
_MOST_ID, _MOST_NAME, _MOST_OBJECT = 200, 100, 200
_DEEPEST = 8
_APART = re.compile(r"[\s_\-]+")
_INDEX = re.compile(r"/(index\.\w+)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """One call that can be kept."""

    kind: str
    message_id: str
    #: `user:…` of the sender's own customer, and the browser; at least one is there.
    user: str
    browser: str
    event: str
    object: str
    channel: str
    properties: Mapping[str, Any] = field(repr=False)
    at: datetime
    way: TouchPoint | None
    traits: Mapping[str, Any] = field(repr=False)
    #: Of alias: who he was before.
    previous: str = ""

    @property
    def visitors(self) -> tuple[str, ...]:
        """By whom we may know whose it is, the surest first."""
        return tuple(one for one in (self.user, self.browser) if one)


class Reading:
    """How one company reads the calls of its sources."""

    def __init__(self, company: Company) -> None:
        tracking = company.tracking
        self._maps = [(one, frozenset(map(spelled, one.names))) for one in tracking.events]
        self._ours = {spelled(key): key for key in company.scoring.events}
        self._personal = frozenset(spelled(one) for one in tracking.personal)
        self._bots = tuple(one.lower() for one in tracking.bots)

    def is_bot(self, agent: str) -> bool:
        """Whether a browser's name says that it is a program."""
        name = agent.lower()
        return any(one in name for one in self._bots)

    def read(
        self,
        source: TrackedSource,
        raw: object,
        *,
        kind: str = "",
        sent_at: object = None,
        now: datetime,
        agent: str = "",
        is_past: bool = False,
    ) -> Tracked | str:
        """Read one call; `kind` where the address says it, `is_past` for times that need no mending."""
        if not isinstance(raw, dict):
            return "not_an_object"
        kind = kind or str(raw.get("type", ""))
        context = _object(raw.get("context"))
        if source.channel == "web" and self.is_bot(_string(context.get("userAgent")) or agent):
            return "bot"
        wrong = _wrong(raw, kind)
        if wrong:
            return wrong
        sent = raw.get("sentAt", sent_at)
        at = moment(raw.get("timestamp") or raw.get("originalTimestamp"), sent, now=now, is_past=is_past)
        return self._kept(source, raw, kind, context, at)

    def _kept(
        self, source: TrackedSource, raw: Mapping[str, Any], kind: str, context: Mapping[str, Any],
        at: datetime,
    ) -> Tracked:  # fmt: skip
        user, browser = _id(raw.get("userId")), browser_of(raw.get("anonymousId"))
        given = _object(raw.get("properties"))
        page = {**_object(context.get("page")), **({} if kind != "page" else given)}
        path = _path(page)
        event, found = self._meaning(kind, _name(raw, kind), path, given)
        traits = _object(raw.get("traits")) or _object(context.get("traits"))
        kept = self._impersonal(given)
        message_id = line(_string(raw.get("messageId")))[:_MOST_ID]
        return Tracked(
            kind=kind,
            message_id=f"{source.key}:{message_id}" if message_id else "",
            user=f"{USER}{user}" if user else "",
            browser=browser,
            event=event,
            object=line(found or path)[:_MOST_OBJECT],
            channel=source.channel,
            properties=kept if kind not in ("identify", "group") else {"traits": sorted(map(str, traits))},
            at=at,
            way=_way(context, page, at, browser or f"{USER}{user}"),
            traits=_trimmed(traits) if kind in ("identify", "group") else {},
            previous=_id(raw.get("previousId")),
        )

    def _meaning(self, kind: str, name: str, path: str, given: Mapping[str, Any]) -> tuple[str, str]:
        """Our event, and which one it was about."""
        if kind not in ("track", "page", "screen"):
            return _PLAIN[kind], ""
        for one, names in self._maps:
            if _fits(one, names, kind, name, path):
                return one.event, _string(given.get(one.object)) if one.object else ""
        ours = self._ours.get(spelled(name)) if name else None
        plain = _PLAIN.get(kind) or line(name)[:_MOST_NAME]
        return ours or plain, _string(given.get("object"))

    def _impersonal(self, given: object, depth: int = 0) -> Any:  # noqa: ANN401 - any document
        """Properties without what is personal, and without what is nested beyond sense."""
        if isinstance(given, dict):
            if depth >= _DEEPEST:
                return {}
            return {
                line(str(key)): self._one(str(key), value, depth)
                for key, value in given.items()
                if spelled(str(key)) not in self._personal
            }
        if isinstance(given, list):
            return [] if depth >= _DEEPEST else [self._impersonal(one, depth + 1) for one in given]
        return given

    def _one(self, key: str, value: object, depth: int) -> Any:  # noqa: ANN401 - any value
        if isinstance(value, str) and (value.startswith(("http://", "https://")) or key == "search"):
            return bare(value)
        return self._impersonal(value, depth + 1)


def viewed(tracking: Tracking, address: str) -> tuple[str, str] | None:
    """Our event for a look at the page of an address, and which page; None where it is just a page.

    Where sources say whose pages may send, only theirs are ours.
    """
    ours = {host(origin) for source in tracking.sources for origin in source.origins}
    try:
        path = _path({"path": urlsplit(address).path})
    except ValueError:
        return None
    if not path or (ours and host(address) not in ours):
        return None
    for one in tracking.events:
        if one.call in (None, "page") and _is_below(path, one.paths):
            return one.event, path[:_MOST_OBJECT]
    return None


def _trimmed(given: Any, depth: int = 0) -> Any:  # noqa: ANN401 - any document
    """A document without what is nested beyond sense."""
    if isinstance(given, dict):
        return {key: _trimmed(one, depth + 1) for key, one in given.items()} if depth < _DEEPEST else {}
    if isinstance(given, list):
        return [_trimmed(one, depth + 1) for one in given] if depth < _DEEPEST else []
    return given


def _wrong(raw: Mapping[str, Any], kind: str) -> str:
    """What a call lacks to be of use; empty if nothing."""
    if kind not in KINDS:
        return "unknown_type"
    if not _id(raw.get("userId")) and not _id(raw.get("anonymousId")):
        return "no_identity"
    if kind == "track" and not line(_string(raw.get("event"))):
        return "no_event"
    return "no_previous" if kind == "alias" and not _id(raw.get("previousId")) else ""


def spelled(name: str) -> str:
    """A name without what its spelling has by chance: `Pricing Page-Viewed` is `pricing_page_viewed`."""
    return _APART.sub("_", name.strip().casefold())


def moment(stamp: object, sent: object, *, now: datetime, is_past: bool = False) -> datetime:
    """When it happened by our clock: how long before sending, before now. Never in the future."""
    at, sent_at = _instant(stamp), _instant(sent)
    if at is None:
        return now
    if sent_at is not None and not is_past:
        try:
            at = now - (sent_at - at)
        except OverflowError:
            return now
    return min(at, now)


def _fits(one: EventMap, names: frozenset[str], kind: str, name: str, path: str) -> bool:
    if one.call is not None and one.call != kind:
        return False
    return (bool(name) and spelled(name) in names) or (bool(path) and _is_below(path, one.paths))


def _is_below(path: str, patterns: Iterable[str]) -> bool:
    return any(
        path.startswith(one[:-1]) if one.endswith("*") else path == (one.rstrip("/") or "/")
        for one in patterns
    )


def _name(raw: Mapping[str, Any], kind: str) -> str:
    name = raw.get("event") if kind == "track" else raw.get("name")
    return _string(name) or _string(_object(raw.get("properties")).get("name"))


def _path(page: Mapping[str, Any]) -> str:
    """`/pricing` for `/pricing/`, `/pricing/index.html` and `/pricing?x=1`."""
    path = bare(_string(page.get("path")))
    return (_INDEX.sub("", path) or "/") if path.startswith("/") else ""


def _way(
    context: Mapping[str, Any], page: Mapping[str, Any], at: datetime, visitor: str
) -> TouchPoint | None:
    referrer = _string(page.get("referrer")) or _string(_object(context.get("referrer")).get("url"))
    address = _string(page.get("url"))
    campaign, search = _object(context.get("campaign")), _string(page.get("search"))
    if not (referrer or campaign or search or "?" in address):
        # Most calls: nothing says where he came from.
        return None
    if host(referrer) == host(address):
        # From one page of a site to the next is no arrival.
        referrer = ""
    found = way(
        query=query_of(address) | query_of(search),
        named={**campaign, "campaign": campaign.get("name")},
        referrer=referrer,
        page=address,
        at=at,
        visitor=visitor,
    )
    return found if found.says_something else None


def _instant(raw: object) -> datetime | None:
    if not isinstance(raw, str):
        return None
    try:
        found = datetime.fromisoformat(raw)
        return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def _id(raw: object) -> str:
    """A name that somebody is known by; numbers are spelled."""
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return ""
    return line(str(raw))[:_MOST_ID]


def browser_of(raw: object) -> str:
    """A sender's anonymous id; one that looks like a customer's is none."""
    found = _id(raw)
    return f"anonymous:{found}"[:_MOST_ID] if found.startswith(USER) else found


def _string(raw: object) -> str:
    return raw if isinstance(raw, str) else ""


def _object(raw: object) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}
