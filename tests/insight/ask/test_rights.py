"""Nothing of others leaks, in any kind of answer."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.crm.metrics.registry import METRICS
from bot.crm.metrics.spoken import spoken
from bot.crm.user import Role
from bot.insight.ask import rights
from bot.insight.ask.answer import Clarify, Refused, Understood, Unknown
from bot.insight.ask.batch import as_json
from bot.insight.ask.conversation import ask
from tests.insight.ask.conftest import NOW, SHANGHAI

PIECES = spoken(
    "本月 上月 业绩 新增线索 赢单率 张三 李娜 王伟 高峰 华东 华南大区 上海组 广州组 各组 谁 最多 排名 "
    "我们组 全公司 公海 官网 渠道 获客成本 李那 欧阳 小张 王总 环比 对比 和 呢 的 除了 xyz "
    "3天没跟进 按来源"
)
ASKERS = ("zhangsan", "wanglei", "lina", "machao")
questions = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)


@settings(max_examples=300, deadline=None)
@given(turns=st.lists(questions, min_size=1, max_size=3), by=st.sampled_from(ASKERS))
def test_no_answer_names_somebody_the_asker_may_not_see(turns, by, lexicons):
    """Refusals, questions back and suggestions name only whom the asker may see."""
    lexicon = lexicons["org.yaml"]
    asker = lexicon.asker(by)
    hidden = {one.name for one in lexicon.people if not rights.may_see_person(asker, one)}
    hidden -= {one.name for one in lexicon.people if rights.may_see_person(asker, one)}

    answer = ask(turns, asker=asker, lexicon=lexicon, now=NOW, tz=SHANGHAI)

    shown = as_json(answer)
    said = shown["reply"] + "".join(shown["options"])
    assert not [name for name in hidden if name in said]


@settings(max_examples=300, deadline=None)
@given(turns=st.lists(questions, min_size=1, max_size=3), by=st.sampled_from(ASKERS))
def test_a_query_never_reaches_beyond_the_asker(turns, by, lexicons):
    """A rep's query is of himself, a manager's of his region, but for the pools."""
    lexicon = lexicons["org.yaml"]
    asker = lexicon.asker(by)

    answer = ask(turns, asker=asker, lexicon=lexicon, now=NOW, tz=SHANGHAI)

    if isinstance(answer, Understood) and not rights.is_open(answer.query.definitions()):
        where = answer.query.where
        if asker.role is Role.REP:
            assert where.get("owner") == (asker.user_id,)
        else:
            owners = [lexicon.person(str(one)).region for one in where.get("owner", ())]
            homes = (lexicon.regions_of(str(one)) for one in where.get("team", ()))
            teams = itertools.chain.from_iterable(homes)
            seen = {*owners, *teams, *map(str, where.get("region", ()))}
            assert seen == {asker.region}


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.id)
@pytest.mark.parametrize("by", ["tongyi", "luhan", "gaoyuan", "tiant", "fangy", "guanq"])
def test_each_role_may_ask_for_its_metrics(metric, by, asked, lexicons):
    """Every metric by its name is answered to those it is open to, and refused to all others."""
    role = lexicons["other_org.yaml"].asker(by).role

    answer = asked(metric.name, by=by, org="other_org.yaml")

    assert isinstance(answer, Understood if metric.open_to(role) else Refused)


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.id)
def test_a_marketer_gets_no_persons_rows(metric, asked):
    """A marketer's question that groups by people or names one is refused, if it can be asked at all."""
    grouped = asked(f"各销售{metric.name}", by="fangy", org="other_org.yaml")
    named = asked(f"田甜{metric.name}", by="fangy", org="other_org.yaml")

    assert isinstance(grouped, Refused | Clarify)
    assert isinstance(named, Refused | Clarify)


def test_suggestions_for_a_rep_hold_no_costs(asked):
    """Near names are drawn from what the asker may ask."""
    answer = asked("本月获客层本", by="zhangsan")

    assert isinstance(answer, Refused | Unknown)
    assert "成本" not in answer.reply


@settings(max_examples=400, deadline=None)
@given(turns=st.lists(st.text(max_size=40), min_size=1, max_size=3), by=st.sampled_from((*ASKERS, "chenli")))
def test_any_text_gets_an_answer(turns, by, lexicons):
    """Arbitrary text never raises."""
    lexicon = lexicons["org.yaml"]

    answer = ask(turns, asker=lexicon.asker(by), lexicon=lexicon, now=NOW, tz=SHANGHAI)

    assert as_json(answer)["status"] in {"ok", "clarify", "refused", "unknown"}


ALPHABET = (
    "上下本近前后第月周日季度年号天到至今比和的0123456789一二三十半个大小零.-/"
    "线索商机金额数率赢单各每按谁最多少高低名"
)


@settings(max_examples=600, deadline=None)
@given(turns=st.lists(st.text(ALPHABET, max_size=14), min_size=1, max_size=2))
def test_any_heap_of_grammar_gets_an_answer(turns, lexicons):
    """Heaps of the grammar's own characters never raise either."""
    lexicon = lexicons["org.yaml"]

    answer = ask(turns, asker=lexicon.asker("chenli"), lexicon=lexicon, now=NOW, tz=SHANGHAI)

    assert as_json(answer)["reply"] or isinstance(answer, Understood)
