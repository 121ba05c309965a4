"""A model's reading of a question: taken strictly, with the rights of whoever asks, and marked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.insight.ask.answer import Answer, Clarify, Refused, Understood
from bot.insight.ask.translate import translate
from bot.insight.ask.translator import NoAnswer

GOOD = {"metrics": ["won_amount"], "where": {"region": ["华东"]}, "from": "2026-10-01", "to": "2026-11-01"}


class Model:
    """Says what it was told to say, and keeps what it was asked."""

    def __init__(self, says: Any, *, knows_people: bool = False) -> None:
        self.says = says
        self.knows_people = knows_people
        self.asked: list[tuple[str, str]] = []
        self.failures: list[NoAnswer] = []

    async def complete(self, system: str, question: str) -> str | NoAnswer:
        self.asked.append((system, question))
        if isinstance(self.says, str | NoAnswer):
            return self.says
        return json.dumps(self.says, ensure_ascii=False)

    async def failed(self, reason: NoAnswer) -> None:
        self.failures.append(reason)


@pytest.fixture
def reading(lexicons, now, tz):
    async def put(model: Model, text: str = "随便怎么说的一句话", by: str = "chenli") -> Answer | None:
        lexicon = lexicons["org.yaml"]
        found = await translate(model, text, asker=lexicon.asker(by), lexicon=lexicon, now=now, tz=tz)
        return found[1] if found else None

    return put


async def test_a_query_is_taken_and_marked(reading):
    """The company's own word for the region stands in the filter, and the answer says who read it."""
    answer = await reading(Model(GOOD))
    assert isinstance(answer, Understood)
    assert answer.query.where == {"region": ("华东大区",)}
    assert "由模型理解，请核对" in answer.words


async def test_a_query_in_a_fence_is_one_too(reading):
    """Models like to put it there."""
    assert isinstance(await reading(Model(f"```json\n{json.dumps(GOOD)}\n```")), Understood)


@pytest.mark.parametrize(
    "says",
    [
        "我觉得是业绩", "", "[]", "null", '{"metrics":["won_amount"]} 希望有帮助', "[" * 100_000,
        {"metrics": []}, {"metrics": ["profit"]}, {"metrics": "won_amount"}, {"metrics": [7]},
        {**GOOD, "sql": "DROP TABLE leads"}, {**GOOD, "by": ["salary"]}, {**GOOD, "by": "region"},
        {**GOOD, "where": {"region": ["火星"]}}, {**GOOD, "where": {"region": "华东"}},
        {**GOOD, "where": {"phone": ["138"]}}, {**GOOD, "where": {"month": ["10"]}},
        {**GOOD, "where": {"region": []}}, {**GOOD, "where": {"region": [{"a": 1}]}}, {**GOOD, "where": [1]},
        {**GOOD, "where": {"owner": ["zhangbusan"]}}, {**GOOD, "where": {"idle_days": [True]}},
        {**GOOD, "where": {"idle_days": [-1]}}, {**GOOD, "where": {"attribution": ["mine"]}},
        {**GOOD, "from": "昨天"}, {**GOOD, "to": None}, {**GOOD, "to": "2026-09-01"}, {**GOOD, "from": 5},
        {**GOOD, "from": "0001-01-01"}, {**GOOD, "compare": "best"}, {**GOOD, "rank": "first"},
        {**GOOD, "rank": {"order": "up"}}, {**GOOD, "rank": {"order": "desc", "limit": 0}},
        {**GOOD, "rank": {"order": "desc", "limit": True}}, {**GOOD, "rank": {"order": "desc", "x": 1}},
        {**GOOD, "view": "table"}, {**GOOD, "view": "funnel"}, {**GOOD, "metrics": ["mql"] * 3 + list("abcd")},
    ],
    ids=lambda says: str(says)[:40],
)  # fmt: skip
async def test_anything_else_is_no_query(reading, says):
    """It is counted, and the asker gets the hint that he would have got."""
    model = Model(says)
    assert await reading(model) is None
    assert model.failures == [NoAnswer.NOT_A_QUERY]


