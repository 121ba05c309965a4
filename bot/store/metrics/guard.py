"""The second lock: whoever asks, no number is read that he may not have.

The grammar puts the asker's scope into the question and refuses the rest; here it is only
checked. So a refusal is a defect of ours or an attack, and is raised.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.crm.company import Company
from bot.crm.metrics.dimension import PEOPLE, TIME_UNITS, Dimension
from bot.crm.metrics.metric import Audience
from bot.crm.pool import may_enter
from bot.crm.query import Query
from bot.crm.user import Role, User
from bot.errors import BotError
from bot.store import users
from bot.store.tx import Tx

_OWNER, _TEAM, _REGION = Dimension.OWNER.value, Dimension.TEAM.value, Dimension.REGION.value
#: Settings that stand in `where` beside the dimensions.
_SETTINGS = frozenset({"idle_days", "attribution"})


class Breach(enum.StrEnum):
    """Which rule a question breaks."""

    LEFT = "left"
    ROLE = "role"
    MARKETER = "marketer"
    DIMENSION = "dimension"
    NO_REGION = "no_region"
    UNSCOPED = "unscoped"
    REGION = "region"
    REP = "rep"


class NotPermittedError(BotError):
    """A question reached the store that its asker may not ask."""

    def __init__(self, breach: Breach) -> None:
        super().__init__(breach.value)
        self.breach = breach


@dataclass(frozen=True, slots=True)
class Permit:
    """A question that its asker may ask; the only thing that numbers are read for."""

    query: Query
    company: Company
    #: The pools that he may take from; None if he may see them all.
    pools: tuple[str, ...] | None
    #: Everybody who is or was here, by id.
    people: Mapping[str, User]


async def permit(tx: Tx, query: Query, asker: User, company: Company) -> Permit:
    """Check it; NotPermittedError if he may not."""
    people = {one.id: one for one in await users.everybody(tx)}
    _check_role(query, asker)
    _check_dimensions(query, company)
    is_open = all(metric.audience is Audience.OPEN for metric in query.definitions())
    if asker.role is Role.MANAGER:
        _check_manager(query, asker, company, people, is_open=is_open)
    elif asker.role is Role.REP:
        _check_rep(query, asker, is_open=is_open)
    pools = [pool.id for pool in company.pools.pools if may_enter(company, asker, pool.id)]
    return Permit(query, company, tuple(pools) if asker.role is Role.REP else None, people)


def _check_role(query: Query, asker: User) -> None:
    if not asker.active:
        raise NotPermittedError(Breach.LEFT)
    if not all(metric.open_to(asker.role) for metric in query.definitions()):
        raise NotPermittedError(Breach.ROLE)
    if asker.role is Role.MARKETER and (_OWNER in query.where or _OWNER in query.by):
        raise NotPermittedError(Breach.MARKETER)


def _check_dimensions(query: Query, company: Company) -> None:
    own = {found.key for found in company.fields.custom}
    declared = {key.value for key in Dimension}
    for key in {*query.by, *(set(query.where) - _SETTINGS)}:
        known = key in declared or key in own
        if not known or not all(metric.takes(key) for metric in query.definitions()):
            raise NotPermittedError(Breach.DIMENSION)
    if {key.value for key in TIME_UNITS} & set(query.where):
        raise NotPermittedError(Breach.DIMENSION)


def _check_manager(
    query: Query, asker: User, company: Company, people: Mapping[str, User], *, is_open: bool
) -> None:
    if not asker.region:
        raise NotPermittedError(Breach.NO_REGION)
    if is_open:
        return
    homes = _homes(company, people)
    inside: Mapping[str, Callable[[str], bool]] = {
        _REGION: lambda name: name == asker.region,
        _TEAM: lambda name: homes.get(name) == {asker.region},
        _OWNER: lambda name: name == asker.id or (name in people and people[name].region == asker.region),
    }
    named = [key for key in inside if key in query.where]
    if not named:
        raise NotPermittedError(Breach.UNSCOPED)
    if query.where.get(_REGION) == (asker.region,):
        # Whatever else is named, his region alone is counted.
        inside = {**inside, _TEAM: lambda name: asker.region in homes.get(name, ())}
    if not all(inside[key](str(value)) for key in named for value in query.where[key]):
        raise NotPermittedError(Breach.REGION)


def _check_rep(query: Query, asker: User, *, is_open: bool) -> None:
    if is_open:
        own = {_TEAM: asker.team, _REGION: asker.region}
        named: Iterable[str] = PEOPLE & set(query.where)
        fits = all(key in own and query.where[key] == (own[key],) for key in named)
        if not fits or _OWNER in query.by:
            raise NotPermittedError(Breach.REP)
        return
    if tuple(query.where.get(_OWNER, ())) != (asker.id,):
        raise NotPermittedError(Breach.REP)


def _homes(company: Company, people: Mapping[str, User]) -> dict[str, set[str]]:
    """The regions in which there is a team of each name."""
    homes: dict[str, set[str]] = {}
    for team, region in (
        *((team.name, team.region) for team in company.org.teams),
        *((one.team, one.region) for one in people.values() if one.team),
    ):
        homes.setdefault(team, set()).add(region)
    return homes
