"""What a span is expected to bring: counted by hand where that can be done, and what must always hold."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from bot.crm.deal_history import Deal, OpenDeal
from bot.insight.forecast import spelled
from bot.insight.forecast.backtest import (
    Trial,
    beyond_chance,
    created_a_day,
    outlook_of,
    trial,
    weighted_error,
    won_between,
)
from bot.insight.forecast.model import LEAST_CLOSED, LEAST_DAYS, LEAST_WON, Model, TooThin, learn
from bot.insight.forecast.outlook import Outlook, interval, of_coming, of_open
from tests.insight.selling_company import TODAY, draw

DAY = TODAY.toordinal()


def deal(created: int, closed: int | None, *, won: bool = False, amount: int = 1000) -> Deal:
    return Deal(created=created, stages=((created, "谈判"),), closed=closed, won=won, amount=amount)


def open_deal(since: int, amount: int = 1000, stage: str = "谈判") -> OpenDeal:
    return OpenDeal(stage=stage, since=since, created=since, amount=amount, product="")


def steady() -> Model:
    """Each deal ends ten days after it came; of four, three are won."""
    found = learn([deal(day, day + 10, won=day % 4 != 0) for day in range(1000, 1400)], 1500)
    assert isinstance(found, Model)
    return found


def company(seed: int = 3) -> tuple[Model, list[Deal]]:
    deals = [one.deal for one in draw(seed)]
    found = learn(deals, DAY)
    assert isinstance(found, Model)
    return found, deals


def test_a_deal_brings_its_amount_by_the_share_won_at_its_age() -> None:
    """Five days old, it ends in five days, three times in four; few are never quite believed."""
    expected = of_open(steady(), [open_deal(1495)], today=1500, begins=1500, ends=1510)
    assert expected.open == pytest.approx(750, abs=25)
    assert expected.variance == pytest.approx(1000**2 * 0.75 * 0.25, rel=0.1)
    early = of_open(steady(), [open_deal(1495)], today=1500, begins=1500, ends=1504)
    assert early.open < 15


def test_a_deal_without_an_amount_brings_what_such_deals_bring() -> None:
    """The mean of the won ones of its product; one that was won for nothing brought nothing."""
    known = replace(open_deal(1495), amount=None)
    expected = of_open(steady(), [known], today=1500, begins=1500, ends=1510)
    assert expected.open == of_open(steady(), [open_deal(1495)], today=1500, begins=1500, ends=1510).open


def test_deals_that_are_not_there_yet_bring_their_part() -> None:
    """One a day: of the next twenty days' deals those of the first ten end in time, three of four won."""
    expected = of_coming(steady(), 1.0, today=1500, begins=1500, ends=1520)
    assert expected.coming == pytest.approx(10 * 0.75 * 1000)
    assert of_coming(steady(), 2.0, today=1500, begins=1500, ends=1520).coming == 2 * expected.coming


def test_a_period_that_is_over_is_what_was_won() -> None:
    """Nothing is ahead of it, and there is no interval."""
    model, deals = company()
    found = outlook_of(model, deals, today=DAY, begins=DAY - 90, ends=DAY)
    assert found == Outlook(won=won_between(deals, DAY - 90, DAY))
    assert interval(found, 0.3) == (found.mean, found.mean)


@pytest.mark.parametrize("seed", range(5))
def test_more_open_money_never_lowers_it(seed: int) -> None:
    """Whatever stage and age, whatever span."""
    model, _ = company(seed)
    chance = random.Random(seed)
    for _ in range(200):
        begins = DAY + chance.randrange(60)
        ends = begins + chance.randrange(1, 120)
        stage = chance.choice(["初步接触", "方案报价", "没见过"])
        more = open_deal(DAY - chance.randrange(400), chance.randrange(10**7), stage)
        expected = of_open(model, [more], today=DAY, begins=begins, ends=ends)
        assert 0 <= expected.open <= (more.amount or 0)
        larger = of_open(
            model, [replace(more, amount=(more.amount or 0) * 2)], today=DAY, begins=begins, ends=ends
        )
        assert larger.open >= expected.open


def test_parts_of_a_span_add_up_to_the_whole() -> None:
    """October to December is October and November and December."""
    model, deals = company()
    cuts = [DAY - 20, DAY + 10, DAY + 40, DAY + 80]
    parts = [
        outlook_of(model, deals, today=DAY, begins=first, ends=last).mean for first, last in pairwise(cuts)
    ]
    whole = outlook_of(model, deals, today=DAY, begins=cuts[0], ends=cuts[-1]).mean
    assert sum(parts) == pytest.approx(whole)


