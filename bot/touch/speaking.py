"""Whether a content can be said to somebody on a channel, without writing it out for each of many.

Most texts are words and places: a look at the fields is enough. Any other is written out, and the answer
is the same either way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.crm.company import Company
from bot.crm.company.content import ChatVersion, MailVersion, SmsVersion, fields_of
from bot.crm.lead import Lead
from bot.crm.template_places import Place, Shape, shape
from bot.crm.user import User
from bot.rules import content, content_facts
from bot.rules.content import Rendered
from bot.touch.ways import OWN_VERSION

#: Characters of a word of ours up to which no limit of a text can be met.
_LONGEST = 100


class Sayable(NamedTuple):
    """What a content has for a channel."""

    #: As a version is named: by the channel, or by a way that has its own.
    channel: str
    #: text, template or both.
    says: str
    #: The platform's own; empty where it is not said by one.
    template: str


@dataclass(frozen=True, slots=True)
class _Simple:
    """A version that is words and places."""

    sayable: Sayable
    needs: tuple[Place, ...]
    #: They have something else to stand there; what is too long for a place is still to be seen.
    may_lack: tuple[Place, ...]


class Speaker:
    """One content, for many customers at one moment."""

    def __init__(self, company: Company, key: str) -> None:
        self._company, self._key = company, key
        known = company.content.get(key)
        versions = {
            channel: version
            for channel in (*sorted(company.doors.channels), *sorted(OWN_VERSION))
            if channel.partition(".")[0] in company.doors.channels
            and known is not None
            and (version := known.channels.of(channel)) is not None
        }
        self._simple = {channel: _simple(channel, version) for channel, version in versions.items()}
        fields = fields_of(company)
        self._leads = {one.key for one in company.fields.fields if f"lead.{one.key}" in fields}

    def to(self, lead: Lead, owner: User | None, words: Mapping[str, object]) -> tuple[Sayable, ...]:
        """On which channels it can be said to him, by their names."""
        found = []
        for channel, simple in self._simple.items():
            one = None if simple is None else self._looked(simple, lead, owner, words)
            if one is None:
                one = self._written(channel, lead, owner, words)
            if isinstance(one, Sayable):
                found.append(one)
        return tuple(found)

    def _looked(
        self, simple: _Simple, lead: Lead, owner: User | None, words: Mapping[str, object]
    ) -> Sayable | bool | None:
        """By the fields: what can be said, False for nothing, None if it has to be written out to know."""
        for place in simple.needs:
            value = self._value(place, lead, owner, words)
            if value is None:
                return False
            if not _is_short(value):
                return None
        for place in simple.may_lack:
            value = lead.custom.get(place.field) if place.of == "lead" else words.get(place.field)
            if not _is_short(value):
                return None
        return simple.sayable

    def _value(self, place: Place, lead: Lead, owner: User | None, words: Mapping[str, object]) -> object:
        """As `content_facts.facts` has it; None if it is not there."""
        match place.of, place.field:
            case "lead", "id" | "score":
                return getattr(lead, place.field)
            case "lead", key:
                return content_facts.value_of(lead, key) if key in self._leads else None
            case "owner", "name" | "position" if owner is not None:
                return getattr(owner, place.field)
            case "our", "company":
                return self._company.org.company
            case "words", key:
                value = words.get(key)
                return None if value in (None, "") else value
        return None

    def _written(
        self, channel: str, lead: Lead, owner: User | None, words: Mapping[str, object]
    ) -> Sayable | None:
        known = content_facts.facts(self._company, lead, owner, words)
        one = content.render(self._company, self._key, channel, known)
        if not isinstance(one, Rendered):
            return None
        return Sayable(channel, _says(has_text=bool(one.text), template=one.template), one.template)


def _simple(channel: str, version: MailVersion | SmsVersion | ChatVersion) -> _Simple | None:
    texts = [shape(text) for _, text in version.texts()]
    shapes = [one for one in texts if one is not None]
    if len(shapes) < len(texts):
        return None
    places = list(dict.fromkeys(place for one in shapes for place in one.places))
    if isinstance(version, MailVersion):
        sayable = Sayable(channel, "text", "")
    else:
        has_text = version.text is not None
        if has_text and not _has_words(version.text):
            return None
        template = version.template or ""
        sayable = Sayable(channel, _says(has_text=has_text, template=template), template)
    return _Simple(sayable, _those(places, has_default=False), _those(places, has_default=True))


def _has_words(text: str | None) -> bool:
    """Whether something is said whatever the fields are."""
    found: Shape | None = shape(text or "")
    return found is not None and found.has_words


def _those(places: Iterable[Place], *, has_default: bool) -> tuple[Place, ...]:
    return tuple(one for one in places if one.has_default is has_default)


def _says(*, has_text: bool, template: str) -> str:
    if has_text and template:
        return "both"
    return "template" if template else "text"


def _is_short(value: object) -> bool:
    """Whether it is one plain word of a length that fits everywhere."""
    return (
        value is None or isinstance(value, int | float) or (isinstance(value, str) and len(value) <= _LONGEST)
    )
