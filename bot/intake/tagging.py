"""Tags on leads, by rules and by hand: from the one dictionary, by whoever may, with a reason."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from bot.crm.company.scoring import ScoringRule
from bot.crm.company.tags import Setter, TagGroup
from bot.rules.score import Fired
from bot.store import tags
from bot.store.desk import Desk
from bot.store.tags import RULE


class NotTagged(enum.Enum):
    """Why a tag stays as it is."""

    UNKNOWN = "unknown"
    #: Its group is not for him to set.
    NOT_HIS = "not_his"
    #: It is there already, or was not there.
    AS_IT_WAS = "as_it_was"


@dataclass(frozen=True, slots=True)
class Tagged:
    """Done; `instead_of` is what had to go for it."""

    tag: str
    instead_of: tuple[str, ...] = ()


async def tag(
    desk: Desk, lead_id: str, word: str, *, by: str, may: frozenset[Setter], reason: str
) -> Tagged | NotTagged:
    """Put the tag that people call `word` on a lead."""
    name = desk.company.tags.meant(word)
    group = desk.company.tags.group_of(name) if name else None
    if name is None or group is None:
        return NotTagged.UNKNOWN
    if not may & set(group.set_by):
        return NotTagged.NOT_HIS
    if not await tags.put(desk, lead_id, name, by=by, reason=reason):
        return NotTagged.AS_IT_WAS
    return Tagged(name, await _others_gone(desk, lead_id, name, group, by=by, reason=reason))


async def untag(
    desk: Desk, lead_id: str, word: str, *, by: str, may: frozenset[Setter], reason: str
) -> Tagged | NotTagged:
    """Take it away; also one that the dictionary no longer has, by its name."""
    has = await tags.of(desk.tx, lead_id)
    name = desk.company.tags.meant(word) or (word if word in has else None)
    if name is None:
        return NotTagged.UNKNOWN
    group = desk.company.tags.group_of(name)
    if group is not None and not may & set(group.set_by):
        return NotTagged.NOT_HIS
    is_gone = await tags.take(desk, lead_id, name, by=by, reason=reason)
    return Tagged(name) if is_gone else NotTagged.AS_IT_WAS


async def by_rules(desk: Desk, lead_id: str, fired: Iterable[Fired]) -> bool:
    """Do what the rules say of tags; True if that changed any.

    What a rule about fields gave goes when the rule no longer holds. What a person took away, such a
    rule does not give again; new behaviour does. Of rules that disagree the later one decides.
    """
    rules = [one.rule for one in fired if one.rule.tags_given or one.rule.tags_taken]
    has = await tags.of(desk.tx, lead_id)
    wanted: dict[str, tuple[bool, ScoringRule]] = {}
    for rule in rules:
        wanted |= dict.fromkeys(rule.tags_given, (True, rule))
        wanted |= dict.fromkeys(rule.tags_taken, (False, rule))
    for rule in desk.company.scoring.rules:
        if rule.event is None and rule not in rules:
            ours = [name for name in rule.tags_given if has.get(name) == f"{RULE}{rule.id}"]
            wanted = dict.fromkeys(ours, (False, rule)) | wanted
    changes = [await _follow(desk, lead_id, name, *wanted[name], has=frozenset(has)) for name in wanted]
    return any(changes)


async def _follow(
    desk: Desk, lead_id: str, name: str, is_on: bool, rule: ScoringRule, *, has: frozenset[str]
) -> bool:
    by = f"{RULE}{rule.id}"
    if is_on == (name in has):
        return False
    if not is_on:
        return await tags.take(desk, lead_id, name, by=by, reason=rule.reason)
    if rule.event is None and await tags.was_taken_by_hand(desk.tx, lead_id, name):
        return False
    is_new = await tags.put(desk, lead_id, name, by=by, reason=rule.reason)
    group = desk.company.tags.group_of(name)
    if is_new and group is not None:
        await _others_gone(desk, lead_id, name, group, by=by, reason=rule.reason)
    return is_new


async def _others_gone(
    desk: Desk, lead_id: str, name: str, group: TagGroup, *, by: str, reason: str
) -> tuple[str, ...]:
    """Of a group of which only one can be true, the others go."""
    if not group.one_of:
        return ()
    has = await tags.of(desk.tx, lead_id)
    others = tuple(one.name for one in group.tags if one.name != name and one.name in has)
    for other in others:
        await tags.take(desk, lead_id, other, by=by, reason=reason)
    return others
