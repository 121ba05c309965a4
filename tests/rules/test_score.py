"""The shipped points, exact, and how repeats are counted."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from bot.crm.company import Company
from bot.crm.company.scoring import ScoringRule
from bot.rules.score import (
    Behaviour,
    LeadFacts,
    is_marketing_qualified,
    is_sales_qualified,
    score,
    tier,
    total,
)

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
DIRECTOR = {"source": "官网", "title": "市场总监"}


def did(event: str, object_id: str = "", *, after: timedelta = timedelta(0)) -> Behaviour:
    return Behaviour(event, NOW + after, object_id)


def test_a_director_who_downloads_the_white_paper_is_marketing_qualified(company: Company):
    """The golden story's first half: the form gives 20, 官网 and 总监 together 20; 40 is MQL and 培育."""
    form = company.form("whitepaper")
    assert form is not None

    points = score(
        company, LeadFacts({**DIRECTOR, "source": form.source}, (did("form_submitted", "whitepaper"),))
    )

    assert [(one.points, one.reason) for one in points] == [(20, "提交了表单"), (20, "官网来源且职位为总监")]
    assert total(points) == 40
    assert is_marketing_qualified(company, 40)
    assert not is_sales_qualified(company, 40)
    assert tier(company, 40).label == "培育"
    assert company.ring_of("whitepaper") == "when_sales_qualified"


def test_the_rest_of_the_story_reaches_sixty(company: Company):
    """Mail 5, handbook 5, pricing page 10: exactly the SQL line, and 重点."""
    behaviours = (
        did("form_submitted", "whitepaper"),
        did("mail_opened", "m1"),
        did("handbook_downloaded", "h1"),
        did("pricing_page_viewed", "/pricing"),
    )

    sums = [total(score(company, LeadFacts(DIRECTOR, behaviours[:n]))) for n in range(5)]

    assert sums == [20, 40, 45, 50, 60]
    assert is_sales_qualified(company, 60)
    assert not is_sales_qualified(company, 59)
    assert tier(company, 60).label == "重点"


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ({}, 0),
        ({"source": "官网"}, 0),
        ({"title": "总监"}, 0),
        ({"source": "展会", "title": "总监"}, 0),
        ({"source": "官网", "title": "技术总监"}, 20),
        ({"industry": "制造", "title": "CEO"}, 20),
        ({"industry": "制造", "title": "首席执行官"}, 20),
        ({"industry": "零售", "title": "CEO"}, 0),
        ({"industry": "软件", "title": "创始人兼CEO", "source": "官网"}, 20),
        ({"industry": "软件", "title": "CEO兼销售总监", "source": "官网"}, 40),
        ({"source": None, "title": ""}, 0),
    ],
)
def test_points_for_what_a_lead_is(company: Company, values: dict[str, object], points: int):
    """Source and title count only together; so do industry and title."""
    assert total(score(company, LeadFacts(values))) == points


@pytest.mark.parametrize(
    ("behaviours", "points"),
    [
        ((did("mail_opened", "m1"), did("mail_opened", "m1", after=timedelta(days=3))), 5),
        ((did("mail_opened", "m1"), did("mail_opened", "m2")), 10),
        ((did("form_submitted", "website"), did("form_submitted", "website", after=timedelta(days=9))), 20),
        ((did("form_submitted", "website"), did("form_submitted", "trial")), 40),
        ((did("key_page_viewed", "/a"), did("key_page_viewed", "/a", after=timedelta(hours=1))), 10),
        ((did("key_page_viewed", "/a"), did("key_page_viewed", "/b")), 20),
        ((did("key_page_viewed", "/a"), did("key_page_viewed", "/a", after=timedelta(days=1))), 20),
        # 23:59 and 00:01 in Shanghai are two days, though one in Greenwich.
        (
            (
                did("key_page_viewed", "/a", after=timedelta(hours=13, minutes=59)),
                did("key_page_viewed", "/a", after=timedelta(hours=14, minutes=1)),
            ),
            20,
        ),
        ((did("something_else", "x"),), 0),
    ],
)
def test_a_repeat_counts_as_the_rule_says(company: Company, behaviours: tuple[Behaviour, ...], points: int):
    """A mail, a file and a form once each; a page once a day of the company's time zone."""
    assert total(score(company, LeadFacts({}, behaviours))) == points


def test_a_company_can_count_once_for_ever_or_every_time(company: Company):
    """Three mails opened, one of them twice."""
    mails = (
        did("mail_opened", "m1"),
        did("mail_opened", "m1", after=timedelta(minutes=1)),
        did("mail_opened", "m2"),
        did("mail_opened", "m3"),
    )

    sums = {}
    for counts in ("once", "each_object", "every_time"):
        rule = ScoringRule(id="mail", reason="打开了邮件", points=5, event="mail_opened", counts=counts)
        values = {
            field.name: getattr(company, field.name) for field in dataclasses.fields(company) if field.init
        }
        scoring = company.scoring.model_copy(update={"rules": (rule,)})
        sums[counts] = total(score(Company(**values | {"scoring": scoring}), LeadFacts({}, mails)))

    assert sums == {"once": 5, "each_object": 15, "every_time": 20}


def test_told_again_the_occasions_are_the_same(company: Company):
    """So a store that keeps (rule, occasion) unique can be told one event at a time, or all anew."""
    behaviours = (did("mail_opened", "m1"), did("key_page_viewed", "/a"), did("mail_opened", "m1"))
    whole = {(one.rule, one.occasion) for one in score(company, LeadFacts(DIRECTOR, behaviours))}

    piecemeal = {
        (one.rule, one.occasion)
        for behaviour in behaviours
        for one in score(company, LeadFacts(DIRECTOR, (behaviour,)))
    }

    assert piecemeal == whole
    assert len(whole) == 3


@pytest.mark.parametrize(
    ("points", "label"),
    [
        (-5, "冷却"),
        (0, "冷却"),
        (19, "冷却"),
        (20, "培育"),
        (59, "培育"),
        (60, "重点"),
        (500, "重点"),
        (-9999, "冷却"),
    ],
)
def test_every_score_has_a_tier(company: Company, points: int, label: str):
    """On a border, the higher one."""
    assert tier(company, points).label == label
