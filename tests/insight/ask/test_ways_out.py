"""What no query can hold is refused with a way out, and each way out is one tap."""

from __future__ import annotations

import pytest

from bot.crm.user import Role
from bot.insight.ask import rights, texts
from bot.insight.ask.answer import Clarify, Understood
from bot.insight.ask.beyond import WAYS
from bot.insight.ask.conversation import Conversation, step
from bot.insight.ask.vocabulary import UNSPEAKABLE

#: One question for each condition that is understood and cannot be held.
QUESTIONS = {
    "排除某些值": "除了华东本月业绩",
    "按数值大小筛选": "业绩超过10万的人",
    "按人均或日均计算": "本月人均业绩",
    "按一天里的钟点筛选": "上午新增线索",
    "只看工作日或节假日": "工作日的跟进次数",
    "按星期几归类": "周几线索最多",
    "看没有说出名字的人": "老板的业绩",
    "问是哪一天": "什么时候业绩最高",
    "看某个人带的团队": "他手下的业绩",
    "比较不是上期或去年同期的时间": "业绩和上月同期比",
    "问名次": "张三业绩排第几",
    "解释原因": "为什么业绩下降",
    "按条件筛选": "部分客户的业绩",
    "看没做完的任务": "有多少任务没做完",
    "推测未来的结果": "离目标还差多少",
    "不确切的时间": "最近业绩",
    "按次序找一条记录": "业绩最大的一单",
    "按不确切的天数筛选": "几天没跟进的线索",
    "算占比": "华东占全公司业绩多少",
}


@pytest.fixture
def tapped(lexicons, now, tz):
    """The answer, and what each of its buttons leads to."""

    def put(text: str, by: str = "chenli"):
        lexicon = lexicons["org.yaml"]
        asker = lexicon.asker(by)

        def take(conversation, said):
            return step(conversation, said, asker=asker, lexicon=lexicon, now=now, tz=tz)

        conversation, answer = take(Conversation(), text)
        return answer, [take(conversation, option)[1] for option in getattr(answer, "options", ())]

    return put


def test_every_condition_has_its_words_and_its_ways():
    """What can be said is known to be beyond us, and each says what can be asked instead."""
    assert set(WAYS) == set(texts.BEYOND)
    assert set(UNSPEAKABLE) <= set(WAYS)
    assert {key for key, ways in WAYS.items() if ways} == set(QUESTIONS)


@pytest.mark.parametrize(("what", "text"), QUESTIONS.items(), ids=QUESTIONS)
def test_a_condition_is_refused_with_buttons_that_answer(tapped, what, text):
    """Never dropped: the reply names it, and each button gives a number at once."""
    answer, taps = tapped(text)
    assert isinstance(answer, Clarify)
    assert answer.reply == texts.sentence(texts.BEYOND[what])
    assert taps
    assert all(isinstance(one, Understood) for one in taps)
    assert [one.words for one in taps] == list(answer.options)


def test_the_excluded_is_in_no_filter(tapped):
    """The way out of 除了华东 is every region or all of them, never 华东 alone."""
    _, taps = tapped("除了华东本月业绩")
    assert [(one.query.by, one.query.where) for one in taps] == [(("region",), {}), ((), {})]
    _, taps = tapped("华东（不含上海组）业绩")
    assert [one.query.where for one in taps] == [{"region": ("华东大区",)}] * 2


def test_a_ranking_takes_the_place_of_a_threshold(tapped):
    """By whatever the bare noun names."""
    _, taps = tapped("获客成本超过500的渠道")
    assert taps[0].query.by == ("source",)
    assert taps[0].query.rank is not None


@pytest.mark.parametrize(
    "text",
    [
        "一些客户的业绩", "张三给李娜的线索", "把线索分给李娜", "第一季度第一个月业绩", "每个月第一周业绩",
        "最后一单是谁签的", "单笔最大业绩", "金额最大的单子", "业绩同比增长最高的大区", "谁比张三业绩高",
        "谁比我业绩高", "比张三业绩高的人", "官网占线索的比例", "没开单的人", "业绩不达标的人", "ROI为负的渠道",
        "新来的线索跟进了多少", "除张三外业绩", "四个大区业绩对比", "8月和10月的业绩", "赢单数回款", "近3000年业绩",
    ],
)  # fmt: skip
def test_no_condition_is_dropped_in_silence(asked, text):
    """None of these may be answered as if the condition had not been said."""
    assert not isinstance(asked(text), Understood)


@pytest.mark.parametrize("by", ["wanglei", "zhangsan"])
@pytest.mark.parametrize("text", QUESTIONS.values())
def test_no_way_out_leads_beyond_the_asker(tapped, lexicons, text, by):
    """Buttons are queries like any other: of his region, of himself, or of the open pools."""
    asker = lexicons["org.yaml"].asker(by)
    own = {"region": (asker.region,)} if asker.role is Role.MANAGER else {"owner": (asker.user_id,)}
    for one in tapped(text, by)[1]:
        assert isinstance(one, Understood)
        if not rights.is_open(one.query.definitions()):
            assert own.items() <= one.query.where.items()


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("近100年每天新增线索", ("按年",)),
        ("近两年每天业绩", ("按周", "按月", "按季度", "按年")),
        ("近50年每月业绩", ("按季度", "按年")),
    ],
)
def test_too_many_lines_are_offered_in_coarser_ones(tapped, text, options):
    """A year of days is an answer, a hundred years of them are none."""
    answer, taps = tapped(text)
    assert isinstance(answer, Clarify)
    assert answer.options == options
    assert all(isinstance(one, Understood) for one in taps)
    assert isinstance(tapped("近1年每天新增线索")[0], Understood)


def test_a_word_with_one_meaning_is_answered(asked):
    """One button is no question."""
    assert asked("本月目标完成多少了").query.metrics == ("quota_attainment",)