@pytest.mark.parametrize("reason", [NoAnswer.LATE, NoAnswer.UNREACHABLE, NoAnswer.STATUS])
async def test_a_model_that_fails_is_counted(reading, reason):
    """Nothing is made up in its place."""
    model = Model(reason)
    assert await reading(model) is None
    assert model.failures == [reason]


@pytest.mark.parametrize(
    ("by", "says"),
    [
        ("zhangsan", GOOD),
        ("zhangsan", {"metrics": ["won_amount"], "where": {"owner": ["lina"]}}),
        ("wanglei", {"metrics": ["won_amount"], "where": {"region": ["华南大区"]}}),
        ("wanglei", {"metrics": ["won_amount"], "where": {"owner": ["huangq"]}}),
    ],
)
async def test_a_model_gives_no_rights(reading, by, says):
    """What is not theirs stays so, whoever read the question."""
    answer = await reading(Model(says), by=by)
    assert isinstance(answer, Refused)


async def test_a_metric_that_is_not_theirs_is_neither_told_to_the_model_nor_taken(reading):
    """A rep's prompt has no cost in it."""
    model = Model({"metrics": ["channel_cost"]})
    assert await reading(model, by="zhangsan") is None
    assert "channel_cost" not in model.asked[0][0]


async def test_a_reps_question_is_narrowed_to_himself(reading):
    """As with any other question."""
    answer = await reading(Model({"metrics": ["new_leads"]}), by="zhangsan")
    assert isinstance(answer, Understood)
    assert answer.query.where == {"owner": ("zhangsan",)}


async def test_no_name_leaves_the_house(reading, lexicons):
    """Names are masked in the question, and neither people nor values are told."""
    model = Model({"metrics": ["won_amount"], "where": {"owner": ["P1", "P2"]}, "by": ["owner"]})
    answer = await reading(model, "张三跟lina那啥比起来咋样啊13912345678 a.b@c.cn")
    assert isinstance(answer, Understood)
    assert answer.query.where == {"owner": ("lina", "zhangsan")}
    sent = "".join(model.asked[0])
    people = lexicons["org.yaml"].people
    assert not [one.name for one in people if one.name in sent]
    assert not [one.user_id for one in people if one.user_id in sent]
    assert not [value for value in ("华东", "旗舰版", "官网", "13912345678", "a.b@c.cn") if value in sent]


async def test_names_are_told_if_that_was_configured(reading):
    """Only those whom the asker may see."""
    model = Model({"metrics": ["won_amount"], "where": {"owner": ["李娜"]}}, knows_people=True)
    answer = await reading(model, "李娜那啥咋样啊", by="wanglei")
    assert isinstance(answer, Understood)
    assert "李娜" in model.asked[0][1]
    assert "张三" in model.asked[0][0]
    assert "黄强" not in model.asked[0][0]


async def test_a_person_who_was_named_is_never_left_out(reading):
    """A reading without him would answer another question."""
    model = Model({"metrics": ["won_amount"]})
    assert await reading(model, "张三那啥咋样啊") is None
    assert model.failures == [NoAnswer.NOT_A_QUERY]


async def test_a_namesake_is_asked_about(reading):
    """The mask stands for both."""
    answer = await reading(Model({"metrics": ["won_amount"], "where": {"owner": ["P1"]}}), "王伟那啥咋样啊")
    assert isinstance(answer, Clarify)
    assert len(answer.options) == 2


async def test_whoever_sees_no_numbers_costs_no_call(lexicons, now, tz):
    """An admin's words are not sent."""
    model, lexicon = Model(GOOD), lexicons["other_org.yaml"]
    found = await translate(model, "随便", asker=lexicon.asker("guanq"), lexicon=lexicon, now=now, tz=tz)
    assert found is None
    assert model.asked == []
