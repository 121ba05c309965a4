"""What messages cost: asked in a manager's own words, answered by what was booked on their channel."""

from __future__ import annotations

from datetime import date

import pytest

from bot.insight.ask.answer import Clarify, Understood

NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)


@pytest.mark.parametrize(
    ("said", "channel", "begins"),
    [
        ("本月短信花费", "短信", NOVEMBER),
        ("这个月短信花了多少钱", "短信", NOVEMBER),
        ("这个月发短信花了多少钱", "短信", NOVEMBER),
        ("上个月短信费多少", "短信", OCTOBER),
        ("本月短信费用", "短信", NOVEMBER),
        ("短信成本", "短信", NOVEMBER),
        ("上月邮件花费", "邮件", OCTOBER),
    ],
)
def test_what_messages_cost_is_what_was_booked_on_their_channel(asked, said, channel, begins):
    """One metric, one channel, one period; and the words say all three."""
    answer = asked(said, by="zhoumin")

    assert isinstance(answer, Understood), answer
    assert (answer.query.metrics, answer.query.where) == (("channel_cost",), {"source": (channel,)})
    assert answer.query.period.begins == begins
    assert channel in answer.words
    assert "渠道花费" in answer.words


def test_what_a_lead_costs_is_still_not_asked_of_a_channel(asked):
    """A lead has a source and no channel: asked back, never guessed."""
    assert isinstance(asked("短信每条线索成本", by="zhoumin"), Clarify)


def test_how_many_went_stays_another_question(asked):
    """短信发了多少 counts messages, by channel."""
    answer = asked("短信发了多少", by="zhoumin")

    assert (answer.query.metrics, answer.query.where) == (("touches_sent",), {"channel": ("短信",)})
