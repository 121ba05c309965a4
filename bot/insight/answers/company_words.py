"""The company's words as questions name them: from its configuration and its people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from bot.crm.company import Company
from bot.crm.metrics.dimension import LIFECYCLES, Dimension
from bot.crm.user import User
from bot.insight.ask.lexicon import Asker, Department, Lexicon, Person

#: Kinds of words that are values of a dimension.
_VALUES = (
    Dimension.SOURCE, Dimension.INDUSTRY, Dimension.PRODUCT, Dimension.STAGE, Dimension.CHANNEL,
    Dimension.CAMPAIGN, Dimension.LOST_REASON, Dimension.INVALID_REASON,
)  # fmt: skip
_PLACES = (Dimension.REGION, Dimension.TEAM)
#: Companies remembered at a time; a change among the people makes a new entry.
_REMEMBERED = 4


def lexicon_of(company: Company, people: Sequence[User]) -> Lexicon:
    """Everything that may be named; built once for the same company and people."""
    return _lexicon(company, tuple(_person(one) for one in people))


def asker_of(user: User) -> Asker:
    """A colleague as somebody who asks."""
    return Asker(user.id, user.role, user.region, user.team)


def _person(user: User) -> Person:
    return Person(user_id=user.id, name=user.name, role=user.role, region=user.region, team=user.team)


@lru_cache(maxsize=_REMEMBERED)
def _lexicon(company: Company, people: tuple[Person, ...]) -> Lexicon:
    words = company.lexicon_words()
    custom = company.fields.custom
    values = {key.value: tuple(words.get(key.value, ())) for key in _VALUES}
    values |= {one.key: tuple(words.get(one.key, ())) for one in custom}
    return Lexicon(
        company=company.org.company,
        people=people,
        departments=tuple(_departments(company, people)),
        values={key: names for key, names in values.items() if names}
        | {Dimension.LIFECYCLE.value: LIFECYCLES},
        labels={one.key: one.label for one in custom},
        aliases=dict(_aliases(company)),
        closed_stages=frozenset({company.pipeline.won.name, company.pipeline.lost.name}),
    )


def _departments(company: Company, people: Sequence[Person]) -> Iterator[Department]:
    """Those of the configuration, and those in which somebody sits."""
    teams: dict[str, dict[str, None]] = {region.name: {} for region in company.org.regions}
    for team in company.org.teams:
        teams.setdefault(team.region, {})[team.name] = None
    for person in people:
        if person.region:
            teams.setdefault(person.region, {}).update({person.team: None} if person.team else {})
    yield from (Department(region, tuple(names)) for region, names in teams.items())


def _aliases(company: Company) -> Iterator[tuple[str, str]]:
    words = company.lexicon_words()
    for kind in (*_VALUES, *_PLACES):
        for name, known in words.get(kind.value, {}).items():
            yield from ((alias, name) for alias in known if alias != name)
    for one in company.fields.custom:
        yield from ((alias, one.label) for alias in one.aliases)