def test_too_little_history_is_refused_with_what_there_is() -> None:
    """One closed, one won or one day less than needed, and nothing is said."""
    enough = [deal(day, day + 9, won=day < LEAST_WON) for day in range(LEAST_CLOSED)]
    assert isinstance(learn(enough, LEAST_DAYS), Model)
    assert learn(enough, LEAST_DAYS - 1) == TooThin(LEAST_CLOSED, LEAST_WON, LEAST_DAYS - 1)
    assert learn(enough[1:], LEAST_DAYS + 1) == TooThin(LEAST_CLOSED - 1, LEAST_WON - 1, LEAST_DAYS)
    assert learn([], 5) == TooThin(0, 0, 0)


def test_what_happened_later_is_not_known_at_the_origin() -> None:
    """The future may be anything: the trial says the same."""
    deals = [one.deal for one in draw(4)]
    origin = DAY - 200
    known = [
        one if one.closed is not None and one.closed < origin
        else replace(one, closed=None, won=False, stages=tuple(step for step in one.stages if step[0] < origin))
        for one in deals
        if one.created < origin
    ]  # fmt: skip
    other = [
        *known,
        *(deal(day, day + 1, won=True, amount=10**9) for day in range(origin, origin + 50)),
    ]
    one, two = (trial(those, origin=origin, begins=origin, ends=origin + 90) for those in (deals, other))
    assert one is not None
    assert two is not None
    assert (one.outlook, one.naive, one.staged) == (two.outlook, two.naive, two.staged)
    assert one.actual != two.actual


def test_an_amount_that_was_said_at_the_end_was_not_known_before() -> None:
    """What was believed at the time is gone by."""
    late = replace(deal(10, 50, won=True, amount=700), amounts=((10, None), (30, 500), (50, 700)))
    seen = [late.as_of(day) for day in (10, 20, 31, 51)]
    assert [None if one is None else one.amount for one in seen] == [None, None, 500, 700]
    assert [one is not None and one.won for one in seen] == [False, False, False, True]


def test_errors_weigh_as_much_as_what_came() -> None:
    """90 for 100 and 30 for 20: 20 of 120."""
    assert weighted_error([(90, 100), (30, 20)]) == pytest.approx(20 / 120)
    assert weighted_error([(90, 0)]) is None
    assert weighted_error([]) is None


def test_a_forecast_that_missed_by_more_than_chance_says_so() -> None:
    """Eight times off by half: the interval grows; eight times right: it shrinks, never below chance."""

    def tried(actual: float) -> Trial:
        return Trial(
            origin=0, begins=0, ends=90, outlook=Outlook(open=1000.0, variance=100.0), naive=0, staged=0,
            actual=actual,
        )  # fmt: skip

    untried, wrong, right = (beyond_chance(found) for found in ([], [tried(1500)] * 8, [tried(1000)] * 8))
    assert right < untried < wrong
    assert wrong == pytest.approx(((8 * 0.2499 + 2 * 0.0625) / 10) ** 0.5, rel=0.01)


def test_the_interval_of_a_forecast_holds_about_as_often_as_it_says() -> None:
    """80 % of the quarters of some made-up companies, within what chance allows."""
    held = tried = 0
    for seed in range(14):
        deals = [one.deal for one in draw(seed)]
        past: list[Trial] = []
        for origin in range(DAY - 455, DAY - 90, 91):
            one = trial(deals, origin=origin, begins=origin, ends=origin + 91)
            if one is not None:
                low, high = interval(one.outlook, beyond_chance(past))
                held, tried = held + (low <= one.actual <= high), tried + 1
                past.append(one)
    assert tried == 70
    assert 0.68 < held / tried < 0.92


def test_a_model_is_the_same_after_it_was_written_down() -> None:
    """Its forecasts are, to the yuan."""
    model, deals = company()
    again = spelled.read(spelled.spell(model))
    one, two = (outlook_of(which, deals, today=DAY, begins=DAY, ends=DAY + 60) for which in (model, again))
    assert one.mean == pytest.approx(two.mean, rel=1e-4)
    tried = trial(deals, origin=DAY - 100, begins=DAY - 100, ends=DAY - 10)
    assert tried is not None
    assert spelled.read_trial(spelled.spell_trial(tried)) == tried


def test_new_deals_are_counted_over_the_last_half_year_or_as_long_as_there_are_any() -> None:
    """One a day for a hundred days is one a day."""
    assert created_a_day([deal(day, None) for day in range(100)], 100) == 1.0
    assert created_a_day([deal(day, None) for day in range(0, 1000, 2)], 1000) == 0.5
    assert created_a_day([], 1000) == 0.0
