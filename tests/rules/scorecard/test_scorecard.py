"""The card finds what is there, says what it means, and knows when it knows nothing."""

from __future__ import annotations

import json
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.scorecard.bins import Numbers, Texts, cut
from bot.rules.scorecard.card import Outcome, TooFew, TooWeak, Trained, train
from bot.rules.scorecard.check import auc, bands
from bot.rules.scorecard.fit import fit, probability
from bot.rules.scorecard.spelled import read, spell

FIELDS = ("source", "views", "noise")


def leads(n, seed=1, *, source=1.5, views=0.8):
    """Leads whose chance is known: 官网 helps, views help, noise does not."""
    rng, found = random.Random(seed), []
    for _ in range(n):
        facts = {
            "source": rng.choice(["官网", "展会", "抖音"]), "views": float(rng.randrange(6)),
            "noise": rng.choice(["红", "蓝"]),
        }  # fmt: skip
        odds = -2 + (source if facts["source"] == "官网" else 0) + views * (facts["views"] - 2.5)
        found.append(Outcome(facts, rng.random() < probability(odds)))
    return found


def test_what_made_the_difference_gets_the_points():
    trained = train(leads(4000), FIELDS)
    assert isinstance(trained, Trained)
    told = trained.card.forecast({"source": "官网", "views": 5.0, "noise": "红"})
    points = {one.field: one.points for one in told.reasons}

    assert told.chance > 0.6
    assert points["source"] > 15
    assert points["views"] > 15
    assert abs(points.get("noise", 0)) <= 3


def test_what_it_says_comes_true_on_leads_it_never_saw():
    trained = train(leads(6000), FIELDS)
    assert isinstance(trained, Trained)
    for band in trained.proof.bands:
        # Four standard errors of a share of that many.
        assert abs(band.said - band.came) < 4 * math.sqrt(0.25 / band.leads)


def test_too_few_outcomes_teach_nothing():
    assert train(leads(299), FIELDS) == TooFew(*_ends(leads(299)))
    rare = [Outcome(one.facts, n < 49) for n, one in enumerate(leads(2000))]
    assert train(rare, FIELDS) == TooFew(49, 1951)


def test_one_kind_of_end_among_the_latest_teaches_nothing():
    """All won ones are old: nothing could be proved on the later ones."""
    found = [Outcome(one.facts, n < 100) for n, one in enumerate(leads(1000))]
    assert train(found, FIELDS) == TooFew(100, 900)


def test_what_does_not_tell_leads_apart_is_not_gone_by():
    found = train(leads(3000, source=0, views=0), FIELDS)
    assert isinstance(found, TooWeak)
    assert found.proof.auc < 0.6


def test_a_value_it_has_never_seen_is_one_of_the_rest():
    trained = train(leads(2000), FIELDS)
    assert isinstance(trained, Trained)
    assert 0 < trained.card.chance({"source": "新渠道"}) < 1


def test_the_same_card_comes_back_from_json():
    trained = train(leads(1000), FIELDS)
    assert isinstance(trained, Trained)
    body = json.loads(json.dumps(spell(trained.card, trained.proof)))
    assert read(body) == (trained.card, trained.proof)


def test_the_proof_is_on_later_leads_alone():
    """The world turns round at the end: what was learned before fails, and that is seen."""
    turned = leads(2100) + [Outcome(one.facts, not one.won) for one in leads(900, seed=2)]
    found = train(turned, FIELDS)
    assert isinstance(found, TooWeak)
    assert found.proof.auc < 0.4


def test_bins_are_few_and_named():
    rows = [{"a": "x" if n % 2 else "y", "n": float(n % 100)} for n in range(1000)] + [{"a": "rare"}]
    found = dict(cut(rows, ("a", "n")).fields)

    assert found["a"] == Texts(("x", "y"))
    assert [found["a"].name(place) for place in range(found["a"].size)] == ["未填", "其他", "x", "y"]
    assert isinstance(found["n"], Numbers)
    assert found["n"].name(0) == "未填"
    assert found["n"].name(1) == "≤10"
    assert found["n"].name(found["n"].size - 1) == ">90"


@given(st.lists(st.floats(-50, 50) | st.none(), min_size=1, max_size=80))
def test_each_number_has_its_bin_and_larger_ones_no_lower(values):
    bins = cut([{"n": value} for value in values], ("n",))
    known = sorted(value for value in values if value is not None)
    places = [bins.places({"n": value})[0] for value in known]
    assert places == sorted(places)
    assert all(0 <= place < bins.size for place in places)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=60))
def test_auc_is_the_share_of_pairs_in_the_right_order(pairs):
    chances, won = [float(chance) for chance, _ in pairs], [is_won for _, is_won in pairs]
    wins = [c for c, w in zip(chances, won, strict=True) if w]
    losses = [c for c, w in zip(chances, won, strict=True) if not w]
    if not wins or not losses:
        with pytest.raises(ValueError, match="alike"):
            auc(chances, won)
        return
    right = sum((a > b) + (a == b) / 2 for a in wins for b in losses)
    assert auc(chances, won) == pytest.approx(right / (len(wins) * len(losses)))


def test_bands_hold_every_lead_once():
    found = bands([n / 10 for n in range(13)], [n % 2 == 0 for n in range(13)])
    assert sum(band.leads for band in found) == 13
    assert [band.said for band in found] == sorted(band.said for band in found)


def test_the_slope_is_flat_where_it_stops():
    """At the best weights, moving any of them either way costs something."""
    rng = random.Random(3)
    rows = [(rng.randrange(3), 3 + rng.randrange(4)) for _ in range(500)]
    won = [rng.random() < (0.7 if row[0] == 1 else 0.3) for row in rows]
    intercept, weights = fit(rows, won, 7)

    def cost(shift):
        total = sum((w + s) ** 2 for w, s in zip(weights, shift, strict=True)) / 2
        for row, is_won in zip(rows, won, strict=True):
            odds = intercept + sum(weights[place] + shift[place] for place in row)
            total += math.log1p(math.exp(-odds if is_won else odds))
        return total

    here = cost([0.0] * 7)
    for place in range(7):
        for step in (-0.01, 0.01):
            assert cost([step if n == place else 0.0 for n in range(7)]) > here


def test_outcomes_that_are_all_alike_cannot_be_learned_from():
    with pytest.raises(ValueError, match="alike"):
        fit([(0,), (1,)], [True, True], 2)


def _ends(found):
    won = sum(one.won for one in found)
    return won, len(found) - won
