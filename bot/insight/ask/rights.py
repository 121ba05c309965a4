"""Who may see what: applied to a question before anything is read."""

from __future__ import annotations

from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.metric import Audience, Metric
from bot.crm.user import Role
from bot.insight.ask.lexicon import Asker, Lexicon, Person
from bot.insight.ask.meanings import Whose

D = Dimension
Where = dict[str, set[str]]


def may_see_person(asker: Asker, person: Person) -> bool:
    """Whether this colleague's own numbers are the asker's to see."""
    if asker.role in {Role.EXECUTIVE, Role.DIRECTOR} or person.user_id == asker.user_id:
        return asker.role not in {Role.MARKETER, Role.ADMIN}
    return asker.role is Role.MANAGER and bool(asker.region) and person.region == asker.region


def may_see_place(asker: Asker, dimension: str, value: str, lexicon: Lexicon, *, is_open: bool) -> bool:
    """Whether a region's or team's numbers are the asker's to see; pools are wider open."""
    if asker.role in {Role.EXECUTIVE, Role.DIRECTOR, Role.MARKETER}:
        return True
    if asker.role is Role.MANAGER:
        return is_open or asker.region in ({value} if dimension == D.REGION else lexicon.regions_of(value))
    return is_open and value in {asker.region, asker.team}


def is_open(metrics: tuple[Metric, ...]) -> bool:
    """Whether all of these are everyone's to ask."""
    return all(metric.audience is Audience.OPEN for metric in metrics)


def scoped(asker: Asker, where: Where, whose: Whose | None, *, everyone_may: bool) -> Where | None:
    """The filter with the asker's own scope in it; None if he asks beyond it."""
    if asker.role is Role.MANAGER:
        return _managers(asker, where, whose, everyone_may=everyone_may)
    if asker.role is Role.REP:
        return _reps(asker, where, whose, everyone_may=everyone_may)
    return where


def _managers(asker: Asker, where: Where, whose: Whose | None, *, everyone_may: bool) -> Where | None:
    if not asker.region or (whose is Whose.EVERYONE and not everyone_may):
        return None
    if names_somebody(where):
        return where
    if everyone_may and whose is not Whose.OUR_REGION:
        return where
    return {**where, D.REGION.value: {asker.region}}


def _reps(asker: Asker, where: Where, whose: Whose | None, *, everyone_may: bool) -> Where | None:
    if whose in {Whose.EVERYONE, Whose.ALL_PEOPLE}:
        return None
    if whose in {Whose.OUR_TEAM, Whose.OUR_GROUP, Whose.OUR_REGION}:
        own = (D.REGION, asker.region) if whose is Whose.OUR_REGION else (D.TEAM, asker.team)
        return {**where, own[0].value: {own[1]}} if everyone_may and own[1] else None
    if names_somebody(where) or everyone_may:
        return where
    return {**where, D.OWNER.value: {asker.user_id}}


def names_somebody(where: Where) -> bool:
    """Whether a person, team or region is in the filter."""
    return bool({D.OWNER.value, D.TEAM.value, D.REGION.value} & set(where))
