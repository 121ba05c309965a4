"""Do scoring, tags and segments agree with the fields, with behaviour and with each other?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from bot.crm.company import cross_check_words as words
from bot.crm.company.company import Company
from bot.crm.company.scoring import ScoringRule
from bot.crm.condition import UNARY, Compare, Condition, leaves
from bot.crm.condition_check import misfits
from bot.kit.yaml import Path

Fault: TypeAlias = tuple[Path, str]
#: Kept sealed or elsewhere: the database cannot compare them.
SEALED = frozenset({"phone", "email", "message"})
ELSEWHERE = frozenset({"consent", "consent_text"})


def scoring(company: Company) -> Iterator[Fault]:
    """Check rules against events, groups, fields and tags."""
    found = company.scoring
    groups = [group.key for group in found.groups]
    yield from _twice(("groups",), "分组", groups)
    for index, rule in enumerate(found.rules):
        at: Path = ("rules", index)
        if rule.group is not None and rule.group not in groups:
            yield (*at, "group"), words.unknown("分组", rule.group, groups)
        if rule.when is not None:
            for path, message in misfits(rule.when, company.registry):
                yield (*at, "when", *path), message
        yield from _tagged(company, rule, at)


def _tagged(company: Company, rule: ScoringRule, at: Path) -> Iterator[Fault]:
    known = [one.name for one in company.tags.all()]
    for key, listed in (("tag", rule.tags_given), ("untag", rule.tags_taken)):
        is_list = isinstance(getattr(rule, key), tuple)
        for index, tag in enumerate(listed):
            place = (*at, key, index) if is_list else (*at, key)
            group = company.tags.group_of(tag)
            if group is None:
                yield place, words.unknown("标签", tag, known)
            elif "rules" not in group.set_by:
                yield place, f"“{group.label}”这组标签不许规则来打，请在 tags.yaml 的 set_by 里加上 rules"


def tags(company: Company) -> Iterator[Fault]:
    """Each tag is in one group, and each word means one tag."""
    yield from _twice(("groups",), "标签组", [group.key for group in company.tags.groups])
    owner: dict[str, str] = {}
    for index, group in enumerate(company.tags.groups):
        for place, tag in enumerate(group.tags):
            at: Path = ("groups", index, "tags", place)
            if tag.name in owner:
                said = words.twice("标签", tag.name) if owner[tag.name] == tag.name else ""
                yield (*at, "name"), said or words.ambiguous("标签", tag.name, owner[tag.name])
            owner.setdefault(tag.name, tag.name)
            for alias_at, alias in enumerate(tag.aliases):
                if owner.setdefault(alias, tag.name) != tag.name:
                    yield (*at, "aliases", alias_at), words.ambiguous("标签", alias, owner[alias])


def segments(company: Company) -> Iterator[Fault]:
    """Each name means one segment, and each condition can be asked of the database."""
    found = company.segments.segments
    yield from _twice(("segments",), "分群", [one.key for one in found])
    owner: dict[str, str] = {}
    for index, one in enumerate(found):
        at: Path = ("segments", index)
        for place, name in ((("name",), one.name), *((("aliases", n), a) for n, a in enumerate(one.aliases))):
            if owner.setdefault(name, one.key) != one.key:
                yield (*at, *place), words.twice("分群", name)
        for path, message in misfits(one.when, company.registry):
            yield (*at, "when", *path), message
        for message in beyond_reach(one.when, company):
            yield (*at, "when"), message


def beyond_reach(condition: Condition, company: Company) -> Iterator[str]:
    """Say what the database cannot answer of a condition that is sound otherwise."""
    for leaf in leaves(condition):
        if not isinstance(leaf, Compare):
            continue
        label = company.label_of(leaf.field)
        if leaf.field in SEALED and leaf.op not in UNARY:
            yield f"“{label}”加密保存，这里只能问 empty 或 filled"
        if leaf.field in ELSEWHERE:
            yield f"“{label}”不能用来分群"


def _twice(path: Path, kind: str, keys: list[str]) -> Iterator[Fault]:
    for index, key in enumerate(keys):
        if key in keys[:index]:
            yield (*path, index, "key"), words.twice(kind, key)
