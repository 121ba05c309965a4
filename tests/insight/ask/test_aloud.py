"""What may be said before others."""

from __future__ import annotations

import pytest

from bot.insight.ask.aloud import NotAloud, not_aloud
from bot.insight.ask.answer import Understood


@pytest.mark.parametrize(
    ("text", "by", "why"),
    [
        ("本月业绩", "chenli", None),
        ("各大区本月赢单率", "chenli", None),
        ("每月业绩", "wanglei", None),
        ("官网本月新增线索走势", "wanglei", None),
        ("公海线索", "wanglei", None),
        ("华东业绩环比", "wanglei", None),
        ("本月业绩", "zhangsan", NotAloud.SPEAKER),
        ("公海线索", "zhangsan", NotAloud.SPEAKER),
        ("业绩排名", "chenli", NotAloud.NAMES_PEOPLE),
        ("张三本月业绩", "chenli", NotAloud.NAMES_PEOPLE),
        ("上海组本月新增线索", "chenli", NotAloud.NAMES_PEOPLE),
        ("本月业绩走势", "chenli", NotAloud.TOO_FINE),
        ("客单价按来源", "chenli", NotAloud.TOO_FINE),
        ("渠道花费", "chenli", NotAloud.NOT_EVERYBODYS),
        ("本月邮件打开率", "chenli", NotAloud.NOT_EVERYBODYS),
    ],
)
def test_totals_are_for_all_and_the_rest_is_not(text, by, why, asked, lexicons):
    """By what is asked and by whom."""
    lexicon = lexicons["org.yaml"]
    found = asked(text, by=by)
    assert isinstance(found, Understood)
    assert not_aloud(found.query, lexicon.asker(by), lexicon) is why


def test_a_region_of_one_has_no_total(asked, lexicons):
    """It would be his own number, alone or beside others."""
    lexicon = lexicons["other_org.yaml"]
    asker = lexicon.asker("tongyi")
    for text in ("大客户部本月业绩", "各大区本月业绩"):
        found = asked(text, by="tongyi", org="other_org.yaml")
        assert not_aloud(found.query, asker, lexicon) is NotAloud.TOO_FEW
    both = asked("大客户部和北方区本月业绩", by="tongyi", org="other_org.yaml")
    assert not_aloud(both.query, asker, lexicon) is None
