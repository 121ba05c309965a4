"""Do the people named in the configuration exist? Asked when the address book is at hand."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from bot.crm.company import cross_check_words
from bot.crm.company.company import Company
from bot.crm.company.routing import members_of
from bot.kit.yaml_model import similar


def named_people(company: Company) -> Iterator[tuple[str, str]]:
    """Every user id that the configuration names, after its place, such as `routing.yaml rules.2`."""
    for user_id in (*company.org.roles, *company.org.also_admins):
        yield "org.yaml", user_id
    for rule in company.routing.rules:
        for user_id in members_of(rule.to):
            yield f"routing.yaml “{rule.name}”", user_id
    for leave in company.calendar.leave:
        yield "calendar.yaml leave", leave.user
        if leave.cover is not None:
            yield "calendar.yaml leave", leave.cover
    for target in company.targets.targets:
        if target.owner is not None:
            yield "targets.yaml", target.owner


def strangers(company: Company, known: Collection[str]) -> tuple[str, ...]:
    """One line for each named person whom the address book does not know."""
    found: dict[str, None] = {}
    for place, user_id in named_people(company):
        if user_id not in known:
            said = cross_check_words.nobody(user_id, meant=similar(user_id, known))
            found[f"{place}：{said}"] = None
    return tuple(found)
