"""Turns refer to turns before, for a while."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.insight.ask.answer import Clarify, Refused, Understood, Unknown
from bot.insight.ask.conversation import LASTS, Conversation, ask, step


@pytest.fixture
def say(lexicons, now, tz):
    lexicon = lexicons["org.yaml"]
    asker = lexicon.asker("chenli")

    def put(conversation, text, *, after=timedelta()):
        return step(conversation, text, asker=asker, lexicon=lexicon, now=now + after, tz=tz)

    return put


def test_a_conversation_survives_being_stored(say):
    """What was said and what was offered come back from JSON as they were."""
    conversation, answer = say(Conversation(), "王伟本月赢单数")
    assert isinstance(answer, Clarify)

    stored = Conversation.from_json(json.loads(json.dumps(conversation.to_json())))
    _, answer = say(stored, answer.options[1])

    assert stored == conversation
    assert answer.query.where == {"owner": ("wangwei2",)}


def test_a_late_turn_starts_afresh(say):
    """After ten minutes nothing is kept."""
    conversation, _ = say(Conversation(), "本月华东赢单率")

    _, soon = say(conversation, "那华南呢", after=LASTS)
    _, late = say(conversation, "那华南呢", after=LASTS + timedelta(seconds=1))

    assert soon.query.where == {"region": ("华南大区",)}
    assert isinstance(late, Clarify)


def test_a_turn_not_understood_leaves_the_conversation(say):
    """A shrug forgets nothing."""
    conversation, _ = say(Conversation(), "本月华东赢单率")
    following, answer = say(conversation, "中午吃什么")

    assert isinstance(answer, Unknown)
    assert following.draft == conversation.draft


def test_the_answer_says_how_it_was_understood(asked):
    """Period, filter and metric, in Chinese."""
    assert asked("上个月华东的赢单率").words == "2026年10月，华东大区，赢单率"
    assert asked("3天没跟进的线索").words == "现在，3天没跟进，未跟进线索"


def test_a_typo_is_taken_aloud(asked):
    """A misspelt metric is read by its sound, and the answer says so."""
    answer = asked("上月赢单绿")

    assert answer.query.metrics == ("win_rate",)
    assert "「赢单绿」按「赢单率」理解" in answer.words


def test_a_misspelt_person_is_never_taken(asked):
    """Another character may be another person: suggested, not assumed."""
    answer = asked("李那本月业绩")

    assert isinstance(answer, Unknown)
    assert "李娜" in answer.suggestions


def test_asking_for_a_meaning_gives_no_number(asked):
    """什么是MQL is answered with the definition."""
    answer = asked("什么是MQL")

    assert isinstance(answer, Unknown)
    assert "40分" in answer.reply


def test_no_turns_is_bad_input(lexicons, now, tz):
    """A question has at least one turn."""
    lexicon = lexicons["org.yaml"]

    with pytest.raises(ValueError, match="at least one turn"):
        ask([], asker=lexicon.asker("chenli"), lexicon=lexicon, now=now, tz=tz)


@pytest.mark.parametrize(
    "text", ["业绩超过10万的人", "除了华东本月业绩", "本月人均业绩", "上午新增线索", "周几线索最多"]
)
def test_a_condition_that_cannot_be_held_is_never_dropped(text, asked):
    """Thresholds, exclusions, means per head and hours are said to be beyond it."""
    assert isinstance(asked(text), Clarify | Unknown)


def test_a_refusal_keeps_what_was_asked_before(lexicons, now, tz):
    """A refused turn changes nothing, and the next follow-up goes on."""
    lexicon = lexicons["org.yaml"]
    asker = lexicon.asker("wanglei")
    turns = ["本月赢单率", "那华南呢", "上个月呢"]

    refused = ask(turns[:2], asker=asker, lexicon=lexicon, now=now, tz=tz)
    answer = ask(turns, asker=asker, lexicon=lexicon, now=now, tz=tz)

    assert isinstance(refused, Refused)
    assert isinstance(answer, Understood)
    assert answer.query.where == {"region": ("华东大区",)}


def test_a_word_inside_a_latin_word_is_no_word(asked):
    """0KA holds no number of thousands, and nothing breaks over it."""
    assert isinstance(asked("0KA"), Unknown)


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("本月业绩×大区", ("region",)),
        ("本月业绩 × 大区", ("region",)),
        ("今年线索 来源 × 月", ("source", "month")),
        ("本月线索来源x大区", ("source", "region")),
        ("本月业绩环比×各组", ("team",)),
    ],
)
def test_a_cross_groups_by_what_stands_beside_it(asked, text, by):
    """However it is drawn; a change to the period before goes with it."""
    answer = asked(text)
    assert isinstance(answer, Understood)
    assert set(answer.query.by) == set(by)
    assert (answer.query.compare is not None) == ("环比" in text)


@pytest.mark.parametrize("text", ["上个30天业绩", "上一个30天的业绩", "上30天业绩"])
def test_a_span_that_may_be_two_is_asked_back(asked, text):
    """The thirty days until today, or those before them: nothing is guessed, and one can be chosen."""
    answer = asked(text)
    assert isinstance(answer, Clarify)
    assert answer.options[1].startswith("2026-10-20至2026-11-18")


def test_which_of_them_is_of_what_was_listed(asked):
    """各大区, then 最高的是哪个; 谁 asks for people all the same."""
    listed = asked("各大区上月业绩", "最高的是哪个")
    people = asked("各大区上月业绩", "谁最高")
    assert isinstance(listed, Understood)
    assert isinstance(people, Understood)
    assert (listed.query.by, people.query.by) == (("region",), ("owner",))


def test_what_is_asked_of_each_is_answered_of_each(asked):
    """A noun with its own 多少 is not what the next number only counts."""
    both, one = asked("上月线索多少，MQL多少"), asked("上月线索MQL多少")
    assert isinstance(both, Understood)
    assert isinstance(one, Understood)
    assert (both.query.metrics, one.query.metrics) == (("new_leads", "mql"), ("mql",))
