"""Who may take what out of a pool, before anything is counted."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from bot.crm.lead import Lead, LeadStatus
from bot.crm.pool import Refusal, may_enter, may_oversee, pool_of, refusal_by_terms, regions_of, terms_of
from bot.crm.user import Role, User

REP = User(id="r", name="张三", role=Role.REP, region="华东大区", team="上海组")


def lead(now, **known):
    given = {"id": "L1", "status": LeadStatus.OFFERED, "name": "", "company": "", "created_at": now}
    return Lead(**{**given, "region": "华东大区", **known})


@pytest.mark.parametrize(
    ("changes", "pool_id", "may"),
    [
        ({}, "east", True),
        ({}, "south", False),
        ({}, "nation", True),
        # A department that sells nothing is no region, so the pool of all regions is not its own.
        ({"region": "市场部"}, "nation", False),
        ({"role": Role.EXECUTIVE, "region": ""}, "south", True),
        ({"role": Role.MARKETER}, "east", False),
        ({"active": False}, "east", False),
    ],
)
def test_who_may_take_from_a_pool(company, changes, pool_id, may):
    """People of its regions who sell, and whoever leads the company."""
    assert may_enter(company, dataclasses.replace(REP, **changes), pool_id) is may


def test_a_pool_that_is_gone_from_the_config_becomes_the_one_for_everything_else(company):
    """A renamed pool must not make leads unreachable."""
    assert pool_of(company, "closed-last-year").id == company.routing.otherwise
    assert regions_of(company, pool_of(company, None)) == tuple(one.name for one in company.org.regions)


def test_an_embargo_holds_for_new_leads_and_not_for_returned_ones(company, now):
    """A returned lead has lain long enough already."""
    terms = terms_of(company, "east").model_copy(update={"embargo_minutes": 30})
    early = now + timedelta(minutes=29)

    assert refusal_by_terms(terms, lead(now), REP, early) is Refusal.EMBARGOED
    assert refusal_by_terms(terms, lead(now), REP, now + timedelta(minutes=30)) is None
    assert refusal_by_terms(terms, lead(now, previous_owner_id="x"), REP, early) is None


def test_who_is_away_takes_nothing_unless_the_pool_says_otherwise(company, now):
    """`on_duty_only` is a term of the pool."""
    away = dataclasses.replace(REP, away_until=now + timedelta(hours=1))
    terms = terms_of(company, "east")

    assert refusal_by_terms(terms, lead(now), away, now) is Refusal.OFF_DUTY
    assert refusal_by_terms(terms, lead(now), away, now + timedelta(hours=1)) is None
    relaxed = terms.model_copy(update={"on_duty_only": False})
    assert refusal_by_terms(relaxed, lead(now), away, now) is None


def test_who_oversees_a_lead(now):
    """The manager of its region or of its owner's, and the top; a rep never, not even his own."""
    manager = dataclasses.replace(REP, id="m", role=Role.MANAGER)
    south = dataclasses.replace(manager, region="华南大区")
    boss = dataclasses.replace(REP, id="b", role=Role.DIRECTOR, region="")

    assert may_oversee(manager, lead(now), None)
    assert not may_oversee(south, lead(now), None)
    assert may_oversee(south, lead(now), dataclasses.replace(REP, region="华南大区"))
    assert may_oversee(boss, lead(now, region=""), None)
    assert not may_oversee(manager, lead(now, region=""), None)
    assert not may_oversee(REP, lead(now, owner_id="r"), REP)
