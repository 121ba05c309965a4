"""To whom a message goes: members, departments and tags, valid or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.simulator.wecom import codes
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Json, Person
from bot.simulator.wecom.world import World

_MOST_USERS = 1000
_MOST_PARTIES = 100
_MOST_TAGS = 100


@dataclass(slots=True)
class Recipients:
    """Who gets it, and which of the given ids lead to nobody."""

    people: dict[str, Person] = field(default_factory=dict)
    invalid_users: list[str] = field(default_factory=list)
    invalid_parties: list[str] = field(default_factory=list)
    invalid_tags: list[str] = field(default_factory=list)


def of_send(world: World, body: Json) -> Recipients:
    """Read touser, toparty, totag: `|`-joined strings; nobody at all is 82001, nobody valid 81013."""
    users, parties, tags = (_joined(body, name) for name in ("touser", "toparty", "totag"))
    if users == ["@all"]:
        return Recipients(people={p.userid: p for p in world.visible_people()})
    if not (users or parties or tags):
        raise RefusedError(codes.NO_RECEIVER)
    _check_lengths(users, parties, tags)
    found = resolve(world, users, parties, tags)
    if not found.people:
        raise RefusedError(codes.NOBODY_VALID)
    return found


def resolve(world: World, users: Iterable[str], parties: Iterable[str], tags: Iterable[str]) -> Recipients:
    """Look everybody up; the company of this simulator has no tags, so each tag is invalid."""
    found = Recipients(invalid_tags=list(tags))
    for userid in users:
        person = world.find_person(userid)
        if person is None or not world.is_visible(person):
            # The platform answers in lower case, whatever was asked.
            found.invalid_users.append(userid.lower())
        else:
            found.people[person.userid] = person
    for party in parties:
        if not party.isdigit() or not world.is_visible_department(int(party)):
            found.invalid_parties.append(party)
            continue
        found.people |= {p.userid: p for p in world.members(int(party), deep=True) if world.is_visible(p)}
    return found


def _joined(body: Json, name: str) -> list[str]:
    value = body.get(name)
    if value is None or value == "":
        return []
    if not isinstance(value, str):
        raise RefusedError(codes.BAD_PARAMETER, f"{name} is a string joined by |")
    return [part.strip() for part in value.split("|") if part.strip()]


def _check_lengths(users: list[str], parties: list[str], tags: list[str]) -> None:
    if len(users) > _MOST_USERS:
        raise RefusedError(codes.USER_LIST_TOO_LONG)
    if len(parties) > _MOST_PARTIES:
        raise RefusedError(codes.PARTY_LIST_TOO_LONG)
    if len(tags) > _MOST_TAGS:
        raise RefusedError(codes.TAG_LIST_TOO_LONG)
