"""The registry holds every metric of the company, each with one meaning."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.metric import Audience, Kind
from bot.crm.metrics.registry import FAMILIES, GROUPS, METRICS
from bot.crm.user import Role


def ids_of(text: str) -> list[str]:
    """Ids of a list parted by blanks."""
    return text.split()


NAMED = ids_of(
    "new_leads re_enquiries mql sql lead_to_mql_rate mql_to_sql_rate lead_to_won_rate "
    "claimed_leads  returned_leads recycled_leads invalid_leads invalid_rate wechat_added "
    "wechat_added_rate follow_ups  followed_leads first_response_minutes on_time_rate "
    "tasks_done new_deals deal_amount won_deals won_amount  lost_deals win_rate "
    "sales_cycle_days avg_deal_amount payments quota_attainment new_customers repeat_rate "
    "churn_rate touches_sent delivery_rate open_rate click_rate unsubscribe_rate failure_rate "
    "form_conversion_rate channel_cost cost_per_lead channel_roi satisfaction complaints "
    "forecast_amount funnel  pool_leads unassigned_leads open_leads stale_leads open_deals "
    "pipeline_amount overdue_tasks "
)


def test_every_promised_metric_is_registered_once():
    """The ids are those the outside world uses, no more and no fewer."""
    ids = [metric.id for family in FAMILIES for metric in family.METRICS]

    assert sorted(ids) == sorted(NAMED)
    assert set(METRICS) == set(NAMED)


def test_no_word_belongs_to_two_metrics():
    """A word that people use for one metric is never also another's."""
    words = Counter(word.lower() for one in METRICS.values() for word in {one.name, *one.words})

    assert [word for word, count in words.items() if count > 1] == []


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.id)
def test_each_metric_says_what_it_means(metric):
    """Name and definition are there, and the definition is one sentence without its stop."""
    assert metric.name
    assert metric.definition
    assert metric.is_not
    assert not metric.definition.endswith("。")
    assert not metric.is_not.endswith("。")


def test_every_metric_is_listed_in_one_group():
    """帮助 指标 leaves none out and says none twice."""
    listed = [one.id for _, group in GROUPS for one in group]

    assert sorted(listed) == sorted(METRICS)


def test_snapshots_have_no_history():
    """A number as of now cannot be cut by days."""
    snapshots = [one for one in METRICS.values() if one.kind is Kind.SNAPSHOT]

    assert len(snapshots) == 7
    assert not any(one.takes("day") or one.takes("month") for one in snapshots)
    assert METRICS["new_leads"].takes("day")


def test_costs_and_touches_are_for_those_who_pay_for_them():
    """A manager and a rep may not ask for costs, rates of touches or pages; nobody as an admin."""
    marketing = [one for one in METRICS.values() if one.audience is Audience.MARKETING]

    assert len(marketing) == 10
    for one in marketing:
        assert one.open_to(Role.MARKETER)
        assert not one.open_to(Role.MANAGER)
        assert not one.open_to(Role.REP)
    assert not any(one.open_to(Role.ADMIN) for one in METRICS.values())


def test_a_channel_is_a_source_for_leads_and_a_channel_for_touches():
    """No metric takes both, so that 渠道 always has one meaning."""
    both = (Dimension.SOURCE.value, Dimension.CHANNEL.value)

    assert not [one.id for one in METRICS.values() if all(one.takes(key) for key in both)]


def test_custom_fields_belong_to_records():
    """A declared field filters leads and deals, not costs."""
    assert METRICS["new_leads"].takes("grade")
    assert METRICS["won_amount"].takes("grade")
    assert not METRICS["channel_cost"].takes("grade")
